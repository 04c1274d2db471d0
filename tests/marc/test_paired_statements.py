"""866 with 853 and 863 linked by $8."""

from __future__ import annotations

import pytest

from galleyproof.marc.paired_statements import close_pair, open_pairs
from galleyproof.marc.record import Record


def mfhd(*fields: str) -> Record:
    """Fields as `866 31$81$av.1-`."""
    parts = [(one[:3].encode(), one[4:].replace("$", "\x1f").encode()) for one in fields]
    return Record.build(b"00000cy  a2200000un 4500", parts)


PATTERN = "853 2 $81$av.$bno.$i(year)"


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ((PATTERN, "863 40$81.1$a1-$i1990-", "866 41$81$av.1(1990)-"), [1]),
        (
            (PATTERN, "863 40$81.1$a1-5$i1990", "863 40$81.2$a7-$i1996-", "866 41$81$av.7-"),
            [2],
        ),
        ((PATTERN, "863 41$81.1$a1$i1990", "866 41$81$av.1(1990)-"), []),
        ((PATTERN, "863 40$82.1$a1-$i1990-", "866 41$81$av.1(1990)-"), []),
        (("863 40$81.1$a1-$i1990-", "866 41$81$av.1(1990)-"), []),
        ((PATTERN, "863 40$81.1$a1-$i1990-", "866 41$80$av.1(1990)-"), []),
        ((PATTERN, "863 40$81.1$a1-$i1990-", "866 41$av.1(1990)-"), []),
    ],
)
def test_pairs_are_found_by_their_link(fields: tuple[str, ...], found: list[int]) -> None:
    record = mfhd(*fields)
    assert open_pairs(record, len(fields) - 1) == found


def test_an_open_enumeration_gets_the_values_of_the_last_issue() -> None:
    data = b"40\x1f81.1\x1fa1-\x1fb1-\x1fi1990-\x1fj01-\x1fzdamaged-"
    assert (
        close_pair(data, {"a": "35", "b": "4", "i": "2024", "j": "12"})
        == b"40\x1f81.1\x1fa1-35\x1fb1-4\x1fi1990-2024\x1fj01-12\x1fzdamaged-"
    )


def test_an_open_enumeration_whose_values_are_not_known_is_not_closed_by_half() -> None:
    assert close_pair(b"40\x1f81.1\x1fa1-\x1fi1990-", {"a": "35"}) is None
