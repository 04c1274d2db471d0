"""What order lines mean to other jobs: whether one is open, and whether it goes on.

The environment's code tables say it (structures.meanings). A type or status that no table has any
more counts as continuous and open, so that it guards what it is for.
"""

from __future__ import annotations

from galleyproof.jobs.around import Around
from galleyproof.structures.meanings import CONTINUOUS, OPEN, STATUSES, TYPES
from galleyproof.structures.order_line import OrderLine


def is_open(line: OrderLine, around: Around) -> bool:
    meaning = around.meaning(STATUSES, line.status)
    return not meaning or OPEN in meaning


def is_continuous(line: OrderLine, around: Around) -> bool:
    meaning = around.meaning(TYPES, line.type)
    return not meaning or CONTINUOUS in meaning


def status_of(line: OrderLine, around: Around) -> str:
    """The status of an open line, for a sentence; and why it counts as open where no table says
    so."""
    if around.meaning(STATUSES, line.status):
        return line.status
    if not line.status:
        return "without a status, which counts as open"
    return f"“{line.status}” is no status with a meaning here, and counts as open"
