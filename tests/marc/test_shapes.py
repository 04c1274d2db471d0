"""Shapes of coded fields: by data element, and the same on any day."""

from __future__ import annotations

import pytest
from groups import bib, group, held, mfhd
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.marc.changes import Change, changes
from galleyproof.marc.coded_fields import DATE_SUBFIELDS
from galleyproof.marc.record import Record
from galleyproof.marc.shapes import shapes

DATES = {
    "bib": (40, [(0, 6), (7, 11), (11, 15)]),
    "holding": (32, [(0, 6), (8, 12), (26, 32)]),
    "authority": (40, [(0, 6)]),
}
"""Length of 008, and where its dates stand: MARC 21 Bibliographic, Holdings, Authority."""


def value(length: int, signs: str) -> st.SearchStrategy[bytes]:
    return st.text(signs, min_size=length, max_size=length).map(str.encode)


def of_008(kind: str, before: bytes, after: bytes) -> list[str]:
    return [str(one) for one in shapes(kind, [Change(b"008", before, after, 1, 1)])]


@given(st.sampled_from(list(DATES)), st.data())
def test_another_day_shows_the_same_shapes(kind: str, draw: st.DataObject) -> None:
    """Two runs of a job do the same, each with the dates of its day."""
    length, dates = DATES[kind]
    before = draw.draw(value(length, "ab|"))
    one = bytearray(draw.draw(value(length, "ab|")))
    other = bytearray(one)
    for start, end in dates:
        if draw.draw(st.booleans()):
            one[start:end] = other[start:end] = before[start:end]
        else:
            for after in (one, other):
                after[start:end] = draw.draw(value(end - start, "0129"))
    shown = of_008(kind, before, bytes(one))
    assert shown == of_008(kind, before, bytes(other))
    where = {shape.split()[0] for shape in shown}
    for start, end in dates:
        changed = one[start:end] != before[start:end]
        assert (f"008/{start:02d}-{end - 1:02d}" in where) == changed
    assert not any(sign in shape.partition(" ")[2] for shape in shown for sign in "0129")


@pytest.mark.parametrize("place", sorted(DATE_SUBFIELDS))
def test_a_subfield_that_holds_a_date_shows_no_values_even_where_it_is_declared_literal(
    place: str,
) -> None:
    tag, code = place.encode()[:3], place.encode()[5:]

    def shown(old: bytes, new: bytes) -> list:
        change = Change(tag, b"  \x1f" + code + old, b"  \x1f" + code + new, 1, 1)
        return list(shapes("holding", [change], frozenset((place, "852 $b"))))

    assert shown(b"20261102", b"20261103") == shown(b"19990101", b"20261231")
    assert [str(one) for one in shown(b"1", b"2")] == [f"{place} text replaced"]


@pytest.mark.parametrize(
    ("kind", "before", "after", "shown"),
    [
        (
            "bib",
            "900101c19909999xx qr p       0   a0eng d",
            "900101d19902024xxuqr p       0   a0ger d",
            ["008/06 c→d", "008/11-14 set", "008/15-17 xx␣→xxu", "008/35-37 eng→ger"],
        ),
        # What 18-34 are is not known from the field alone: neighbours are one.
        (
            "bib",
            "900101c19909999xx qr p       0   a0eng d",
            "900101c19909999xx mrbp       1   a0eng d",
            ["008/18 q→m", "008/20 ␣→b", "008/29 0→1"],
        ),
        (
            "holding",
            "1001014p    8   4001uueng0000000",
            "1001015p26118l3m4002uueng0261102",
            [
                *["008/06 4→5", "008/08-11 set", "008/13-15 ␣␣␣→l3m", "008/17-19 001→002"],
                "008/26-31 set",
            ],
        ),
    ],
)
def test_what_one_datum_is_is_shown_whole(kind, before, after, shown) -> None:
    assert of_008(kind, before.encode(), after.encode()) == shown


def test_006_and_007_are_read_by_their_first_position() -> None:
    def of(tag: bytes, before: bytes, after: bytes) -> list[str]:
        return [str(one) for one in shapes("bib", [Change(tag, before, after, 1, 1)])]

    assert of(b"007", b"mr bf  fnnartauu198101", b"mr bf  fnnartauu198212") == ["007/17-22 set"]
    assert of(b"007", b"ta", b"cr") == ["007/00-01 ta→cr"]
    assert of(b"006", b"a" + b"ab   " + b" " * 12, b"a" + b"abc  " + b" " * 12) == [
        "006/01-04 ab␣␣→abc␣"
    ]


@given(st.dates(), st.dates())
def test_a_holding_that_ends_shows_the_same_shapes_on_any_day(one, other) -> None:

    from galleyproof.jobs.around import Around
    from galleyproof.jobs.catalogue import JOBS

    record = mfhd("866 31$81$av.1(1990)-", "863 40$81.1$a1-$i1990-", "853 20$81$av.$i(year)")
    members = group(held("holding", 1, record), beside=(held("bib", 1, bib()),))

    def shown(code: str, today) -> set[str]:
        job = JOBS[code]
        asked = {"last_issue": "v.35(2024)", "action": "cancelled", "public_note": "Ended"}
        parameters = job.parameters(**asked)
        found = set()
        for about, answer in job.decide(members._replace(around=Around(today)), parameters):
            differ = changes(Record(about.body), answer.record)
            found |= {str(shape) for shape in shapes(about.kind, differ, job.literal)}
        return found

    for code in ("cancel-print-subscription", "cease-print-subscription"):
        assert shown(code, one) == shown(code, other)
        assert "008/26-31 set" in shown(code, one)
