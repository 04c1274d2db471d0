"""The usual undo: a chunk in which the run put bodies on bodies and nothing else (`plain` in the
ledger), and every record still stands as the run left it. Then the heads are all that is read."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Any, NamedTuple

import psycopg

from galleyproof.catalog.images import ENTRY, Shown
from galleyproof.catalog.writing import Write, array_of
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.judging import CHANGED, Decided
from galleyproof.runs.material import Chunk

digest_of_return = Struct(">qq").pack
"""The digest of a record's return: its number, and the version whose body it has again."""


class Heads(NamedTuple):
    """Of each member, in the chunk's order: what stays as it is, the version whose body returns,
    and the SHA-256 of the image that goes and of the one that returns, as the run's own ledger
    has them (None where it does not tell)."""

    statuses: Sequence[str]
    parents: Sequence[int | None]
    bodies: Sequence[int]
    images: Sequence[tuple[bytes | None, bytes | None]] = ()


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
    bodies = [older.get(id, version - 1) for id in chunk.ids]
    return Heads(statuses, parents, bodies, images_of_run(cursor, assignment, chunk))


UNDONE_IMAGES = """
    SELECT images FROM chunk WHERE run = %(undoes)s AND state = 'done' AND changed > 0
    AND start >= %(start)s AND start < coalesce((SELECT min(start) FROM chunk
    WHERE run = %(run)s AND start > %(start)s), 2147483647) ORDER BY start
"""


def images_of_run(
    cursor: psycopg.Cursor[Any], assignment: Assignment, chunk: Chunk
) -> list[tuple[bytes | None, bytes | None]]:
    """(after, before) of what the run wrote here: no body has to be read to hash it again."""
    cursor.execute(
        UNDONE_IMAGES,
        {"undoes": assignment.undoes, "run": chunk.run, "start": chunk.start},
        binary=True,
    )
    blob = b"".join(bytes(images or b"") for (images,) in cursor)
    found = {one[1]: (one[7], one[6]) for one in ENTRY.iter_unpack(blob)}
    return [found.get(id, (None, None)) for id in chunk.ids]


def take_all_back(assignment: Assignment, chunk: Chunk, heads: Heads, decided: Decided) -> None:
    """Every member has the body before the run's again."""
    kind, ids, written = assignment.kind, chunk.ids, decided.versions
    decided.marks = bytearray([CHANGED]) * len(ids)
    decided.hashes = dict(enumerate(map(digest_of_return, ids, heads.bodies)))
    if assignment.dry_run:
        decided.shown = [
            Shown(kind, id, version, status, None, body, was)
            for id, version, status, body, (was, _) in zip(
                ids, written, heads.statuses, heads.bodies, heads.images, strict=True
            )
        ]
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
            was_digest=was,
            digest=returns,
        )
        for id, version, status, parent, body, (was, returns) in zip(
            ids, written, *heads, strict=True
        )
    ]
