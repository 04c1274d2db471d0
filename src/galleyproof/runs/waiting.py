"""Waiting for a run: looking on while workers work it, or working it when none is alive."""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg
from django.db import OperationalError, connections

from galleyproof.database.server import NotRunning
from galleyproof.runs.control import run_numbered
from galleyproof.runs.models import Run
from galleyproof.runs.settling import settle
from galleyproof.runs.states import ENDED
from galleyproof.runs.tally import Tally, tally
from galleyproof.runs.workers import Hands, sweep, work_until_done, workers_alive
from galleyproof.runs.working import now

LOOK_EVERY = 0.2
"""Seconds between two looks at a run that others work."""

LOST_AT_MOST = 5
"""Times in a row that the database may be lost before waiting for it ends."""

RESTING = ENDED | {"paused", "waiting"}


def wait_for(number: int, look: Callable[[Run, Tally], None] = lambda run, so_far: None) -> Run:
    """Returns when the run has ended, waits for a confirmation, or is paused.

    When no worker is alive, this process works the chunks itself, by the same function.
    """
    hands = Hands()
    lost = 0
    try:
        while True:
            try:
                if step(hands, number, look) in RESTING:
                    return run_numbered(number)
                lost = 0
            except (psycopg.OperationalError, OperationalError, NotRunning):
                # The database went away under us. What is done is done; the rest goes on as soon
                # as it is back (an embedded one is started again by the next connection).
                lost += 1
                if lost > LOST_AT_MOST:
                    raise
                hands.close()
                connections.close_all()
                time.sleep(lost)
    finally:
        hands.close()


def step(hands: Hands, number: int, look: Callable[[Run, Tally], None]) -> str:
    """Looks on for a moment, or works what is free; returns the run's state."""
    run = run_numbered(number)
    if run.state in RESTING:
        return run.state
    if plan_rests(run):
        return "paused"
    if workers_alive():
        watch(run, look)
        time.sleep(LOOK_EVERY)
    else:
        work_until_done(
            hands, only=number, after_chunk=now_and_then(lambda: watch(run_numbered(number), look))
        )
    if run.plan_id is not None and run.state == "planning":
        settle(run.plan_id, now())
    state = settle(number, now())
    if state not in RESTING and not workers_alive():
        sweep()
        time.sleep(LOOK_EVERY / 10)
    return state


def now_and_then(see: Callable[[], None]) -> Callable[[int, int], None]:
    """Looks after a chunk where the last look is a while ago: counting what is done costs more
    than many a chunk."""
    looked = 0.0

    def after_chunk(run: int, members: int) -> None:
        nonlocal looked
        if time.monotonic() - looked >= LOOK_EVERY:
            see()
            looked = time.monotonic()

    return after_chunk


def plan_rests(run: Run) -> bool:
    """Whether a run waits for a plan that somebody, or its permit, has paused."""
    return run.state == "planning" and run.plan is not None and run.plan.state == "paused"


def watch(run: Run, look: Callable[[Run, Tally], None]) -> None:
    """Shows how far a run is; while it is being planned, how far its plan is."""
    shown = run
    if run.state == "planning" and run.plan is not None:
        shown = run.plan
    look(shown, tally(shown.environment_id, shown.id))
