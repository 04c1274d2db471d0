"""What a chunk needs to be decided on, read in a handful of queries whatever its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
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
    alone = isinstance(assignment.job, EachRecord)
    planned = chunk.marks is not None
    # What hangs together is decided together: only a job that decides each record alone may be
    # given less than the whole chunk.
    condition, values = "TRUE", {}
    if alone and planned:
        condition = f"get_byte(c.marks, m.place::integer - 1) = {CHANGED}"
    elif alone:
        condition, values = need_sql(assignment.need)
    cursor.execute(
        MEMBERS.format(condition=condition),
        {"run": chunk.run, "start": chunk.start, "kind": assignment.kind, **values},
        binary=True,
    )
    looked_at = [(row[0], Held._make(row[1:])) for row in cursor]
    looked_at.sort(key=itemgetter(0))
    if planned:
        versions = [0] * len(chunk.ids)
        for place, held in looked_at:
            versions[place] = held.version
    else:
        versions = versions_now(cursor, assignment.kind, chunk)
    material = Material(versions, looked_at)
    if assignment.job.relatives and looked_at:
        roots = sorted({held.root for _, held in looked_at})
        for held in held_under_roots(cursor, assignment.job.relatives, roots):
            material.relatives.setdefault(held.root, []).append(held)
    material.open_elsewhere = open_in_an_editor(cursor, assignment.kind)
    return material


# LATERAL with LIMIT 1 pins the order: a chunk's members one by one, by primary key, however wrong
# the planner's idea of a table just filled may be.
MEMBERS = """
    SELECT m.place::integer - 1, r.kind, r.id, r.version, r.parent, r.root, r.status, v.body
    FROM chunk AS c CROSS JOIN LATERAL unnest(c.ids) WITH ORDINALITY AS m (id, place)
    CROSS JOIN LATERAL (SELECT * FROM record WHERE kind = %(kind)s AND id = m.id LIMIT 1) AS r
    CROSS JOIN LATERAL (SELECT body FROM version WHERE kind = r.kind AND id = r.id
                        AND version = r.body_version LIMIT 1) AS v
    WHERE c.run = %(run)s AND c.start = %(start)s AND r.status <> 'deleted' AND {condition}
"""


def versions_now(cursor: psycopg.Cursor[Any], kind: str, chunk: Chunk) -> list[int]:
    """The version of each member, 0 where it is not there or deleted; one row comes back."""
    cursor.execute(
        "SELECT array_agg(CASE WHEN r.status <> 'deleted' THEN r.version ELSE 0 END ORDER BY"
        " m.place) FROM chunk AS c"
        " CROSS JOIN LATERAL unnest(c.ids) WITH ORDINALITY AS m (id, place)"
        " LEFT JOIN LATERAL (SELECT version, status FROM record"
        " WHERE kind = %s AND id = m.id LIMIT 1) AS r ON TRUE"
        " WHERE c.run = %s AND c.start = %s",
        (kind, chunk.run, chunk.start),
        binary=True,
    )
    row = cursor.fetchone()
    return row[0] if row and row[0] else []


def open_in_an_editor(cursor: psycopg.Cursor[Any], kind: str) -> dict[int, str]:
    """The records of a kind that somebody has open just now, with who and until when."""
    cursor.execute(
        "SELECT id, person, to_char(until, 'YYYY-MM-DD HH24:MI TZ') FROM editing"
        " WHERE kind = %s AND until > now()",
        (kind,),
    )
    return {id: f"open in an editor by {person} until {until}" for id, person, until in cursor}
