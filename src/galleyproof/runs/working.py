"""Working chunks: take, read, decide, commit; the next is read while this one commits."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import psycopg
from psycopg import errors

from galleyproof.catalog.writing import Moved
from galleyproof.database.connect import connect
from galleyproof.marc.many import expect_many_records
from galleyproof.runs import ledger
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.committing import Halted, Lost, commit
from galleyproof.runs.deciding import decide
from galleyproof.runs.faults import point
from galleyproof.runs.judging import Decided, Taker
from galleyproof.runs.material import Chunk, Material, read_material
from galleyproof.runs.numbers_in_use import Clashes, clashes, without_clashes
from galleyproof.runs.undoing import UndoMaterial, decide_undo, read_past

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
    " SET enable_material = off; SET enable_memoize = off; SET enable_bitmapscan = off;"
    " SET jit = off"
)


SWITCH = 0.0002
"""Seconds after which a busy thread lets the other have its turn. Python's own 5 ms would let a
commit, which waits for the database a hundred times, wait for the deciding thread each time."""


MOST_TRIES = 50
"""Times that a chunk is decided again because something moved, before that counts as a failure."""


class DiskFull(Exception):
    """The database has no room left; what was done is safe, the rest waits."""


def now() -> datetime:
    return datetime.now(UTC)


def expect_chunks() -> None:
    """Sets the process up for work by chunks, in several threads."""
    sys.setswitchinterval(SWITCH)
    expect_many_records()


@dataclass
class Session:
    """A worker's connections to one environment: one takes chunks and reads them ahead, one
    commits, each in a thread of its own; one gives chunks back.

    It works under a number of its own, which lives as long as the first connection.
    """

    environment: str
    taking: psycopg.Connection[Any] = field(init=False)
    reading: psycopg.Connection[Any] = field(init=False)
    committing: psycopg.Connection[Any] = field(init=False)
    number: int = field(init=False)
    reader: ThreadPoolExecutor = field(init=False)
    committer: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        expect_chunks()
        self.taking, self.reading, self.committing = (
            connect(self.environment, autocommit=True, application="galley worker")
            for _ in range(3)
        )
        for connection in (self.reading, self.committing):
            connection.execute(BY_KEY)
        self.number = ledger.sign_in(self.taking)
        self.reader = ThreadPoolExecutor(1, thread_name_prefix="read")
        self.committer = ThreadPoolExecutor(1, thread_name_prefix="commit")

    def close(self) -> None:
        self.reader.shutdown(wait=True)
        self.committer.shutdown(wait=True)
        for connection in (self.taking, self.reading, self.committing):
            connection.close()

    @property
    def broken(self) -> bool:
        return self.taking.broken or self.reading.broken or self.committing.broken


class Taken(NamedTuple):
    """A chunk that is taken; what was read for it, or the error that reading it ended in."""

    chunk: Chunk
    material: Material | UndoMaterial | None
    error: Exception | None = None


Ahead = Future[Taken | None]
"""The next chunk, while it is being taken and read; None when none is free."""


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

    While a chunk is decided on, the next is read and the one before commits. Raises Halted when
    the run may not go on, DiskFull, and psycopg.OperationalError when the database is lost.
    Whatever it raises, every chunk is either done or free again.
    """
    in_hand: InHand | None = None
    ahead: Ahead | None = None
    try:
        while not enough():
            ahead = ahead or look_ahead(session, assignment)
            taken = ahead.result()
            ahead = None
            if taken is None:
                if in_hand is None:
                    return
                # Our own commit may be all that stands between an ordered run's chunks.
                done, in_hand = in_hand, None
                finish(session, assignment, done, after_chunk)
                continue
            chunk = taken.chunk
            if ledger.used_up(chunk):
                narrow_down(session, assignment, chunk)
                continue
            try:
                ahead = look_ahead(session, assignment)
                decided = decided_on(
                    assignment, chunk, material_of(taken), partial(look_beside, session, assignment)
                )
            except Exception as error:
                put_back(session, chunk, error)
                continue
            if in_hand is not None:
                done, in_hand = in_hand, None
                try:
                    finish(session, assignment, done, after_chunk)
                except BaseException:
                    ledger.give_back(session.taking, chunk, session.number)
                    raise
            in_hand = InHand(
                chunk,
                session.committer.submit(
                    commit, session.committing, assignment, chunk, session.number, decided, now()
                ),
            )
    finally:
        try:
            if in_hand is not None:
                finish(session, assignment, in_hand, after_chunk)
        finally:
            if ahead is not None:
                with contextlib.suppress(psycopg.Error):
                    taken = ahead.result()
                    if taken is not None:
                        ledger.give_back(session.taking, taken.chunk, session.number)


def look_ahead(session: Session, assignment: Assignment) -> Ahead:
    """Begins to take the next chunk and to read it."""
    return session.reader.submit(take_and_read, session, assignment)


def take_and_read(session: Session, assignment: Assignment) -> Taken | None:
    """In the reader's thread and on its connection; the lease is under the session's number."""
    chunk = ledger.take(
        session.reading, assignment.run, session.number, ordered=assignment.job.ordered
    )
    if chunk is None:
        return None
    point("chunk-taken")
    try:
        return Taken(chunk, read_chunk(session.reading, assignment, chunk))
    except Exception as error:
        return Taken(chunk, None, error)


def material_of(taken: Taken) -> Material | UndoMaterial:
    """What was read; raises what reading it ended in."""
    if taken.material is None:
        assert taken.error is not None
        raise taken.error
    return taken.material


def read_chunk(
    connection: psycopg.Connection[Any], assignment: Assignment, chunk: Chunk
) -> Material | UndoMaterial:
    """Reads a chunk in one snapshot."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        read = read_past if assignment.undoes is not None else read_material
        material = read(cursor, assignment, chunk)
    point("chunk-read")
    return material


def decided_on(
    assignment: Assignment,
    chunk: Chunk,
    material: Material | UndoMaterial,
    look: Callable[[Sequence[Taker]], Clashes],
) -> Decided:
    """Has a chunk decided on, outside any transaction. look: which numbers are in use."""

    def decide_once() -> Decided:
        if isinstance(material, UndoMaterial):
            return decide_undo(assignment, chunk, material)
        return decide(assignment, chunk, material)

    decided = without_clashes(assignment, material, decide_once, look)
    point("chunk-decided")
    return decided


def look_beside(session: Session, assignment: Assignment, takers: Sequence[Taker]) -> Clashes:
    """In the reader's thread, after what it has in hand."""
    return session.reader.submit(look_now, session.reading, assignment, takers).result()


def look_now(
    connection: psycopg.Connection[Any], assignment: Assignment, takers: Sequence[Taker]
) -> Clashes:
    with connection.cursor() as cursor:
        return clashes(cursor, takers, assignment.undoes or 0)


def finish(
    session: Session,
    assignment: Assignment,
    in_hand: InHand,
    after_chunk: Callable[[int], None],
) -> None:
    """Waits for a commit. Where something read had moved, reads and decides again."""
    chunk = in_hand.chunk
    future = in_hand.future
    tries = 0
    while True:
        try:
            future.result()
            break
        except Moved as moved:
            tries += 1
            if tries == MOST_TRIES:
                put_back(session, chunk, moved)
                return
        except Exception as error:
            put_back(session, chunk, error)
            return
        future = session.committer.submit(again, session, assignment, chunk)
    after_chunk(len(chunk.ids))


def again(session: Session, assignment: Assignment, chunk: Chunk) -> None:
    material = read_chunk(session.committing, assignment, chunk)
    decided = decided_on(
        assignment, chunk, material, partial(look_now, session.committing, assignment)
    )
    commit(session.committing, assignment, chunk, session.number, decided, now())


def put_back(session: Session, chunk: Chunk, error: Exception) -> None:
    """Frees a chunk that could not be done, and counts the attempt if it was the chunk's fault.

    Raises again what is not the chunk's: a halted run, a full disk, a lost database.
    """
    if isinstance(error, Lost):
        return
    if session.broken:
        raise error  # the lease died with the session
    if isinstance(error, errors.DiskFull):
        ledger.give_back(session.taking, chunk, session.number)
        raise DiskFull(str(error).splitlines()[0]) from error
    if isinstance(error, Halted):
        ledger.give_back(session.taking, chunk, session.number)
        raise error
    if isinstance(error, TRANSIENT):
        ledger.give_back(session.taking, chunk, session.number)
        return
    reason = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
    ledger.count_failure(session.taking, chunk, session.number, reason)


def narrow_down(session: Session, assignment: Assignment, chunk: Chunk) -> None:
    """A chunk that failed as often as it may: halved, or, down to one root, its records failed."""
    if ledger.halve(session.taking, chunk, session.number, assignment.kind):
        return
    row = session.taking.execute(
        "SELECT error, kills FROM chunk WHERE run = %s AND start = %s", (chunk.run, chunk.start)
    ).fetchone()
    error, kills = row if row else (None, 0)
    reason = error or f"the worker was killed {kills} times while it had this record in hand"
    decided = ledger.fail_all(assignment, chunk, reason)
    commit(session.committing, assignment, chunk, session.number, decided, now())
