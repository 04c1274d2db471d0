"""Stories of the one door: columns of a file, lines that are not one record, numbers in use,
edits."""

from __future__ import annotations

from pathlib import Path

import pytest
from inventory import holding, put_in, shelves
from stories import NOW, Library

from galleyproof.marc.errors import Wrong
from galleyproof.permits.deciding import NotPermitted
from galleyproof.permits.envelope import envelope_of
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.structure import decode

CHANGE = "change-physical-items"


@pytest.fixture
def shelved(library: Library) -> Library:
    shelves(library, 3)
    library.load([holding(n, n).body for n in (1, 2, 3)], kind="holding")
    items = [
        Item(holding=n, number=f"23{n}", barcode=f"B{n}", library="MAIN", location="STACKS")
        for n in (1, 2, 3)
    ]
    put_in(library, "item", [*items, items[0].changed(number="234", barcode="B3")])
    put_in(library, "order-line", [OrderLine(bib=1, number="POL-1")])
    return library


def file(library: Library, text: str) -> Path:
    number = len(list(library.folder.glob("*/items *.csv")))  # each at the same moment
    path = library.folder / str(number) / f"items {number}.csv"
    path.parent.mkdir()
    path.write_text(text)
    return path


def item(library: Library, id: int) -> Item:
    return decode(Item, library.body(id, kind="item"))


TEXT = "Barcode,Item policy,Public note\nB1,BOOK,for one\nB2,REFERENCE,\nB3,BOOK,for whom?\n"


def test_columns_are_used_only_where_they_are_asked_for(shelved: Library) -> None:
    shelved.permit(job=CHANGE)
    with_none = shelved.run(job=CHANGE, file=file(shelved, TEXT), parameters={"pages": "9"})
    assert with_none.source["offered_columns"] == ["item-policy", "public-note"]
    assert item(shelved, 1).item_policy == ""
    run = shelved.run(job=CHANGE, file=file(shelved, TEXT), columns=("Item policy",))
    assert (run.source["columns"], run.source["offered_columns"]) == (
        ["item-policy"],
        ["public-note"],
    )
    found = [item(shelved, id) for id in (1, 2, 3, 4)]
    assert [one.item_policy for one in found] == ["BOOK", "REFERENCE", "", ""]
    assert {one.public_note for one in found} == {""}


def test_a_line_that_several_answer_to_is_refused_and_listed_in_plan_and_run(
    shelved: Library,
) -> None:
    shelved.permit(job=CHANGE)
    text = TEXT + ",SHORT,\nB9,,\n"
    asked = {"job": CHANGE, "file": file(shelved, text), "columns": ("item-policy",)}
    with pytest.raises(Wrong, match="without naming it"):
        shelved.run(**asked)
    asked["file"] = file(shelved, TEXT + "#N/A,,\nB9,,\n")
    plan = shelved.run(**asked, dry_run=True)
    run = shelved.run(job=CHANGE, plan=plan.id)
    for one in (plan, run):
        counts = {name: one.counts[name] for name in ("set", "changed", "refused", "missing")}
        assert counts == {"set": 5, "changed": 2, "refused": 2, "missing": 1}
        report = shelved.report(one)
        assert {said["code"]: said["count"] for said in report["refusals"]} == {
            "found-twice": 1,
            "no-id": 1,
        }
    said = shelved.rows(
        "SELECT sentence FROM outcome WHERE run = %s AND outcome IN ('refused', 'missing')"
        " ORDER BY 1",
        plan.id,
    )
    assert [sentence for (sentence,) in said] == [
        "line 4 of the file, “B3”: several records answer to it; nothing was done by it",
        "line 5 of the file, “#N/A”: it names no record; nothing was done by it",
        "line 6 of the file, “B9”: not found",
    ]


def test_a_named_set_made_of_such_a_file_is_worked_in_the_same_way(shelved: Library) -> None:
    from galleyproof.catalog.sets import first_members, make_from_file

    path = file(shelved, "Barcode\nB1\nB3\nB1,B2\n")
    made, matched = make_from_file("mine", "item", "sandbox", path, "amy", NOW)
    assert (made.refused_lines, matched.found) == (1, 2)
    members, _ = first_members("mine", "sandbox", 10)
    assert members[1].title == "line 3 of the file, “B3”: several records answer to it"
    shelved.permit(job=CHANGE)
    run = shelved.run(job=CHANGE, set_name="mine", parameters={"pages": "9"})
    assert (run.counts["changed"], run.counts["refused"]) == (2, 1)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"parameters": {"item-policy": {"fixed": "BOOK"}}}, "item-policy is “REFERENCE”, but"),
        ({"only_parameters": ["pages"]}, "parameter item-policy is given, but"),
    ],
)
def test_columns_are_under_the_permits_limits_from_a_plan_too(
    shelved: Library, limits: dict, said: str
) -> None:
    asked = {"job": CHANGE, "file": file(shelved, TEXT), "columns": ("item-policy",)}
    wide = shelved.permit(job=CHANGE)
    plan = shelved.run(**asked, dry_run=True)
    from galleyproof.permits.actions.revoke import revoke

    revoke(shelved.bob, wide.pk, reason="narrower", at=NOW)
    shelved.permit(job=CHANGE, **envelope_of(limits).model_dump(exclude_defaults=True))
    with pytest.raises(NotPermitted, match=said):
        shelved.run(**asked)
    with pytest.raises(NotPermitted, match=said):
        shelved.run(job=CHANGE, plan=plan.id)
    narrow = {"job": CHANGE, "file": file(shelved, "Barcode\nB1\n"), "parameters": {"pages": "9"}}
    assert shelved.run(**narrow).counts["changed"] == 1


def test_a_limit_on_a_parameter_that_the_job_has_not_is_refused(shelved: Library) -> None:
    with pytest.raises(Wrong, match="has no parameter “item-polcy”; did you mean item-policy"):
        shelved.permit(job=CHANGE, **envelope_of({"only_parameters": ["item-polcy"]}).model_dump())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"columns": ("item-polcy",)}, "no use for a column “item-polcy”; did you mean"),
        ({"columns": ("pages",)}, "has no column “pages”; it has “Barcode”"),
        ({"columns": ("item-policy", "Policy")}, "item-policy is named twice"),
        (
            {"columns": ("item-policy",), "parameters": {"item-policy": "BOOK"}},
            "item-policy: its value is given twice, “BOOK” and by the column",
        ),
        (
            {"columns": ("item-policy",), "parameters": {"item-policy.mode": "clear"}},
            "clear takes no value, and a column of the file gives one",
        ),
        ({"parameters": {"order-line": "POL-9"}}, "order-line: there is no PO line “POL-9”"),
    ],
)
def test_what_cannot_be_meant_is_told(shelved: Library, asked: dict, said: str) -> None:
    shelved.permit(job=CHANGE)
    with pytest.raises(Wrong, match=said):
        shelved.run(job=CHANGE, file=file(shelved, TEXT), **asked)
    assert shelved.rows("SELECT count(*) FROM given") == [(0,)]


def test_a_column_goes_by_the_mode_of_its_parameter_and_an_empty_cell_changes_nothing(
    shelved: Library,
) -> None:
    shelved.permit(job=CHANGE)
    first = {"file": file(shelved, "Barcode\nB1\nB2\n"), "parameters": {"public-note": "old"}}
    shelved.run(job=CHANGE, **first)
    run = shelved.run(
        job=CHANGE,
        file=file(shelved, TEXT),
        columns=("public-note", "item-policy"),
        parameters={"public-note.mode": "append", "item-policy.condition": "if-empty"},
    )
    assert run.counts["changed"] == 2
    assert [item(shelved, id).public_note for id in (1, 2)] == ["old for one", "old"]


def test_an_order_line_must_be_there_typed_or_in_a_column(shelved: Library) -> None:
    shelved.permit(job=CHANGE)
    text = "Barcode,PO line\nB1,POL-1\nB2,POL-2\n"
    with pytest.raises(Wrong, match="line 3 of the file: order-line: there is no PO line “POL-2”"):
        shelved.run(job=CHANGE, file=file(shelved, text), columns=("order-line",))
    good = file(shelved, text.replace("POL-2", ""))
    run = shelved.run(job=CHANGE, file=good, columns=("order-line",))
    assert run.counts["changed"] == 1
    assert item(shelved, 1).order_line == "POL-1"
    shelved.run(job=CHANGE, ids=(2,), kind="item", parameters={"order-line": "POL-1"})
    assert item(shelved, 2).order_line == "POL-1"


def test_lines_of_a_file_are_looked_at_before_anything_starts(shelved: Library) -> None:
    shelved.permit(job=CHANGE)
    shelved.permit(job="cancel-print-subscription")
    text = "Barcode,received-date\nB9,never\nB1,2026-13-01\nB2,2026-01-31\n"
    with pytest.raises(Wrong) as told:
        shelved.run(job=CHANGE, file=file(shelved, text), columns=("received-date",))
    assert str(told.value).splitlines() == [
        "line 3 of the file: received-date is a date like 2026-01-31, not “2026-13-01”",
        "nothing was done",
    ]
    text = "Holding ID,Last issue,Last index\n" + "".join(
        f"22{n:013d},{last}\n" for n, last in ((1, "v.3(2024),"), (2, "the last,"), (3, ",v.1-v.3"))
    )
    asked = {"job": "cancel-print-subscription", "columns": ("last-issue", "last-index")}
    with pytest.raises(Wrong) as told:
        shelved.run(**asked, file=file(shelved, text))
    assert str(told.value).splitlines() == [
        "line 3 of the file: last-issue: expected one issue as in a statement, v.35(2024), or "
        "from-items, not “the last”",
        "line 4 of the file: last-index: expected one issue as in a statement, v.35(2024), or "
        "from-items; “v.1-v.3” is a range: give the issue in which it ends, not “v.1-v.3”",
        "nothing was done",
    ]
    assert shelved.rows("SELECT count(*) FROM given") == [(0,)]


# ---- numbers in use


def edit(library: Library, id: int, changed: Item):
    from galleyproof.runs.editing import edit_from_file

    path = library.folder / "item.txt"
    path.write_text(library_text(changed))
    return library.work(
        edit_from_file(library.amy, "item", id, "sandbox", path, note="by hand", at=NOW)
    )


def library_text(changed: Item) -> str:
    from galleyproof.structures.text import to_text

    return to_text(changed)


def refusals(library: Library, run) -> list[tuple[str, str]]:
    return library.rows(
        "SELECT code, sentence FROM outcome WHERE run = %s AND outcome <> 'changed' ORDER BY 1, 2",
        run.id,
    )


def test_an_edit_to_a_barcode_in_use_is_refused(shelved: Library) -> None:
    permit_edit(shelved)
    run = edit(shelved, 1, item(shelved, 1).changed(barcode="B2"))
    assert run.counts["refused"] == 1
    assert refusals(shelved, run) == [("number-in-use", "the barcode B2 is that of item 2")]
    run = edit(shelved, 3, item(shelved, 3).changed(public_note="twice already"))
    assert run.counts["changed"] == 1, "what was there twice before stays as it was"
    run = edit(shelved, 4, item(shelved, 4).changed(barcode="B4"))
    assert run.counts["changed"] == 1


def permit_edit(library: Library) -> None:

    library.permit(job="edit-record")


def test_one_number_for_many_is_never_given(shelved: Library) -> None:
    shelved.permit(job=CHANGE)
    asked = {"job": CHANGE, "parameters": {"inventory-number": "I9"}}
    for dry_run in (True, False):
        both = file(shelved, "Barcode\nB1\nB2\n")
        run = shelved.run(**asked, file=both, dry_run=dry_run)
        assert run.counts["refused"] == 2
        assert refusals(shelved, run)[0] == (
            "number-in-use",
            "the inventory number I9 would be that of item 1 too",
        )
    one = file(shelved, "Barcode\nB1\n")
    assert shelved.run(**asked, file=one).counts["changed"] == 1


def test_numbers_may_change_hands_in_one_run(shelved: Library) -> None:
    shelved.permit(job=CHANGE)
    text = "Barcode,Inventory number\nB1,I1\nB2,I2\n"
    asked = {"job": CHANGE, "columns": ("inventory-number",)}
    assert shelved.run(file=file(shelved, text), **asked).counts["changed"] == 2
    swapped = "Barcode,Inventory number\nB1,I2\nB2,I1\n"
    assert shelved.run(file=file(shelved, swapped), **asked).counts["changed"] == 2
    assert [item(shelved, id).inventory_number for id in (1, 2)] == ["I2", "I1"]


def withdrawn_and_replaced(library: Library):
    """Item 1 is withdrawn, and item 2 takes over its barcode."""
    for job in ("withdraw-items", "restore"):
        library.permit(job=job)
    permit_edit(library)
    withdrawn = library.run(
        job="withdraw-items", ids=(1,), kind="item", parameters={"reason": "worn out"}
    )
    assert withdrawn.counts["changed"] == 1
    assert edit(library, 2, item(library, 2).changed(barcode="B1")).counts["changed"] == 1
    return withdrawn


def test_restoring_into_a_barcode_in_use_is_refused_and_so_is_the_undo(shelved: Library) -> None:
    withdrawn = withdrawn_and_replaced(shelved)
    restored = shelved.run(job="restore", ids=(1,), kind="item")
    undone = shelved.undo(withdrawn.id)
    for run in (restored, undone):
        assert run.counts["refused"] == 1
        assert ("number-in-use", "the barcode B1 is that of item 2") in refusals(shelved, run)
    assert edit(shelved, 2, item(shelved, 2).changed(barcode="B8")).counts["changed"] == 1
    assert shelved.run(job="restore", ids=(1,), kind="item").counts["changed"] == 1


def test_where_the_environment_says_so_it_is_done_and_said(shelved: Library) -> None:
    from galleyproof.runs.changing_settings import change_setting

    withdrawn_and_replaced(shelved)
    change_setting(shelved.ada, "sandbox", "number-in-use", "say", at=NOW)
    restored = shelved.run(job="restore", ids=(1,), kind="item")
    assert restored.counts["changed"] == 1
    said = shelved.rows("SELECT code, outcome FROM outcome WHERE run = %s", restored.id)
    assert said == [("number-in-use", "changed")]


def test_an_edit_that_makes_a_record_wrong_is_refused_with_all_that_is_wrong(
    shelved: Library,
) -> None:
    permit_edit(shelved)
    wrong = item(shelved, 1).changed(item_policy="BOK", order_line="POL-7", location="ATTIC")
    run = edit(shelved, 1, wrong)
    ((code, sentence),) = refusals(shelved, run)
    assert (code, run.counts["refused"]) == ("not-valid", 1)
    for part in ("no item-policy “BOK”", "no PO line “POL-7”", "no location “ATTIC”"):
        assert part in sentence
    right = item(shelved, 1).changed(item_policy="BOOK", order_line="POL-1")
    assert edit(shelved, 1, right).counts["changed"] == 1
