"""What every job lists that changes a MARC field: the 880s linked with it that did not change.

The platform asks, after any job has answered, so no job says it itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from galleyproof.jobs.outcome import Said
from galleyproof.marc.changes import Change
from galleyproof.marc.field import subfields
from galleyproof.marc.linked_fields import OTHER_SCRIPT, left_behind
from galleyproof.marc.record import Record
from galleyproof.structures.forms import Body

MOST_LETTERS = 60


def linked_880s(after: Body, found: Sequence[Change], fits: Body | None = None) -> tuple[Said, ...]:
    """The 880s to look at, since their fields changed and they did not. found: the changes that
    made `after`. fits: a record whose 880s are right for it, which an undo goes back to."""
    if not isinstance(after, Record) or not (behind := left_behind(after, found)):
        return ()
    right = set(map(fits.field, fits.positions(OTHER_SCRIPT))) if isinstance(fits, Record) else ()
    return tuple(
        Said(
            "linked-880",
            f"880 “{text_of(after.field(one.at))}” is linked with the {one.tag} that was "
            f"{'removed' if one.removed else 'changed'}, and was left as it is",
        )
        for one in behind
        if after.field(one.at) not in right
    )


def text_of(data: bytes) -> str:
    text = " ".join(value for code, value in subfields(data) if not code.isdigit())
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
