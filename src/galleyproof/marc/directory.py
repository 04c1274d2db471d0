"""The directory of an ISO 2709 record: a tag, a length and a start for each field.

Narrow entries have 12 bytes (MARC 21 Specifications for Record Structure); those of the wide form
have nine digits for length and start.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from struct import Struct

NARROW_ENTRY = 12
WIDE_ENTRY = 21
MOST_AT_ONCE = 500

FOUR = [b"%04d" % number for number in range(10_000)]
FIVE = [b"%05d" % number for number in range(100_000)]
"""Numbers as a directory writes them; to look one up is several times as fast as to write it."""


def narrow_directory(tags: Sequence[bytes], lengths: Sequence[int]) -> bytes:
    """The entries of contiguous fields. lengths: of each field with its terminator, 9,999 bytes at
    the most and 99,999 together."""
    starts = []
    start = 0
    for length in lengths:
        starts.append(FIVE[start])
        start += length
    # Every third part is a tag, and so on: one join writes it all.
    parts = [b""] * (3 * len(tags))
    parts[::3] = tags
    parts[1::3] = [FOUR[length] for length in lengths]
    parts[2::3] = starts
    return b"".join(parts)


def wide_directory(tags: Sequence[bytes], lengths: Sequence[int]) -> bytes:
    starts = accumulate(lengths, initial=0)
    return b"".join(b"%b%09d%09d" % entry for entry in zip(tags, lengths, starts, strict=False))


def directory_tags(body: bytes, count: int, size: int = NARROW_ENTRY) -> tuple[bytes, ...]:
    """The tags of a directory that begins at byte 24. size: bytes of an entry."""
    if count > MOST_AT_ONCE:
        return tuple(body[at : at + 3] for at in range(24, 24 + size * count, size))
    return taking(count, size).unpack_from(body, 24)


@cache
def taking(count: int, size: int) -> Struct:
    """Takes the tags out of so many entries; several times as fast as slices."""
    return Struct(f"3s{size - 3}x" * count)
