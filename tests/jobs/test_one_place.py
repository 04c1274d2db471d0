"""A holding and its items are one place, whatever changes the one or the other."""

from __future__ import annotations

import pytest
from groups import group, held, mfhd

from galleyproof.jobs.edit_record import EditRecord, EditRecordParameters
from galleyproof.jobs.job import Gone, Parameters
from galleyproof.jobs.normalize_holdings import NormalizeHoldings
from galleyproof.jobs.outcome import UNCHANGED, Changed, Refused
from galleyproof.jobs.restore import Restore
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.places import LibraryPlace, LocationPlace

PLACES = {
    "libraries": {"MAIN": LibraryPlace(code="MAIN"), "LAW": LibraryPlace(code="LAW")},
    "locations": {
        at: LocationPlace(library=at[0], code=at[1], no_batch_moves=at[1] == "DEPOT")
        for at in (("MAIN", "STACKS"), ("MAIN", "ANNEX"), ("MAIN", "DEPOT"), ("LAW", "STACKS"))
    },
}
TO_ANNEX = (
    'rule "annex" when exists "852.c.STACKS" then\n'
    '  replaceContents "852.c.STACKS" with "ANNEX"\nend'
)
NOTE = 'rule "note" when exists "866" then\n  addField "583.{1,-}.a.reviewed"\nend'


def item(id: int, library: str = "MAIN", location: str = "STACKS", holding: int = 2, **status):
    return held(
        "item", id, Item(holding=holding, library=library, location=location), holding, **status
    )


def normalized(*items, rules: str = TO_ANNEX, shelf=None, **around):
    job = NormalizeHoldings().bound_to(rules)
    asked = group(held("holding", 2, shelf or mfhd(), 1), beside=items, **{**PLACES, **around})
    return {(one.about.kind, one.about.id): one.answer for one in job.decide(asked, Parameters())}


def places(answers) -> dict[int, str]:
    return {
        id: f"{one.record.library}/{one.record.location}"
        for (kind, id), one in answers.items()
        if kind == "item" and isinstance(one, Changed)
    }


def test_a_changed_852_carries_the_items_of_its_holding_along_and_no_others() -> None:
    answers = normalized(item(5), item(6, status="withdrawn"), item(7, holding=3))
    assert isinstance(answers["holding", 2], Changed)
    assert places(answers) == {5: "MAIN/ANNEX", 6: "MAIN/ANNEX"}
    assert answers["item", 5].notes[0].code == "item-moved"


def test_an_item_that_stood_elsewhere_is_left_and_listed_and_one_half_said_is_made_whole() -> None:
    answers = normalized(
        item(5, "LAW"), item(6, "MAIN", ""), item(7, "", ""), item(8, "MAIN", "ANNEX")
    )
    assert places(answers) == {6: "MAIN/ANNEX"}
    (said,) = answers["item", 5].notes
    assert (said.code, said.sentence) == (
        "item-elsewhere",
        "it stood at LAW/STACKS and not where its holding did (MAIN/STACKS); left there",
    )
    assert ("item", 7) not in answers
    assert ("item", 8) not in answers, "it is there already"


@pytest.mark.parametrize(
    ("to", "settings", "code", "said"),
    [
        ("ANEX", {}, "wrong-place", "MAIN has no location “ANEX”; did you mean ANNEX"),
        ("DEPOT", {}, "no-batch-moves", "DEPOT of MAIN takes no part in moves by batch job"),
        (
            "ANNEX",
            {"moved-holdings": "refuse"},
            "items-stay",
            "its 1 item at MAIN/STACKS, and in this environment none moves by a change of 852; "
            "move them with change-physical-items",
        ),
    ],
)
def test_where_the_items_may_not_go_the_852_does_not_change_either(
    to: str, settings: dict[str, str], code: str, said: str
) -> None:
    rules = TO_ANNEX.replace('"ANNEX"', f'"{to}"')
    answers = normalized(item(5), rules=rules, settings=settings)
    assert set(answers) == {("holding", 2)}
    assert answers["holding", 2].code == code
    assert said in answers["holding", 2].sentence


def test_an_852_that_would_say_no_place_any_more_is_refused_while_items_stand_there() -> None:
    rules = 'rule "c" when TRUE then\n  removeSubfield "852.c"\nend'
    answers = normalized(item(5), rules=rules)
    assert answers["holding", 2] == Refused(
        "wrong-place",
        "its 852 $b $c would say “MAIN” where its 1 item at MAIN/STACKS need a library and a "
        "location",
    )
    assert isinstance(normalized(rules=rules)["holding", 2], Changed)


def test_holdings_are_looked_at_together_only_where_a_rule_may_write_an_852() -> None:
    alone, together = NormalizeHoldings().bound_to(NOTE), NormalizeHoldings().bound_to(TO_ANNEX)
    nothing = Parameters()
    assert (alone.alone(nothing), together.alone(nothing)) == (True, False)
    assert (alone.relatives_for(nothing), together.relatives_for(nothing)) == ((), ("item",))
    assert (alone.looks_around_for(nothing), together.looks_around_for(nothing)) == (False, True)
    answers = normalized(item(5), rules=NOTE, shelf=mfhd("866 41$80$av.1-"))
    assert set(answers) == {("holding", 2)}


def test_a_rule_on_852_that_leaves_b_and_c_alone_moves_nothing() -> None:
    rules = 'rule "note" when TRUE then\n  addSubfield "852.z.Ask at the desk"\nend'
    answers = normalized(item(5), rules=rules, settings={"moved-holdings": "refuse"})
    assert set(answers) == {("holding", 2)}
    assert isinstance(answers["holding", 2], Changed)
    assert normalized(item(5), rules=TO_ANNEX, shelf=mfhd("852 0 $bLAW$cSTX")) == {
        ("holding", 2): UNCHANGED
    }


# ---- edited by hand


def edited(before, after, *beside, **around):
    asked = group(before, beside=beside, **{**PLACES, **around})
    parameters = EditRecordParameters(body=after.body.decode())
    job = EditRecord()
    kinds = {one.kind for one in beside}
    assert kinds <= {*job.relatives_for(parameters)}, "what it is not given it cannot mind"
    return {(one.about.kind, one.about.id): one.answer for one in job.decide(asked, parameters)}


def test_an_edited_852_carries_the_items_along_into_storage_too() -> None:
    answers = edited(held("holding", 2, mfhd(), 1), mfhd("852 0 $bMAIN$cDEPOT$hZ1"), item(5))
    assert places(answers) == {5: "MAIN/DEPOT"}


@pytest.mark.parametrize(
    ("after", "refused"),
    [
        (Item(holding=2, library="LAW", location="STACKS"), True),
        (Item(holding=3, library="MAIN", location="STACKS"), True),
        (Item(holding=3, library="LAW", location="STACKS"), False),
        (Item(holding=2, library="MAIN", location="STACKS", public_note="Frail"), False),
    ],
)
def test_an_edit_leaves_an_item_where_its_holding_is(after: Item, refused: bool) -> None:
    other = held("holding", 3, mfhd("852 0 $bLAW$cSTACKS"), 1)
    answers = edited(item(5), after, held("holding", 2, mfhd(), 1), other)
    assert isinstance(answers["item", 5], Refused) == refused
    if refused:
        assert answers["item", 5].code == "not-where-its-holding-is"


def test_an_item_that_stood_elsewhere_before_can_still_be_edited() -> None:
    odd = item(5, "LAW")
    after = odd.record.changed(public_note="Frail")
    answers = edited(odd, after, held("holding", 2, mfhd(), 1))
    assert isinstance(answers["item", 5], Changed)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (Item(), Item(in_temporary_location=True), "no temporary-location says where"),
        (Item(), Item(temporary_location="ANNEX", temporary_library="MAIN"), "does not say yes"),
        (Item(), Item(replacement_cost="-5.00"), "replacement-cost: -5.00 is below zero"),
        (Item(), Item(inventory_price="5.005"), "5.005 has 3 decimals, and USD has 2 decimals"),
        (Item(replacement_cost="-5.00"), Item(replacement_cost="-5.00", pages="9"), ""),
    ],
)
def test_an_edit_brings_no_new_fault_and_may_leave_an_old_one(
    before: Item, after: Item, said: str
) -> None:
    answer = edited(held("item", 5, before), after)["item", 5]
    assert isinstance(answer, Refused) == bool(said)
    if said:
        assert (answer.code, said in answer.sentence) == ("wrong-value", True)


def test_records_of_other_kinds_are_edited_without_looking_at_what_is_beside() -> None:
    job = EditRecord()
    for body in (OrderLine(bib=1, holdings=(2,)).body, b'{"code":"X"}'):
        assert job.relatives_for(EditRecordParameters(body=body.decode())) == ()


# ---- restored


def restored(gone: Item, now: Item, shelf):
    before = Gone(7, "active", gone.body)
    asked = group(
        held("item", 5, now, 2, "withdrawn")._replace(gone=before),
        beside=(held("holding", 2, shelf, 1),),
    )
    (proposal,) = Restore().decide(asked, Parameters())
    return proposal.answer


STACKS = Item(holding=2, library="MAIN", location="STACKS")


def test_a_withdrawn_item_returns_to_where_its_holding_is_by_now() -> None:
    there = STACKS.changed(location="ANNEX")
    answer = restored(STACKS, there, mfhd("852 0 $bMAIN$cANNEX"))
    assert answer.record.location == "ANNEX"
    assert [said.code for said in answer.notes] == ["holding-elsewhere"]


def test_one_that_never_stood_with_its_holding_returns_as_it_was() -> None:
    odd = STACKS.changed(library="LAW")
    answer = restored(odd, odd, mfhd("852 0 $bMAIN$cANNEX"))
    assert (answer.record, answer.notes) == (odd, ())
