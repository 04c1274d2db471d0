"""Permanent moves without a database: the holding that is made, the call number that differs."""

from __future__ import annotations

import pytest
from groups import group, held, mfhd

from galleyproof.jobs.change_physical_items import ChangePhysicalItems
from galleyproof.jobs.job import Making
from galleyproof.structures.item import Item

JOB = ChangePhysicalItems()


def move(*holdings, items=(5,), match="bc", to=("LAW", "STACKS"), from_=(2,)):
    members = [
        held("item", id, Item(holding=under, library="MAIN", location="STACKS"), under)
        for id, under in zip(items, from_ * len(items) if len(from_) == 1 else from_, strict=True)
    ]
    asked = JOB.parameters.model_validate(
        {"library": to[0], "location": to[1], "holding_match": match}
    )
    found = list(JOB.decide(group(*members, beside=holdings), asked))
    makings = [one for one in found if isinstance(one, Making)]
    answers = {one.about.id: one.answer for one in found if not isinstance(one, Making)}
    return makings, answers


def shelf(id: int, *fields: str, **more):
    return held("holding", id, mfhd(*fields, **more), 1)


@pytest.mark.parametrize("kind", ["x", "v", "y", "u"])
def test_a_made_holding_is_of_its_models_type(kind: str) -> None:
    (made,), _ = move(shelf(2, leader=kind))
    assert made.made.record.leader[5:7] == b"n" + kind.encode()


def test_a_made_holding_says_what_is_known_of_it_and_not_that_it_is_received_too() -> None:
    (made,), _ = move(shelf(2, fixed="8501014p    8   4001uueng0850101"))
    assert made.made.record.first(b"008") == b"2611020u    8   4001uueng0261102"
    (ceased,), _ = move(shelf(2, fixed="8501015p19108   4001uueng0850101"))
    assert ceased.made.record.first(b"008") == b"2611025u19108   4001uueng0261102"
    (bare,), _ = move(shelf(2, fixed=""))
    assert bare.made.record.first(b"008") == b"2611020u    0   4001uu   0261102"
    assert b"005" not in bare.made.record.tags, "the time of making is the platform's to say"


def test_moving_under_another_call_number_is_listed() -> None:
    target = shelf(3, "852 0 $bLAW$cSTACKS$hKF9$i.L2")
    _, answers = move(shelf(2), target)
    assert answers[5].record.holding == 3
    (said,) = answers[5].notes
    assert (said.code, said.sentence) == (
        "other-call-number",
        "came from under “Z1”; holding 3 has “KF9 .L2”",
    )


def test_the_same_call_number_is_nothing_to_list_and_a_holding_that_is_made_takes_it_along() -> (
    None
):
    _, answers = move(shelf(2), shelf(3, "852 0 $bLAW$cSTACKS$hZ1 "))
    assert answers[5].notes == ()
    makings, answers = move(shelf(2))
    assert (len(makings), answers[5].notes) == (1, ())


def test_a_holding_made_for_items_of_two_call_numbers_is_anothers_for_the_second() -> None:
    other = shelf(3, "852 0 $bMAIN$cSTACKS$hPS3")
    makings, answers = move(shelf(2), other, items=(5, 6), from_=(2, 3))
    assert len(makings) == 1
    assert [len(answers[id].notes) for id in (5, 6)] == [0, 1]
    assert answers[6].notes[0].sentence == (
        "came from under “PS3”; the holding that is made has “Z1”"
    )
    makings, answers = move(shelf(2), other, items=(5, 6), from_=(2, 3), match="bch")
    assert (len(makings), [answers[id].notes for id in (5, 6)]) == (2, [(), ()])


def test_an_item_that_says_the_place_but_hangs_under_a_holding_elsewhere_is_moved_too() -> None:
    _, answers = move(shelf(2, "852 0 $bMAIN$cRARE$hZ1"), shelf(3), to=("MAIN", "STACKS"))
    assert answers[5].record.holding == 3
