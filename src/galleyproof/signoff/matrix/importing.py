"""Importing an office's list: production permits, grandfathered, for the rows that are clear;
the others wait as pending, with the doubt. The same list again changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Group, Person
from galleyproof.people.rights import require_role
from galleyproof.people.sameness import is_among, is_one_of
from galleyproof.permits.actions.grant import grant_from_list
from galleyproof.permits.days import day_of
from galleyproof.permits.envelope import Envelope, Fixed
from galleyproof.permits.models import Permit
from galleyproof.permits.standing import standing
from galleyproof.rulebook.finding import version_bound
from galleyproof.runs.binding import resolved
from galleyproof.runs.offered import JOBS
from galleyproof.signoff.master_list import BY_CODE
from galleyproof.signoff.matrix.holders import (
    Holders,
    make_group,
    make_person,
    name_fault,
    unit_codes,
)
from galleyproof.signoff.matrix.rows import Part, parts_of
from galleyproof.signoff.matrix.sheet import read_list
from galleyproof.signoff.models import ListedRow

PermitKey = tuple[int | None, int | None, str, str]
"""(person, group, job, binding): what two permits of production are about alike."""


@dataclass(slots=True)
class Imported:
    """What came of a list. known: parts that were imported before, or whose holder has a permit
    for just that already. not_built: codes of jobs that this program does not have yet."""

    list_name: str
    rows: int = 0
    granted: list[ListedRow] = field(default_factory=list)
    pending: list[ListedRow] = field(default_factory=list)
    known: int = 0
    people: list[Person] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    several: list[tuple[int, int]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    not_built: list[str] = field(default_factory=list)

    @property
    def as_dict(self) -> dict[str, Any]:
        return {
            "list": self.list_name,
            "rows": self.rows,
            "permits": [
                {
                    "line": one.line,
                    "permit": one.permit_id,
                    "job": one.job,
                    "binding": one.binding or None,
                    "person": one.person.username if one.person else None,
                    "group": one.group.name if one.group else None,
                }
                for one in self.granted
            ],
            "pending": [
                {"line": one.line, "row": one.pk, "job": one.job_as_written,
                 "who": one.who_as_written, "doubt": one.doubt}
                for one in self.pending
            ],
            "known": self.known,
            "accounts": [one.username for one in self.people],
            "groups": [one.name for one in self.groups],
            "several": [{"line": line, "permits": count} for line, count in self.several],
            "not_built": self.not_built,
            "remarks": self.remarks,
        }  # fmt: skip


def import_list(who: Who, path: Path, *, at: datetime) -> Imported:
    """Imports a list: a right of systems librarians. All of it or nothing.

    Raises NotPermitted, and Wrong for a file that cannot be read as a list.
    """
    require_role(who, ("systems-librarian",), f"import the list {path.name}", at)
    lines = read_list(path)
    if not lines:
        raise Wrong(f"{path.name} has a header and no rows")
    done = Imported(path.name, rows=len(lines))
    with transaction.atomic():
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("LOCK TABLE governing.listed_row IN SHARE ROW EXCLUSIVE MODE")
        desk = Desk(who, done, at)
        for line in lines:
            parts = parts_of(line, desk.group_names)
            if len(parts) > 1:
                done.several.append((line.number, len(parts)))
            for part in parts:
                desk.take(part)
            strange = unit_codes(line.unit)[1]
            if strange and not line.unit.rstrip().endswith("?"):
                done.remarks.append(
                    f"line {line.number}: {', '.join(f'“{one}”' for one in strange)} is not the "
                    "code of a unit and was left out"
                )
        done.people, done.groups = desk.holders.made, desk.holders.groups_made
        if done.granted or done.pending:
            append(
                "list-imported",
                person=who.name,
                acting=who.acting_name,
                subject=f"list {path.name}",
                detail={
                    "rows": done.rows,
                    "granted": len(done.granted),
                    "pending": len(done.pending),
                    "permits": [one.permit_id for one in done.granted],
                },
                at=at,
            )
    codes = {one.job for one in (*done.granted, *done.pending) if one.job}
    done.not_built = sorted(code for code in codes if code not in JOBS)
    return done


class Desk:
    """What is there already, read once, and what is done with one part after the other."""

    def __init__(self, who: Who, done: Imported, at: datetime):
        self.who = who
        self.done = done
        self.at = at
        self.binding = ""
        self.holders = Holders.read()
        self.done_with = set(
            ListedRow.objects.exclude(state="pending").values_list("key", flat=True)
        )
        # What waits is judged anew: the doubt may be gone, or somebody else imports it now.
        self.waiting = {row.key: row for row in ListedRow.objects.filter(state="pending")}
        self.bindings: dict[tuple[str, str], tuple[str, str]] = {}
        self.permits: dict[PermitKey, list[Permit]] = {}
        for permit in Permit.objects.filter(environment="production").select_related(
            "person", "group", "revoked_by"
        ):
            self.permits.setdefault(key_of(permit), []).append(permit)

    @property
    def group_names(self) -> set[str]:
        return set(self.holders.groups)

    def take(self, part: Part) -> None:
        if part.key in self.done_with:
            self.done.known += 1
            return
        doubt = part.doubt
        if not doubt:
            whole, doubt = self.whole_binding(part.job, part.binding)
        if doubt:
            self.keep(part, doubt=doubt)
            return
        self.binding = whole
        if part.is_group:
            self.take_group(part)
        else:
            self.take_person(part)

    def whole_binding(self, code: str, written: str) -> tuple[str, str]:
        """(what a permit is bound to, why that cannot be told): a rule set at its newest version.
        Of jobs that are not built yet the binding is as it is written."""
        job = JOBS.get(code)
        if job is None or not job.binding:
            return written, ""
        if (code, written) not in self.bindings:
            try:
                whole = resolved(job, written)
                shared = version_bound(whole).rule_set.shared
                doubt = "" if shared else f"the rule set “{written}” is a private draft"
            except Wrong as wrong:
                whole, doubt = "", f"{wrong}; import the list again when it is there"
            self.bindings[code, written] = (whole, doubt)
        return self.bindings[code, written]

    def take_group(self, part: Part) -> None:
        group = self.holders.groups.get(part.holder.casefold())
        if group is not None and is_among(self.who, group):
            self.keep(part, group=group, doubt=OWN)
            return
        if group is not None and self.there_already(part, None, group):
            return
        self.grant(part, None, group or make_group(self.holders, part.holder))

    def take_person(self, part: Part) -> None:
        people = self.holders.people_named(part.holder)
        if len(people) > 1:
            several = ", ".join(one.username for one in people)
            self.keep(part, doubt=f"“{part.holder}” may be any of {several}; write the user name")
            return
        person = people[0] if people else None
        if person is None and (fault := name_fault(part.holder)):
            self.keep(part, doubt=fault)
            return
        if person is not None and is_one_of(self.who, person):
            self.keep(part, person=person, doubt=OWN)
            return
        if person is not None and self.there_already(part, person, None):
            return
        if person is None:
            person = make_person(self.who, self.holders, part.holder, part.line.unit, self.at)
        self.grant(part, person, None)

    def there_already(self, part: Part, person: Person | None, group: Group | None) -> bool:
        """Whether just this is signed off already, or was and has been taken away since: a list
        does not bring back what was revoked."""
        key = (
            person.pk if person else None,
            group.pk if group else None,
            part.job,
            self.binding,
        )
        permits = self.permits.get(key, [])
        states = [standing(one, self.at) for one in permits]
        if any(state not in ("revoked", "expired") for state in states):
            self.done.known += 1
            return True
        if "revoked" in states:
            last = permits[max(at for at, state in enumerate(states) if state == "revoked")]
            self.keep(
                part,
                person=person,
                group=group,
                doubt=f"permit {last.pk} for just this was revoked on {day_of(last.revoked_at)}; "
                "a list does not bring it back, a ticket does",
            )
            return True
        return False

    def grant(self, part: Part, person: Person | None, group: Group | None) -> None:
        most = BY_CODE[part.job].most
        envelope = Envelope(
            max_records=most,
            max_per_day=most,
            parameters={name: Fixed(fixed=value) for name, value in part.fixed.items()},
        )
        permit = grant_from_list(
            self.who,
            person=person,
            group=group,
            job=part.job,
            binding=self.binding,
            envelope=envelope,
            listed_in=self.done.list_name,
            at=self.at,
        )
        self.permits.setdefault(key_of(permit), []).append(permit)
        self.keep(part, person=person, group=group, permit=permit)

    def keep(
        self,
        part: Part,
        *,
        person: Person | None = None,
        group: Group | None = None,
        permit: Permit | None = None,
        doubt: str = "",
    ) -> None:
        line = part.line
        waited = self.waiting.get(part.key)
        if waited is not None:
            self.keep_waited(waited, person, group, permit)
            return
        row = ListedRow.objects.create(
            key=part.key,
            list_name=self.done.list_name,
            line=line.number,
            scope=line.scope[:200],
            job_as_written=line.job,
            binding_as_written=line.binding,
            who_as_written=line.who,
            unit_as_written=line.unit,
            note=line.note,
            job=part.job,
            binding=(permit.binding if permit else part.binding)[:200],
            person=person,
            group=group,
            permit=permit,
            state="granted" if permit else "pending",
            doubt=doubt,
            imported_by=self.who.person,
            imported_at=self.at,
        )
        if permit:
            self.done_with.add(part.key)
            self.done.granted.append(row)
        else:
            self.waiting[part.key] = row
            self.done.pending.append(row)

    def keep_waited(
        self, row: ListedRow, person: Person | None, group: Group | None, permit: Permit | None
    ) -> None:
        """A row that was pending: still so, or granted now."""
        if permit is None:
            self.done.known += 1
            return
        row.person, row.group, row.permit = person, group, permit
        row.binding, row.state, row.doubt = permit.binding, "granted", ""
        row.save(update_fields=["person", "group", "permit", "binding", "state", "doubt"])
        self.done_with.add(row.key)
        self.done.granted.append(row)


OWN = (
    "it is your own, and nobody issues a permit to themselves, administrators included; let "
    "another systems librarian import the list"
)


def key_of(permit: Permit) -> PermitKey:
    return (permit.person_id, permit.group_id, permit.job, permit.binding)


def settle_row(who: Who, number: int, *, reason: str, at: datetime) -> ListedRow:
    """Closes a pending row, with what became of it: a right of systems librarians. It grants
    nothing. Raises NotPermitted, and Wrong for a row that is not pending."""
    require_role(who, ("systems-librarian",), f"settle row {number}", at)
    if not reason.strip():
        raise Wrong("say what became of it, e.g. “asked for by ticket 12”")
    with transaction.atomic():
        row: ListedRow | None = ListedRow.objects.select_for_update().filter(pk=number).first()
        if row is None or row.state != "pending":
            state = f"it is {row.state}" if row else "there is none"
            raise Wrong(f"row {number} is not pending: {state}; see galley matrix show --pending")
        row.state, row.settled_why, row.settled_by = "settled", reason.strip(), who.person
        row.save(update_fields=["state", "settled_why", "settled_by"])
        append(
            "row-settled",
            person=who.name,
            acting=who.acting_name,
            subject=f"row {number} of {row.list_name}",
            reason=reason.strip(),
            detail={"job": row.job_as_written, "who": row.who_as_written},
            at=at,
        )
    return row
