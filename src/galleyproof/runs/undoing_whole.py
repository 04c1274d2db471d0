"""The usual undo: a chunk in which the run put bodies on bodies and nothing else (`plain` in the
ledger), and every record still stands as the run left it. Then the heads are all that is read."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Any, NamedTuple

import psycopg

from galleyproof.catalog.writing import Write, array_of
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.judging import CHANGED, Decided
from galleyproof.runs.material import Chunk

digest_of_return = Struct(">qq").pack
"""The digest of a record's return: its number, and the version whose body it has again."""


class Heads(NamedTuple):
    """Of each member, in the chunk's order: what stays as it is, and the version whose body
    returns."""

    statuses: Sequence[str]
    parents: Sequence[int | None]
    bodies: Sequence[int]


# An array of numbers is looked up in half the time that a join takes for as many rows.
HEADS = """
    SELECT array_agg(id), array_agg(status), array_agg(parent) FROM record
    WHERE kind = %s AND id = ANY(%s::bigint[]) AND version = %s
"""
OLDER_BODIES = """
    SELECT id, same_as FROM version
    WHERE kind = %s AND id = ANY(%s::bigint[]) AND version = %s AND same_as IS NOT NULL
"""


def read_heads(cursor: psycopg.Cursor[Any], assignment: Assignment, chunk: Chunk) -> Heads | None:
    """None where a record is not as the run left it, or the run did more than put bodies on, or
    not on one version throughout."""
    written = set(chunk.planned_on or ())
    if not chunk.planned_plain or len(written) != 1:
        return None
    (version,) = written
    ids = array_of(chunk.ids)
    cursor.execute(HEADS, (assignment.kind, ids, version), binary=True)
    found, statuses, parents = cursor.fetchone() or (None, [], [])
    if found is None or len(found) != len(chunk.ids):
        return None
    if found != chunk.ids:
        order = {id: at for at, id in enumerate(found)}
        statuses = [statuses[order[id]] for id in chunk.ids]
        parents = [parents[order[id]] for id in chunk.ids]
    cursor.execute(OLDER_BODIES, (assignment.kind, ids, version - 1), binary=True)
    older = dict(cursor.fetchall())
    return Heads(statuses, parents, [older.get(id, version - 1) for id in chunk.ids])


def take_all_back(assignment: Assignment, chunk: Chunk, heads: Heads, decided: Decided) -> None:
    """Every member has the body before the run's again."""
    kind, ids, written = assignment.kind, chunk.ids, decided.versions
    decided.marks = bytearray([CHANGED]) * len(ids)
    decided.hashes = dict(enumerate(map(digest_of_return, ids, heads.bodies)))
    if assignment.dry_run:
        return
    decided.read[kind] = dict(zip(ids, written, strict=True))
    decided.writes = [
        Write(
            kind,
            id,
            version,
            None,
            status=status,
            old_status=status,
            same_as=body,
            parent=parent,
            old_parent=parent,
        )
        for id, version, status, parent, body in zip(ids, written, *heads, strict=True)
    ]
