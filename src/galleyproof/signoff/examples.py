"""Examples of the shapes of a run or a plan: some records of each, before and after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg

from galleyproof.database.connect import connect
from galleyproof.marc.changes import Change
from galleyproof.marc.field import indicators, is_control, subfields
from galleyproof.runs.judging import CHANGED, places_of
from galleyproof.runs.models import Run
from galleyproof.runs.offered import JOBS
from galleyproof.runs.past import bodies_of
from galleyproof.runs.previewing import proposed
from galleyproof.runs.reporting import own_number
from galleyproof.structures.changes import read
from galleyproof.structures.forms import form_of
from galleyproof.structures.table import STRUCTURES

EACH = 3
"""How many records of a shape are shown."""

CHUNKS = """
    SELECT ids, versions, marks FROM {environment}.chunk
    WHERE run = %s AND state = 'done' AND changed > 0 ORDER BY start
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
    for id, before, after in changed_records(run):
        if all(len(some) >= each for some in found.values()):
            break
        number = own_number(run.kind, before)
        for name, fields in by_shape(run.kind, before, after, literal).items():
            if name in found and len(found[name]) < each:
                found[name].append(Example(run.kind, id, number, fields))
    return {name: found[name] for name in sorted(found)}


def by_shape(
    kind: str, before: bytes, after: bytes, literal: frozenset[str]
) -> dict[str, list[tuple[str, str]]]:
    """The fields that show each shape of one record's change."""
    form = form_of(kind)
    found: dict[str, list[tuple[str, str]]] = {}
    for change in form.changes(form.read(before), form.read(after)):
        for shape in form.shapes([change], literal):
            found.setdefault(str(shape), []).append(before_after(kind, change))
    return found


def before_after(kind: str, change: Change) -> tuple[str, str]:
    told = told_structure if kind in STRUCTURES else as_text
    return (
        "" if change.before is None else told(change.tag, change.before),
        "" if change.after is None else told(change.tag, change.after),
    )


def told_structure(field: bytes, value: bytes) -> str:
    """A field of a structure: `item-policy BOOK`."""
    return f"{field.decode().replace('_', '-')} {read(value)}"


def as_text(tag: bytes, data: bytes) -> str:
    """A field as catalogers know it: `830 ␣0 $a Series ; $v 4`."""
    name = tag.decode("ascii", "replace")
    if name == "LDR" or is_control(tag):
        return f"{name}    {data.decode('utf-8', 'replace')}"
    signs = "".join("␣" if one == " " else one for one in indicators(data))
    parts = "".join(f" ${code} {value}" for code, value in subfields(data))
    return f"{name} {signs}{parts}"


def changed_records(run: Run) -> Iterator[tuple[int, bytes, bytes]]:
    """(number, body before, body after) of each changed member; a few queries for each chunk."""
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
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
) -> Iterator[tuple[int, bytes, bytes]]:
    with connection.cursor() as cursor:
        asked = [(run.kind, id, version) for id, version in members]
        if not run.dry_run:
            asked += [(run.kind, id, version + 1) for id, version in members]
        bodies = bodies_of(cursor, asked)
        planned = proposed(cursor, run, members, bodies) if run.dry_run else {}
    for id, version in members:
        before = bodies.get((run.kind, id, version))
        after = planned.get(id) if run.dry_run else bodies.get((run.kind, id, version + 1))
        if before is not None and after is not None:
            yield id, bytes(before), bytes(after)
