"""Undo in the list of jobs. Its work is in undoing.py: it needs more than a job is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from galleyproof.catalog.kinds import KINDS
from galleyproof.jobs.job import Group, Job, Proposal


class Undo(Job):
    code = "undo"
    title = "Undo a run"
    scope = "Any run"
    kinds = tuple(KINDS)
    does = (
        "Takes back what a run did, field by field, keeps what was edited since, and lists what "
        "could not be taken back. It is asked for from the run itself."
    )
    dangers = ("What was built on the run's changes since stays as it is.",)

    def decide(self, group: Group, parameters: Any) -> Iterator[Proposal]:
        raise TypeError("undo is worked by runs.undoing, over what a run wrote")


UNDO = Undo()
