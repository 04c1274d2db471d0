"""Why an item must stay: each rule, with its code and sentence."""

from __future__ import annotations

from datetime import date

import pytest
from groups import field, group, held, mfhd

from galleyproof.jobs.circumstances import circumstances
from galleyproof.jobs.refusing_items import first_refusal, requested
from galleyproof.structures.circulation import Loan, Request
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.work_order import WorkOrder


def refusal(item: Item | None = None, *beside, holding=None, leave_out=(), **around):
    it = held("item", 5, (item or Item()).changed(holding=2), 2)
    above = held("holding", 2, holding or mfhd(), 1)
    asked = group(it, beside=(above, *beside), **around)
    found = first_refusal(circumstances(asked)[5], asked.around, leave_out=leave_out)
    return found and (found.code, found.sentence)


def test_an_item_with_nothing_against_it_may_go() -> None:
    over = (
        held("loan", 1, Loan(item=5, returned=date(2026, 1, 1))),
        held("loan", 2, Loan(item=6)),
        held("request", 1, Request(item=5, cancelled=date(2026, 1, 1))),
        held("work-order", 1, WorkOrder(item=5, closed=date(2026, 1, 1))),
        held(
            "order-line",
            1,
            OrderLine(items=(5,), type="continuous physical journal", status="Closed"),
        ),
        held("order-line", 2, OrderLine(items=(5,), type="one-time physical book", status="Sent")),
    )
    assert refusal(None, *over) is None


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Item(process_type="LOAN"), ("on-loan", "on loan (process type LOAN)")),
        (Item(process_type="TRANSIT"), ("in-transit", "in transit (process type TRANSIT)")),
        (
            Item(process_type="holdshelf"),
            ("on-hold-shelf", "on the hold shelf (process type holdshelf)"),
        ),
        (
            Item(process_type="LOST_LOAN"),
            (
                "lost-with-charges",
                "lost, and its borrower is charged for it (process type LOST_LOAN)",
            ),
        ),
        (Item(course_reserve=True), ("course-reserve", "on course reserve")),
        (
            Item(in_temporary_location=True, temporary_library="LAW", temporary_location="RES"),
            ("temporary-location", "in a temporary location (LAW RES)"),
        ),
        (Item(retain=True), ("retention", "the library is committed to retain it")),
        (
            Item(retain=True, retention_reason="ReCAP"),
            ("retention", "the library is committed to retain it: ReCAP"),
        ),
        (
            Item(process_type="WORK_ORDER_DEPARTMENT"),
            ("work-order", "in a work order (process type WORK_ORDER_DEPARTMENT)"),
        ),
    ],
)
def test_what_the_item_itself_says(item: Item, expected: tuple[str, str]) -> None:
    assert refusal(item) == expected


@pytest.mark.parametrize(
    ("kind", "record", "expected"),
    [
        ("loan", Loan(item=5, due=date(2026, 12, 4)), ("on-loan", "on loan until 2026-12-04")),
        ("loan", Loan(item=5), ("on-loan", "on loan")),
        ("request", Request(item=5), ("requested", "requested")),
        (
            "request",
            Request(item=5, active=False, placed=date(2026, 1, 2)),
            ("requested", "requested (the request is inactive) since 2026-01-02"),
        ),
        (
            "work-order",
            WorkOrder(item=5, department="BINDERY"),
            ("work-order", "in a work order at BINDERY"),
        ),
        (
            "order-line",
            OrderLine(number="P1", items=(5,), type="continuous physical journal", status="Sent"),
            ("order-line-open", "linked to the open PO line P1 (Sent)"),
        ),
    ],
)
def test_what_hangs_around_it(kind: str, record, expected: tuple[str, str]) -> None:
    assert refusal(None, held(kind, 1, record)) == expected


def test_the_order_line_that_the_item_names_counts_too() -> None:
    line = held(
        "order-line", 1, OrderLine(number="P1", status="Sent", type="continuous physical journal")
    )
    assert refusal(Item(order_line="P1"), line) is not None
    assert refusal(Item(order_line="P2"), line) is None


def test_bound_with_is_told_by_the_bib_above() -> None:
    assert refusal(bound_with={1: "it is a host"}) == (
        "bound-with",
        "bound with another title: it is a host",
    )
    assert refusal(bound_with={2: "another bib"}) is None


@pytest.mark.parametrize(
    ("note", "settings", "refused"),
    [
        ("RET-25", {"retention-codes": "RET-25, SCS"}, True),
        ("Gift; scs 2019", {"retention-codes": "RET-25, SCS"}, True),
        ("RET-250", {"retention-codes": "RET-25, SCS"}, False),
        ("RET-25", {}, False),
        ("RET-25", {"retention-codes": "RET-25", "statistics-retention": "1, 3"}, False),
    ],
)
def test_retention_codes_in_the_statistics_notes_that_the_environment_names(
    note: str, settings: dict[str, str], refused: bool
) -> None:
    found = refusal(Item(statistics_note_2=note), settings=settings)
    assert (found is not None) == refused
    if found:
        assert found[0] == "retention"
        assert "in statistics note 2" in found[1]


@pytest.mark.parametrize(
    ("action", "settings", "expected"),
    [
        ("583 1 $aCommitted to retain.$d20351231", {}, "committed to retain until 20351231"),
        ("583 1 $acommitted to retain", {}, "committed to retain"),
        ("583 1 $acommitted to retain$d20200101", {}, None),
        ("583 1 $areviewed$c20200101", {}, None),
        ("583 1 $akept for ever", {"retention-actions": "kept for ever"}, "committed to retain"),
    ],
)
def test_a_retention_action_of_the_holding(action, settings, expected) -> None:
    found = refusal(holding=mfhd(action), settings=settings)
    assert found == (expected and ("retention", f"583 of its holding: {expected}"))
    assert field(action)[0] == b"583"


def test_the_environment_names_its_own_process_types() -> None:
    settings = {"process-types-in-transit": "ON-ITS-WAY"}
    assert refusal(Item(process_type="on-its-way"), settings=settings) is not None
    assert refusal(Item(process_type="TRANSIT"), settings=settings) is None


def test_a_job_may_wave_a_rule() -> None:
    asked = held("request", 1, Request(item=5))
    assert refusal(None, asked, leave_out=(requested,)) is None
