"""Work on many records, one after the other."""

from __future__ import annotations

import gc


def expect_many_records() -> None:
    """Sets the process up for records by the thousand, each of which makes and drops small objects
    by the hundred, none of them in a cycle: what the program itself is made of need not be looked
    through each time."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
