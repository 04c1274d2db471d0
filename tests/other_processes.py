"""Working a run in a process of its own, which a fault may kill."""

from __future__ import annotations

import os
import subprocess
import sys

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
