"""What an edit by hand may not make wrong, and what is only told. Pure."""

from __future__ import annotations

import re
from datetime import date

import pytest
from inventory import PLACES, holding
from stories import marc

from galleyproof.jobs.around import Around
from galleyproof.jobs.edit_checks import checked
from galleyproof.marc.record import Record
from galleyproof.structures.circulation import Request
from galleyproof.structures.item import Item
from galleyproof.structures.structure import Structure

CODES: dict = {}
for one in PLACES["code"]:
    CODES.setdefault(one.table, {})[one.code] = one
HERE = Around(
    date(2026, 3, 2),
    libraries={one.code: one for one in PLACES["library"]},
    locations={(one.library, one.code): one for one in PLACES["location"]},
    codes=CODES,
    there=frozenset((("order-line", "order-line", "POL-1"),)),
)
BIB = Record(marc(1, ("020", "  $a9780306406157")))
HOLDING = holding(1, 1, f866=" 0$av.1-")
ITEM = Item(holding=1, number="231", barcode="B1", library="MAIN", location="STACKS")


def without(record: Record, tag: bytes) -> Record:
    return record.without(record.positions(tag))


def with_field(record: Record, tag: str, data: str) -> Record:
    at = record.positions(tag.encode())
    text = data.replace("$", "\x1f").encode()
    return record.with_data(at[0], text) if at else record.with_inserted(0, tag.encode(), text)


MARC = [
    ("bib", with_field(BIB, "001", "990000000000099"), "001: its number .* a record keeps its"),
    ("bib", without(BIB, b"001"), "001: its number .* is gone"),
    ("bib", with_field(BIB, "008", "200101s2020"), "008 has 11 characters; of a bib it has 40"),
    ("bib", BIB.with_inserted(0, b"008", b" " * 40), "008 stands 2 times"),
    ("bib", with_field(BIB, "500", "  no subfield"), "500 has no subfield: “no subfield”"),
    ("bib", with_field(BIB, "500", "$aNo indicators"), "500 has not two indicators"),
    ("holding", with_field(HOLDING, "004", "990000000000002"), "004 names .*0002”, and its bib"),
    ("holding", without(HOLDING, b"004"), "004 is not there"),
    ("holding", with_field(HOLDING, "008", " " * 33), "008 has 33 characters; of a holding"),
    ("holding", with_field(HOLDING, "852", "0 $bMANI$cSTACKS"), "852 .* no library “MANI”; did"),
    ("holding", with_field(HOLDING, "852", "0 $bMAIN$cATTIC"), "MAIN has no location “ATTIC”"),
    ("holding", with_field(HOLDING, "852", "0 $bOLD$cSTACKS"), "the library OLD is not active"),
]
STRUCTURES = [
    (ITEM.changed(number="232"), "number: “231” would become “232”"),
    (ITEM.changed(number=""), "number: “231” is gone"),
    (ITEM.changed(item_policy="BOK"), "item-policy: there is no item-policy “BOK”; did you mean"),
    (ITEM.changed(library="MANI"), "there is no library “MANI”"),
    (ITEM.changed(location="ATTIC"), "MAIN has no location “ATTIC”"),
    (ITEM.changed(temporary_location="STACKS"), "temporary-location .* without its library"),
    (ITEM.changed(order_line="POL-2"), "order-line: there is no PO line “POL-2”"),
]
FINE = [
    (BIB, with_field(BIB, "245", "00$aAnother title")),
    (without(BIB, b"001"), BIB),
    (HOLDING, with_field(HOLDING, "852", "0 $bLAW$cRESERVE$hZ2")),
    (ITEM, ITEM.changed(barcode="B2", order_line="POL-1", item_policy="BOOK")),
    (Request(bib=1, number="R1"), Request(bib=1, number="R1", type="HOLD")),
]


@pytest.mark.parametrize(("kind", "after", "said"), MARC)
def test_an_edit_that_makes_a_marc_record_wrong_is_refused(kind, after, said) -> None:
    before = BIB if kind == "bib" else HOLDING
    found = checked(kind, before, after, BIB if kind == "holding" else None, HERE)
    assert len(found.errors) == 1
    matches(said, found.errors[0])


@pytest.mark.parametrize(("after", "said"), STRUCTURES)
def test_an_edit_that_makes_a_structure_wrong_is_refused(after: Structure, said: str) -> None:
    found = checked("item", ITEM, after, None, HERE)
    assert len(found.errors) == 1
    matches(said, found.errors[0])


@pytest.mark.parametrize(("before", "after"), FINE)
def test_an_edit_that_makes_nothing_wrong_is_not(before, after) -> None:
    kind = (
        after.kind if isinstance(after, Structure) else "holding" if after.first(b"004") else "bib"
    )
    found = checked(kind, before, after, BIB if kind == "holding" else None, HERE)
    assert (found.errors, found.doubts) == ([], [])


def test_what_was_wrong_before_is_only_told() -> None:
    before = with_field(with_field(BIB, "008", "short"), "500", "  no subfield")
    found = checked("bib", before, with_field(before, "245", "00$aNew"), None, HERE)
    assert found.errors == []
    assert [one.split(" ")[0] for one in sorted(found.doubts)] == ["008", "500"]
    one_more = with_field(before, "520", "  none either")
    assert checked("bib", before, one_more, None, HERE).errors == [
        "520 has no subfield: “none either”"
    ]


def test_what_is_only_unlikely_is_told() -> None:
    found = checked("bib", BIB, with_field(without(BIB, b"245"), "500", "  $a "), None, HERE)
    assert found.errors == []
    assert sorted(found.doubts) == ["500 $a is empty", "it has no 245"]


def matches(pattern: str, text: str) -> None:
    assert re.search(pattern, text), text
