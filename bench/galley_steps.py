"""One catalogue, measured: load, dry run, run, undo, scan. One process, one worker.

python -m bench.galley_steps FILE STEP…     prints one JSON object
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

JOB = "set-830-second-indicator"


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
        started = time.perf_counter()
        make_from_query("found", "bib", "sandbox", 'exists "830.{*,-}"', "amy", now())
        result["scan"] = {
            "records": result["load"]["records"],
            "seconds": time.perf_counter() - started,
        }
    result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return result


if __name__ == "__main__":
    main()
