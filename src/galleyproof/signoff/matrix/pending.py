"""Rows of imported lists that wait for somebody: accepted, which grants them, or settled."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.jobs.catalogue import title_of
from galleyproof.jobs.office_names import job_listed, meant_by
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.people.rights import require_role
from galleyproof.signoff.matrix.desk import Desk, Judged
from galleyproof.signoff.matrix.holders import names_of, turned
from galleyproof.signoff.matrix.rows import Part, accepted, parts_of
from galleyproof.signoff.matrix.sheet import Line
from galleyproof.signoff.models import ListedRow

LIBRARIANS = ("systems-librarian",)


def pending(*, job: str = "") -> list[ListedRow]:
    """The rows of imported lists that wait for somebody, in the order of the lists. job: also the
    rows of which this job is what they offer."""
    rows = ListedRow.objects.filter(state="pending").select_related("person", "group")
    found = list(rows.order_by("list_name", "line", "pk"))
    return [one for one in found if not job or job_of_row(one) == job]


def pending_for(person: Person, job: str) -> list[ListedRow]:
    """The pending rows that would sign a person, or a group that they are in, off for a job."""
    names = names_of(person)
    groups = {group.name.casefold() for group in person.groups.all()}
    found = []
    for row in pending(job=job):
        holder = row.holder.casefold()
        if (row.is_group and holder in groups) or (
            not row.is_group and ({" ".join(holder.split()), turned(holder)} & names)
        ):
            found.append(row)
    return found


def job_of_row(row: ListedRow) -> str:
    """The code of the job that a row is for, or that its doubt offers; "" where nobody can tell."""
    if row.job:
        return str(row.job)
    meant = meant_by(row.job_as_written)
    return meant.code or (meant_by(meant.offered).code if meant.offered else "")


def line_of(row: ListedRow) -> Line:
    return Line(
        row.line,
        row.scope,
        row.job_as_written,
        row.binding_as_written,
        row.who_as_written,
        row.unit_as_written,
        row.note,
    )


class Offer(NamedTuple):
    """What accepting a pending row means. possible: whether a list can grant it at all.
    needs_job, needs_person: what whoever accepts it must say. sentence: what is granted."""

    possible: bool
    needs_job: bool
    needs_person: bool
    sentence: str

    @property
    def as_dict(self) -> dict[str, Any]:
        return self._asdict()


def offer_of(row: ListedRow) -> Offer:
    """What accepting a row means, from the row alone."""
    needs_job, needs_person = "job" in row.cures, "person" in row.cures
    if "ticket" in row.cures:
        return Offer(False, False, False, "a list cannot grant it; it needs a ticket")
    job = job_of_row(row)
    what = title_of(job) if job else "the job that you say"
    line = accepted(line_of(row), "", row.holder, row.is_group)
    bound = f", {line.binding or row.binding}" if line.binding or row.binding else ""
    who = "the person that you say" if needs_person else line.who
    return Offer(True, needs_job, needs_person, f"{what}{bound}, to {who}")


def row_as_dict(row: ListedRow) -> dict[str, Any]:
    return {
        "row": row.pk,
        "list": row.list_name,
        "line": row.line,
        "job": row.job_as_written,
        "binding": row.binding_as_written,
        "who": row.who_as_written,
        "unit": row.unit_as_written,
        "note": row.note,
        "doubt": row.doubt,
        "accepting": offer_of(row).as_dict,
    }


class Accepted(NamedTuple):
    """rows: the row, and one more for each further binding that it names. known: whether just
    this was signed off already, so that nothing was granted. made: the account that was made."""

    row: ListedRow
    rows: list[ListedRow]
    known: bool
    made: Person | None = None

    @property
    def sentence(self) -> str:
        """What was granted, for people."""
        row = self.row
        holder = row.group.name if row.group else row.person.display_name
        bound = ", ".join(one.binding for one in self.rows if one.binding)
        what = f"{title_of(row.job)}{' with ' + bound if bound else ''}"
        if self.known:
            return f"{holder} was signed off for {what} already: permit {row.permit_id}"
        numbers = ", ".join(str(one.permit_id) for one in self.rows)
        several = "permits" if len(self.rows) > 1 else "permit"
        account = (
            f"; the account {self.made.username} was made, which cannot sign in until activated"
            if self.made
            else ""
        )
        return f"{holder} may run {what} in production: {several} {numbers}, grandfathered{account}"


def accept_row(
    who: Who, number: int, *, job: str = "", person: str = "", reason: str = "", at: datetime
) -> Accepted:
    """Says yes to a pending row: what is in doubt in it is as it is offered, and it becomes a
    permit as the clear rows did. A right of systems librarians.

    job: the code of the job that is meant, where the row offers none or another one. person: the
    user name of who is meant. Raises NotPermitted, and Wrong for a row that is not pending, or
    in which something stays in doubt.
    """
    require_role(who, LIBRARIANS, f"accept row {number}", at)
    if job:
        job_listed(job)
    with transaction.atomic():
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("LOCK TABLE governing.listed_row IN SHARE ROW EXCLUSIVE MODE")
        row = waiting_row(number)
        desk = Desk(who, at)
        parts = accepted_parts(row, desk, job, person)
        judged = [desk.judged(part) for part in parts]
        if doubts := list(dict.fromkeys(one.doubt for one in judged if one.doubts)):
            raise Wrong(f"row {number} cannot be accepted: {'; '.join(doubts)}")
        rows = [keep_accepted(desk, row, place == 0, one) for place, one in enumerate(judged)]
        append(
            "row-accepted",
            person=who.name,
            acting=who.acting_name,
            subject=f"row {number} of {row.list_name}",
            reason=reason.strip() or row.doubt,
            detail={
                "doubt": row.doubt,
                "job_as_written": row.job_as_written,
                "who_as_written": row.who_as_written,
                "job": parts[0].job,
                "bindings": [one.binding for one in judged],
                "holder": rows[0].group.name if rows[0].group else rows[0].person.username,
                "permits": [one.permit_id for one in rows],
            },
            at=at,
        )
    made = next(iter(desk.holders.made), None)
    return Accepted(rows[0], rows, all(one.known for one in judged), made)


def accepted_parts(row: ListedRow, desk: Desk, job: str, person: str) -> list[Part]:
    """What a row comes to once somebody has said yes to it, and what they said."""
    holder, is_group = row.holder, row.is_group
    if person:
        if person not in desk.holders.by_username:
            raise Wrong(
                f"there is nobody with the user name “{person}”; galley user list shows all"
            )
        holder, is_group = person, False
    line = accepted(line_of(row), job, holder, is_group)
    parts = parts_of(line, desk.group_names)
    if not line.binding and row.binding and len(parts) > 1:
        # One of several bindings that the job's name says: the others are rows of their own.
        parts = [one for one in parts if one.binding.casefold() == row.binding.casefold()] or parts
    return parts


def keep_accepted(desk: Desk, row: ListedRow, first: bool, judged: Judged) -> ListedRow:
    """Writes what was granted on the row, and on rows of their own for further bindings."""
    granted = desk.grant(judged, row.list_name)
    kept = row if first else ListedRow.objects.get(pk=row.pk)
    if not first:
        key = sha256(f"{row.key}\x1f{judged.binding}".encode()).hexdigest()
        kept.pk, kept.key, kept._state.adding = None, key, True
    kept.job, kept.binding = judged.part.job, granted.binding
    kept.person, kept.group, kept.permit = granted.person, granted.group, granted.permit
    kept.state, kept.settled_by = "granted", desk.who.person
    kept.save()
    return kept


def settle_row(who: Who, number: int, *, reason: str, at: datetime) -> ListedRow:
    """Closes a pending row, with what became of it: a right of systems librarians. It grants
    nothing. Raises NotPermitted, and Wrong for a row that is not pending."""
    require_role(who, LIBRARIANS, f"settle row {number}", at)
    if not reason.strip():
        raise Wrong("say what became of it, e.g. “asked for by ticket 12”")
    with transaction.atomic():
        row = waiting_row(number)
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


def waiting_row(number: int) -> ListedRow:
    """A pending row, locked until the transaction ends. Raises Wrong for any other."""
    row: ListedRow | None = (
        ListedRow.objects.select_for_update().filter(pk=number).order_by("pk").first()
    )
    if row is None or row.state != "pending":
        state = f"it is {row.state}" if row else "there is none"
        raise Wrong(f"row {number} is not pending: {state}; see galley matrix show --pending")
    return row
