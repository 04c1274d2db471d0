"""What rules may at most do to one record, so that none can fill the memory."""

from __future__ import annotations

from galleyproof.marc.errors import Wrong

ROOM = 2_000_000
"""Bytes that rules may add to one record. What adds more is taken for a mistake: a rule set that
copies a field onto itself doubles it with every rule."""
FIELD_WEIGHT = 200
"""Bytes that a field counts for besides its own, so that rules add at most 10,000 fields."""
MOST_TEXT = 5_000
"""Characters of one element or text in a rule; no rule in use comes near."""
MOST_CHARACTERS = 2_000_000
"""Characters of one rule file."""
MOST_DEPTH = 40
"""Parentheses and nots inside one another."""
MOST_GROUPS = 30
"""Groups of a regular expression whose contents are used ($1): each costs at every place."""


class GrewTooMuch(Wrong):
    """Rules would make a record larger than anything meant."""

    def __init__(self) -> None:
        super().__init__(
            f"the rules would add more than {ROOM:,} bytes to this record; it is left as it was"
        )


def check_growth(more: int) -> None:
    """Raises GrewTooMuch before anything of that size is made."""
    if more > ROOM:
        raise GrewTooMuch()
