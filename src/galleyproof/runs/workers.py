"""Workers: processes that wait for work and do it, on this host or on any other.

Procrastinate carries one message, "run N has work". A worker that takes it works chunks of the
least-served run until none is left. What makes chunks exactly-once is the ledger, so a message
may be lost or come twice; a sweep every few seconds finds runs that nobody works on.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

from galleyproof.database.connect import connect
from galleyproof.database.locks import Lock, holders
from galleyproof.runs.assignment import assignment_of
from galleyproof.runs.beginning import end_dead_drafts
from galleyproof.runs.committing import Halted
from galleyproof.runs.control import hold
from galleyproof.runs.ledger import LIVE
from galleyproof.runs.models import Run
from galleyproof.runs.settling import begin, go_on_from_plan, settle
from galleyproof.runs.standing_again import another_revision, asks_nobody, still
from galleyproof.runs.states import OWN_COMMAND
from galleyproof.runs.working import DiskFull, Session, now, work_run

TURN = 1.0
"""Seconds after which a worker looks whether another run has been served less."""


def workable() -> list[tuple[int, str]]:
    """(run, environment) of every run with a chunk that is free, the least served first."""
    found = []
    for environment in ("sandbox", "production"):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT r.id, (SELECT count(*) FROM"
                f" {environment}.chunk AS d WHERE d.run = r.id AND d.state = 'done') AS served"
                " FROM governing.run AS r WHERE r.environment_id = %s AND r.job <> ALL(%s)"
                " AND (r.state IN ('queued', 'running')"
                "      OR (r.state = 'planning' AND r.dry_run))"
                f" AND EXISTS (SELECT 1 FROM {environment}.chunk AS c WHERE c.run = r.id"
                f" AND (c.state = 'pending' OR (c.state = 'leased' AND NOT {LIVE})))",
                (environment, list(OWN_COMMAND)),
            )
            found += [(served, run, environment) for run, served in cursor.fetchall()]
    return [(run, environment) for _, run, environment in sorted(found)]


def unsettled() -> list[int]:
    """Runs whose chunks may be through, or that wait to stop."""
    return list(
        Run.objects.filter(state__in=("planning", "queued", "running", "pausing", "cancelling"))
        .exclude(job__in=OWN_COMMAND)
        .values_list("id", flat=True)
    )


def sweep() -> None:
    """Makes the moves that are due in every run: whatever a killed process left is picked up."""
    end_dead_drafts(now())
    for run in unsettled():
        settle(run, now())
    for run, plan_state in Run.objects.filter(
        state="planning", dry_run=False, plan__isnull=False
    ).values_list("id", "plan__state"):
        if plan_state in ("planned", "cancelled", "failed"):
            go_on_from_plan(run, now())


class Hands:
    """The sessions of one process, one for each environment it has worked in."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}

    def on(self, environment: str) -> Session:
        session = self.sessions.get(environment)
        if session is not None and session.broken:
            self.drop(environment)
            session = None
        if session is None:
            session = self.sessions[environment] = Session(environment)
        return session

    def drop(self, environment: str) -> None:
        session = self.sessions.pop(environment, None)
        if session is not None:
            with contextlib.suppress(psycopg.Error):
                session.close()

    def close(self) -> None:
        for environment in list(self.sessions):
            self.drop(environment)


def work_until_done(
    hands: Hands,
    *,
    only: int | None = None,
    after_chunk: Callable[[int, int], None] = lambda run, members: None,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Works the least-served run, turn by turn, until no chunk is free.

    only: one run alone (and the plan it waits for). stop: asked between chunks.
    """
    while not stop():
        free = [(run, env) for run, env in workable() if only is None or run in family(only)]
        if not free:
            return
        run_id, environment = free[0]
        turn(hands, run_id, environment, after_chunk, stop, alone=len(free) == 1)


def family(run: int) -> set[int]:
    plan = Run.objects.filter(pk=run).values_list("plan_id", flat=True).first()
    return {run} | ({plan} if plan else set())


def turn(
    hands: Hands,
    run_id: int,
    environment: str,
    after_chunk: Callable[[int, int], None],
    stop: Callable[[], bool],
    *,
    alone: bool,
) -> None:
    """One worker's turn at one run; afterwards the run makes the moves that are due."""
    run = Run.objects.select_related("environment", "person", "permit").get(pk=run_id)
    if said := may_not_go_on(run):
        hold(run_id, said, now())
        return
    if run.state == "queued":
        begin(run_id)
    until = time.monotonic() + TURN
    try:
        work_run(
            hands.on(environment),
            assignment_of(run),
            after_chunk=lambda members: after_chunk(run_id, members),
            enough=lambda: stop() or time.monotonic() > until,
        )
    except Halted as halted:
        if str(halted) != "stopped":
            run.person.refresh_from_db()
            hold(run_id, may_not_go_on(run) or permit_ended(run), now())
    except DiskFull as full:
        hold(
            run_id,
            f"the database has no room left ({full}); make room, then `galley resume {run_id}`. "
            "What is done is safe.",
            now(),
        )
    settle(run_id, now())


def may_not_go_on(run: Run) -> str:
    """Why the permit does not let a run go on just now, as a sentence; "" if it does."""
    if said := another_revision(run):
        return said
    if not run.person.is_active:
        return (
            f"the account of {run.person.display_name} is not active; what is done stays, the "
            "rest waits"
        )
    if asks_nobody(run):
        return ""
    answer = still(run, now())
    if answer.allowed:
        return ""
    return f"{answer.reason}; what is done stays, the rest waits"


def permit_ended(run: Run) -> str:
    return (
        f"permit {run.permit_id} was not good for a moment while the run was going; "
        "what is done stays, the rest waits"
    )


def workers_alive() -> int:
    """How many worker processes wait for work just now, wherever they are."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {holders(Lock.WAITING)}")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


@contextmanager
def counted_as_worker() -> Iterator[psycopg.Connection[Any]]:
    """Holds a lock as long as this process is a worker, so that others can see it is alive."""
    with connect("governing", autocommit=True, application="galley worker") as signed:
        signed.execute(
            "SELECT pg_advisory_lock_shared(%s, %s)", (Lock.WAITING, os.getpid() % 2**31)
        )
        yield signed
