"""What jobs say of records, code by code: why one is refused, what follows, what is listed.

Reports count by these codes. A job declares its own with their meanings in `refuses`, `follows` and
`lists`; what several jobs say stands with what they share (items that are refused, emptied
holdings, bound-withs), or here. Those in OF_EVERY_JOB are no job's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

SHARED = {
    "does-not-serve": "an item of a library that the department does not serve",
    "withdrawn": "an item that is withdrawn",
    "wrong-value": "a record in which a value would not be a valid one",
}
"""Refusals of several jobs that have no more in common."""

MALFORMED_LEFT = {"no-indicators": "a field without indicators or subfields, left alone"}
"""What jobs list that change fields and leave malformed ones as they are."""

OF_EVERY_JOB = {
    "linked-880": "an 880 (another script) that a changed field is linked with by $6, and that was "
    "not changed itself; a person should see whether it is to follow",
}
"""What the platform lists for every job that changes MARC records, so that no job names it."""
OF_THE_PLATFORM = {
    "changed-since-plan": "a record that is not as the plan saw it any more",
    "excluded": "a record that was unticked at the preview",
    "locked": "a record that somebody has open in an editor",
    "not-as-planned": "a record that would come out otherwise than the plan says",
    "outside-permit": "a record of a library or location outside the permit",
}
"""Refusals that no job says: every run has them."""


class Meaning(NamedTuple):
    """A code and what it says of a record."""

    code: str
    says: str


def meanings(declared: Mapping[str, str]) -> list[Meaning]:
    """What codes mean, in the order in which they are declared."""
    return [Meaning(code, says) for code, says in declared.items()]


def shared(*codes: str) -> dict[str, str]:
    """Some of SHARED, for a job to declare."""
    return some_of(SHARED, *codes)


def some_of(declared: Mapping[str, str], *codes: str) -> dict[str, str]:
    """Some of the codes that another part declares, with their meanings."""
    return {code: declared[code] for code in codes}
