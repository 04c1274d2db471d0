"""The one message that the queue carries: "run N has work"; and the worker process."""

from __future__ import annotations

import asyncio
import contextlib
import signal

from procrastinate.exceptions import AlreadyEnqueued

from galleyproof.database.queue import app as queue_app
from galleyproof.runs.workers import (
    Hands,
    counted_as_worker,
    sweep,
    work_until_done,
    workable,
)

app = queue_app()
SWEEP_EVERY = 2.0
"""Seconds between two looks for runs that nobody works on."""

stopping = False
hands = Hands()


@app.task(name="run-has-work", queue="runs")
def run_has_work(run: int) -> None:
    """Works the least-served run until nothing is free. The number only says why it was sent."""
    pass_on()
    work_until_done(hands, stop=lambda: stopping)


def announce(run: int) -> None:
    """Tells the workers that a run has work. At most one such message waits at a time."""
    with contextlib.suppress(AlreadyEnqueued), app.open():
        run_has_work.configure(queueing_lock="runs").defer(run=run)


def pass_on() -> None:
    """Wakes the next worker while there is more to do than one can take."""
    free = workable()
    if free:
        announce(free[0][0])


async def serve_queue() -> None:
    """One worker process: takes messages, and sweeps."""
    loop = asyncio.get_running_loop()
    worker = asyncio.create_task(
        app.run_worker_async(queues=["runs"], concurrency=1, install_signal_handlers=False)
    )
    ended = asyncio.Event()

    def end() -> None:
        global stopping
        stopping = True
        ended.set()

    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, end)
    sweeper = asyncio.create_task(keep_sweeping())
    await asyncio.wait(
        {worker, sweeper, asyncio.create_task(ended.wait())},
        return_when=asyncio.FIRST_COMPLETED,
    )
    for task in (sweeper, worker):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def keep_sweeping() -> None:
    while True:
        await asyncio.to_thread(sweep_and_wake)
        await asyncio.sleep(SWEEP_EVERY)


def sweep_and_wake() -> None:
    sweep()
    pass_on()


def run_worker() -> None:
    """This process as a worker, until it is told to end; a chunk in hand is finished first."""
    with counted_as_worker():
        asyncio.run(serve_queue())
    hands.close()
