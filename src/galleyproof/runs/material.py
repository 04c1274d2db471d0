"""What a chunk needs to be decided on, read in a handful of queries whatever its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from struct import iter_unpack
from typing import Any

import psycopg

from galleyproof.catalog.file_lines import SetLine
from galleyproof.catalog.matching import need_sql
from galleyproof.catalog.reading import held_under_roots, with_what_was
from galleyproof.catalog.sets import lines_for
from galleyproof.catalog.writing import array_of
from galleyproof.jobs.around import NOWHERE, Around
from galleyproof.jobs.job import Held
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.judging import CHANGED, SIDE, places_of
from galleyproof.runs.surroundings import read_around, read_given, with_numbers


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
    planned_side: bytes | None = None
    planned_plain: bool = False
    to_do: Sequence[int] = field(init=False)
    """The places of the members to decide: all, or those that the plan changes."""

    def __post_init__(self) -> None:
        whole = self.marks is None
        self.to_do = range(len(self.ids)) if whole else places_of(CHANGED, self.marks or b"")

    def planned_side_of(self) -> dict[int, set[bytes]] | None:
        """Digests of the consequences that the plan showed, by root; None where there is no
        plan."""
        if self.marks is None:
            return None
        found: dict[int, set[bytes]] = {}
        for root, digest in iter_unpack(SIDE, self.planned_side or b""):
            found.setdefault(root, set()).add(digest)
        return found


@dataclass(slots=True)
class Material:
    """The members as they are now.

    versions: one a place, 0 where the record is not there (any more). looked_at: (place, record)
    for those that the job may touch; the others are unchanged without having been read. lines:
    of the input file, by what stands in for them. refused: (kind, number) of members that would
    get a number that is in use, each with a sentence.
    """

    versions: list[int]
    looked_at: list[tuple[int, Held]]
    relatives: dict[int, list[Held]] = field(default_factory=dict)
    open_elsewhere: dict[int, str] = field(default_factory=dict)
    around: Around = NOWHERE
    given: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    lines: Mapping[int, SetLine] = field(default_factory=dict)
    refused: dict[tuple[str, int], str] = field(default_factory=dict)


def read_material(cursor: psycopg.Cursor[Any], assignment: Assignment, chunk: Chunk) -> Material:
    """Reads a chunk's records in one snapshot (the caller's transaction is repeatable read)."""
    alone = assignment.alone
    planned = chunk.marks is not None
    # What hangs together is decided together: only a job that decides each record alone may be
    # given less than the whole chunk.
    some = [chunk.ids[place] for place in chunk.to_do] if alone and planned else chunk.ids
    condition, values = need_sql(assignment.need) if alone and not planned else ("TRUE", {})
    gone = assignment.job.takes == "gone"
    cursor.execute(
        MEMBERS.format(condition=condition, there="TRUE" if gone else NOT_DELETED),
        {"kind": assignment.kind, "ids": array_of(some), **values},
        binary=True,
    )
    (_, found, at, *_), *rows = cursor.fetchall()
    place_of = {id: place for place, id in enumerate(chunk.ids)}
    if found == chunk.ids:
        versions = at
    else:
        versions = [0] * len(chunk.ids)
        for id, version in zip(found or (), at or (), strict=True):
            versions[place_of[id]] = version
    kind = assignment.kind
    looked_at = [(place_of[row[0]], Held(kind, row[0], *row[3:])) for row in rows]
    looked_at.sort(key=itemgetter(0))
    if gone:
        were = with_what_was(cursor, [held for _, held in looked_at])
        looked_at = [(place, held) for (place, _), held in zip(looked_at, were, strict=True)]
    material = Material(versions, looked_at)
    if assignment.relatives and looked_at:
        roots = sorted({held.root for _, held in looked_at})
        found = held_under_roots(cursor, assignment.relatives, roots, gone=gone)
        for held in with_what_was(cursor, found) if gone else found:
            material.relatives.setdefault(held.root, []).append(held)
    material.around = read_around(cursor, assignment, material.relatives)
    if assignment.columns:
        material.given = read_given(cursor, assignment, chunk.ids)
    material.around = with_numbers(
        cursor,
        assignment.job,
        assignment.parameters,
        material.around,
        material.given.values(),
    )
    if assignment.record_set is not None and not planned:
        material.lines = lines_for(cursor, assignment.record_set, chunk.ids)
    material.open_elsewhere = open_in_an_editor(cursor, assignment.kind)
    return material


# The heads are looked up as one array of numbers, which takes half of what a join takes. LATERAL
# with LIMIT 1 pins the order for the bodies: one by one, by primary key, however wrong the
# planner's idea of a table just filled may be. The first row has the versions of all.
MEMBERS = """
    WITH r AS MATERIALIZED (
        SELECT id, version, body_version, parent, root, children, status, tags FROM record
        WHERE kind = %(kind)s AND id = ANY(%(ids)s::bigint[]))
    SELECT -1, array_agg(r.id), array_agg(CASE WHEN {there} THEN r.version ELSE 0 END),
           NULL::integer, NULL::bigint, NULL::bigint, NULL::text, NULL::bytea, NULL::integer
    FROM r
    UNION ALL
    SELECT r.id, NULL, NULL, r.version, r.parent, r.root, r.status, v.body, r.children
    FROM r
    CROSS JOIN LATERAL (SELECT body FROM version WHERE kind = %(kind)s AND id = r.id
                        AND version = r.body_version LIMIT 1) AS v
    WHERE {there} AND {condition}
"""
NOT_DELETED = "r.status <> 'deleted'"
"""But for jobs on what is gone."""


def open_in_an_editor(cursor: psycopg.Cursor[Any], kind: str) -> dict[int, str]:
    """The records of a kind that somebody has open just now, with who and until when."""
    cursor.execute(
        "SELECT id, person, to_char(until, 'YYYY-MM-DD HH24:MI TZ') FROM editing"
        " WHERE kind = %s AND until > now()",
        (kind,),
    )
    return {id: f"open in an editor by {person} until {until}" for id, person, until in cursor}
