"""What a chunk needs to be decided on, read in a handful of queries whatever its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from galleyproof.catalog.matching import need_sql
from galleyproof.catalog.reading import held_under_roots
from galleyproof.jobs.job import EachRecord, Held
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.judging import CHANGED


@dataclass(slots=True)
class Chunk:
    """A chunk in hand, as its ledger row says.

    marks and planned_on come from the plan (or from the run to undo) where there is one.
    """

    run: int
    start: int
    ids: list[int]
    marks: bytes | None
    planned_on: list[int] | None
    planned_hashes: bytes | None
    failures: int

    def places_to_do(self) -> Sequence[int]:
        if self.marks is None:
            return range(len(self.ids))
        return [place for place, mark in enumerate(self.marks) if mark == CHANGED]


@dataclass(slots=True)
class Material:
    """The members as they are now.

    versions: one a place, 0 where the record is not there (any more). looked_at: (place, record)
    for those that the job may touch; the others are unchanged without having been read.
    """

    versions: list[int]
    looked_at: list[tuple[int, Held]]
    relatives: dict[int, list[Held]] = field(default_factory=dict)
    open_elsewhere: dict[int, str] = field(default_factory=dict)


def read_material(
    cursor: psycopg.Cursor[Any], assignment: Assignment, chunk: Chunk
) -> Material:
    """Reads a chunk's records in one snapshot (the caller's transaction is repeatable read)."""
    kind = assignment.kind
    versions = versions_now(cursor, kind, chunk.ids)
    alone = isinstance(assignment.job, EachRecord)
    # What hangs together is decided together: only a job that decides each record alone may be
    # given less than the whole chunk.
    places = chunk.places_to_do() if alone else range(len(chunk.ids))
    ids = [chunk.ids[place] for place in places]
    numbers = list(places)
    condition, values = "TRUE", {}
    if alone and chunk.marks is None:
        condition, values = need_sql(assignment.need)
    cursor.execute(
        "SELECT m.place, r.kind, r.id, r.version, r.parent, r.root, r.status, v.body"
        " FROM unnest(%(ids)s::bigint[], %(places)s::integer[]) AS m (id, place)"
        " JOIN record AS r ON r.kind = %(kind)s AND r.id = m.id"
        " JOIN version AS v ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version"
        f" WHERE r.status <> 'deleted' AND {condition}",
        {"ids": ids, "places": numbers, "kind": kind, **values},
        binary=True,
    )
    rows = cursor.fetchall()
    rows.sort(key=lambda row: row[0])
    material = Material(versions, [(row[0], Held._make(row[1:])) for row in rows])
    if assignment.job.relatives and material.looked_at:
        roots = sorted({held.root for _, held in material.looked_at})
        for held in held_under_roots(cursor, assignment.job.relatives, roots):
            material.relatives.setdefault(held.root, []).append(held)
    material.open_elsewhere = open_in_an_editor(cursor, kind, chunk.ids)
    return material


def versions_now(cursor: psycopg.Cursor[Any], kind: str, ids: Sequence[int]) -> list[int]:
    """The version of each record, 0 where there is none or it is deleted; one row comes back."""
    cursor.execute(
        "SELECT array_agg(CASE WHEN r.status <> 'deleted' THEN r.version ELSE 0 END ORDER BY"
        " m.place) FROM unnest(%s::bigint[]) WITH ORDINALITY AS m (id, place)"
        " LEFT JOIN record AS r ON r.kind = %s AND r.id = m.id",
        (list(ids), kind),
        binary=True,
    )
    row = cursor.fetchone()
    return row[0] if row and row[0] else []


def open_in_an_editor(
    cursor: psycopg.Cursor[Any], kind: str, ids: Sequence[int]
) -> dict[int, str]:
    """Of these records, those that somebody has open just now, with who and until when."""
    cursor.execute(
        "SELECT id, person, to_char(until, 'YYYY-MM-DD HH24:MI TZ') FROM editing"
        " WHERE kind = %s AND until > now() AND id = ANY(%s)",
        (kind, list(ids)),
    )
    return {id: f"open in an editor by {person} until {until}" for id, person, until in cursor}
