"""Importing an office's list: production permits, grandfathered, for the rows that are clear;
the others wait as pending, with the doubt. The same list again changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Group, Person
from galleyproof.people.rights import require_role
from galleyproof.signoff.matrix.desk import Desk, Judged
from galleyproof.signoff.matrix.rows import Part, parts_of
from galleyproof.signoff.matrix.sheet import Line, read_list
from galleyproof.signoff.models import ListedRow


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
        rows = Rows(Desk(who, at), done)
        for line in lines:
            rows.take_line(line)
        done.people, done.groups = rows.desk.holders.made, rows.desk.holders.groups_made
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


class Rows:
    """The rows of lists that are kept, and those that a list adds to them."""

    def __init__(self, desk: Desk, done: Imported):
        self.desk = desk
        self.done = done
        self.done_with = set(
            ListedRow.objects.exclude(state="pending").values_list("key", flat=True)
        )
        # What waits is judged anew: the doubt may be gone, or somebody else imports it now.
        self.waiting = {row.key: row for row in ListedRow.objects.filter(state="pending")}

    def take_line(self, line: Line) -> None:
        done = self.done
        parts = parts_of(line, self.desk.group_names)
        if len(parts) > 1:
            done.several.append((line.number, len(parts)))
        new = [one for one in parts if one.key not in self.done_with]
        done.known += len(parts) - len(new)
        for part in new:
            self.take(part)
        if new and not line.unit.rstrip().endswith("?"):
            done.remarks += self.desk.units.remarks(line.number, line.unit)

    def take(self, part: Part) -> None:
        judged = self.desk.judged(part)
        if judged.known:
            self.done.known += 1
        elif judged.doubts:
            self.keep_pending(judged)
        else:
            self.grant(judged)

    def grant(self, judged: Judged) -> None:
        part = judged.part
        if judged.person is not None:
            self.done.remarks += self.desk.not_in_units(part.line, judged.person)
        granted = self.desk.grant(judged, self.done.list_name)
        waited = self.waiting.pop(part.key, None)
        if waited is not None:
            row = waited
            row.person, row.group, row.permit = granted.person, granted.group, granted.permit
            row.binding, row.state, row.doubt, row.cures = granted.binding, "granted", "", []
            row.save()
        else:
            row = self.made(granted, part)
        self.done_with.add(part.key)
        self.done.granted.append(row)

    def keep_pending(self, judged: Judged) -> None:
        part = judged.part
        if part.key in self.waiting:
            self.done.known += 1
            return
        row = ListedRow(
            person=judged.person,
            group=judged.group,
            binding=part.binding[:200],
            state="pending",
            doubt=judged.doubt,
            cures=list(dict.fromkeys(one.cure for one in judged.doubts)),
        )
        self.waiting[part.key] = self.made(row, part)
        self.done.pending.append(row)

    def made(self, row: ListedRow, part: Part) -> ListedRow:
        """Saves a new row with what is written in the list."""
        line = part.line
        row.key, row.list_name, row.line = part.key, self.done.list_name, line.number
        row.scope, row.note = line.scope[:200], line.note
        row.job_as_written, row.binding_as_written = line.job, line.binding
        row.who_as_written, row.unit_as_written = line.who, line.unit
        row.job, row.holder, row.is_group = part.job, part.holder, part.is_group
        row.imported_by, row.imported_at = self.desk.who.person, self.desk.at
        row.save()
        return row
