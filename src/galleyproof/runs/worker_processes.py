"""Worker processes that belong to another process, and end when it does, however it ends.

They read a pipe that only that process holds the other end of: when it is killed, the system closes
the pipe, and each worker ends as if it had been told to, with the chunk in hand finished.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

OWNED = "--owned"
"""The option of `galley worker` by which it watches its standard input."""


@contextmanager
def worker_processes(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers for as long as the block goes on, and no longer than this process lives."""
    command = [sys.executable, "-u", "-m", "galleyproof.cli.main", "worker", OWNED]
    theirs, ours = os.pipe()
    try:
        yield [subprocess.Popen(command, stdin=theirs) for _ in range(count)]
    finally:
        os.close(theirs)
        os.close(ours)


def end_with_owner() -> None:
    """From here on this process is told to end (SIGTERM) when its owner has ended."""
    threading.Thread(target=wait_for_end, name="owner", daemon=True).start()


def wait_for_end() -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 1):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
