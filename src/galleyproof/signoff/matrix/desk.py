"""The desk at which the rows of a list are worked through: each is granted, waits, or is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from galleyproof.jobs.catalogue import BY_CODE, JOBS
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Group, Person
from galleyproof.people.sameness import is_among, is_one_of
from galleyproof.permits.actions.grant import grant_from_list
from galleyproof.permits.days import day_of
from galleyproof.permits.envelope import Envelope, Fixed
from galleyproof.permits.models import Permit
from galleyproof.permits.standing import standing
from galleyproof.rulebook.finding import version_bound
from galleyproof.runs.binding import resolved
from galleyproof.signoff.matrix.holders import Holders, make_group, make_person, name_fault
from galleyproof.signoff.matrix.list_units import ListUnits
from galleyproof.signoff.matrix.rows import Doubt, Part
from galleyproof.signoff.matrix.sheet import Line
from galleyproof.signoff.models import ListedRow

OWN = Doubt(
    "it is your own, and nobody issues a permit to themselves, administrators included; let "
    "another systems librarian import the list, or accept the row",
    "yes",
)


class PermitKey(NamedTuple):
    """What two permits are about alike. person and group are numbers."""

    environment: str
    person: int | None
    group: int | None
    job: str
    binding: str


def key_of(permit: Permit) -> PermitKey:
    return PermitKey(
        permit.environment, permit.person_id, permit.group_id, permit.job, permit.binding
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to become of a part of a row. doubts: why nothing is granted. known: whether just
    this is signed off already. A holder who is neither person nor group is to be made."""

    part: Part
    binding: str = ""
    person: Person | None = None
    group: Group | None = None
    doubts: tuple[Doubt, ...] = ()
    known: bool = False

    @property
    def doubt(self) -> str:
        return "; ".join(one.sentence for one in self.doubts)


class Desk:
    """What is there already, read once; what a part of a row comes to; and the granting of it."""

    def __init__(self, who: Who, at: datetime):
        self.who = who
        self.at = at
        self.holders = Holders.read()
        self.units = ListUnits.read()
        self.bindings: dict[tuple[str, str], tuple[str, Doubt | None]] = {}
        self.permits: dict[PermitKey, list[Permit]] = {}
        for permit in Permit.objects.select_related("person", "group", "revoked_by"):
            self.permits.setdefault(key_of(permit), []).append(permit)

    @property
    def group_names(self) -> set[str]:
        return set(self.holders.groups)

    def judged(self, part: Part) -> Judged:
        if part.doubts:
            return Judged(part, part.binding, doubts=part.doubts)
        binding, doubt = self.whole_binding(part.job, part.binding)
        if doubt is not None:
            return Judged(part, part.binding, doubts=(doubt,))
        if part.is_group:
            return self.judged_group(part, binding)
        return self.judged_person(part, binding)

    def whole_binding(self, code: str, written: str) -> tuple[str, Doubt | None]:
        """(what a permit is bound to, why that cannot be told): a rule set at its newest version.
        Of jobs that are not built yet the binding is as it is written."""
        job = JOBS.get(code)
        if job is None or not job.binding:
            return written, None
        if (code, written) not in self.bindings:
            try:
                whole = resolved(job, written)
                shared = version_bound(whole).rule_set.shared
                draft = Doubt(f"the rule set “{written}” is a private draft", "yes")
                self.bindings[code, written] = (whole, None if shared else draft)
            except Wrong as wrong:
                gone = Doubt(f"{wrong}; import the list again when it is there", "yes")
                self.bindings[code, written] = ("", gone)
        return self.bindings[code, written]

    def judged_group(self, part: Part, binding: str) -> Judged:
        group = self.holders.groups.get(part.holder.casefold())
        if group is None:
            return Judged(part, binding)
        if is_among(self.who, group):
            return Judged(part, binding, group=group, doubts=(OWN,))
        return self.against_permits(Judged(part, binding, group=group))

    def judged_person(self, part: Part, binding: str) -> Judged:
        people = self.holders.people_named(part.holder)
        if len(people) > 1:
            several = ", ".join(one.username for one in people)
            sentence = f"“{part.holder}” may be any of {several}; write the user name"
            return Judged(part, binding, doubts=(Doubt(sentence, "person"),))
        if not people:
            fault = name_fault(part.holder)
            return Judged(part, binding, doubts=(Doubt(fault, "person"),) if fault else ())
        if is_one_of(self.who, people[0]):
            return Judged(part, binding, person=people[0], doubts=(OWN,))
        return self.against_permits(Judged(part, binding, person=people[0]))

    def against_permits(self, judged: Judged) -> Judged:
        """Whether just this is signed off already, or was and has been taken away since: a list
        does not bring back what was revoked."""
        person, group, part = judged.person, judged.group, judged.part
        permits = self.permits.get(self.key("production", judged), [])
        states = [standing(one, self.at) for one in permits]
        if any(state not in ("revoked", "expired") for state in states):
            return Judged(part, judged.binding, person, group, known=True)
        if "revoked" in states:
            last = permits[max(at for at, state in enumerate(states) if state == "revoked")]
            sentence = (
                f"permit {last.pk} for just this was revoked on {day_of(last.revoked_at)}; a list "
                "does not bring it back, a ticket does"
            )
            doubt = Doubt(sentence, "ticket")
            return Judged(part, judged.binding, person, group, doubts=(doubt,))
        return judged

    def key(self, environment: str, judged: Judged) -> PermitKey:
        person, group = judged.person, judged.group
        return PermitKey(
            environment,
            person.pk if person else None,
            group.pk if group else None,
            judged.part.job,
            judged.binding,
        )

    def not_in_units(self, line: Line, person: Person) -> list[str]:
        """The units of a row that somebody with an account is not in, as sentences."""
        theirs = self.holders.units_of(person)
        return self.units.not_in(line.number, line.unit, person, theirs)

    def grant(self, judged: Judged, listed_in: str) -> ListedRow:
        """Grants what was judged as clear, making the account or the group where there is none:
        production, and the sandbox beside it. Returns the row, not saved."""
        part, person, group = judged.part, judged.person, judged.group
        if part.is_group:
            group = group or make_group(self.holders, part.holder)
        else:
            units = self.units.in_cell(part.line.unit)[0]
            person = person or make_person(self.who, self.holders, part.holder, units, self.at)
        judged = Judged(part, judged.binding, person, group)
        permit = self.grant_in("production", judged, listed_in)
        self.grant_in("sandbox", judged, listed_in)
        return ListedRow(
            person=person, group=group, permit=permit, binding=judged.binding[:200], state="granted"
        )

    def grant_in(self, environment: str, judged: Judged, listed_in: str) -> Permit:
        """The permit there that is good already or will be, or a new one."""
        key = self.key(environment, judged)
        for one in self.permits.get(key, []):
            if standing(one, self.at) not in ("revoked", "expired"):
                return one
        part = judged.part
        most = BY_CODE[part.job].most
        permit = grant_from_list(
            self.who,
            person=judged.person,
            group=judged.group,
            job=part.job,
            binding=judged.binding,
            environment=environment,
            envelope=Envelope(
                max_records=most,
                max_per_day=most,
                parameters={name: Fixed(fixed=value) for name, value in part.fixed.items()},
            ),
            listed_in=listed_in,
            at=self.at,
        )
        self.permits.setdefault(key, []).append(permit)
        return permit
