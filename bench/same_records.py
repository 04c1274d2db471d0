"""Whether two scripts made the same records of a file."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

import pymarc

from galleyproof.marc.iso2709 import pieces


def differing(theirs: Path, ours: Path) -> int:
    """How many records of two files have other bytes, where that is for one reason alone: pymarc
    drops an empty subfield mark when it reads. Raises AssertionError for any other."""
    found = 0
    with theirs.open("rb") as one, ours.open("rb") as other:
        for a, b in zip_longest(pieces(one), pieces(other)):
            assert a is not None, "a record more than the pymarc script wrote"
            assert b is not None, f"record {a.number} is missing"
            if a.raw != b.raw:
                found += 1
                assert as_pymarc_writes(b.raw) == a.raw, f"record {a.number} is another"
    return found


def as_pymarc_writes(raw: bytes) -> bytes:
    return pymarc.Record(raw, force_utf8=False).as_marc()
