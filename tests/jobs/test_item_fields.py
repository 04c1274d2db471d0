"""Fields of items that go together, amounts, and notes of nothing."""

from __future__ import annotations

import pytest
from groups import TODAY, group, held

from galleyproof.jobs.around import Around
from galleyproof.jobs.change_physical_items import ChangePhysicalItems
from galleyproof.jobs.outcome import UNCHANGED, Changed, Refused
from galleyproof.jobs.unfolding import unfolded
from galleyproof.marc.errors import Wrong
from galleyproof.structures.item import Item
from galleyproof.structures.structure import value_of
from galleyproof.structures.text import from_json, from_text

JOB = ChangePhysicalItems()


def parameters(**asked):
    named = {name.replace("__", "."): value for name, value in asked.items()}
    return JOB.parameters.model_validate(unfolded(named, JOB.parameter_names()))


def change(item: Item, /, settings=None, **asked):
    some = group(held("item", 5, item), settings=settings or {})
    (first, *_) = JOB.decide(some, parameters(**asked))
    return first.answer


def faults(settings=None, **asked) -> str:
    return "\n".join(JOB.check(parameters(**asked), Around(TODAY, settings=settings or {})))


RESERVE = {"temporary_library": "LAW", "temporary_location": "RESERVE"}
THERE = Item(**RESERVE, in_temporary_location=True)


def test_a_temporary_location_comes_with_its_flag() -> None:
    assert change(Item(), **RESERVE).record == THERE


def test_a_temporary_location_that_is_emptied_takes_its_flag_along() -> None:
    cleared = {f"{name}__mode": "clear" for name in RESERVE}
    assert change(THERE, **cleared).record == Item()


@pytest.mark.parametrize(
    ("item", "asked", "said"),
    [
        (Item(), {"in_temporary_location": "yes"}, "no temporary-location says where"),
        (THERE, {"in_temporary_location": "no"}, "clear-temporary-location takes items out"),
        (Item(), {"temporary_library": "LAW"}, "temporary-location is empty"),
        (THERE, {"temporary_library__mode": "clear"}, "temporary-library is empty"),
    ],
)
def test_what_would_be_half_said_is_refused(item: Item, asked: dict, said: str) -> None:
    answer = change(item, **asked)
    assert isinstance(answer, Refused)
    assert answer.code == "half-temporary"
    assert said in answer.sentence


def test_what_was_half_said_before_is_no_reason_to_refuse_anything_else() -> None:
    half = Item(temporary_library="LAW", temporary_location="RESERVE")
    assert change(half, pages="12").record == half.changed(pages="12")
    assert change(half, in_temporary_location="yes").record == THERE
    assert change(half, clear_temporary_location=True).record == Item()


def test_a_place_and_a_flag_that_contradict_each_other_are_refused_before_the_start() -> None:
    assert "puts items there" in faults(**RESERVE, in_temporary_location="no")
    cleared = {f"{name}__mode": "clear" for name in RESERVE}
    assert "is emptied" in faults(**cleared, in_temporary_location="yes")
    assert not faults(**RESERVE, in_temporary_location="yes")


# ---- amounts


@pytest.mark.parametrize(
    ("currency", "given", "kept"),
    [("USD", "12.5", "12.50"), ("USD", "12", "12.00"), ("JPY", "1200.0", "1200"),
     ("KWD", "1.5", "1.500"), ("EUR", "012.50", "12.50")],
)  # fmt: skip
def test_amounts_have_the_digits_of_the_currency(currency: str, given: str, kept: str) -> None:
    settings = {"currency": currency}
    answer = change(Item(), settings, inventory_price=given)
    assert answer.record.inventory_price == kept
    assert change(Item(inventory_price=kept), settings, inventory_price=kept) is UNCHANGED


def test_an_amount_below_zero_or_with_more_digits_is_refused_before_the_start() -> None:
    assert "not below zero like “-3.00”" in faults(replacement_cost="-3.00")
    assert "12.345 has 3 decimals, and USD has 2 decimals" in faults(replacement_cost="12.345")
    assert "12.50 has 1 decimals, and JPY has no decimals" in faults(
        {"currency": "JPY"}, replacement_cost="12.50"
    )
    assert not faults(replacement_cost="12.500")
    with pytest.raises(Wrong, match="is an amount like 12.50"):
        value_of(Item, "replacement_cost", "१२")


# ---- a note of blanks is none


def test_a_note_of_blanks_is_no_value_to_give() -> None:
    for mode in ("replace", "append", "prefix"):
        assert "no value is given" in faults(public_note=" ", public_note__mode=mode)


def test_a_note_of_blanks_counts_as_empty() -> None:
    blank = Item(public_note=" ")
    assert change(blank, public_note="Frail", public_note__mode="append").record.public_note == (
        "Frail"
    )
    asked = {"public_note": "Frail", "public_note__condition": "if-empty"}
    assert change(blank, **asked).record.public_note == "Frail"
    asked["public_note__condition"] = "if-not-empty"
    assert change(blank, **asked) is UNCHANGED


def test_what_replacing_leaves_blank_is_empty() -> None:
    asked = {"public_note": " ", "public_note__mode": "find-replace", "public_note__find": "-"}
    assert change(Item(public_note="-"), **asked).record.public_note == ""
    assert change(Item(public_note="a-b"), **asked).record.public_note == "a b"
    assert change(Item(public_note="ab"), **asked) is UNCHANGED
    assert change(Item(public_note=" "), **asked) is UNCHANGED


def test_an_edited_note_of_blanks_is_none() -> None:
    assert from_text(Item, "barcode: 1\npublic-note: \\s\n") == Item(barcode="1")
    assert from_json(Item, '{"barcode": "1", "public-note": "  "}') == Item(barcode="1")


def test_an_item_that_changes_in_nothing_is_unchanged() -> None:
    assert isinstance(change(Item(public_note="x"), public_note="x"), type(UNCHANGED))
    assert isinstance(change(Item(), public_note="x"), Changed)
