"""Deleting bibs, and restoring them: refusals, consequences, dry run = run, undo, and back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from inventory import holding, key_rows, put_in, state
from stories import Library, marc

from galleyproof.marc.errors import Wrong
from galleyproof.marc.record import Record
from galleyproof.structures.circulation import Loan, Request
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.portfolio import Portfolio
from galleyproof.structures.structure import decode

DELETE, RESTORE = "delete-bibs", "restore"

BIBS = {
    1: [],  # nothing below, nothing against it
    2: [],  # a holding with two items, a portfolio, a closed order line
    3: [],  # an open order line
    4: [("780", "00$w990000000000005")],  # continues 5
    5: [],
    6: [("774", "0 $w990000000000007")],  # a host; 7 is bound with it
    7: [],
    8: [("583", "1 $acommitted to retain$d20351231")],
    9: [],  # requested
    10: [("035", "  $a(EXLCZ)99123456")],  # linked to a zone
    11: [],  # a holding, whose item is on loan
    12: [("776", "08$w(OCoLC)999")],  # names what is not here
    13: [("035", "  $a(EXLCZ)99123457")],  # linked, with a portfolio
    14: [],  # its holding is committed to be retained
}


@pytest.fixture
def stock(library: Library) -> Library:
    library.load([marc(number, *fields) for number, fields in BIBS.items()])
    put_in(
        library,
        "holding",
        [holding(1, 2), holding(2, 11), holding(3, 14, f583="1 $acommitted to retain")],
    )
    put_in(
        library,
        "item",
        [
            Item(holding=1, number="I1", barcode="b1"),
            Item(holding=1, number="I2", barcode="b2"),
            Item(holding=2, number="I3", barcode="b3"),
        ],
    )
    put_in(library, "portfolio", [Portfolio(bib=2, number="E1"), Portfolio(bib=13, number="E2")])
    put_in(
        library,
        "order-line",
        [
            OrderLine(bib=2, number="P1", status="Closed", holdings=(1,)),
            OrderLine(bib=3, number="P2", status="Sent"),
        ],
    )
    put_in(library, "loan", [Loan(item=3)])
    put_in(library, "request", [Request(bib=9), Request(bib=1, cancelled=date(2026, 1, 1))])
    library.permit(job=DELETE)
    library.permit(job=RESTORE)
    return library


def delete(stock: Library, *ids: int, **parameters):
    named = {name.replace("_", "-"): value for name, value in parameters.items()}
    return stock.run(job=DELETE, ids=ids or tuple(BIBS), kind="bib", parameters=named)


def refused(stock: Library, run) -> dict[int, str]:
    return dict(
        stock.rows("SELECT id, code FROM outcome WHERE run = %s AND outcome = 'refused'", run.id)
    )


def sentences(stock: Library, run) -> dict[int, str]:
    return dict(
        stock.rows(
            "SELECT id, sentence FROM outcome WHERE run = %s AND outcome = 'refused'", run.id
        )
    )


def gone(stock: Library) -> set[tuple[str, int]]:
    return set(stock.rows("SELECT kind, id FROM record WHERE status = 'deleted'"))


def test_what_is_refused_and_why(stock: Library) -> None:
    run = delete(stock)
    assert refused(stock, run) == {
        2: "has-inventory",
        3: "open-order",
        4: "related",
        5: "related",
        6: "bound-with",
        7: "bound-with",
        8: "retention",
        9: "requested",
        10: "linked-elsewhere",
        11: "has-inventory",
        13: "linked-elsewhere",
        14: "has-inventory",
    }
    said = sentences(stock, run)
    assert said[2] == "it has 1 holding and 2 items and 1 portfolio"
    assert said[3] == "its PO line P2 is open (Sent)"
    assert said[4] == "its 780 $w names bib 5"
    assert said[5] == "a linking entry of bib 4 names it"
    assert said[7] == "bound with another title: bib 6 names it in its 774"
    assert said[8] == "its 583: committed to retain until 20351231"
    assert said[9] == "requested"
    assert gone(stock) == {("bib", 1), ("bib", 12)}


def test_relations_can_be_ignored_and_what_is_bound_with_others_cannot(stock: Library) -> None:
    run = delete(stock, 4, 5, 6, 7, if_related="ignore")
    assert refused(stock, run) == {6: "bound-with", 7: "bound-with"}


def test_linked_only_takes_linked_bibs_without_inventory_and_no_others(stock: Library) -> None:
    stock.permit(job="withdraw-items")
    run = delete(stock, 1, 10, 13, linked_only=True, inventory="delete-too")
    assert refused(stock, run) == {1: "not-linked", 13: "has-inventory"}
    assert gone(stock) == {("bib", 10)}


def test_the_environment_names_the_field_that_links(stock: Library) -> None:
    from galleyproof.catalog.models import Environment

    Environment.objects.filter(pk="sandbox").update(settings={"linked-by": "776w(OCoLC)"})
    try:
        run = delete(stock, 10, 12)
    finally:
        Environment.objects.filter(pk="sandbox").update(settings={})
    assert refused(stock, run) == {12: "linked-elsewhere"}


def test_what_is_below_goes_too_and_meets_its_own_refusals(stock: Library) -> None:
    stock.permit(job="withdraw-items")
    before, export, keys = state(stock), stock.export(), key_rows(stock)
    parameters = {"inventory": "delete-too"}
    plan = stock.run(
        job=DELETE, ids=(1, 2, 11, 14), kind="bib", parameters=parameters, dry_run=True
    )
    assert state(stock) == before
    assert refused(stock, plan) == {11: "on-loan", 14: "retention"}
    assert sentences(stock, plan)[11] == "item 3: on loan"
    assert {one["code"]: one["count"] for one in plan.consequences} == {
        "holding-deleted": 1,
        "item-deleted": 2,
        "portfolio-deleted": 1,
        "order-line-keeps-copy": 1,
    }
    run = stock.run(job=DELETE, plan=plan.id)
    assert (run.digest, run.counts) == (plan.digest, plan.counts)
    assert gone(stock) == {
        ("bib", 1),
        ("bib", 2),
        ("holding", 1),
        ("item", 1),
        ("item", 2),
        ("portfolio", 1),
    }
    line = order_line(stock, 1)
    assert (line.title, line.identifiers) == ("Title 2", ("MMS ID 990000000000002",))
    stock.undo(run.id)
    assert state(stock) == before
    assert stock.export() == export
    assert key_rows(stock) == keys


def order_line(stock: Library, id: int) -> OrderLine:
    (body,) = stock.rows(
        "SELECT v.body FROM record AS r JOIN version AS v ON v.kind = r.kind AND v.id = r.id"
        " AND v.version = r.body_version WHERE r.kind = 'order-line' AND r.id = %s",
        id,
    )[0]
    return decode(OrderLine, body)


def test_without_a_permit_to_withdraw_items_a_bib_with_items_is_kept(stock: Library) -> None:
    run = delete(stock, 2, 13, inventory="delete-too")
    assert refused(stock, run) == {2: "not-permitted", 13: "linked-elsewhere"}
    assert "withdraw-items" in sentences(stock, run)[2]


# ---- restore


@pytest.fixture
def emptied(stock: Library) -> Library:
    """Bibs 1 and 2 deleted, with all that hangs under 2."""
    stock.permit(job="withdraw-items")
    delete(stock, 1, 2, inventory="delete-too")
    return stock


def gone_set(library: Library, name: str = "gone", query: str = "status = deleted"):
    return library.set(name, query)


def test_deleted_bibs_come_back_with_all_that_went_with_them(stock: Library) -> None:
    before, export, keys = state(stock), stock.export(), key_rows(stock)
    stock.permit(job="withdraw-items")
    delete(stock, 1, 2, inventory="delete-too")
    gone_set(stock)
    plan = stock.run(job=RESTORE, set_name="gone", dry_run=True)
    assert plan.counts["changed"] == 2
    assert {one["code"]: one["count"] for one in plan.consequences} == {
        "holding-restored": 1,
        "item-restored": 2,
        "portfolio-restored": 1,
    }
    run = stock.run(job=RESTORE, plan=plan.id)
    assert run.digest == plan.digest
    assert gone(stock) == set()
    # All but the copy that the closed order line was given is as it was.
    assert [row for row in state(stock) if row[0] != "order-line"] == [
        row for row in before if row[0] != "order-line"
    ]
    assert stock.export() == export
    assert key_rows(stock) == keys
    assert [
        row
        for (row,) in stock.rows(
            "SELECT status FROM version WHERE id = 2 AND kind = 'bib' ORDER BY version"
        )
    ] == ["active", "deleted", "active"]


def test_a_restore_can_be_undone_and_what_was_restored_restored_again(emptied: Library) -> None:
    away = gone(emptied)
    gone_set(emptied)
    restored = emptied.run(job=RESTORE, set_name="gone")
    there = state(emptied)
    undone = emptied.undo(restored.id)
    assert undone.counts["changed"] == 2
    assert gone(emptied) == away
    again = emptied.run(job=RESTORE, set_name="gone")
    assert again.counts["changed"] == 2
    assert state(emptied) == there


def test_an_undo_of_a_restore_leaves_what_was_built_on_since(emptied: Library) -> None:
    gone_set(emptied)
    restored = emptied.run(job=RESTORE, set_name="gone")
    put_in(emptied, "holding", [holding(9, 1)])
    undone = emptied.undo(restored.id)
    assert (undone.counts["changed"], undone.counts["refused"]) == (1, 1)
    assert refused(emptied, undone) == {1: "built-on-since"}


def test_what_had_gone_before_stays_gone_and_what_lacks_its_parent_is_refused(
    stock: Library,
) -> None:
    stock.permit(job="withdraw-items")
    stock.work(
        stock.ask(job="withdraw-items", ids=(2,), kind="item", parameters={"reason": "damaged"})
    )
    delete(stock, 2, inventory="delete-too")
    refusal = stock.run(job=RESTORE, ids=(1, 2), kind="item")
    assert refused(stock, refusal) == {1: "parent-deleted", 2: "parent-deleted"}
    assert sentences(stock, refusal)[1].startswith("the holding above, 1, is deleted")
    stock.run(job=RESTORE, ids=(2,), kind="bib")
    statuses = dict(stock.rows("SELECT id, status FROM record WHERE kind = 'item'"))
    assert statuses == {1: "active", 2: "withdrawn", 3: "active"}


def test_withdrawn_items_come_back_as_they_were(stock: Library) -> None:
    before = state(stock)
    stock.permit(job="withdraw-items")
    withdrawn = stock.run(
        job="withdraw-items", ids=(1, 2, 3), kind="item", parameters={"reason": "damaged"}
    )
    assert withdrawn.counts["changed"] == 2
    run = stock.run(job=RESTORE, ids=(1, 2, 3), kind="item")
    assert (run.counts["changed"], run.counts["unchanged"]) == (2, 1)
    assert state(stock) == before


def test_a_file_of_ids_names_what_is_gone_for_restore_and_what_is_there_for_others(
    emptied: Library, tmp_path: Path
) -> None:
    """Bib 15 has taken the number of bib 1, which was deleted."""
    put_in(emptied, "bib", [Record(marc(1))])
    found = []
    for job in (RESTORE, DELETE):
        path = tmp_path / f"{job}.csv"
        path.write_text("MMS ID\n990000000000001\n")
        found.append(members(emptied, emptied.run(job=job, file=path, dry_run=True)))
    assert found == [[1], [15]]


def members(library: Library, run) -> list[int]:
    return [
        id for (ids,) in library.rows("SELECT ids FROM chunk WHERE run = %s", run.id) for id in ids
    ]


def test_deleted_records_are_in_no_set_but_of_a_query_that_speaks_of_them(
    emptied: Library,
) -> None:
    from galleyproof.catalog.sets import look

    sizes = {
        query: look(gone_set(emptied, query, query)[0])[0]
        for query in (
            "status = deleted",
            'exists "245"',
            "status != deleted",
            "id > 0",
            'status = deleted and exists "245"',
        )
    }
    assert sizes == {
        "status = deleted": 2,
        'exists "245"': 12,
        "status != deleted": 12,
        "id > 0": 12,
        'status = deleted and exists "245"': 2,
    }
    other = emptied.run(set_name="status = deleted", job=DELETE, dry_run=True)
    assert other.counts["missing"] == 2


def test_restoring_needs_a_permit_of_its_own(emptied: Library) -> None:
    from galleyproof.permits.denial import NotPermitted

    with pytest.raises(NotPermitted):
        emptied.run(emptied.dan, job=RESTORE, ids=(1,), kind="bib")
    with pytest.raises(Wrong, match="works on a set of bib or holding or item or portfolio"):
        emptied.run(job=RESTORE, ids=(1,), kind="authority")
