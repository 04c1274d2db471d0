"""880s that were left behind when the field changed that they are linked with by $6."""

from __future__ import annotations

import pytest
from groups import field

from galleyproof.marc.changes import changes
from galleyproof.marc.linked_fields import left_behind
from galleyproof.marc.record import Record

LEAD = b"00000nam a2200000 i 4500"


def record(*texts: str) -> Record:
    return Record(Record.build(LEAD, [field(one) for one in texts]).body)


def behind(before: list[str], after: list[str]) -> list[tuple[int, str, bool]]:
    one, other = record(*before), record(*after)
    return [tuple(left) for left in left_behind(other, changes(one, other))]


SERIES, OTHER_SERIES = "830  4$6880-01$aThe lantern", "830  0$6880-01$aThe lantern"


@pytest.mark.parametrize(
    ("linked", "told"),
    [
        (["880  4$6830-01/(N$aФонарь"], 1),
        (["880  4$6830-01$aФонарь"], 1),
        # $6 elsewhere, with a blank, with one digit: it is plain what is meant.
        (["880  4$aФонарь$6830-01/(N"], 1),
        (["880  4$6 830-01/(N$aФонарь"], 1),
        (["880  4$6830-1$aФонарь"], 1),
        # One field in two scripts.
        (["880  4$6830-01/(N$aФонарь", "880  4$6830-01/$1$a灯"], 2),
        # Another field's, none's, and no 880 at all.
        (["880  4$6490-01/(N$aФонарь"], 0),
        (["880  4$6830-02/(N$aФонарь"], 0),
        (["880  4$6830-011$aФонарь"], 0),
        (["880  4$6830-00/(N$aФонарь"], 0),
        (["880  4$aФонарь"], 0),
        ([], 0),
    ],
)
def test_which_880_is_a_fields_own(linked: list[str], told: int) -> None:
    assert len(behind([SERIES, *linked], [OTHER_SERIES, *linked])) == told


def test_a_field_that_says_00_is_linked_with_none() -> None:
    one, other = "830  4$6880-00/$1$aA", "830  0$6880-00/$1$aA"
    assert behind([one, "880  4$6830-00/$1$aB"], [other, "880  4$6830-00/$1$aB"]) == []


def test_it_is_the_880_of_the_field_that_changed() -> None:
    linked = ["880  4$6830-02/(N$aБ", "880  4$6830-01/(N$aА", "880 10$6245-03/(N$aВ"]
    before = ["245 10$6880-03$aC", SERIES, "830  4$6880-02$aB", *linked]
    after = ["245 10$6880-03$aC", OTHER_SERIES, "830  4$6880-02$aB", *linked]
    assert behind(before, after) == [(4, "830", False)]


def test_an_880_that_changed_too_came_or_went_is_not_left_behind() -> None:
    linked = "880  4$6830-01/(N$aФонарь"
    assert behind([SERIES, linked], [OTHER_SERIES, "880  0$6830-01/(N$aФонарь"]) == []
    assert behind([SERIES], [OTHER_SERIES, linked]) == []
    assert behind([SERIES, linked], [OTHER_SERIES]) == []
    assert behind([SERIES, linked], [SERIES, "880  0$6830-01/(N$aФонарь"]) == []


def test_a_field_that_went_leaves_its_880_behind_and_one_that_moved_does_not() -> None:
    linked = "880  4$6830-01/(N$aФонарь"
    assert behind([SERIES, linked], [linked]) == [(0, "830", True)]
    title = "500   $aLamp"
    assert behind([SERIES, title, linked], [title, SERIES, linked]) == []


def test_a_field_under_another_tag_leaves_the_880_of_its_former_tag_behind() -> None:
    linked = "880  4$6440-01/(N$aФонарь"
    assert behind(["440  4$6880-01$aL", linked], ["830  4$6880-01$aL", linked]) == [
        (1, "440", True)
    ]


def test_an_edit_that_is_remembered_is_looked_at_alike() -> None:
    one = record(SERIES, "880  4$6830-01/(N$aФонарь")
    other = one.with_data(0, field(OTHER_SERIES)[1])
    assert left_behind(other, changes(one, other)) == [(1, "830", False)]
