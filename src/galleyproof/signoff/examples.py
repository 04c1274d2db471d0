"""Examples of the shapes of a run or a plan: some records of each, before and after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg

from galleyproof.database.connect import connect
from galleyproof.jobs.job import Held
from galleyproof.marc.changes import Change, changes
from galleyproof.marc.field import indicators, is_control, subfields
from galleyproof.marc.record import Record
from galleyproof.marc.shapes import shapes_of_one
from galleyproof.runs.before_after import proposed
from galleyproof.runs.judging import CHANGED, places_of
from galleyproof.runs.models import Run
from galleyproof.runs.offered import JOBS
from galleyproof.runs.reporting import own_number

EACH = 3
"""How many records of a shape are shown."""

CHUNKS = """
    SELECT ids, versions, marks FROM {environment}.chunk
    WHERE run = %s AND state = 'done' AND changed > 0 ORDER BY start
"""

BODIES = """
    SELECT wanted.id, wanted.version, coalesce(v.body, b.body)
    FROM unnest(%s::bigint[], %s::integer[]) AS wanted (id, version)
    JOIN {environment}.version AS v
      ON v.kind = %s AND v.id = wanted.id AND v.version = wanted.version
    LEFT JOIN {environment}.version AS b
      ON b.kind = v.kind AND b.id = v.id AND b.version = v.same_as
"""


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
    missing = names if wanted is None else names & wanted
    found: dict[str, list[Example]] = {name: [] for name in missing}
    literal = JOBS[run.job].literal if run.job in JOBS else frozenset()
    for held, after in changed_records(run):
        if all(len(some) >= each for some in found.values()):
            break
        number = own_number(held.body)
        for name, fields in by_shape(held, after, literal).items():
            if name in found and len(found[name]) < each:
                found[name].append(Example(held.kind, held.id, number, fields))
    return {name: found[name] for name in sorted(found)}


def by_shape(held: Held, after: bytes, literal: frozenset[str]) -> dict[str, list[tuple[str, str]]]:
    """The fields that show each shape of one record's change."""
    found: dict[str, list[tuple[str, str]]] = {}
    for change in changes(Record(held.body), Record(after)):
        for shape in shapes_of_one(held.kind, change, literal):
            found.setdefault(str(shape), []).append(before_after(change))
    return found


def before_after(change: Change) -> tuple[str, str]:
    return (
        "" if change.before is None else as_text(change.tag, change.before),
        "" if change.after is None else as_text(change.tag, change.after),
    )


def as_text(tag: bytes, data: bytes) -> str:
    """A field as catalogers know it: `830 ␣0 $a Series ; $v 4`."""
    name = tag.decode("ascii", "replace")
    if name == "LDR" or is_control(tag):
        return f"{name}    {data.decode('utf-8', 'replace')}"
    signs = "".join("␣" if one == " " else one for one in indicators(data))
    parts = "".join(f" ${code} {value}" for code, value in subfields(data))
    return f"{name} {signs}{parts}"


def changed_records(run: Run) -> Iterator[tuple[Held, bytes]]:
    """Each changed member as it was, and its body afterwards; two queries for each chunk."""
    with connect("governing", autocommit=True) as connection:
        cursor = connection.execute(
            CHUNKS.format(environment=run.environment_id), (run.pk,), binary=True
        )
        for ids, versions, marks in cursor.fetchall():
            places = places_of(CHANGED, marks)
            yield from of_chunk(
                connection, run, [(ids[place], versions[place]) for place in places]
            )


def of_chunk(
    connection: psycopg.Connection[Any], run: Run, members: list[tuple[int, int]]
) -> Iterator[tuple[Held, bytes]]:
    asked = list(members)
    if not run.dry_run:
        asked += [(id, version + 1) for id, version in members]
    cursor = connection.execute(
        BODIES.format(environment=run.environment_id),
        ([id for id, _ in asked], [version for _, version in asked], run.kind),
        binary=True,
    )
    bodies = {(id, version): bytes(body) for id, version, body in cursor}
    for id, version in members:
        before = bodies.get((id, version))
        if before is None:
            continue
        held = Held(run.kind, id, version, None, id, "active", before)
        after = proposed(run, held) if run.dry_run else bodies.get((id, version + 1))
        if after is not None:
            yield held, after
