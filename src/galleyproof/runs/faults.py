"""Places where a test may kill this process, to prove that nothing is lost there.

GALLEY_FAULT=NAME:N kills the process with SIGKILL at the Nth passing of the point NAME.
Without the variable a point costs one look at a dictionary.
"""

from __future__ import annotations

import os
import signal

POINTS = (
    "chunk-taken",
    "chunk-read",
    "chunk-decided",
    "commit-begun",
    "versions-written",
    "outcomes-written",
    "chunk-closed",
    "committed",
    "settling",
    "settled",
)
ASKING_POINTS = ("drafted", "frozen")
RAMP_POINTS = ("step-released",)
REFRESH_POINTS = ("refresh-window", "refresh-keys", "refresh-ledger", "refresh-accounted")

passed: dict[str, int] = {}


def read_setting() -> tuple[str, int] | None:
    setting = os.environ.get("GALLEY_FAULT", "")
    if not setting:
        return None
    name, _, count = setting.partition(":")
    known = POINTS + ASKING_POINTS + RAMP_POINTS + REFRESH_POINTS
    if name not in known:
        raise ValueError(f"GALLEY_FAULT names no point: {name}; there are {', '.join(known)}")
    return name, int(count or 1)


SETTING = read_setting()


def point(name: str) -> None:
    if SETTING is None or SETTING[0] != name:
        return
    passed[name] = passed.get(name, 0) + 1
    if passed[name] == SETTING[1]:
        os.kill(os.getpid(), signal.SIGKILL)
