"""The chunk ledger: taking a chunk, giving it back, halving it, closing it.

A lease lives exactly as long as the database session of the worker that took it: every worker
holds a session lock under its own number, so a lease whose number nobody holds is a dead
worker's, seen at once and without any clock.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg

from galleyproof.catalog.writing import array_of
from galleyproof.database.locks import Lock, holders, try_lock
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.faults import point
from galleyproof.runs.judging import CHANGED, FAILED, MISSING, REFUSED, UNCHANGED, Decided, Line
from galleyproof.runs.material import Chunk

ATTEMPTS = 3

LIVE = f"{holders(Lock.WORKING, 'c.worker')} > 0"


def sign_in(connection: psycopg.Connection[Any]) -> int:
    """Gives this session a number of its own and holds it as long as the session lives."""
    while True:
        number = secrets.randbelow(2**31 - 1) + 1
        mine = try_lock(connection, Lock.WORKING, number)
        connection.commit()
        if mine:
            return number


# MATERIALIZED: a subquery may be run once for each row that it is joined to, and each time would
# lock another chunk, of which only the first is worked and the rest are held for ever.
TAKE = f"""
    WITH free AS MATERIALIZED (
        SELECT c.run, c.start FROM chunk AS c
        WHERE c.run = %(run)s AND c.state IN ('pending', 'leased')
          AND (c.state = 'pending' OR NOT {LIVE})
          AND (NOT %(ordered)s OR NOT EXISTS (SELECT 1 FROM chunk AS e WHERE e.run = c.run
               AND e.state <> 'done' AND e.start < c.start))
        ORDER BY c.start LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE chunk AS t SET state = 'leased', worker = %(worker)s,
           kills = t.kills + (t.state = 'leased')::integer
    FROM free WHERE t.run = free.run AND t.start = free.start
    RETURNING t.start, t.ids, t.marks, t.planned_on, t.planned_hashes, t.failures, t.kills,
              t.planned_side, t.planned_plain
"""


def take(
    connection: psycopg.Connection[Any], run: int, worker: int, *, ordered: bool = False
) -> Chunk | None:
    """Leases the next chunk that is pending, or whose worker died. None if there is none."""
    with connection.transaction():
        cursor = connection.execute(
            TAKE, {"worker": worker, "run": run, "ordered": ordered}, binary=True
        )
        row = cursor.fetchone()
    if row is None:
        return None
    start, ids, marks, planned_on, hashes, failures, kills, side, plain = row
    return Chunk(run, start, ids, marks, planned_on, hashes, failures + kills, side, plain)


def give_back(connection: psycopg.Connection[Any], chunk: Chunk, worker: int) -> None:
    """Back to pending, with nothing counted against it."""
    with connection.transaction():
        connection.execute(
            "UPDATE chunk SET state = 'pending', worker = NULL"
            " WHERE run = %s AND start = %s AND worker = %s AND state = 'leased'",
            (chunk.run, chunk.start, worker),
        )


def count_failure(
    connection: psycopg.Connection[Any], chunk: Chunk, worker: int, reason: str
) -> None:
    """An attempt that ended by something not transient; a transaction of its own."""
    with connection.transaction():
        connection.execute(
            "UPDATE chunk SET state = 'pending', worker = NULL, failures = failures + 1,"
            " error = %s WHERE run = %s AND start = %s AND worker = %s AND state = 'leased'",
            (reason[:2000], chunk.run, chunk.start, worker),
        )


def used_up(chunk: Chunk) -> bool:
    """Whether this chunk has seen as many failures and kills as a chunk may."""
    return chunk.failures >= ATTEMPTS


def halve(connection: psycopg.Connection[Any], chunk: Chunk, worker: int, kind: str) -> bool:
    """Splits a chunk in hand between two roots, each half with a fresh count of attempts.

    False when it has one root only: then there is nothing to split."""
    with connection.transaction():
        at = middle(connection, chunk, kind)
        if at == 0:
            return False
        to_do = 0 if chunk.marks is None else chunk.marks[:at].count(CHANGED)
        split(connection, chunk.run, chunk.start, at, to_do, worker)
    return True


def split(
    connection: psycopg.Connection[Any],
    run: int,
    start: int,
    at: int,
    to_do: int,
    worker: int | None = None,
) -> None:
    """Makes two pending chunks of one that is pending, or in this worker's hands. at: members of
    the first; to_do: those of them that its plan changes."""
    values = {
        "at": at,
        "cut": 16 * to_do,
        "run": run,
        "start": start,
        "worker": worker,
        "state": "pending" if worker is None else "leased",
    }
    ours = (
        "run = %(run)s AND start = %(start)s AND state = %(state)s"
        " AND worker IS NOT DISTINCT FROM %(worker)s"
    )
    inserted = connection.execute(
        "INSERT INTO chunk (run, start, members, ids, marks, planned_on, planned_hashes,"
        " planned_side, planned_plain)"
        " SELECT run, start + %(at)s, members - %(at)s, ids[%(at)s + 1:],"
        " substr(marks, %(at)s + 1), planned_on[%(at)s + 1:],"
        " substr(planned_hashes, %(cut)s + 1), planned_side, planned_plain"
        f" FROM chunk WHERE {ours}",
        values,
    )
    if inserted.rowcount == 1:
        connection.execute(
            "UPDATE chunk SET state = 'pending', worker = NULL, failures = 0, kills = 0,"
            " members = %(at)s, ids = ids[:%(at)s], marks = substr(marks, 1, %(at)s),"
            " planned_on = planned_on[:%(at)s],"
            " planned_hashes = substr(planned_hashes, 1, %(cut)s)"
            f" WHERE {ours}",
            values,
        )


def hold_after(connection: psycopg.Connection[Any], run: int, start: int) -> None:
    """Keeps the pending chunks behind one from being taken, until they are let go."""
    connection.execute(
        "UPDATE chunk SET state = 'held' WHERE run = %s AND state = 'pending' AND start > %s",
        (run, start),
    )


def let_go(connection: psycopg.Connection[Any], run: int, *, all_of_them: bool) -> None:
    """Lets the next chunk that is held be taken, or all of them."""
    connection.execute(
        "UPDATE chunk SET state = 'pending' WHERE run = %(run)s AND state = 'held' AND (%(all)s"
        " OR start = (SELECT min(start) FROM chunk WHERE run = %(run)s AND state = 'held'))",
        {"run": run, "all": all_of_them},
    )


def roots_of(connection: psycopg.Connection[Any], kind: str, ids: Sequence[int]) -> list[int]:
    """The root of each record; what is not there is its own."""
    cursor = connection.execute(
        "SELECT coalesce(r.root, m.id) FROM unnest(%s::bigint[]) WITH ORDINALITY AS m (id, place)"
        " LEFT JOIN record AS r ON r.kind = %s AND r.id = m.id ORDER BY m.place",
        (list(ids), kind),
    )
    return [row[0] for row in cursor]


def middle(connection: psycopg.Connection[Any], chunk: Chunk, kind: str) -> int:
    """The place nearest the middle at which one root ends and the next begins; 0 if none."""
    roots = roots_of(connection, kind, chunk.ids)
    seams = [at for at in range(1, len(roots)) if roots[at] != roots[at - 1]]
    return min(seams, key=lambda at: abs(at - len(roots) // 2), default=0)


def close(
    cursor: psycopg.Cursor[Any],
    chunk: Chunk,
    worker: int,
    decided: Decided,
    at: datetime,
    images: bytes,
    *,
    plain: bool = False,
) -> bool:
    """Writes the outcomes and the checkpoint, inside the commit's transaction. False when the
    chunk is not ours any more. images, plain: as the ledger says."""
    marks = bytes(decided.marks)
    if decided.lines:
        write_lines(cursor, chunk.run, chunk.start, decided.lines)
    point("outcomes-written")
    cursor.execute(
        "UPDATE chunk SET state = 'done', worker = NULL,"
        " versions = coalesce(%s::integer[], planned_on), marks = %s, hashes = %s, side = %s,"
        " images = %s, changed = %s, unchanged = %s, refused = %s, failed = %s, missing = %s,"
        " plain = %s, shapes = %s, coverage = %s, finished = %s"
        " WHERE run = %s AND start = %s AND worker = %s AND state = 'leased'",
        (
            None if decided.versions == chunk.planned_on else array_of(decided.versions),
            marks,
            decided.in_order(),
            b"".join(decided.side),
            images,
            *(marks.count(mark) for mark in (CHANGED, UNCHANGED, REFUSED, FAILED, MISSING)),
            plain,
            json.dumps([[list(shape), count] for shape, count in decided.shapes.items()]),
            json.dumps(list(decided.coverage.items())) if decided.coverage else None,
            at,
            chunk.run,
            chunk.start,
            worker,
        ),
    )
    return cursor.rowcount == 1


def write_lines(cursor: psycopg.Cursor[Any], run: int, start: int, lines: Sequence[Line]) -> None:
    with cursor.copy(
        "COPY outcome (run, start, place, kind, id, outcome, code, sentence, planned, raw)"
        " FROM STDIN"
    ) as copy:
        for place, line in enumerate(lines):
            copy.write_row((run, start, place, *line))


def fail_all(assignment: Assignment, chunk: Chunk, reason: str) -> Decided:
    """The outcome of a chunk that is down to its guilty root: its records failed, and why."""
    marks = bytearray(chunk.marks if chunk.marks is not None else [CHANGED] * len(chunk.ids))
    decided = Decided(marks, list(chunk.planned_on or [0] * len(chunk.ids)))
    for place in chunk.to_do:
        decided.fail(place, assignment.kind, chunk.ids[place], reason)
    return decided
