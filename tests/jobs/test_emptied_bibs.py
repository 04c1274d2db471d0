"""Withdrawing the last items of a title: what it is left with, who waits for it, who keeps it."""

from __future__ import annotations

from datetime import date

import pytest
from groups import bib, group, held, mfhd

from galleyproof.jobs.outcome import Changed, Refused
from galleyproof.jobs.withdraw_items import WithdrawItems, WithdrawItemsParameters
from galleyproof.structures.circulation import Request
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.portfolio import Portfolio

JOB = WithdrawItems()
ENDED = "1001012p    8   4001uueng0000000"
RECEIVED = "1001014p    8   4001uueng0000000"
ON_ORDER = "1001013p    8   4001uueng0000000"


def withdraw(*items, beside=(), title=None, around=None, **parameters):
    """What the job says: (kind, number) -> answer, the last one said of each."""
    asked = WithdrawItemsParameters(reason="weeded", **parameters)
    above = held("bib", 1, title or bib())
    some = group(*items, beside=(above, *beside), **(around or {}))
    return {(one.about.kind, one.about.id): one.answer for one in JOB.decide(some, asked)}


def item(id: int, holding: int = 2, **fields):
    return held("item", id, Item(holding=holding, **fields), holding)


def shelf(id: int, *fields: str, fixed: str = ENDED, status: str = "active", leader: str = "y"):
    return held("holding", id, mfhd(*fields, fixed=fixed, leader=leader), 1, status)


def codes(answers, kind: str, id: int) -> list[str]:
    return [said.code for said in answers[kind, id].notes] if (kind, id) in answers else []


# ---- a bib is left with something while any holding of it is kept


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (shelf(3, "866 41$80$av.1-35(1990-2024)"), "it has statements of what is held"),
        (shelf(3, "583 1 $acommitted to retain$d20351231"), None),
        (shelf(3, "583 1 $aconserved$c20200101"), "it has an action note (583)"),
        (shelf(3, fixed=RECEIVED), "it is coded as currently received (008/06 = 4)"),
        (shelf(3, fixed=ON_ORDER), "it is coded as on order (008/06 = 3)"),
        (shelf(3), "it is kept as it is"),
        (shelf(3, fixed=RECEIVED, status="suppressed"), "currently received"),
    ],
)
@pytest.mark.parametrize("policy", ["suppress", "delete"])
def test_a_bib_whose_other_holding_stands_for_itself_is_neither_hidden_nor_deleted(
    other, why: str | None, policy: str
) -> None:
    answers = withdraw(
        item(5),
        beside=(shelf(2), other),
        emptied_holding="delete",
        emptied_bib=policy,
        around={"also": frozenset({"delete-bibs"})},
    )
    assert answers["holding", 2].status == "deleted"
    assert codes(answers, "bib", 1) == ["bib-kept"]
    (said,) = answers["bib", 1].notes
    assert said.sentence.startswith("kept, without items: its holding 3 stays: ")
    assert why is None or why in said.sentence


def test_an_open_order_on_the_other_holding_keeps_the_bib_and_one_that_is_over_does_not() -> None:
    for status, expected in (("Sent", ["bib-kept"]), ("Closed", ["bib-suppressed"])):
        line = held("order-line", 9, OrderLine(number="P1", status=status, holdings=(3,)), 1)
        hidden = shelf(3, status="suppressed")
        answers = withdraw(
            item(5), beside=(shelf(2), hidden, line), emptied_holding="suppress",
            emptied_bib="suppress",
        )  # fmt: skip
        assert codes(answers, "bib", 1) == expected, status


def test_a_bib_whose_holdings_are_all_hidden_or_gone_is_hidden_too() -> None:
    hidden = shelf(3, "866 41$80$av.1-35(1990-2024)", status="suppressed")
    for policy in ("suppress", "delete"):
        answers = withdraw(
            item(5), beside=(shelf(2), hidden), emptied_holding=policy, emptied_bib="suppress"
        )
        assert (answers["bib", 1].status, codes(answers, "bib", 1)) == (
            "suppressed",
            ["bib-suppressed"],
        )


@pytest.mark.parametrize(
    ("holding", "kept"),
    [
        (shelf(2, fixed=RECEIVED), True),
        (shelf(2, fixed=RECEIVED, leader="x"), False),
        (shelf(2, fixed="short4"), False),
    ],
)
def test_a_holding_to_which_more_comes_is_not_deleted_as_emptied(holding, kept: bool) -> None:
    answers = withdraw(item(5), beside=(holding,), emptied_holding="delete")
    assert codes(answers, "holding", 2) == ["holding-kept" if kept else "holding-deleted"]


def test_a_title_that_is_there_electronically_is_not_emptied() -> None:
    answers = withdraw(
        item(5),
        beside=(shelf(2), held("portfolio", 4, Portfolio(bib=1), 1)),
        emptied_holding="delete",
        emptied_bib="suppress",
    )
    assert ("bib", 1) not in answers


# ---- a request for the title guards the last items that could fill it


def title_request(**fields):
    return held("request", 8, Request(bib=1, placed=date(2026, 10, 1), **fields), 1)


def refused(answers) -> set[int]:
    return {
        id for (kind, id), one in answers.items() if kind == "item" and isinstance(one, Refused)
    }


def test_a_title_request_guards_the_last_items_and_no_others() -> None:
    beside = (shelf(2), title_request())
    assert refused(withdraw(item(5), item(6), beside=beside)) == {5, 6}
    assert refused(withdraw(item(5), beside=(*beside, item(6)))) == set()
    only = withdraw(item(5), beside=beside)
    assert only["item", 5] == Refused(
        "requested",
        "its title is requested since 2026-10-01, and no item that could fill it would stay",
    )
    assert ("holding", 2) not in only


@pytest.mark.parametrize(
    "other",
    [
        item(6, missing_status="MISSING"),
        item(6, process_type="LOST_LOAN"),
        held("item", 6, Item(holding=2), 2, "withdrawn"),
    ],
)
def test_an_item_that_cannot_be_had_fills_no_request(other) -> None:
    assert refused(withdraw(item(5), beside=(shelf(2), title_request(), other))) == {5}


def test_an_item_that_stays_for_a_reason_of_its_own_fills_the_request() -> None:
    answers = withdraw(item(5), item(6, course_reserve=True), beside=(shelf(2), title_request()))
    assert refused(answers) == {6}
    assert answers["item", 6].code == "course-reserve"


def test_a_waved_title_request_is_cancelled_with_the_last_item_that_could_fill_it() -> None:
    missing = item(6, missing_status="MISSING")
    answers = withdraw(
        item(5), beside=(shelf(2), title_request(), missing), skip_with_requests=False
    )
    assert isinstance(answers["item", 5], Changed)
    assert codes(answers, "request", 8) == ["request-cancelled"]
    inactive = (shelf(2), title_request(active=False))
    assert refused(withdraw(item(5), beside=inactive, skip_with_requests=False)) == {5}
    waved = withdraw(item(5), beside=inactive, skip_with_inactive_requests=False)
    assert codes(waved, "request", 8) == ["request-cancelled"]


# ---- retained


def test_a_583_of_the_bib_counts_for_its_items() -> None:
    title = bib("583 1 $aCommitted to retain$d20351231$fTown shared print$5XXD")
    answers = withdraw(item(5), beside=(shelf(2),), title=title)
    assert answers["item", 5] == Refused(
        "retention", "583 of its bib: committed to retain until 20351231"
    )
    over = bib("583 1 $acommitted to retain$d20200101")
    assert isinstance(withdraw(item(5), beside=(shelf(2),), title=over)["item", 5], Changed)


def test_the_reason_stands_alone_where_the_note_before_was_a_blank() -> None:
    answers = withdraw(item(5, internal_note_3=" "), beside=(shelf(2),))
    assert answers["item", 5].record.internal_note_3 == "weeded"
