"""Work orders: made, moved, closed, and each taken back."""

from __future__ import annotations

from datetime import date

import pytest
from inventory import holding, key_rows, put_in, shelves, state
from stories import Library

from galleyproof.marc.errors import Wrong
from galleyproof.structures.circulation import Loan, Request
from galleyproof.structures.item import Item
from galleyproof.structures.structure import decode
from galleyproof.structures.work_order import WorkOrder

BINDING = {"type": "BIND", "department": "BINDERY", "status": "SENT"}


@pytest.fixture
def shelved(library: Library) -> Library:
    shelves(library)
    put_in(library, "holding", [holding(1, 1), holding(2, 2, "LAW")])
    put_in(
        library,
        "item",
        [
            *(Item(holding=1, barcode=f"b{n}", library="MAIN") for n in (1, 2, 3)),
            Item(holding=1, barcode="b4", library="MAIN", process_type="TRANSIT"),
            Item(holding=2, barcode="b5", library="LAW"),
        ],
    )
    put_in(library, "loan", [Loan(item=2)])
    put_in(library, "request", [Request(bib=1, item=3)])
    for job in ("create-work-orders", "move-work-orders", "close-work-orders"):
        library.permit(job=job)
    return library


def create(shelved: Library, *ids: int, **more):
    return shelved.run(
        job="create-work-orders", ids=ids, kind="item", parameters={**BINDING, **more}
    )


def order(shelved: Library, id: int = 1) -> WorkOrder:
    return decode(WorkOrder, shelved.body(id, kind="work-order"))


def test_a_work_order_is_made_for_each_item_and_goes_with_the_undo(shelved: Library) -> None:
    before, keys = state(shelved), key_rows(shelved)
    run = create(shelved, 1, 2, 3, 4, 5)
    assert run.counts["changed"] == 1
    assert {one["code"]: one["count"] for one in run.said} == {
        "on-loan": 1,
        "requested": 1,
        "already-in-process": 1,
        "does-not-serve": 1,
    }
    assert run.consequences == [
        {"kind": "work-order", "code": "work-order-made", "what": "made for an item", "count": 1}
    ]
    assert order(shelved) == WorkOrder(
        item=1,
        number="GPW000000001",
        type="BIND",
        department="BINDERY",
        status="SENT",
        opened=date(2026, 11, 2),
    )
    assert shelved.rows("SELECT parent, root FROM record WHERE kind = 'work-order'") == [(1, 1)]
    assert create(shelved, 1).said == [{"code": "already-in-process", "count": 1}]
    shelved.undo(run.id)
    assert (state(shelved), key_rows(shelved)) == (before, keys)


def test_even_if_requested(shelved: Library) -> None:
    assert create(shelved, 3, even_if_requested=True).counts["changed"] == 1


def test_codes_are_judged_before_anything_starts(shelved: Library) -> None:
    with pytest.raises(Wrong, match="there is no department “BINDRY”; did you mean BINDERY"):
        create(shelved, 1, department="BINDRY")


def test_moving_and_closing(shelved: Library) -> None:
    create(shelved, 1)
    moved = shelved.run(
        job="move-work-orders",
        ids=(1,),
        kind="work-order",
        parameters={"department": "CATALOGING", "status": "BACK"},
    )
    assert (order(shelved).department, order(shelved).status) == ("CATALOGING", "BACK")
    closed = shelved.run(job="close-work-orders", ids=(1,), kind="work-order")
    assert order(shelved).closed == date(2026, 11, 2)
    assert decode(Item, shelved.body(1, kind="item")).process_type == ""
    assert closed.consequences[0]["code"] == "item-back"
    refused = shelved.run(
        job="move-work-orders", ids=(1,), kind="work-order", parameters={"status": "SENT"}
    )
    assert refused.said == [{"code": "closed", "count": 1}]
    shelved.undo(closed.id)
    assert order(shelved).is_open
    assert decode(Item, shelved.body(1, kind="item")).process_type == "WORK_ORDER_DEPARTMENT"
    shelved.undo(moved.id)
    assert order(shelved).department == "BINDERY"


def test_an_undo_leaves_a_work_order_that_somebody_moved_since(shelved: Library) -> None:
    made = create(shelved, 1)
    shelved.run(job="move-work-orders", ids=(1,), kind="work-order", parameters={"status": "BACK"})
    undo = shelved.undo(made.id)
    assert decode(Item, shelved.body(1, kind="item")).process_type == "WORK_ORDER_DEPARTMENT"
    assert undo.said == [{"code": "edited-since", "count": 1}]
    assert {one["code"] for one in undo.consequences} == {"built-on-since"}
    assert order(shelved).status == "BACK"
    assert sentence(shelved, undo, "item") == (
        "process-type: its work order GPW000000001 is still open; it stays in process"
    )
    closed = shelved.run(job="close-work-orders", ids=(1,), kind="work-order")
    assert decode(Item, shelved.body(1, kind="item")).process_type == ""
    assert closed.consequences[0]["code"] == "item-back"


def test_an_undo_gives_back_the_process_of_items_whose_orders_go_and_of_no_other(
    shelved: Library,
) -> None:
    """Item 1 goes to the bindery and item 5 too; item 1's order is moved on since."""
    made = create(shelved, 1, 5, department="CATALOGING")
    shelved.run(job="move-work-orders", ids=(1,), kind="work-order", parameters={"status": "BACK"})
    plan = shelved.undo(made.id, dry_run=True)
    undo = shelved.undo(made.id)
    assert (undo.counts["changed"], undo.counts["refused"]) == (1, 1)
    assert (plan.counts, plan.digest) == (undo.counts, undo.digest)
    assert {id: decode(Item, shelved.body(id, kind="item")).process_type for id in (1, 5)} == {
        1: "WORK_ORDER_DEPARTMENT",
        5: "",
    }
    assert shelved.rows("SELECT id, status FROM record WHERE kind = 'work-order' ORDER BY id") == [
        (1, "active"),
        (2, "deleted"),
    ]


def sentence(shelved: Library, run, kind: str) -> str:
    ((found,),) = shelved.rows(
        "SELECT sentence FROM outcome WHERE run = %s AND kind = %s", run.id, kind
    )
    return found


def test_moving_says_where_to(shelved: Library) -> None:
    with pytest.raises(Wrong, match="say where to"):
        shelved.run(job="move-work-orders", ids=(1,), kind="work-order")


# ---- named by what comes back over the desk


@pytest.fixture
def away(shelved: Library) -> Library:
    """Item 1 (b1): order 1, open. Item 2 (b2): order 2, closed. Item 3 (b3): orders 3 and 4, both
    open. Item 4 (b4): none. Items 5 and 6: one barcode, each an order (5, 6)."""
    put_in(shelved, "item", [Item(holding=2, barcode="b5", library="LAW", number="23-6")])
    put_in(
        shelved,
        "work-order",
        [
            WorkOrder(item=1, number="W1", department="BINDERY"),
            WorkOrder(item=2, number="W2", department="BINDERY", closed=date(2026, 1, 1)),
            WorkOrder(item=3, number="W3", department="BINDERY"),
            WorkOrder(item=3, number="W4", department="BINDERY"),
            WorkOrder(item=5, number="W5", department="BINDERY"),
            WorkOrder(item=6, number="W6", department="BINDERY"),
        ],
    )
    return shelved


def close_file(away: Library, text: str):
    path = away.folder / f"back-{len(text)}.csv"
    path.write_text(text)
    return away.run(job="close-work-orders", file=path)


def still_open(away: Library) -> set[int]:
    rows = away.rows("SELECT id FROM record WHERE kind = 'work-order' ORDER BY id")
    return {id for (id,) in rows if order(away, id).is_open}


def test_a_file_of_barcodes_closes_the_one_open_order_of_each_item(away: Library) -> None:
    run = close_file(away, "Barcode\nb1\nb2\nb3\nb4\nb5\nnobody\n")
    assert (run.counts["changed"], run.counts["refused"], run.counts["missing"]) == (1, 4, 1)
    said = {one["code"]: one["count"] for one in run.said}
    assert (said["nothing-open"], said["found-twice"]) == (2, 2)
    assert still_open(away) == {3, 4, 5, 6}


def test_item_ids_and_numbers_of_their_own_name_them_too(away: Library) -> None:
    assert close_file(away, "Item ID\n23-6\n").counts["changed"] == 1
    assert close_file(away, "Work order ID,Barcode\nW3,b3\nW4,b3\n").counts["changed"] == 2
    assert still_open(away) == {1, 5}


def test_a_file_of_other_records_says_what_is_expected(away: Library) -> None:
    with pytest.raises(Wrong, match="expected work orders, or items that they are for"):
        close_file(away, "Holding ID\n220000000000001\n")


def test_two_columns_of_an_item_must_agree(away: Library) -> None:
    run = close_file(away, "Item ID,Barcode\n23-6,b5\n23-6,b1\n")
    assert (run.counts["changed"], run.counts["refused"]) == (1, 1)
    assert still_open(away) == {1, 3, 4, 5}
