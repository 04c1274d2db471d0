"""Working chunks: take, read, decide, commit; the next is read while this one commits."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import errors

from galleyproof.catalog.writing import Moved
from galleyproof.database.connect import connect
from galleyproof.runs import ledger
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.committing import Halted, Lost, commit
from galleyproof.runs.deciding import decide
from galleyproof.runs.faults import point
from galleyproof.runs.judging import Decided
from galleyproof.runs.material import Chunk, read_material
from galleyproof.runs.undoing import decide_undo, read_past

TRANSIENT = (
    errors.DeadlockDetected,
    errors.SerializationFailure,
    errors.LockNotAvailable,
    errors.QueryCanceled,
)


# A chunk's statements go by primary key, always. The planner must not think otherwise of a table
# whose statistics are old: one wrong join costs more than a whole run.
BY_KEY = (
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;"
    " SET enable_material = off; SET enable_memoize = off; SET jit = off"
)


SWITCH = 0.0002
"""Seconds after which a busy thread lets the other have its turn. Python's own 5 ms would let a
commit, which waits for the database a hundred times, wait for the deciding thread each time."""


class DiskFull(Exception):
    """The database has no room left; what was done is safe, the rest waits."""


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Session:
    """A worker's two connections to one environment: one takes and reads, one commits.

    It works chunks under a number of its own, which lives as long as the first connection.
    """

    environment: str
    reading: psycopg.Connection[Any] = field(init=False)
    committing: psycopg.Connection[Any] = field(init=False)
    number: int = field(init=False)
    thread: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        sys.setswitchinterval(SWITCH)
        self.reading = connect(self.environment, autocommit=True, application="galley worker")
        self.committing = connect(self.environment, autocommit=True, application="galley worker")
        for connection in (self.reading, self.committing):
            connection.execute(BY_KEY)
        self.number = ledger.sign_in(self.reading)
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="commit")

    def close(self) -> None:
        self.thread.shutdown(wait=True)
        for connection in (self.reading, self.committing):
            connection.close()

    @property
    def broken(self) -> bool:
        return self.reading.broken or self.committing.broken


@dataclass
class InHand:
    """A chunk whose commit is under way."""

    chunk: Chunk
    future: Future[None]


def work_run(
    session: Session,
    assignment: Assignment,
    *,
    after_chunk: Callable[[int], None] = lambda members: None,
    enough: Callable[[], bool] = lambda: False,
) -> None:
    """Works chunks of one run until none is free, or `enough` says so.

    Raises Halted when the run may not go on, DiskFull, and psycopg.OperationalError when the
    database is lost. Whatever it raises, every chunk is either done or free again.
    """
    in_hand: InHand | None = None
    try:
        while not enough():
            chunk = ledger.take(
                session.reading, assignment.run, session.number, ordered=assignment.job.ordered
            )
            if chunk is None:
                if in_hand is None:
                    return
                # Our own commit may be all that stands between an ordered run's chunks.
                finish(session, assignment, in_hand, after_chunk)
                in_hand = None
                continue
            point("chunk-taken")
            if ledger.used_up(chunk):
                if in_hand is not None:
                    finish(session, assignment, in_hand, after_chunk)
                    in_hand = None
                narrow_down(session, assignment, chunk)
                continue
            try:
                decided = prepare(session, assignment, chunk)
            except Exception as error:
                put_back(session, chunk, error)
                continue
            if in_hand is not None:
                earlier, in_hand = in_hand, None
                try:
                    finish(session, assignment, earlier, after_chunk)
                except BaseException:
                    ledger.give_back(session.reading, chunk, session.number)
                    raise
            in_hand = InHand(
                chunk,
                session.thread.submit(
                    commit, session.committing, assignment, chunk, session.number, decided, now()
                ),
            )
    finally:
        if in_hand is not None:
            finish(session, assignment, in_hand, after_chunk)


def prepare(session: Session, assignment: Assignment, chunk: Chunk) -> Decided:
    """Reads a chunk in one snapshot and has it decided on outside any transaction."""
    if assignment.undoes is not None:
        with session.reading.transaction(), session.reading.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            past = read_past(cursor, assignment, chunk)
        point("chunk-read")
        decided = decide_undo(assignment, chunk, past)
    else:
        with session.reading.transaction(), session.reading.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            material = read_material(cursor, assignment, chunk)
        point("chunk-read")
        decided = decide(assignment, chunk, material)
    point("chunk-decided")
    return decided


def finish(
    session: Session,
    assignment: Assignment,
    in_hand: InHand,
    after_chunk: Callable[[int], None],
) -> None:
    """Waits for a commit. Where something read had moved, reads and decides again."""
    chunk = in_hand.chunk
    try:
        in_hand.future.result()
        while_moved = False
    except Moved:
        while_moved = True
    except Exception as error:
        put_back(session, chunk, error)
        return
    while while_moved:
        try:
            decided = prepare(session, assignment, chunk)
            commit(session.committing, assignment, chunk, session.number, decided, now())
            while_moved = False
        except Moved:
            continue
        except Exception as error:
            put_back(session, chunk, error)
            return
    after_chunk(len(chunk.ids))


def put_back(session: Session, chunk: Chunk, error: Exception) -> None:
    """Frees a chunk that could not be done, and counts the attempt if it was the chunk's fault.

    Raises again what is not the chunk's: a halted run, a full disk, a lost database.
    """
    if isinstance(error, Lost):
        return
    if session.broken:
        raise error  # the lease died with the session
    if isinstance(error, errors.DiskFull):
        ledger.give_back(session.reading, chunk, session.number)
        raise DiskFull(str(error).splitlines()[0]) from error
    if isinstance(error, Halted):
        ledger.give_back(session.reading, chunk, session.number)
        raise error
    if isinstance(error, TRANSIENT):
        ledger.give_back(session.reading, chunk, session.number)
        return
    reason = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
    ledger.count_failure(session.reading, chunk, session.number, reason)


def narrow_down(session: Session, assignment: Assignment, chunk: Chunk) -> None:
    """A chunk that failed as often as it may: halved, or, down to one root, its records failed."""
    if ledger.halve(session.reading, chunk, session.number, assignment.kind):
        return
    row = session.reading.execute(
        "SELECT error, kills FROM chunk WHERE run = %s AND start = %s", (chunk.run, chunk.start)
    ).fetchone()
    error, kills = row if row else (None, 0)
    reason = error or f"the worker was killed {kills} times while it had this record in hand"
    decided = ledger.fail_all(assignment, chunk, reason)
    commit(session.committing, assignment, chunk, session.number, decided, now())
