"""Workers as processes: they take the work, they are killed, the server is killed under them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from stories import NOW, Library, series

from galleyproof.runs.states import ENDED


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Waits for something to come true, looking again and again."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        select_nothing()


def select_nothing() -> None:
    import select

    select.select([], [], [], 0.02)


@pytest.fixture
def stocked(library: Library, small_chunks) -> Library:
    small_chunks(5)
    library.load([series(n, " 40"[n % 3]) for n in range(90)])
    library.set()
    library.permit()
    return library


@pytest.fixture
def worker(galley) -> Iterator[Callable[..., subprocess.Popen]]:
    """Starts `galley worker` processes, and ends them with the test."""
    started: list[subprocess.Popen] = []

    def start(**environ: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-m", "galleyproof.cli.main", "worker"],
            env=os.environ | environ,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def state(number: int) -> str:
    from galleyproof.runs.models import Run

    return Run.objects.values_list("state", flat=True).get(pk=number)


def announce(number: int) -> None:
    from galleyproof.runs.messages import announce as tell

    tell(number)


def alive() -> int:
    from galleyproof.runs.workers import workers_alive

    return workers_alive()


def test_a_worker_works_what_was_asked_with_no_wait(stocked: Library, worker) -> None:
    worker()
    until(lambda: alive() == 1)
    run = stocked.ask()
    announce(run.id)
    until(lambda: state(run.id) in ENDED)
    run.refresh_from_db()
    assert (run.state, run.counts["changed"]) == ("completed", 60)


def test_a_killed_worker_loses_nothing_and_nobody_has_to_resume(stocked: Library, worker) -> None:
    first = worker(GALLEY_FAULT="versions-written:4")
    until(lambda: alive() == 1)
    run = stocked.ask()
    announce(run.id)
    until(lambda: first.poll() is not None)
    assert first.returncode == -signal.SIGKILL
    assert state(run.id) not in ENDED
    worker()  # no new message: its sweep finds the run
    until(lambda: state(run.id) in ENDED)
    run.refresh_from_db()
    assert run.counts["changed"] == 60
    assert stocked.rows("SELECT count(*) FROM version WHERE run = %s", run.id) == [(60,)]


def test_a_command_that_waits_takes_over_when_the_worker_dies(stocked: Library, worker) -> None:
    process = worker(GALLEY_FAULT="committed:3")
    until(lambda: alive() == 1)
    run = stocked.ask()
    announce(run.id)
    ended = stocked.work(run)
    assert (ended.state, ended.counts["changed"]) == ("completed", 60)
    until(lambda: process.poll() is not None)


def test_the_server_killed_under_a_run_is_started_again_and_the_run_goes_on(
    stocked: Library, worker
) -> None:
    from django.db import connections

    from galleyproof.database import server

    before = stocked.export()
    run = stocked.run()
    undo = None
    from galleyproof.runs.undo_requests import request_undo

    undo = request_undo(stocked.amy, run.id, NOW)
    pid = server.server_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    connections.close_all()
    until(lambda: server.server_pid() is None or not server.answers())
    ended = stocked.work(undo)
    assert (ended.state, ended.counts["changed"]) == ("completed", 60)
    assert stocked.export() == before


def test_a_worker_outlives_the_server(stocked: Library, worker) -> None:
    from django.db import connections

    from galleyproof.database import server

    worker()
    until(lambda: alive() == 1)
    pid = server.server_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    connections.close_all()
    run = None

    def asked() -> bool:
        nonlocal run
        import psycopg
        from django.db import OperationalError

        try:
            run = stocked.ask()
        except (OperationalError, psycopg.OperationalError):
            connections.close_all()
            return False
        return True

    until(asked)
    until(lambda: state(run.id) in ENDED)
    run.refresh_from_db()
    assert run.counts["changed"] == 60


def test_a_refresh_that_a_killed_worker_was_at_is_carried_through_by_the_next(
    stocked: Library, worker
) -> None:
    from galleyproof.runs.refreshing import ask_refresh

    stocked.load([series(n) for n in range(100)], "production")
    run = ask_refresh(stocked.ada, "sandbox", at=NOW)
    first = worker(GALLEY_FAULT="refresh-window:1")
    until(lambda: first.poll() is not None)
    assert state(run.pk) == "running"
    worker()
    until(lambda: state(run.pk) in ENDED)
    run.refresh_from_db()
    assert (run.state, run.counts["set"]) == ("completed", 100)


def test_two_runs_are_both_served(stocked: Library, worker) -> None:
    stocked.set("few", "id < 10")
    one, other = stocked.ask(dry_run=True), stocked.ask(set_name="few", dry_run=True)
    worker()
    for run in (one, other):
        announce(run.id)
    until(lambda: state(one.id) == state(other.id) == "planned")


def test_a_worker_ends_when_it_is_told_to(stocked: Library, worker) -> None:
    process = worker()
    until(lambda: alive() == 1)
    process.terminate()
    until(lambda: process.poll() is not None)
    assert process.returncode == 0
    until(lambda: alive() == 0)
