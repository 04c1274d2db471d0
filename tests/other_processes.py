"""Working a run in a process of its own, or asking for one, which a fault may kill."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime

WORK = """
import sys
from galleyproof.database.setup import ready
ready()
from galleyproof.runs import freezing
from galleyproof.runs.waiting import wait_for
wait_for(int(sys.argv[1]))
"""


def work_in_a_process(number: int, fault: str = "") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", WORK, str(number)],
        env=os.environ | {"GALLEY_FAULT": fault},
        capture_output=True,
        timeout=60,
        check=False,
    )


ASK = """
import sys
from datetime import datetime
from galleyproof.database.setup import ready
ready()
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.runs.requesting import Request, request
from galleyproof.runs.undo_requests import request_undo
amy, at = Who(Person.objects.get(username="amy")), datetime.fromisoformat(sys.argv[1])
if sys.argv[2] == "undo":
    request_undo(amy, int(sys.argv[3]), at)
else:
    plan = int(sys.argv[3]) if sys.argv[3:] else None
    named = {"plan": plan} if plan else {"set_name": "all"}
    job = "set-830-second-indicator"
    request(amy, Request(job=job, environment=sys.argv[2], note="n", **named), at)
"""


def ask_in_a_process(
    at: datetime, what: str, number: int | None = None, *, fault: str = ""
) -> subprocess.CompletedProcess[bytes]:
    """Amy asks for a run in an environment, of a plan where one is given, or for an undo."""
    more = [] if number is None else [str(number)]
    return subprocess.run(
        [sys.executable, "-c", ASK, at.isoformat(), what, *more],
        env=os.environ | {"GALLEY_FAULT": fault},
        capture_output=True,
        timeout=60,
        check=False,
    )
