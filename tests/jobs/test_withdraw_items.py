"""Batch item withdrawals: who is refused, what follows, and taking it back."""

from __future__ import annotations

from datetime import date

import pytest
from inventory import holding, key_rows, put_in, shelves, state
from stories import Library, marc

from galleyproof.marc.errors import Wrong
from galleyproof.structures.circulation import Loan, Request
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.structure import decode
from galleyproof.structures.work_order import WorkOrder

JOB = "withdraw-items"


def withdraw(shelved: Library, /, *ids: int, dry_run: bool = False, **parameters):
    named = {"reason": "weeded 2026", **parameters}
    return shelved.run(job=JOB, ids=ids, kind="item", parameters=named, dry_run=dry_run)


def codes(run) -> dict[str, int]:
    return {one["code"]: one["count"] for one in run.consequences}


@pytest.fixture
def refusing(library: Library) -> Library:
    """Item 1 may go; each of the others is refused for a reason of its own."""
    shelves(library, bibs=3)
    library_of = {"library": "MAIN", "location": "STACKS"}
    put_in(
        library,
        "holding",
        [holding(1, 1), holding(2, 2, f583="1 $acommitted to retain"), holding(3, 3)],
    )
    put_in(
        library,
        "item",
        [
            Item(holding=1, barcode="1", **library_of),
            Item(holding=1, barcode="2", **library_of),
            Item(holding=1, barcode="3", process_type="TRANSIT", **library_of),
            Item(holding=1, barcode="4", process_type="HOLDSHELF", **library_of),
            Item(holding=1, barcode="5", process_type="LOST_LOAN", **library_of),
            Item(holding=1, barcode="6", course_reserve=True, **library_of),
            Item(holding=1, barcode="7", in_temporary_location=True, **library_of),
            Item(holding=1, barcode="8", retain=True, **library_of),
            Item(holding=2, barcode="9", **library_of),
            Item(holding=1, barcode="10", **library_of),
            Item(holding=1, barcode="11", **library_of),
            Item(holding=1, barcode="12", order_line="PO-1", **library_of),
        ],
    )
    put_in(library, "loan", [Loan(item=2, due=date(2026, 12, 4))])
    put_in(library, "request", [Request(bib=1, item=10)])
    put_in(library, "work-order", [WorkOrder(item=11, department="BINDERY")])
    put_in(
        library,
        "order-line",
        [OrderLine(bib=1, number="PO-1", type="continuous physical journal", status="Sent")],
    )
    library.permit(job=JOB)
    return library


def test_every_refusal_has_its_code_and_sentence(refusing: Library) -> None:
    run = withdraw(refusing, *range(1, 13))
    assert run.counts["changed"] == 1
    assert {one["code"]: one["count"] for one in run.said} == {
        "on-loan": 1,
        "in-transit": 1,
        "on-hold-shelf": 1,
        "lost-with-charges": 1,
        "course-reserve": 1,
        "temporary-location": 1,
        "retention": 2,
        "requested": 1,
        "work-order": 1,
        "order-line-open": 1,
    }
    from galleyproof.runs.reporting import said_rows

    said = {row.id: row.sentence for row in said_rows(run, "refused")}
    assert said[2] == "on loan until 2026-12-04"
    assert refusing.rows("SELECT id FROM record WHERE kind = 'item' AND status = 'withdrawn'") == [
        (1,)
    ]


def test_the_reason_is_added_to_internal_note_3_and_taken_back_by_the_undo(
    library: Library,
) -> None:
    shelves(library)
    put_in(library, "holding", [holding(1, 1, received="2")])
    put_in(
        library,
        "item",
        [Item(holding=1, barcode="1", internal_note_3="Gift"), Item(holding=1, barcode="2")],
    )
    library.permit(job=JOB)
    before, keys = state(library), key_rows(library)
    with pytest.raises(Wrong, match="reason"):
        library.run(job=JOB, ids=(1,), kind="item")
    run = withdraw(library, 1)
    assert decode(Item, library.body(1, kind="item")).internal_note_3 == "Gift weeded 2026"
    again = withdraw(library, 1)
    assert again.state == "completed-nothing-changed"
    library.undo(run.id)
    assert (state(library), key_rows(library)) == (before, keys)


@pytest.mark.parametrize(
    ("holding_policy", "bib_policy", "expected"),
    [
        ("keep", "keep", {"holding-emptied": 1, "bib-kept": 1}),
        ("suppress", "suppress", {"holding-suppressed": 1, "bib-suppressed": 1}),
        (
            "delete",
            "delete",
            {"holding-deleted": 1, "title-without-holdings": 1, "bib-deleted": 1},
        ),
        (
            "delete",
            "keep",
            {"holding-deleted": 1, "title-without-holdings": 1, "bib-emptied": 1},
        ),
        ("keep", "delete", {"holding-emptied": 1, "bib-kept": 1}),
    ],
)
def test_holdings_and_bibs_left_empty(
    library: Library, holding_policy: str, bib_policy: str, expected: dict[str, int]
) -> None:
    shelves(library)
    put_in(library, "holding", [holding(1, 1, received="2")])
    put_in(library, "item", [Item(holding=1, barcode="1")])
    library.permit(job=JOB)
    library.permit(job="delete-bibs")
    before, keys = state(library), key_rows(library)
    policies = {"emptied_holding": holding_policy, "emptied_bib": bib_policy}
    plan = withdraw(library, 1, dry_run=True, **policies)
    assert codes(plan) == expected
    run = library.run(job=JOB, plan=plan.id)
    assert (codes(run), run.digest) == (expected, plan.digest)
    library.undo(run.id)
    assert (state(library), key_rows(library)) == (before, keys)


def test_a_bib_is_not_deleted_on_the_side_without_a_permit_for_that(library: Library) -> None:
    shelves(library)
    put_in(library, "holding", [holding(1, 1, received="2")])
    put_in(library, "item", [Item(holding=1, barcode="1")])
    library.permit(job=JOB)
    run = withdraw(library, 1, emptied_holding="delete", emptied_bib="delete")
    assert run.counts["changed"] == 1
    assert "bib-kept" in codes(run)
    assert library.rows("SELECT status FROM record WHERE kind = 'bib' AND id = 1") == [("active",)]


def test_a_title_bound_with_another_keeps_its_items(library: Library) -> None:
    shelves(library, bibs=1)
    from galleyproof.marc.record import Record

    put_in(library, "bib", [Record(marc(2, ("774", "08$w990000000000001")))])
    put_in(library, "holding", [holding(1, 1), holding(2, 2)])
    put_in(library, "item", [Item(holding=1, barcode="1"), Item(holding=2, barcode="2")])
    library.permit(job=JOB)
    run = withdraw(library, 1, 2)
    assert {one["code"]: one["count"] for one in run.said} == {"bound-with": 2}


def test_requests_and_work_orders_of_items_that_go_come_to_their_end(library: Library) -> None:
    shelves(library)
    put_in(library, "holding", [holding(1, 1, received="2")])
    put_in(library, "item", [Item(holding=1, barcode="1")])
    put_in(library, "request", [Request(bib=1, item=1), Request(bib=1)])
    put_in(library, "work-order", [WorkOrder(item=1, department="BINDERY")])
    library.permit(job=JOB)
    before = state(library)
    run = withdraw(library, 1, skip_with_requests=False, skip_with_work_orders="no")
    assert codes(run) == {
        "request-cancelled": 2,
        "work-order-closed": 1,
        "holding-emptied": 1,
        "bib-kept": 1,
    }
    assert decode(Request, library.body(1, kind="request")).cancelled == date(2026, 11, 2)
    library.undo(run.id)
    assert state(library) == before


def test_a_permit_that_says_nothing_else_ends_at_a_thousand_items(library: Library) -> None:
    assert library.permit(job=JOB).max_records == 1000
    assert library.permit(job=JOB, max_records=5000).max_records == 5000
    assert library.permit(job="create-work-orders").max_records is None
