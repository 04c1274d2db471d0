"""The one short transaction of a chunk: versions, outcomes and checkpoint, or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg

from galleyproof.catalog.making import make
from galleyproof.catalog.writing import lock_and_check, write
from galleyproof.permits.standing import permit_still_good_sql
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.faults import point
from galleyproof.runs.judging import Decided
from galleyproof.runs.ledger import close
from galleyproof.runs.material import Chunk


class Halted(Exception):
    """The run may not go on: paused, cancelled, or its permit has ended."""


class Lost(Exception):
    """The chunk is not ours any more; somebody else has it or did it."""


def commit(
    connection: psycopg.Connection[Any],
    assignment: Assignment,
    chunk: Chunk,
    worker: int,
    decided: Decided,
    at: datetime,
) -> None:
    """Commits a chunk, only if it is still ours and pending, the run still running and its
    permit still good, and everything read for the decision still as it was read.

    Raises Halted, Lost or Moved, having written nothing.
    """
    with connection.transaction(), connection.cursor() as cursor:
        point("commit-begun")
        check_run(cursor, assignment)
        write_all(cursor, assignment, decided)
        point("versions-written")
        if not close(cursor, chunk, worker, assignment.kind, decided, at):
            raise Lost(f"chunk {chunk.start} of run {chunk.run}")
        point("chunk-closed")
    point("committed")


def write_all(cursor: psycopg.Cursor[Any], assignment: Assignment, decided: Decided) -> None:
    """New records first: others name them by the numbers that they get."""
    writes, lines = decided.writes, decided.lines
    made = bool(decided.creations)
    if made:
        lock_and_check(cursor, decided.read, decided.comings)
        numbers = make(cursor, decided.creations, assignment.run, assignment.at)
        for one in writes:
            one.renumber(numbers)
        decided.lines = [
            line._replace(id=numbers[line.id]) if line.id in numbers else line for line in lines
        ]
    if writes:
        write(
            cursor,
            writes,
            decided.read,
            assignment.run,
            assignment.at,
            decided.comings,
            checked=made,
        )


def check_run(cursor: psycopg.Cursor[Any], assignment: Assignment) -> None:
    cursor.execute(
        "SELECT state FROM governing.run WHERE id = %s AND state IN ('planning', 'running')",
        (assignment.run,),
    )
    if cursor.fetchone() is None:
        raise Halted("stopped")
    for permit in (assignment.permit, *assignment.also.values()):
        if permit is None:
            continue
        cursor.execute(permit_still_good_sql(), {"permit": permit})
        if cursor.fetchone() is None:
            raise Halted("permit")
