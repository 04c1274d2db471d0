"""A structure as lines and as JSON: what is written is read back; what is wrong is named."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galleyproof.marc.errors import Wrong
from galleyproof.structures.item import Item
from galleyproof.structures.structure import AMOUNT, COUNT, DATE, FLAG, LINK, fields_of
from galleyproof.structures.table import STRUCTURES
from galleyproof.structures.text import as_values, from_text, to_text

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"])
    | st.sampled_from(" \n\t\\;:#"),
    max_size=12,
).filter(lambda text: not text or bool(text.strip()))
"""A text of blanks alone is no text, and is not tried."""


def values(sort: str, several: bool) -> st.SearchStrategy[Any]:
    if several:
        one = st.integers(1, 99) if sort == LINK else TEXTS.filter(bool)
        return st.lists(one, max_size=3).map(tuple)
    return {
        FLAG: st.booleans(),
        DATE: st.none() | st.dates(),
        LINK: st.integers(0, 10**12),
        COUNT: st.integers(0, 10**6),
        AMOUNT: st.decimals(0, 10**6, places=2).map(str) | st.just(""),
    }.get(sort, TEXTS)


@st.composite
def structures(draw: st.DrawFn) -> Any:
    kind = draw(st.sampled_from(list(STRUCTURES.values())))
    fields = fields_of(kind)
    names = draw(st.lists(st.sampled_from(list(fields)), max_size=6, unique=True))
    return kind(**{name: draw(values(fields[name].sort, fields[name].several)) for name in names})


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(structures())
def test_what_is_written_is_read_back(one: Any) -> None:
    if one != type(one)():
        assert from_text(type(one), to_text(one, empty=True)) == one
        assert from_text(type(one), to_text(one) + "\n# a remark\n") == one
        assert from_text(type(one), json.dumps(as_values(one))) == one or not as_values(one)


def test_names_are_those_that_people_use() -> None:
    item = from_text(Item, "Barcode: 0012\nPolicy: BOOK\nreceived_date: 2020-01-31\nretain: yes")
    assert (item.barcode, item.item_policy, item.received_date) == (
        "0012",
        "BOOK",
        date(2020, 1, 31),
    )
    assert item.retain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("barcod: 1", "line 1: “barcod” is no field; did you mean barcode?"),
        ("barcode: 1\n\nbarcode: 2", "line 3: barcode is there twice"),
        ("received-date: soon\nretain: perhaps", "retain is yes or no"),
        ("holding: one", "holding is a whole number"),
        ("", "holds no field of item records"),
        ("{", "this is no JSON"),
        ("[1]", "“[1]” is no field"),
        ('{"holding": "one"}', "holding: Expected `int`, got `str`"),
        ('{"hold": 1}', "“hold” is no field; did you mean holding?"),
    ],
)
def test_what_is_wrong_is_named(text: str, said: str) -> None:
    with pytest.raises(Wrong) as raised:
        from_text(Item, text)
    assert said in str(raised.value)
