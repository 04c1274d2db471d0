"""Restoring what went, as the pure job decides it (conformance tries it in a library)."""

from __future__ import annotations

from galleyproof.jobs.job import Held
from galleyproof.jobs.outcome import Refused
from galleyproof.jobs.restore import restored
from galleyproof.structures.item import Item


def test_what_was_gone_from_its_first_version_on_cannot_be_restored() -> None:
    """As in a sandbox made anew from production, where the record had gone already."""
    held = Held("item", 1, 1, None, 1, "withdrawn", Item(number="1").body)
    answer = restored(held, {})
    assert isinstance(answer, Refused)
    assert answer.code == "nothing-before"
