"""Undo in the catalogue of jobs. Its work is in the runs: it needs more than a job is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from galleyproof.jobs.job import Group, Job, Proposal
from galleyproof.structures.table import STRUCTURES


class Undo(Job):
    code = "undo"
    title = "Undo a run"
    office_names = ("undo", "undo jobs")
    scope = "Any run"
    kinds = ("bib", "holding", "authority", *STRUCTURES)
    does = (
        "Takes back what a run did, field by field, keeps what was edited since, and lists what "
        "could not be taken back. It is asked for from the run itself."
    )
    dangers = ("What was built on the run's changes since stays as it is.",)

    def decide(self, group: Group, parameters: Any) -> Iterator[Proposal]:
        raise TypeError("undo is worked by runs.undoing, over what a run wrote")
