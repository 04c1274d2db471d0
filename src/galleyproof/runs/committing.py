"""The one short transaction of a chunk: versions, outcomes and checkpoint, or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
from django.utils import timezone

from galleyproof.catalog.images import of_shown, of_writes
from galleyproof.catalog.making import make
from galleyproof.catalog.writing import Moved, lock_and_check, write
from galleyproof.permits.limits import closed_now
from galleyproof.permits.standing import permit_still_good_sql
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.faults import point
from galleyproof.runs.judging import Decided
from galleyproof.runs.ledger import close
from galleyproof.runs.material import Chunk
from galleyproof.runs.numbers_in_use import hold_numbers, refuses


class Halted(Exception):
    """The run may not go on: "stopped" (paused or cancelled), "permit" (which is not good any
    more), "person" (whose account is not active any more) or "hours" (which the permit does not
    hold)."""


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
        if decided.takers and not assignment.dry_run and refuses(assignment):
            if hold_numbers(cursor, decided.takers, assignment.undoes or 0):
                raise Moved("a number that the chunk gives to a record is in use by now")
        plain = write_all(cursor, assignment, decided)
        images = images_of(cursor, decided)
        point("versions-written")
        if not close(cursor, chunk, worker, decided, at, images, plain=plain):
            raise Lost(f"chunk {chunk.start} of run {chunk.run}")
        point("chunk-closed")
    point("committed")


def write_all(cursor: psycopg.Cursor[Any], assignment: Assignment, decided: Decided) -> bool:
    """New records first: others name them by the numbers that they get. Returns whether what was
    written is plain, as the ledger says."""
    if assignment.dry_run:
        return False
    writes, lines = decided.writes, decided.lines
    made = bool(decided.creations)
    if made:
        lock_and_check(cursor, decided.read, decided.comings)
        numbers, decided.made = make(
            cursor, decided.creations, assignment.run, assignment.at, assignment.stamp
        )
        for one in writes:
            one.renumber(numbers)
        decided.lines = [
            line._replace(id=numbers[line.id]) if line.id in numbers else line for line in lines
        ]
    if not writes:
        return False
    alike = write(
        cursor,
        writes,
        decided.read,
        assignment.run,
        assignment.at,
        decided.comings,
        checked=made,
    )
    changed = len(decided.hashes) == len(writes) and writes[0].kind == assignment.kind
    return alike and changed


def images_of(cursor: psycopg.Cursor[Any], decided: Decided) -> bytes:
    """What the chunk found and left, as the ledger keeps it."""
    if decided.shown:
        return of_shown(cursor, decided.shown)
    return decided.made + of_writes(cursor, decided.writes)


def check_run(cursor: psycopg.Cursor[Any], assignment: Assignment, at: datetime) -> None:
    cursor.execute(
        "SELECT state FROM governing.run WHERE id = %s AND state IN ('planning', 'running')",
        (assignment.run,),
    )
    if cursor.fetchone() is None:
        raise Halted("stopped")
    cursor.execute("SELECT governing.person_is_active(%s)", (assignment.person,))
    if cursor.fetchone() != (True,):
        raise Halted("person")
    # The permits that its consequences need must stand as well as its own.
    for permit in (assignment.permit, *assignment.also.values()):
        if permit is None:
            continue
        cursor.execute(permit_still_good_sql(), {"permit": permit, "person": assignment.person})
        if cursor.fetchone() is None:
            raise Halted("permit")
    if assignment.permit is not None and not assignment.dry_run:
        if closed_now(assignment.limits, timezone.localtime(at)):
            raise Halted("hours")
