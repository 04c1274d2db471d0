"""866 with 853 and 863 linked by $8."""

from __future__ import annotations

import pytest

from galleyproof.marc.closing import Unfit
from galleyproof.marc.paired_statements import captions_of, close_pair, open_pairs, seems_open
from galleyproof.marc.record import Record
from galleyproof.marc.scanning_designations import parse_designation


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
        (("854 2 $81$asuppl.", "864 40$81.1$a1-", "867 41$81$asuppl.1-"), [1]),
        (("855 2 $81$av.", "865 40$81.1$a1-", "868 41$81$av.1-"), [1]),
    ],
)
def test_pairs_are_found_by_their_link(fields: tuple[str, ...], found: list[int]) -> None:
    record = mfhd(*fields)
    assert open_pairs(record, len(fields) - 1) == found
    if found:
        assert captions_of(record, len(fields) - 1) == record.data[0]


def closed(enumeration: str, captions: str, last: str) -> str | Unfit:
    issue = parse_designation(last)
    assert issue is not None
    after = close_pair(
        f"40$81.1{enumeration}".replace("$", "\x1f").encode(),
        f"2 $81{captions}".replace("$", "\x1f").encode(),
        issue,
    )
    return after if isinstance(after, Unfit) else after.decode().replace("\x1f", "$")[7:]


MONTHLY = "$av.$bno.$u12$vr$i(year)$j(month)"


@pytest.mark.parametrize(
    ("enumeration", "captions", "last", "after"),
    [
        ("$a1-$i1990-", "$av.$i(year)", "v.35(2024)", "$a1-35$i1990-2024"),
        ("$a1-$b1-$i1990-$j01-$zdamaged-", MONTHLY, "v.35:no.4(2024:Dec.)",
         "$a1-35$b1-4$i1990-2024$j01-12$zdamaged-"),
        ("$a1-$b1-$i1990-$j01-", MONTHLY, "v.35:no.12(2024:12)", "$a1-35$b1-12$i1990-2024$j01-12"),
        ("$a1-$b1-$i1990-$j01/02-", MONTHLY, "v.35:no.6(2024:Nov./Dec.)",
         "$a1-35$b1-6$i1990-2024$j01/02-11/12"),
        ("$a1-$b1-$i1990-$j21-", "$av.$bno.$i(year)$j(season)", "v.35:no.4(2024:Winter)",
         "$a1-35$b1-4$i1990-2024$j21-24"),
        ("$a1-$i1990-$j01-$k03-", "$av.$i(year)$j(month)$k(day)", "v.35(2024:Dec.5)",
         "$a1-35$i1990-2024$j01-12$k03-05"),
        # by what its captions count, not by its place
        ("$a1-", "$ano.", "v.35:no.120(2024)", "$a1-120"),
        ("$a1-", "$aJg.", "Jahrg. 35 (2024)", "$a1-35"),
        ("$a1-$b1-", "$a(*)$b(*)", "35:4", "$a1-35$b1-4"),
        # chronology alone stands where enumeration does
        ("$a1990-", "$a(year)", "v.35(2024)", "$a1990-2024"),
        ("$a1990-$b21-", "$a(year)$b(season)", "Winter 2024", "$a1990-2024$b21-24"),
        ("$a1990/1991-", "$a(year)", "2023/24", "$a1990/1991-2023/2024"),
        ("$a1-$i1990-", "$av.", "v.35(2024)", "$a1-35$i1990-2024"),
        # what begins and ends in the same is written once, below a range it is repeated
        ("$a35$b1-$i2024-", "$av.$bno.$i(year)", "v.35:no.12(2024)", "$a35$b1-12$i2024"),
        ("$a35-$b1-$i2024-", "$av.$bno.$i(year)", "v.35:no.12(2024)", "$a35$b1-12$i2024"),
        ("$a1-$b1-", "$av.$bno.", "v.35:no.1", "$a1-35$b1-1"),
    ],
)  # fmt: skip
def test_an_open_enumeration_gets_the_values_that_its_captions_ask_for(
    enumeration: str, captions: str, last: str, after: str
) -> None:
    assert closed(enumeration, captions, last) == after


@pytest.mark.parametrize(
    ("enumeration", "captions", "last", "why"),
    [
        ("$a1-$i1990-", "$av.$i(year)", "v.35", "does not have all"),
        ("$a1-$b1-", "$av.$bno.", "v.35", "does not have all"),
        ("$a1-", "$av.", "no.120", "does not have all"),
        ("$a1-$g1-", "$av.$gno.", "v.35:no.120", "does not have all"),
        # never a name among codes, or a season among months
        ("$a1-$i1990-$j01-", MONTHLY, "v.35(2024)", "does not have all"),
        ("$a1-$i1990-$j01-", MONTHLY, "v.35(2024:Winter)", "does not have all"),
        ("$a1-$i1990-$jJan.-", MONTHLY, "v.35(2024:Dec.)", "does not have all"),
        ("$a1990-$b21-", "$a(year)$b(season)", "Dec. 2024", "does not have all"),
        ("$a1-$i1990-", "$av.$i(quarter)", "v.35(2024)", "does not have all"),
        # by half
        ("$a1-$i1990", "$av.$i(year)", "v.35(2024)", "is not open"),
        ("$a1-35$i1990-", "$av.$i(year)", "v.35(2024)", "is not open"),
        ("$a34$b1-", "$av.$bno.", "v.35:no.12", "is not open"),
        ("$a1-$i1990–", "$av.$i(year)", "v.35(2024)", "another way"),
        # backward
        ("$a40-$i1990-", "$av.$i(year)", "v.35(2024)", "before its start"),
        ("$a1-$i2025-", "$av.$i(year)", "v.35(2024)", "before its start"),
        ("$a35-$b5-", "$av.$bno.", "v.35:no.4", "before its start"),
    ],
)  # fmt: skip
def test_an_open_enumeration_is_closed_as_a_whole_or_not_at_all(
    enumeration: str, captions: str, last: str, why: str
) -> None:
    found = closed(enumeration, captions, last)
    assert isinstance(found, Unfit), found
    assert why in found.why


@pytest.mark.parametrize(
    ("data", "open_"),
    [
        ("$a1-$i1990-", True), ("$a1-$i1990", True), ("$a1–", True), ("$a1+", True), ("$a1…", True),
        ("$a1-35$i1990-2024", False), ("$a35$i2024", False), ("$a1$zdamaged-", False), ("", False),
    ],
)  # fmt: skip
def test_what_seems_open(data: str, open_: bool) -> None:
    assert seems_open(f"40$81.1{data}".replace("$", "\x1f").encode()) == open_
