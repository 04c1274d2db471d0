"""The one short transaction of a chunk: versions, outcomes and checkpoint, or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
from django.utils import timezone

from galleyproof.catalog.writing import write
from galleyproof.permits.limits import closed_now
from galleyproof.permits.standing import permit_still_good_sql
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.faults import point
from galleyproof.runs.judging import Decided
from galleyproof.runs.ledger import close
from galleyproof.runs.material import Chunk


class Halted(Exception):
    """The run may not go on: "stopped" (paused or cancelled), "permit" (which is not good any
    more) or "hours" (which the permit does not hold)."""


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
        check_run(cursor, assignment, at)
        if decided.writes:
            write(cursor, decided.writes, decided.read, assignment.run, assignment.at)
        point("versions-written")
        if not close(cursor, chunk, worker, assignment.kind, decided, at):
            raise Lost(f"chunk {chunk.start} of run {chunk.run}")
        point("chunk-closed")
    point("committed")


def check_run(cursor: psycopg.Cursor[Any], assignment: Assignment, at: datetime) -> None:
    cursor.execute(
        "SELECT state FROM governing.run WHERE id = %s AND state IN ('planning', 'running')",
        (assignment.run,),
    )
    if cursor.fetchone() is None:
        raise Halted("stopped")
    if assignment.permit is None:
        return
    cursor.execute(
        permit_still_good_sql(), {"permit": assignment.permit, "person": assignment.person}
    )
    if cursor.fetchone() is None:
        raise Halted("permit")
    if not assignment.dry_run and closed_now(assignment.limits, timezone.localtime(at)):
        raise Halted("hours")
