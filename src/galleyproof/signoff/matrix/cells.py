"""The matrix as it is now: who may run what, by which permit, and how each of them stands.

How one stands is asked of the same functions as `may` asks, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Max, Q, QuerySet

from galleyproof.jobs.catalogue import JOBS, scope_of, title_of
from galleyproof.marc.errors import Wrong
from galleyproof.people.finding import person_named
from galleyproof.people.models import Group, Person
from galleyproof.permits.days import day_of
from galleyproof.permits.holding import as_held, beaten_by, denied, state_of
from galleyproof.permits.models import Denial, Permit
from galleyproof.permits.standing import why_not
from galleyproof.runs.models import Run
from galleyproof.runs.reporting import iso
from galleyproof.signoff.matrix.list_units import ListUnits
from galleyproof.signoff.models import ListedRow, Proof, RoleForm

EXPIRES_SOON = 30


@dataclass(frozen=True, slots=True)
class Cell:
    """One permit on the matrix. state: as permits stand, or `denied`; a permit that waits for
    its library role is `waits-for-role`, which pages call role pending. runs: those that wrote;
    proofs: the runs that its ticket offered. unit_written: what the list that it comes from has for
    the unit."""

    permit: Permit
    state: str
    why: str
    units: tuple[str, ...]
    unit_written: str
    note: str
    scope: str
    runs: int
    last_used: datetime | None
    role_form: str
    proofs: tuple[int, ...]

    @property
    def number(self) -> int:
        return int(self.permit.pk)

    @property
    def job(self) -> str:
        return str(self.permit.job)

    @property
    def binding(self) -> str:
        return str(self.permit.binding)

    @property
    def holder(self) -> str:
        """What tells the holder from all others: a username, or a group's name."""
        return str(self.permit.person.username) if self.permit.person else self.who

    @property
    def who(self) -> str:
        if self.permit.person is not None:
            return str(self.permit.person.display_name)
        return group_written(self.permit.group.name)

    @property
    def title(self) -> str:
        return title_of(self.permit.job)

    @property
    def built(self) -> bool:
        return self.permit.job in JOBS

    @property
    def from_what(self) -> str:
        if self.permit.ticket is not None:
            return f"ticket {self.permit.ticket}"
        return f"list {self.permit.listed_in}" if self.permit.listed_in else "by hand"

    @property
    def in_words(self) -> str:
        """How it stands, for people."""
        words = {"waits-for-role": "role pending", "not-yet": "not yet"}
        said = words.get(self.state, self.state)
        if self.state == "waits-for-role" and self.role_form:
            said += f" (form {self.role_form})"
        if not self.built:
            said += ", not built yet"
        return said

    @property
    def as_dict(self) -> dict[str, Any]:
        permit = self.permit
        return {
            "scope": self.scope,
            "job": permit.job,
            "title": self.title,
            "binding": permit.binding or None,
            "person": permit.person.username if permit.person else None,
            "group": permit.group.name if permit.group else None,
            "units": list(self.units),
            "environment": permit.environment,
            "state": self.state,
            "why": self.why or None,
            "role_form": self.role_form or None,
            "permit": permit.pk,
            "ticket": permit.ticket,
            "list": permit.listed_in or None,
            "grandfathered": permit.grandfathered,
            "limits": permit.limits.sentence(),
            "ends": iso(permit.ends),
            "proofs": list(self.proofs),
            "runs": self.runs,
            "last_used": iso(self.last_used),
            "built": self.built,
            "note": self.note,
        }


class Line(NamedTuple):
    """What the matrix is arranged by: of one permit, who holds it and for what. As in Cell."""

    number: int
    holder: str
    who: str
    units: tuple[str, ...]
    scope: str
    job: str
    title: str
    binding: str


def lines(
    at: datetime,
    *,
    environment: str = "production",
    person: str = "",
    job: str = "",
    unit: str = "",
) -> list[Line]:
    """All that `cells` finds, in its order, without how each stands: a page of the matrix is
    found here, and only its own permits are read."""
    wanted = on_the_matrix(at, environment, person, job)
    permits = list(wanted.values_list("pk", "person", "group", "job", "binding"))
    people = {
        one.pk: one
        for one in Person.objects.filter(permits__in=wanted.values("pk"))
        .distinct()
        .only("pk", "username", "display_name")
        .prefetch_related("units")
    }
    holders = {
        id: (one.username, one.display_name, tuple(unit.code for unit in one.units.all()))
        for id, one in people.items()
    }
    groups = dict(Group.objects.values_list("pk", "name"))
    scopes = dict(
        ListedRow.objects.filter(permit__in=wanted.values("pk"))
        .order_by("-pk")
        .values_list("permit", "scope")
    )
    titles = {code: (title_of(code), scope_of(code)) for code in {one[3] for one in permits}}
    wanted_unit = unit_meant(unit)
    found = []
    for number, person_id, group_id, code, binding in permits:
        if person_id:
            holder, who, units = holders[person_id]
        else:
            holder = who = group_written(groups[group_id])
            units = ()
        if wanted_unit and not any(within(one, wanted_unit) for one in units):
            continue
        title, scope = titles[code]
        scope = scope or scopes.get(number, "")
        found.append(Line(number, holder, who, units, scope, code, title, binding))
    return sorted(found, key=order)


def order(one: Line | Cell) -> tuple[str, str, str, str, int]:
    return (one.scope, one.title, one.binding, one.who, one.number)


def group_written(name: str) -> str:
    """A group's name is in parentheses, as offices write it."""
    return f"({name})"


def on_the_matrix(at: datetime, environment: str, person: str, job: str) -> QuerySet[Permit]:
    wanted = Q(environment=environment, revoked_at=None, ends__gte=at)
    if job:
        wanted &= Q(job=job)
    if person:
        one = person_named(person)
        wanted &= Q(person=one) | Q(group__in=list(one.groups.values_list("pk", flat=True)))
    return Permit.objects.filter(wanted)


def cells(
    at: datetime,
    *,
    environment: str = "production",
    person: str = "",
    job: str = "",
    unit: str = "",
) -> list[Cell]:
    """What is on the matrix: every permit that is not revoked or expired. person, job, unit
    (its code or its name; its parts are in it) narrow. A dozen queries, whatever there is."""
    wanted = on_the_matrix(at, environment, person, job)
    found = cells_of(list(wanted.values_list("pk", flat=True)), at)
    wanted_unit = unit_meant(unit)
    return [
        one for one in found if not unit or any(within(code, wanted_unit) for code in one.units)
    ]


def cells_of(numbers: Collection[int], at: datetime) -> list[Cell]:
    """The permits with these numbers as the matrix shows them, in its order."""
    permits = list(Permit.objects.filter(pk__in=numbers).defer("issued_at").order_by("pk"))
    denials = denials_in_force()
    holders = put_people_in(permits, denials)
    used = {
        row["permit"]: (row["runs"], row["last"])
        for row in Run.objects.filter(permit__in=numbers, dry_run=False, undoes=None)
        .values("permit")
        .annotate(runs=Count("pk"), last=Max("requested"))
    }
    rows = {
        row.permit_id: row for row in ListedRow.objects.filter(permit__in=numbers).order_by("-pk")
    }
    forms = dict(RoleForm.objects.filter(permit__in=numbers).values_list("permit", "state"))
    proofs: dict[int, list[int]] = {}
    tickets = [one.ticket for one in permits if one.ticket is not None]
    for ticket, run in Proof.objects.filter(ticket__in=tickets).values_list("ticket", "run"):
        proofs.setdefault(ticket, []).append(run)
    found = []
    for permit in permits:
        holder = holders.get(permit.person_id) if permit.person_id else None
        units = holder.units if holder else ()
        state, why = stands(permit, holder, denials, at)
        row = rows.get(permit.pk)
        runs, last = used.get(permit.pk, (0, None))
        found.append(
            Cell(
                permit,
                state,
                why,
                units,
                row.unit_as_written if row else "",
                row.note if row else "",
                scope_of(permit.job) or (row.scope if row else ""),
                runs,
                last,
                forms.get(permit.pk, ""),
                tuple(proofs.get(permit.ticket, ())) if permit.ticket is not None else (),
            )
        )
    return sorted(found, key=order)


class Holder(NamedTuple):
    """What of a person matters for how their permits stand. roles: (library role, library)."""

    person: Person
    units: tuple[str, ...]
    roles: list[tuple[str, str]]
    denials: list[Denial]


def put_people_in(permits: Sequence[Permit], denials: Sequence[Denial]) -> dict[int, Holder]:
    """Fills in who holds each permit, each person read once however many permits they hold;
    returns the holders by number."""
    holders = holders_numbered({one.person_id for one in permits}, denials)
    groups = Group.objects.in_bulk({one.group_id for one in permits} - {None})
    for permit in permits:
        permit.person = holders[permit.person_id].person if permit.person_id else None
        permit.group = groups[permit.group_id] if permit.group_id else None
    return holders


def holders_numbered(
    numbers: Collection[int | None], denials: Sequence[Denial]
) -> dict[int, Holder]:
    people = Person.objects.filter(pk__in=set(numbers) - {None})
    return {
        one.pk: holder_of(one, denials)
        for one in people.prefetch_related("units", "library_roles", "groups")
    }


def holder_of(person: Person, denials: Sequence[Denial]) -> Holder:
    theirs = {one.pk for one in person.groups.all()}
    return Holder(
        person,
        tuple(one.code for one in person.units.all()),
        [(one.role, one.library) for one in person.library_roles.all()],
        [one for one in denials if one.person_id == person.pk or one.group_id in theirs],
    )


def stands(
    permit: Permit, holder: Holder | None, denials: Sequence[Denial], at: datetime
) -> tuple[str, str]:
    """How a permit stands for whoever holds it, by the function that `may` asks. holder: None
    for a group."""
    if holder is not None:
        held = as_held(permit, holder.person, holder.roles, holder.denials, at)
        return held.state, held.why
    state = state_for(permit, None, denials, at)
    against = against_group(denials, permit.group_id)
    denial = beaten_by(against, permit.job, permit.binding, permit.environment)
    if state == "denied" and denial is not None:
        return state, denied(denial)
    return state, why_not(permit, at)


def state_for(permit: Any, holder: Holder | None, denials: Sequence[Denial], at: datetime) -> str:
    """As `stands`, without words; permit: a row of STANDS_BY will do."""
    if holder is None:
        return state_of(permit, None, against_group(denials, permit.group_id), at)
    return state_of(permit, holder.roles, holder.denials, at)


def against_group(denials: Sequence[Denial], group: int | None) -> list[Denial]:
    return [one for one in denials if one.group_id == group]


def unit_meant(text: str) -> str:
    """The code of the unit that a code or a name stands for; the text itself where there is
    none."""
    return ListUnits.read().code_of(text) or text if text else ""


def within(code: str, unit: str) -> bool:
    """Whether a unit is another, or a part of it: ITS-LANGDELL is within ITS."""
    code, unit = code.casefold(), unit.casefold()
    return code == unit or code.startswith((unit + "-", unit + "/"))


ONLY = {
    "active": "permits that are good now",
    "expiring": f"permits that end within {EXPIRES_SOON} days",
    "unused": "permits that nobody has used yet",
    "role-pending": "permits that wait for a library role",
    "suspended": "permits that rest until their holders have seen what changed",
    "grandfathered": "permits that come from a list and have no proof",
}


def narrowed(found: Sequence[Cell], only: str, at: datetime) -> list[Cell]:
    """Those of one kind of ONLY. Raises Wrong for another word."""
    match only:
        case "":
            return list(found)
        case "active":
            return [one for one in found if one.state == "active"]
        case "expiring":
            last = day_of(at + timedelta(days=EXPIRES_SOON))
            return [one for one in found if day_of(one.permit.ends) <= last]
        case "unused":
            return [one for one in found if not one.runs and one.state == "active"]
        case "role-pending":
            return [one for one in found if one.state == "waits-for-role"]
        case "suspended":
            return [one for one in found if one.state == "suspended"]
        case "grandfathered":
            return [one for one in found if one.permit.grandfathered]
        case _:
            raise Wrong(f"“{only}” is not a view; there are {', '.join(ONLY)}")


STANDS_BY = (
    "pk",
    "person_id",
    "group_id",
    "job",
    "binding",
    "environment",
    "job_revision",
    "starts",
    "ends",
    "grandfathered",
    "waits_for_role",
    "suspended_at",
    "revoked_at",
)
"""What `state_of` asks of a permit, and whose it is."""


def numbers_in(
    only: str, at: datetime, *, environment: str = "production", person: str = "", job: str = ""
) -> set[int]:
    """The permits that `narrowed` leaves of the matrix, without reading what a page would show of
    each. Raises Wrong for another word."""
    wanted = on_the_matrix(at, environment, person, job)
    if only == "expiring":
        last = day_of(at + timedelta(days=EXPIRES_SOON))
        return {number for number, ends in wanted.values_list("pk", "ends") if day_of(ends) <= last}
    if only == "grandfathered":
        return set(wanted.filter(grandfathered=True).values_list("pk", flat=True))
    state = {"unused": "active", "role-pending": "waits-for-role"}.get(only, only)
    if only not in ONLY:
        raise Wrong(f"“{only}” is not a view; there are {', '.join(ONLY)}")
    if only == "unused":
        runs = Run.objects.filter(permit__isnull=False, dry_run=False, undoes=None)
        wanted = wanted.exclude(pk__in=runs.values("permit"))
    permits = list(wanted.values_list(*STANDS_BY, named=True))
    denials = denials_in_force()
    holders = holders_numbered({one.person_id for one in permits}, denials)
    return {
        one.pk
        for one in permits
        if state_for(one, holders.get(one.person_id), denials, at) == state
    }


def denials_in_force() -> list[Denial]:
    return list(
        Denial.objects.filter(lifted_at=None).select_related("person", "group", "denied_by")
    )
