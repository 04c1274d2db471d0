"""One place, told as runs: rules and edits that move holdings, and every way back."""

from __future__ import annotations

import pytest
from inventory import holding, key_rows, put_in, shelves, state
from stories import Library

from galleyproof.marc.record import Record
from galleyproof.structures.item import Item
from galleyproof.structures.structure import decode

TO_RARE = (
    'rule "rare" when exists "852.c.STACKS" then\n  replaceContents "852.c.STACKS" with "RARE"\nend'
)


@pytest.fixture
def shelved(library: Library) -> Library:
    """Bib 1: holding 1 at MAIN/STACKS with items 1 (active), 2 (withdrawn later), 3 (which says
    LAW); holding 2 at MAIN/RARE with item 4. Bib 2: holding 3 at MAIN/STACKS without items."""
    shelves(library)
    put_in(library, "holding", [holding(1, 1), holding(2, 1, "MAIN", "RARE"), holding(3, 2)])
    put_in(
        library,
        "item",
        [
            Item(holding=1, barcode="b1", library="MAIN", location="STACKS"),
            Item(holding=1, barcode="b2", library="MAIN", location="STACKS"),
            Item(holding=1, barcode="b3", library="LAW", location="STACKS"),
            Item(holding=2, barcode="b4", library="MAIN", location="RARE"),
        ],
    )
    for job in ("change-physical-items", "withdraw-items", "restore"):
        library.permit(job=job)
    library.permit(job="edit-record")
    library.permit(job="normalize-holdings", binding=library.rules("rare", TO_RARE))
    return library


def normalize(shelved: Library, *ids: int, **more):
    return shelved.run(
        job="normalize-holdings", binding="rare@1", ids=ids or (1, 3), kind="holding", **more
    )


def move(shelved: Library, *ids: int, library: str, location: str):
    place = {"library": library, "location": location}
    return shelved.run(job="change-physical-items", ids=ids, kind="item", parameters=place)


def edit(shelved: Library, kind: str, id: int, body: bytes):
    from stories import NOW

    from galleyproof.runs.editing import edit_from_file

    path = shelved.folder / f"{kind}-{id}.{'mrc' if kind == 'holding' else 'json'}"
    path.write_bytes(body)
    return shelved.work(
        edit_from_file(shelved.amy, kind, id, "sandbox", path, note="by hand", at=NOW)
    )


def places(shelved: Library) -> dict[str, str]:
    found = {}
    for id in (1, 2, 3, 4):
        item = decode(Item, shelved.body(id, kind="item"))
        found[item.barcode] = f"{item.holding} {item.library}/{item.location}"
    return found


def shelf(shelved: Library, id: int) -> str:
    data = Record(shelved.body(id, kind="holding")).first(b"852") or b""
    return data.decode().replace("\x1f", "$")


def test_a_rule_on_852_moves_the_items_too_and_all_of_it_is_taken_back(shelved: Library) -> None:
    before, keys = state(shelved), key_rows(shelved)
    plan = normalize(shelved, dry_run=True)
    assert state(shelved) == before
    run = shelved.run(job="normalize-holdings", plan=plan.id)
    assert (run.digest, run.counts) == (plan.digest, plan.counts)
    assert run.consequences == plan.consequences
    assert {one["code"]: one["count"] for one in run.consequences} == {
        "item-moved": 2,
        "item-elsewhere": 1,
    }
    assert places(shelved) == {
        "b1": "1 MAIN/RARE",
        "b2": "1 MAIN/RARE",
        "b3": "1 LAW/STACKS",
        "b4": "2 MAIN/RARE",
    }
    undone = shelved.undo(run.id)
    assert undone.state == "completed"
    assert (state(shelved), key_rows(shelved)) == (before, keys)
    again = shelved.undo(undone.id)
    assert (again.counts["changed"], places(shelved)["b1"]) == (2, "1 MAIN/RARE")


def test_an_edit_by_hand_does_so_too_and_an_item_is_not_edited_away(shelved: Library) -> None:
    before = state(shelved)
    law = holding(1, 1, "LAW")
    run = edit(shelved, "holding", 1, law.body)
    assert run.counts["changed"] == 1
    assert places(shelved)["b1"] == "1 LAW/STACKS"
    away = decode(Item, shelved.body(1, kind="item")).changed(library="MAIN")
    refused = edit(shelved, "item", 1, away.body)
    assert refused.said == [{"code": "not-where-its-holding-is", "count": 1}]
    shelved.undo(run.id)
    assert state(shelved) == before


def test_items_that_came_since_go_back_with_their_holding(shelved: Library) -> None:
    """The rule moved holding 3, which had no item; then one came under it."""
    put_in(shelved, "holding", [holding(4, 2, "LAW")])
    put_in(shelved, "item", [Item(holding=4, barcode="b5", library="LAW", location="STACKS")])
    run = normalize(shelved, 3)
    move(shelved, 5, library="MAIN", location="RARE")
    plan = shelved.undo(run.id, dry_run=True)
    undone = shelved.undo(run.id)
    assert (plan.digest, plan.consequences) == (undone.digest, undone.consequences)
    assert {one["code"] for one in undone.consequences} == {"item-moved"}
    assert shelf(shelved, 3).startswith("0 $bMAIN$cSTACKS")
    assert decode(Item, shelved.body(5, kind="item")).location == "STACKS"
    shelved.undo(undone.id)
    assert decode(Item, shelved.body(5, kind="item")).location == "RARE"


def test_what_followed_a_holding_stays_with_it_where_its_852_was_changed_again(
    shelved: Library,
) -> None:
    run = normalize(shelved, 1)
    noted = shelf(shelved, 1) + "$zAsk at the desk"
    body = Record(shelved.body(1, kind="holding"))
    at = body.positions(b"852")[0]
    edit(shelved, "holding", 1, body.with_data(at, noted.replace("$", "\x1f").encode()).body)
    undone = shelved.undo(run.id)
    place = "/".join(part[1:] for part in shelf(shelved, 1).split("$")[1:3])
    assert places(shelved)["b1"] == f"1 {place}", "wherever the holding is, its items are"
    assert undone.state.startswith("completed")


def test_an_item_returns_to_where_its_holding_has_gone_since(shelved: Library) -> None:
    """Moved to holding 2, whose old holding then moved: the undo brings it back under that."""
    moved = move(shelved, 1, library="MAIN", location="RARE")
    assert places(shelved)["b1"] == "2 MAIN/RARE"
    edit(shelved, "holding", 1, holding(1, 1, "LAW").body)
    shelved.undo(moved.id)
    assert places(shelved)["b1"] == "1 LAW/STACKS"
    assert places(shelved)["b2"] == "1 LAW/STACKS"


def test_one_that_stood_elsewhere_than_its_holding_returns_just_so(shelved: Library) -> None:
    before = state(shelved)
    moved = move(shelved, 3, library="MAIN", location="RARE")
    assert places(shelved)["b3"] == "2 MAIN/RARE"
    shelved.undo(moved.id)
    assert state(shelved) == before


def test_what_was_withdrawn_comes_back_to_where_its_holding_is(shelved: Library) -> None:
    gone = shelved.run(job="withdraw-items", ids=(2,), kind="item", parameters={"reason": "worn"})
    normalize(shelved, 1)
    shelved.run(job="restore", ids=(2,), kind="item")
    assert places(shelved)["b2"] == "1 MAIN/RARE"
    again = shelved.run(job="withdraw-items", ids=(1,), kind="item", parameters={"reason": "worn"})
    edit(shelved, "holding", 1, holding(1, 1, "LAW").body)
    shelved.undo(again.id)
    assert places(shelved)["b1"] == "1 LAW/STACKS"
    assert gone.counts["changed"] == 1


def test_a_permit_for_one_library_takes_no_holding_or_its_items_to_another(
    library: Library,
) -> None:
    shelves(library)
    put_in(library, "holding", [holding(1, 1)])
    put_in(library, "item", [Item(holding=1, barcode="b1", library="MAIN", location="STACKS")])
    rules = 'rule "law" when TRUE then\n  replaceContents "852.b.MAIN" with "LAW"\nend'
    library.permit(
        job="normalize-holdings", binding=library.rules("law", rules), libraries=("MAIN",)
    )
    before = state(library)
    run = library.run(job="normalize-holdings", binding="law@1", ids=(1,), kind="holding")
    assert run.said == [{"code": "outside-permit", "count": 1}]
    assert state(library) == before


def test_a_made_holding_has_the_time_of_its_making(shelved: Library) -> None:
    before = state(shelved)
    run = move(shelved, 1, library="LAW", location="RESERVE")
    made = Record(shelved.body(4, kind="holding"))
    assert made.first(b"005") == b"20261102093000.0"
    assert made.tags[:4] == [b"001", b"004", b"005", b"008"]
    assert (made.leader[6:7], (made.first(b"008") or b"")[6:8]) == (b"y", b"0u")
    shelved.undo(run.id)
    assert state(shelved) == before
