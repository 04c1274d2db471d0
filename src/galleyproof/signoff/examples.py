"""Examples of the shapes of a run or a plan: some records of each, before and after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg

from galleyproof.database.connect import connect
from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.changes import Change
from galleyproof.marc.field import indicators, is_control, subfields
from galleyproof.runs.before_after import differences_of
from galleyproof.runs.judging import CHANGED, places_of
from galleyproof.runs.models import Run
from galleyproof.structures.forms import form_of
from galleyproof.structures.table import STRUCTURES

STATUS = "status"
"""What the shapes of a change of status begin with."""

EACH = 3
"""How many records of a shape are shown."""

CHUNKS = """
    SELECT ids, versions, marks FROM {environment}.chunk
    WHERE run = %s AND state = 'done' AND changed > 0 ORDER BY start
"""


STATUSES = """
    SELECT wanted.id, wanted.version, v.status
    FROM unnest(%s::bigint[], %s::integer[]) AS wanted (id, version)
    JOIN version AS v ON v.kind = %s AND v.id = wanted.id AND v.version = wanted.version
"""


class Changing(NamedTuple):
    """A changed record with what changes in it. status: before and after; None in a plan."""

    kind: str
    id: int
    number: str
    changes: list[Change]
    before: bytes
    after: bytes
    status: tuple[str, str] | None


class Example(NamedTuple):
    """A record that shows a shape: kind, number in the catalogue, its 001, and the fields that
    show it as (before, after), "" where there is none."""

    kind: str
    id: int
    number: str
    fields: list[tuple[str, str]]

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Example:
        """An example as it was kept with a proof."""
        fields = [(before, after) for before, after in kept["fields"]]
        return cls(kept["kind"], kept["id"], kept["number"], fields)

    @property
    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "id": self.id, "number": self.number, "fields": self.fields}


def examples(
    run: Run, wanted: set[str] | None = None, each: int = EACH
) -> dict[str, list[Example]]:
    """Up to `each` examples of each shape (all, or those wanted), by the shape's text.

    Reads whole chunks, one query each, and stops as soon as every shape has its examples; the
    last chunk that shows a rare one is as far as it goes.
    """
    names = {one["shape"] for one in run.shapes}
    found: dict[str, list[Example]] = {
        name: [] for name in (names if wanted is None else names & wanted)
    }
    literal = JOBS[run.job].literal if run.job in JOBS else frozenset()
    for one in changed_records(run):
        if all(len(some) >= each for some in found.values()):
            break
        shown = by_shape(one, literal)
        for name in found:
            fields = shown.get(STATUS if name.startswith(f"{STATUS} ") else name)
            if fields is not None and len(found[name]) < each:
                found[name].append(Example(one.kind, one.id, one.number, fields))
    return {name: found[name] for name in sorted(found)}


def by_shape(one: Changing, literal: frozenset[str]) -> dict[str, list[tuple[str, str]]]:
    """The fields that show each shape of one record's change. What a plan does to a status is not
    kept record by record, so any of its changed records may show that."""
    form = form_of(one.kind)
    found: dict[str, list[tuple[str, str]]] = {}
    for change in one.changes:
        for shape in form.shapes([change], literal):
            found.setdefault(str(shape), []).append(before_after(one.kind, change))
    if one.before and (one.status is None or one.status[0] != one.status[1]):
        title = form.title(form.read(one.before))
        old, new = one.status or ("", "")
        found[STATUS] = [(f"{title} {old}".rstrip(), f"{title} {new}".rstrip() if new else "")]
    return found


def before_after(kind: str, change: Change) -> tuple[str, str]:
    return (
        "" if change.before is None else as_text(kind, change.tag, change.before),
        "" if change.after is None else as_text(kind, change.tag, change.after),
    )


def as_text(kind: str, tag: bytes, data: bytes) -> str:
    """A field as catalogers know it: `830 ␣0 $a Series ; $v 4`; of what is not MARC, its name and
    its value."""
    name = tag.decode("utf-8", "replace")
    if kind in STRUCTURES:
        return f"{name}: {data.decode('utf-8', 'replace')}"
    if name == "LDR" or is_control(tag):
        return f"{name}    {data.decode('utf-8', 'replace')}"
    signs = "".join("␣" if one == " " else one for one in indicators(data))
    parts = "".join(f" ${code} {value}" for code, value in subfields(data))
    return f"{name} {signs}{parts}"


def changed_records(run: Run) -> Iterator[Changing]:
    """Each changed member with what changes in it; a few queries for each chunk."""
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        with connection.cursor() as cursor:
            cursor.execute(CHUNKS.format(environment=run.environment_id), (run.pk,), binary=True)
            for ids, versions, marks in cursor.fetchall():
                places = places_of(CHANGED, marks)
                some = [(ids[place], versions[place]) for place in places]
                yield from changing(cursor, run, some)


def changing(
    cursor: psycopg.Cursor[Any], run: Run, some: list[tuple[int, int]]
) -> Iterator[Changing]:
    """The same for some records: (number, version judged at)."""
    judged = dict(some)
    known = {} if run.dry_run else statuses_of(cursor, run.kind, some)
    for one in differences_of(cursor, run, some):
        version = judged[one.id]
        status = None
        if not run.dry_run:
            status = known.get((one.id, version), ""), known.get((one.id, version + 1), "")
        yield Changing(*one, status)


def statuses_of(
    cursor: psycopg.Cursor[Any], kind: str, some: list[tuple[int, int]]
) -> dict[tuple[int, int], str]:
    """(number, version) -> status, of the versions judged at and of those after them."""
    asked = [*some, *((id, version + 1) for id, version in some)]
    cursor.execute(
        STATUSES,
        ([id for id, _ in asked], [version for _, version in asked], kind),
        binary=True,
    )
    return {(id, version): status for id, version, status in cursor}
