"""Change physical items: fields, places, and what follows on holdings and order lines."""

from __future__ import annotations

from datetime import date

import pytest
from inventory import holding, key_rows, put_in, shelves, state
from stories import Library

from galleyproof.marc.errors import Wrong
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine

JOB = "change-physical-items"


@pytest.fixture
def shelved(library: Library) -> Library:
    """Bib 1: holding 1 (three items) and 2 (one item); bib 2: holding 3 at LAW (one item)."""
    shelves(library)
    put_in(
        library,
        "holding",
        [
            holding(1, 1, received="2"),
            holding(2, 1, "MAIN", "RARE", received="2"),
            holding(3, 2, "LAW", "STACKS", received="2"),
        ],
    )
    put_in(
        library,
        "item",
        [
            Item(holding=1, barcode=f"b{n}", number=f"23{n}", library="MAIN", location="STACKS")
            for n in (1, 2, 3)
        ]
        + [
            Item(holding=2, barcode="b4", library="MAIN", location="RARE", public_note="Signed"),
            Item(holding=3, barcode="b5", library="LAW", location="STACKS", item_policy="BOOK"),
        ],
    )
    library.permit(job=JOB)
    return library


def items(library: Library) -> dict[int, Item]:
    from galleyproof.structures.structure import decode

    return {
        id: decode(Item, body)
        for id, body in library.rows(
            "SELECT r.id, v.body FROM record AS r JOIN version AS v ON v.kind = r.kind AND"
            " v.id = r.id AND v.version = r.body_version WHERE r.kind = 'item' ORDER BY r.id"
        )
    }


def change(shelved: Library, /, *ids: int, dry_run: bool = False, plan=None, **parameters):
    named = {name.replace("__", "."): value for name, value in parameters.items()}
    if plan is not None:
        return shelved.run(job=JOB, plan=plan)
    return shelved.run(job=JOB, ids=ids, kind="item", parameters=named, dry_run=dry_run)


@pytest.mark.parametrize(
    ("parameters", "item", "attribute", "expected"),
    [
        ({"item_policy": "REFERENCE"}, 1, "item_policy", "REFERENCE"),
        (
            {"item_policy": "REFERENCE", "item_policy.condition": "if-empty"},
            5,
            "item_policy",
            "BOOK",
        ),
        (
            {"item_policy": "REFERENCE", "item_policy.condition": "if-not-empty"},
            5,
            "item_policy",
            "REFERENCE",
        ),
        (
            {"item_policy": "REFERENCE", "item_policy.condition": "if-not-empty"},
            1,
            "item_policy",
            "",
        ),
        ({"item-policy.mode": "clear"}, 5, "item_policy", ""),
        ({"public-note": "Frail", "public-note.mode": "append"}, 4, "public_note", "Signed Frail"),
        ({"public-note": "Frail", "public-note.mode": "append"}, 1, "public_note", "Frail"),
        (
            {"public-note": "Frail.", "public-note.mode": "prefix"},
            4,
            "public_note",
            "Frail. Signed",
        ),
        (
            {
                "public-note": "Inscribed",
                "public-note.mode": "find-replace",
                "public-note.find": "Signed",
            },
            4,
            "public_note",
            "Inscribed",
        ),
        ({"public-note.mode": "clear"}, 4, "public_note", ""),
        ({"received_date": "2026-03-01"}, 1, "received_date", date(2026, 3, 1)),
        ({"retain": "yes"}, 1, "retain", True),
        ({"inventory_price": "12.50"}, 1, "inventory_price", "12.50"),
        (
            {
                "public_note_selected": True,
                "public_note_value": "X",
                "public_note_condition": "IF_EMPTY",
            },
            1,
            "public_note",
            "X",
        ),
    ],
)
def test_a_field_is_changed_as_value_condition_and_mode_say(
    shelved: Library, parameters: dict, item: int, attribute: str, expected: object
) -> None:
    before = items(shelved)
    run = shelved.run(job=JOB, ids=tuple(before), kind="item", parameters=parameters)
    after = items(shelved)
    assert getattr(after[item], attribute) == expected
    assert run.counts["changed"] == sum(before[id] != after[id] for id in before)
    for id in before:
        assert after[id] == before[id].changed(**{attribute: getattr(after[id], attribute)})
    shelved.undo(run.id)
    assert items(shelved) == before


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"item_policy": "BOK"}, "item-policy: there is no item-policy “BOK”; did you mean BOOK"),
        ({"library": "MAIN"}, "library and location go together"),
        (
            {"library": "MIAN", "location": "STACKS"},
            "there is no library “MIAN”; did you mean MAIN",
        ),
        (
            {"library": "MAIN", "location": "STAKS"},
            "MAIN has no location “STAKS”; did you mean STACKS",
        ),
        ({"library": "OLD", "location": "STACKS"}, "the library OLD is not active"),
        ({"received_date": "1 March"}, "received-date is a date like 2026-01-31"),
        ({"retain": "maybe"}, "retain is yes or no"),
        ({"inventory_price": "12,50"}, "inventory-price is an amount like 12.50"),
        ({"item_policy": "BOOK", "item_policy.mode": "append"}, "append is for texts"),
        (
            {"public_note": "x", "public_note.mode": "find-replace"},
            "find-replace and .find go together",
        ),
        ({"public_note": ""}, "no value is given; to empty the field say .mode=clear"),
        ({"pulbic_note": "x"}, "did you mean public-note"),
        ({"temporary_location": "RARE"}, "give temporary-library as well"),
    ],
)
def test_what_is_wrong_with_parameters_is_said_before_anything_starts(
    shelved: Library, parameters: dict, said: str
) -> None:
    from galleyproof.runs.models import Run

    with pytest.raises(Wrong) as wrong:
        shelved.run(job=JOB, ids=(1,), kind="item", parameters=parameters)
    assert said in str(wrong.value)
    assert not Run.objects.filter(job=JOB).exists()


def test_a_move_takes_the_items_under_the_holding_of_the_new_place(shelved: Library) -> None:
    run = change(shelved, 1, 2, library="MAIN", location="RARE")
    assert {id: one.holding for id, one in items(shelved).items()} == {1: 2, 2: 2, 3: 1, 4: 2, 5: 3}
    assert shelved.rows("SELECT id, parent, root FROM record WHERE kind = 'item' ORDER BY id") == [
        (1, 2, 1), (2, 2, 1), (3, 1, 1), (4, 2, 1), (5, 3, 2),
    ]  # fmt: skip
    assert run.consequences == []
    shapes = {one["shape"] for one in run.shapes}
    assert shapes == {"location STACKS→RARE", "holding set"}


def test_without_a_holding_there_one_is_made_and_goes_with_the_undo(shelved: Library) -> None:
    before, keys = state(shelved), key_rows(shelved)
    plan = change(shelved, 1, 2, library="LAW", location="RESERVE", dry_run=True)
    assert state(shelved) == before
    made = [one for one in plan.consequences if one["code"] == "holding-made"]
    assert [(one["kind"], one["count"]) for one in made] == [("holding", 1)]
    run = change(shelved, plan=plan.id)
    assert (run.counts["changed"], run.digest) == (2, plan.digest)
    ((id, parent, root),) = shelved.rows(
        "SELECT id, parent, root FROM record WHERE kind = 'holding' AND id > 3"
    )
    assert (id, parent, root) == (4, 1, 1)
    assert items(shelved)[1].holding == items(shelved)[2].holding == 4
    from galleyproof.marc.record import Record

    body = Record(shelved.body(4, kind="holding"))
    assert body.first(b"001") == b"GPH000000004"
    assert body.first(b"004") == b"990000000000001"
    assert body.first(b"852") == b"0 \x1fbLAW\x1fcRESERVE\x1fhZ1"
    assert ("holding", "holding", "GPH000000004", 4) in key_rows(shelved)
    undo = shelved.undo(run.id)
    assert undo.state == "completed"
    assert state(shelved) == before
    assert key_rows(shelved) == keys
    again = shelved.undo(undo.id)
    assert again.counts["changed"] == 2
    assert {items(shelved)[1].holding, items(shelved)[2].holding} == {4}
    assert shelved.rows("SELECT status FROM record WHERE kind = 'holding' AND id = 4") == [
        ("active",)
    ]


@pytest.mark.parametrize(
    ("policy", "status", "code"),
    [
        ("keep", "active", "holding-emptied"),
        ("suppress", "suppressed", "holding-suppressed"),
        ("delete", "deleted", "holding-deleted"),
    ],
)
def test_a_holding_that_loses_its_last_item(
    shelved: Library, policy: str, status: str, code: str
) -> None:
    before = state(shelved)
    plan = change(
        shelved, 1, 2, 3, library="MAIN", location="RARE", emptied_holding=policy, dry_run=True
    )
    assert [(one["code"], one["count"]) for one in plan.consequences] == [(code, 1)]
    run = change(shelved, plan=plan.id)
    assert (run.counts["changed"], run.digest) == (3, plan.digest)
    assert run.consequences == plan.consequences
    assert shelved.rows("SELECT status FROM record WHERE kind = 'holding' AND id = 1") == [
        (status,)
    ]
    shelved.undo(run.id)
    assert state(shelved) == before


def test_a_holding_is_not_emptied_while_one_item_stays(shelved: Library) -> None:
    run = change(shelved, 1, 2, library="MAIN", location="RARE", emptied_holding="delete")
    assert run.consequences == []


def test_a_holding_with_statements_or_an_open_order_is_kept_and_listed(library: Library) -> None:
    shelves(library)
    put_in(
        library,
        "holding",
        [
            holding(1, 1, f866=" 0$av.1-10"),
            holding(2, 2, f583="1 $acommitted to retain"),
            holding(3, 3, received="2"),
        ],
    )
    put_in(
        library,
        "item",
        [Item(holding=n, barcode=f"b{n}", library="MAIN", location="STACKS") for n in (1, 2, 3)],
    )
    put_in(
        library,
        "order-line",
        [
            OrderLine(
                bib=3,
                number="PO-1",
                type="continuous physical journal",
                status="Sent",
                holdings=(3,),
            )
        ],
    )
    library.permit(job=JOB)
    run = change(library, 1, 2, 3, library="LAW", location="STACKS", emptied_holding="delete")
    assert {one["code"]: one["count"] for one in run.consequences} == {
        "holding-kept": 3,
        "holding-made": 3,
        "order-line-without-items": 1,
    }
    assert library.rows(
        "SELECT count(*) FROM record WHERE kind = 'holding' AND status = 'active'"
    ) == [(6,)]


def test_a_closed_order_is_unlinked_from_a_holding_that_goes_and_linked_again_by_the_undo(
    shelved: Library,
) -> None:
    put_in(
        shelved,
        "order-line",
        [
            OrderLine(
                bib=1,
                number="PO-1",
                type="one-time physical book",
                status="Closed",
                holdings=(1, 2),
            )
        ],
    )
    before = state(shelved)
    run = change(shelved, 1, 2, 3, library="MAIN", location="RARE", emptied_holding="delete")
    assert {one["code"] for one in run.consequences} == {"holding-deleted", "order-line-unlinked"}
    from galleyproof.structures.structure import decode

    assert decode(OrderLine, shelved.body(1, kind="order-line")).holdings == (2,)
    shelved.undo(run.id)
    assert state(shelved) == before


def test_who_takes_no_part_is_refused_by_name(shelved: Library) -> None:
    put_in(
        shelved,
        "item",
        [
            Item(holding=1, barcode="off", library="MAIN", location="DEPOT"),
            Item(holding=1, barcode="old", library="OLD", location="STACKS"),
        ],
    )
    from galleyproof.database.connect import connect

    with connect("sandbox") as connection:
        connection.execute("UPDATE record SET status = 'withdrawn' WHERE kind = 'item' AND id = 3")
    run = change(shelved, 3, 6, 7, 1, library="MAIN", location="RARE")
    assert {one["code"]: one["count"] for one in run.said} == {
        "withdrawn": 1,
        "no-batch-moves": 1,
        "library-not-active": 1,
    }
    assert run.counts["changed"] == 1


def test_temporary_fields_are_cleared_together(shelved: Library) -> None:
    put_in(
        shelved,
        "item",
        [
            Item(
                holding=1,
                barcode="t",
                library="MAIN",
                location="STACKS",
                temporary_library="LAW",
                temporary_location="RESERVE",
                temporary_policy="REFERENCE",
                in_temporary_location=True,
            )
        ],
    )
    run = change(shelved, 6, clear_temporary_location=True)
    after = items(shelved)[6]
    assert (after.temporary_library, after.temporary_location, after.in_temporary_location) == (
        "",
        "",
        False,
    )
    assert after.temporary_policy == "REFERENCE"
    shelved.undo(run.id)
    change(shelved, 6, clear_all_temporary=True)
    assert items(shelved)[6].temporary_policy == ""


def test_a_holding_all_of_whose_items_are_then_elsewhere_is_told(shelved: Library) -> None:
    run = change(
        shelved,
        5,
        temporary_library="LAW",
        temporary_location="RESERVE",
        in_temporary_location="yes",
    )
    assert [(one["kind"], one["code"]) for one in run.consequences] == [
        ("holding", "all-in-temporary-location")
    ]


def test_unticking_an_item_leaves_its_holding_alone(shelved: Library) -> None:
    plan = change(
        shelved, 1, 2, 3, library="MAIN", location="RARE", emptied_holding="delete", dry_run=True
    )
    run = shelved.run(job=JOB, plan=plan.id, exclude=(2,))
    assert (run.counts["changed"], run.counts["refused"]) == (2, 1)
    assert run.consequences == []
    assert shelved.rows("SELECT status FROM record WHERE kind = 'holding' AND id = 1") == [
        ("active",)
    ]


def test_what_the_plan_did_not_show_does_not_follow(shelved: Library) -> None:
    """Planned while the holding keeps an item; meanwhile that one goes: then the move would take
    the last, and the plan did not say so."""
    plan = change(
        shelved, 1, 2, library="MAIN", location="RARE", emptied_holding="delete", dry_run=True
    )
    change(shelved, 3, library="MAIN", location="RARE")
    run = change(shelved, plan=plan.id)
    assert (run.counts["changed"], run.counts["refused"]) == (0, 2)
    assert {one["code"] for one in run.said} == {"not-as-planned"}
    assert items(shelved)[1].holding == 1


def test_a_permit_for_one_library_neither_touches_anothers_items_nor_moves_them_there(
    library: Library,
) -> None:
    shelves(library)
    put_in(library, "holding", [holding(1, 1), holding(2, 2, "LAW", "STACKS")])
    put_in(
        library,
        "item",
        [
            Item(holding=1, barcode="b1", library="MAIN", location="STACKS"),
            Item(holding=2, barcode="b2", library="LAW", location="STACKS"),
        ],
    )
    library.permit(job=JOB, libraries=("MAIN",))
    before = state(library)
    noted = change(library, 1, 2, public_note="Frail")
    assert (noted.counts["changed"], noted.said) == (1, [{"code": "outside-permit", "count": 1}])
    library.undo(noted.id)
    moved = change(library, 1, library="LAW", location="RESERVE")
    assert (moved.counts["changed"], moved.said) == (0, [{"code": "outside-permit", "count": 1}])
    assert state(library) == before
