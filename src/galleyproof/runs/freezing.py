"""Freezing a run's set: a list of numbers ordered by root, cut into chunks that never split one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import psycopg

from galleyproof.catalog.kinds import KINDS
from galleyproof.catalog.members import Members
from galleyproof.catalog.set_files import Matched
from galleyproof.catalog.writing import array_of
from galleyproof.runs.judging import CHANGED, places_of
from galleyproof.runs.ramp import cut_steps

CHUNK = 2000
"""Records a chunk, about: a root's records stay together, however many they are."""
MOST = 50_000
"""Records at the most in a chunk put together from several in which little is to be done."""


def freeze(
    connection: psycopg.Connection[Any],
    run: int,
    kind: str,
    members: Members,
    *,
    chunk: int | None = None,
    ramp: bool = False,
) -> int:
    """Writes a run's chunks, the steps of its ramp cut if it has one; returns the size of the
    set."""
    numbered = (
        "SELECT m.id, m.id AS root, row_number() OVER (ORDER BY m.id) AS place"
        f" FROM ({members.sql}) AS m (id)"
    )
    block = "(place - 1) / %(chunk)s"
    if KINDS[kind].above:
        numbered = (
            "SELECT m.id, coalesce(r.root, m.id) AS root,"
            " row_number() OVER (ORDER BY coalesce(r.root, m.id), m.id) AS place"
            f" FROM ({members.sql}) AS m (id)"
            " LEFT JOIN record AS r ON r.kind = %(kind)s AND r.id = m.id"
        )
        block = "(min(place) OVER (PARTITION BY root) - 1) / %(chunk)s"
    with connection.transaction():
        connection.execute(
            "INSERT INTO chunk (run, start, members, ids)"
            " SELECT %(run)s, min(place) - 1, count(*), array_agg(id ORDER BY place)"
            f" FROM (SELECT id, place, {block} AS block FROM ({numbered}) AS n) AS b"
            " GROUP BY block ORDER BY block",
            {**members.values, "run": run, "kind": kind, "chunk": chunk or CHUNK},
        )
        if ramp:
            cut_steps(connection, run, kind)
        return size_of(connection, run)


def keep_given(connection: psycopg.Connection[Any], run: int, file: Matched) -> None:
    """Keeps what the lines of a run's file say of single records, beside their ids."""
    with connection.transaction(), connection.cursor() as cursor:
        with cursor.copy("COPY given (run, id, columns) FROM STDIN") as copy:
            for id, columns in file.given.items():
                copy.write_row((run, id, json.dumps(columns)))


def size_of(connection: psycopg.Connection[Any], run: int) -> int:
    row = connection.execute(
        "SELECT coalesce(sum(members), 0) FROM chunk WHERE run = %s", (run,)
    ).fetchone()
    return int(row[0]) if row else 0


# Neighbouring chunks are put together until they hold a chunk's worth of changes.
TAKE_OVER = """
    INSERT INTO chunk (run, start, members, ids, marks, planned_on, planned_hashes, state,
                       versions, hashes, changed, unchanged, refused, failed, missing, shapes,
                       planned_side)
    SELECT %(run)s, min(start), sum(members), joined(ids ORDER BY start),
           string_agg(marks, '' ORDER BY start), joined(versions ORDER BY start),
           string_agg(hashes, '' ORDER BY start),
           CASE WHEN sum(changed) = 0 THEN 'done' ELSE 'pending' END,
           CASE WHEN sum(changed) = 0 THEN joined(versions ORDER BY start) END,
           CASE WHEN sum(changed) = 0 THEN ''::bytea END,
           0, sum(unchanged), sum(refused), sum(failed), sum(missing),
           CASE WHEN sum(changed) = 0 THEN '[]'::jsonb END,
           string_agg(side, '' ORDER BY start)
    FROM (SELECT *, (sum(changed) OVER before - changed) / %(chunk)s AS changes,
                 (sum(members) OVER before - members) / %(most)s AS size
          FROM chunk WHERE run = %(plan)s WINDOW before AS (ORDER BY start)) AS c
    GROUP BY changes, size
"""


def freeze_from_plan(
    connection: psycopg.Connection[Any],
    run: int,
    kind: str,
    plan: int,
    excluded: Sequence[int] = (),
    *,
    ramp: bool = False,
) -> int:
    """Takes over a plan's chunks: what it would change is to be done, the rest is carried over.

    Chunks in which nothing is to be done are done at once. excluded: numbers unticked at the
    preview; they are refused.
    """
    with connection.transaction():
        connection.execute(TAKE_OVER, {"run": run, "plan": plan, "chunk": CHUNK, "most": MOST})
        connection.execute(
            "INSERT INTO outcome"
            " (run, start, place, kind, id, outcome, code, sentence, planned, raw)"
            " SELECT %(run)s, start, -1 - place, kind, id, outcome, code, sentence, true, raw"
            " FROM outcome WHERE run = %(plan)s AND outcome IN"
            " ('unchanged', 'refused', 'failed', 'missing')",
            {"run": run, "plan": plan},
        )
        if excluded:
            exclude(connection, run, kind, excluded)
        if ramp:
            cut_steps(connection, run, kind)
        return size_of(connection, run)


def exclude(
    connection: psycopg.Connection[Any], run: int, kind: str, excluded: Sequence[int]
) -> None:
    """Marks unticked members of a planned run refused. Only chunks that still have something to
    do hold any; a chunk left with nothing is worked all the same, and does nothing."""
    unticked = set(excluded)
    cursor = connection.execute(
        "SELECT start, ids, marks, planned_hashes FROM chunk"
        " WHERE run = %s AND state = 'pending' AND ids && %s::bigint[]",
        (run, list(excluded)),
        binary=True,
    )
    for start, ids, marks, hashes in cursor.fetchall():
        left = bytearray(marks)
        kept = []
        seen = 0
        for place, mark in enumerate(marks):
            if mark != ord("c"):
                continue
            if ids[place] in unticked:
                left[place] = ord("r")
            else:
                kept.append(hashes[16 * seen : 16 * seen + 16])
            seen += 1
        connection.execute(
            "UPDATE chunk SET marks = %s, planned_hashes = %s WHERE run = %s AND start = %s",
            (bytes(left), b"".join(kept), run, start),
        )
    connection.execute(
        "INSERT INTO outcome (run, start, place, kind, id, outcome, code, sentence, planned)"
        " SELECT c.run, c.start, -1000000000 - m.place, %s, m.id, 'refused', 'excluded',"
        " 'unticked at the preview', false"
        " FROM chunk AS c CROSS JOIN LATERAL unnest(c.ids) WITH ORDINALITY AS m (id, place)"
        " WHERE c.run = %s AND c.state = 'pending' AND m.id = ANY(%s::bigint[])",
        (kind, run, list(excluded)),
    )


def freeze_undo(connection: psycopg.Connection[Any], run: int, undone: int) -> int:
    """The set of an undo is what the run changed, at the versions that it wrote.

    An undo's chunk stands for whole chunks of the run, from its own start up to the next one's.
    """
    rows: list[list[Any]] = []
    with connection.transaction():
        cursor = connection.execute(
            "SELECT start, ids, versions, marks, plain FROM chunk"
            " WHERE run = %s AND state = 'done' AND changed > 0 ORDER BY start",
            (undone,),
            binary=True,
        )
        for start, ids, versions, marks, plain in cursor:
            places = places_of(CHANGED, marks)
            if not rows or len(rows[-1][1]) + len(places) > CHUNK:
                rows.append([start, [], [], True])
            rows[-1][1].extend([ids[place] for place in places])
            rows[-1][2].extend([versions[place] + 1 for place in places])
            rows[-1][3] = rows[-1][3] and plain
        with connection.cursor().copy(
            "COPY chunk (run, start, members, ids, planned_on, planned_plain) FROM STDIN"
        ) as copy:
            for start, ids, written, plain in rows:
                copy.write_row((run, start, len(ids), array_of(ids), array_of(written), plain))
        return size_of(connection, run)
