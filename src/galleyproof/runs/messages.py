"""The messages that the queue carries: "run N has work", and the same of a refresh; and the worker
process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import OperationalError, connection, connections
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from galleyproof.database.queue import app as queue_app
from galleyproof.database.server import NotRunning
from galleyproof.runs.models import Run
from galleyproof.runs.refreshing import carry_through, left_to_workers
from galleyproof.runs.starting import start_due
from galleyproof.runs.workers import (
    Hands,
    counted_as_worker,
    sweep,
    work_until_done,
    workable,
    workers_alive,
)
from galleyproof.runs.working import now

LOG = logging.getLogger(__name__)
app = queue_app()
HOUR = 3600.0
SWEEP_EVERY = 2.0
"""Seconds between two looks for runs that nobody works on."""

LOST = (psycopg.OperationalError, OperationalError, ConnectorException, NotRunning)
"""What a database that went away shows itself by."""

stopping = False
hands = Hands()


class Spoken:
    """What a worker tells of its runs: that it works one, and how it left it."""

    def __init__(self) -> None:
        self.records: dict[int, int] = {}

    def worked(self, run: int, members: int) -> None:
        """After each chunk."""
        if run not in self.records:
            LOG.info("run %s: working", run)
        self.records[run] = self.records.get(run, 0) + members

    def rest(self) -> None:
        """When nothing is free any more."""
        states = dict(Run.objects.filter(pk__in=self.records).values_list("pk", "state"))
        for run, records in self.records.items():
            LOG.info("run %s: %s records worked here; it is %s", run, records, states.get(run))


@app.task(name="run-has-work", queue="runs")
def run_has_work(run: int) -> None:
    """Works the least-served run until nothing is free. The number only says why it was sent."""
    spoken = Spoken()
    try:
        pass_on()
        work_until_done(hands, after_chunk=spoken.worked, stop=lambda: stopping)
    finally:
        spoken.rest()
        hands.close()
        connection.close()


def announce(run: int) -> None:
    """Tells the workers that a run has work. Where nobody listens no message is sent, since a
    worker that starts looks for itself."""
    if workers_alive():
        send(run)


def send(run: int) -> None:
    """At most one message waits at a time."""
    with contextlib.suppress(AlreadyEnqueued), queue_app().open() as telling:
        telling.configure_task(
            "run-has-work", queue="runs", queueing_lock="runs", allow_unknown=True
        ).defer(run=run)


@app.task(name="refresh-has-work", queue="runs")
def refresh_has_work(run: int) -> None:
    """Carries a refresh through that was left to the workers."""
    try:
        carry_through(run, stop=lambda: stopping)
    finally:
        connection.close()


def announce_refresh(run: int) -> None:
    """Tells the workers of a refresh; at most one such message waits at a time."""
    if workers_alive():
        with contextlib.suppress(AlreadyEnqueued), queue_app().open() as telling:
            telling.configure_task(
                "refresh-has-work", queue="runs", queueing_lock="refresh", allow_unknown=True
            ).defer(run=run)


def pass_on() -> None:
    """Wakes the next worker while there is more to do than one can take."""
    free = workable()
    if free:
        send(free[0][0])


async def serve_queue(
    signed: psycopg.Connection[Any], hourly: Callable[[], object] | None = None
) -> None:
    """One worker process: takes messages, and sweeps, until it is told to end."""
    ended = asyncio.Event()

    def end() -> None:
        global stopping
        stopping = True
        ended.set()

    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, end)
    async with app.open_async():
        tasks = [
            asyncio.create_task(
                app.run_worker_async(queues=["runs"], concurrency=1, install_signal_handlers=False)
            ),
            asyncio.create_task(keep_sweeping(signed)),
            asyncio.create_task(every_hour(hourly)),
            asyncio.create_task(ended.wait()),
        ]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if any(isinstance(task.exception(), LOST) for task in done):
            begin_anew()
        for task in tasks:
            task.cancel()
        # A chunk in hand is finished before the worker's task ends.
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            if not task.cancelled() and task.exception() is not None:
                raise task.exception() or RuntimeError("the worker ended")


def begin_anew() -> None:
    """The database went away. Rather than wait for every connection and pool to notice, this
    process becomes a fresh worker, which looks for the database until it is back."""
    time.sleep(SWEEP_EVERY / 4)
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


async def keep_sweeping(signed: psycopg.Connection[Any]) -> None:
    while True:
        await asyncio.to_thread(sweep_and_wake, signed)
        await asyncio.sleep(SWEEP_EVERY)


def sweep_and_wake(signed: psycopg.Connection[Any]) -> None:
    """signed: the session by which others see that this worker is alive; it must still be."""
    signed.execute("SELECT 1")
    try:
        start_due(now())
        sweep()
        pass_on()
        if refresh := left_to_workers():
            announce_refresh(refresh)
    finally:
        connection.close()  # this thread's own; a lost database must not be remembered


async def every_hour(work: Callable[[], object] | None) -> None:
    """What is due by the clock. It may fail without the runs being touched."""
    while True:
        if work is not None:
            await asyncio.to_thread(quietly, work)
        await asyncio.sleep(HOUR)


def quietly(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception as error:
        LOG.error("the hourly upkeep failed: %s", error)
    finally:
        connection.close()


def end_at_once(*_: object) -> None:
    raise SystemExit(0)


def run_worker(hourly: Callable[[], object] | None = None) -> None:
    """This process as a worker, until it is told to end; a chunk in hand is finished first.

    hourly: what the packages above want done by the clock.
    """
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, end_at_once)  # until the loop has its own way to end
    while not stopping:
        try:
            with counted_as_worker() as signed:
                asyncio.run(serve_queue(signed, hourly))
        except LOST:
            connections.close_all()
            time.sleep(SWEEP_EVERY)
