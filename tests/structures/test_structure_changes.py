"""What changed in a structure: its shapes, and the undo under later edits."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.structures.changes import (
    is_date,
    structure_changes,
    structure_shapes,
    undo_structure,
)
from galleyproof.structures.item import Item
from galleyproof.structures.structure import fields_of
from galleyproof.structures.table import STRUCTURES

PLACE = ("holding", "library", "location")
TEMPORARY = ("temporary_library", "temporary_location", "in_temporary_location")
ALONE = ("public_note", "item_policy", "received_date")


def item(values: dict[str, int]) -> Item:
    """An item with fields at the first, second or third of three values."""
    ways = {
        "holding": (1, 2, 3),
        "in_temporary_location": (False, True, True),
        "received_date": (None, date(2026, 1, 1), date(2026, 2, 1)),
    }
    return Item(**{name: ways.get(name, ("", "x", "y"))[at] for name, at in values.items()})


states = st.fixed_dictionaries(
    {name: st.integers(0, 2) for name in (*PLACE, *TEMPORARY, *ALONE)}
).map(item)


@given(states, states, states)
def test_undo_takes_back_what_stands_and_a_place_together_or_not_at_all(
    before: Item, after: Item, now: Item
) -> None:
    def of(one: Item, name: str):
        return getattr(one, name)

    expected, stays = {}, set()
    for name in (*PLACE, *TEMPORARY, *ALONE):
        together = next((some for some in (PLACE, TEMPORARY) if name in some), (name,))
        edited = any(of(now, one) not in (of(before, one), of(after, one)) for one in together)
        if of(before, name) == of(after, name) or of(now, name) == of(before, name):
            continue
        if edited:
            stays.add(name.replace("_", "-"))
        else:
            expected[name] = of(before, name)
    undone = undo_structure(before, after, now)
    assert undone.structure == now.changed(**expected)
    assert {one.where for one in undone.left} == stays


def test_why_a_field_stays_names_what_it_stays_with() -> None:
    before = Item(library="MAIN", location="STACKS")
    after = Item(library="LAW", location="STACKS", public_note="moved")
    undone = undo_structure(before, after, after.changed(location="RESERVE"))
    assert undone.structure == Item(library="LAW", location="RESERVE")
    assert [tuple(one) for one in undone.left] == [
        ("library", "stays with location, changed since")
    ]


DATED = [
    (kind, name)
    for kind in STRUCTURES.values()
    for name, field in fields_of(kind).items()
    if is_date(name.encode(), field.sort)
]


@pytest.mark.parametrize(("kind", "name"), DATED, ids=lambda one: getattr(one, "kind", one))
def test_a_date_shows_the_same_shape_on_another_day_even_where_it_is_declared_literal(
    kind, name: str
) -> None:
    def day(number: int):
        one = date(2026, 11, number)
        return one if fields_of(kind)[name].sort == "date" else str(one)

    def shown(before, after) -> list:
        old, new = kind(**{name: before}), kind(**{name: after})
        literal = frozenset((name.replace("_", "-"),))
        return structure_shapes(kind, structure_changes(old, new), literal)

    empty = getattr(kind(), name)
    assert shown(empty, day(2)) == shown(empty, day(30))
    assert shown(day(1), day(2)) == shown(day(3), day(30))
    assert not any(one.before or one.after for one in shown(day(1), day(2)))


def test_every_declared_day_is_a_date() -> None:
    assert {("item", "weeding_date"), ("loan", "due"), ("work-order", "closed")} <= {
        (kind.kind, name) for kind, name in DATED
    }
