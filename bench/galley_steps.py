"""One catalogue, measured: load, dry run, run, undo, scan. One process, one worker.

python -m bench.galley_steps FILE STEP…     prints one JSON object
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

JOB = "set-830-second-indicator"


def ask_only(who: Any) -> Any:
    from galleyproof.runs.requesting import Request, request

    return request(who, Request(job=JOB, environment="sandbox", set_name="all"), now())


def with_workers(number: int, ask: Callable[[], Any]) -> dict[str, Any]:
    """A run worked by so many processes: how long it took, and what they and the server used of
    a processor."""
    from galleyproof.runs.control import run_numbered
    from galleyproof.runs.messages import announce
    from galleyproof.runs.states import ENDED
    from galleyproof.runs.workers import workers_alive

    command = [sys.executable, "-m", "galleyproof.cli.main", "worker"]
    processes = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(number)]
    try:
        while workers_alive() < number:
            time.sleep(0.05)
        workers = [processor_seconds(one.pid) for one in processes]
        server = server_seconds()
        started = time.perf_counter()
        run = ask()
        announce(run.id)
        while run.state not in ENDED:
            time.sleep(0.02)
            run = run_numbered(run.id)
        seconds = time.perf_counter() - started
        used = [processor_seconds(one.pid) for one in processes]
        return {
            "records": run.counts["set"],
            "seconds": seconds,
            "worker_cpu": sum(used) - sum(workers),
            "server_cpu": server_seconds() - server,
        }
    finally:
        for one in processes:
            one.terminate()
        for one in processes:
            one.wait()


def processor_seconds(pid: int, *, with_ended_children: bool = False) -> float:
    """Of a process until now, its own and the system's for it (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = fields[11:15] if with_ended_children else fields[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def server_seconds() -> float:
    """Of the database server: its first process, its children that ended, and those that live."""
    from galleyproof.database import server

    first = server.server_pid()
    assert first is not None
    total = processor_seconds(first, with_ended_children=True)
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if path.read_text().rsplit(")", 1)[1].split()[1] == str(first):
                total += processor_seconds(int(path.parent.name))
    return total


def now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    path, steps = Path(sys.argv[1]), sys.argv[2:]
    home = tempfile.mkdtemp(prefix="galley-bench-")
    os.environ["GALLEY_HOME"] = home
    os.environ.pop("DATABASE_URL", None)
    from galleyproof.database import server
    from galleyproof.database.setup import initialise

    try:
        initialise()
        print(json.dumps(measure(path, steps)))
    finally:
        from django.db import connections

        connections.close_all()
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def settle() -> None:
    """Does at once what the server does by itself in the background when much was written, so
    that what is timed next is not timed beside it."""
    from galleyproof.database import server

    with psycopg.connect(**server.superuser_login(), autocommit=True) as root:
        root.execute("VACUUM ANALYZE")
        root.execute("CHECKPOINT")


def measure(path: Path, steps: list[str]) -> dict[str, Any]:
    from galleyproof.catalog.sets import make_from_query
    from galleyproof.people.identity import Who
    from galleyproof.people.models import Person
    from galleyproof.permits.actions.issue import issue
    from galleyproof.runs.loading import load
    from galleyproof.runs.requesting import Request, request
    from galleyproof.runs.undo_requests import request_undo
    from galleyproof.runs.waiting import wait_for

    amy = Who(Person.objects.create(username="amy", display_name="Amy", roles=["staff"]))
    bob = Who(
        Person.objects.create(
            username="bob", display_name="Bob", roles=["systems-librarian", "administrator"]
        )
    )
    issue(bob, amy.person, JOB, environment="sandbox", at=now())
    result: dict[str, Any] = {}

    def timed(name: str, work: Any, per: str = "set") -> Any:
        started = time.perf_counter()
        run = work()
        seconds = time.perf_counter() - started
        result[name] = {"records": run.counts[per], "seconds": seconds}
        return run

    def ask(**asked: Any) -> Any:
        return wait_for(request(amy, Request(job=JOB, environment="sandbox", **asked), now()).id)

    timed("load", lambda: load(bob, [path], kind="bib", environment="sandbox", at=now()))
    if "settled" in steps:
        settle()
    make_from_query("all", "bib", "sandbox", "status = active", "amy", now())
    run = None
    if "plan" in steps:
        plan = timed("dry run", lambda: ask(set_name="all", dry_run=True))
        run = timed("run from plan", lambda: ask(plan=plan.id))
    if "direct" in steps:
        run = timed("run", lambda: ask(set_name="all"))
    if run is not None:
        timed("undo", lambda: wait_for(request_undo(amy, run.id, now()).id), per="changed")
    if "scan" in steps:
        if "settled" in steps:
            settle()
        started = time.perf_counter()
        make_from_query("found", "bib", "sandbox", 'exists "830.{*,-}"', "amy", now())
        result["scan"] = {
            "records": result["load"]["records"],
            "seconds": time.perf_counter() - started,
        }
    for number in (1, 2):
        if f"{number} workers" in steps:
            result[f"{number} workers"] = with_workers(number, lambda: ask_only(amy))
    result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return result


if __name__ == "__main__":
    main()
