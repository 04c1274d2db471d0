"""What a worker must know of a run to work its chunks: read once, then kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from galleyproof.jobs.job import Job
from galleyproof.marc.tags import Need
from galleyproof.permits.limits import Limits
from galleyproof.runs.fence import Fence


@dataclass(frozen=True, slots=True)
class Assignment:
    """One run as its workers see it.

    stamp: the 16 bytes that go to 005 of a changed record (MARC 21 005, yyyymmddhhmmss.f, the
    time the run was requested, so that a resumed run writes the same bytes), or None where the
    environment does not stamp. at: the same time, for the heads. undoes: the run undone, if any.
    limits: those of its permit; fence: what they say of places, None if nothing.
    """

    run: int
    environment: str
    kind: str
    job: Job
    parameters: Any
    need: Need
    dry_run: bool
    planned: bool
    undoes: int | None
    permit: int | None
    person: int
    stamp: bytes | None
    at: datetime
    limits: tuple[Limits, ...] = ()
    fence: Fence | None = None


def stamp_of(at: datetime) -> bytes:
    return at.strftime("%Y%m%d%H%M%S.").encode() + str(at.microsecond // 100_000).encode()
