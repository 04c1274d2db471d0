"""What follows on other records is listed line by line with the right record, before and after:
the lists that librarians work from. (conformance has the rule over every job.)"""

from __future__ import annotations

from datetime import date

import pytest
from inventory import PLACES, holding, put_in
from listed import csv_rows
from stories import NOW, Library, marc

from galleyproof.marc.errors import Wrong
from galleyproof.runs.models import Run
from galleyproof.runs.reports.choice import CONSEQUENCE, Choice
from galleyproof.runs.reports.consequences import consequences, counted
from galleyproof.structures.circulation import Request
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.portfolio import Portfolio
from galleyproof.structures.work_order import WorkOrder

MOVED = {"library": "LAW", "location": "RESERVE"}
WITHDRAW = {
    "job": "withdraw-items",
    "ids": (1, 2),
    "kind": "item",
    "parameters": {
        "reason": "weeded",
        "emptied-holding": "delete",
        "emptied-bib": "suppress",
        "skip-with-requests": "no",
        "skip-with-work-orders": "no",
    },
}
MOVE = {
    "job": "change-physical-items",
    "ids": (3, 4),
    "kind": "item",
    "parameters": {**MOVED, "emptied-holding": "suppress"},
}
DELETE = {
    "job": "delete-bibs",
    "ids": (6,),
    "kind": "bib",
    "parameters": {"inventory": "delete-too"},
}


@pytest.fixture
def stock(library: Library) -> Library:
    """Bibs 1 to 7, each with a holding of its number; items that hang under a holding of another
    number than their own, so that a record taken for another one shows."""
    for kind, records in PLACES.items():
        put_in(library, kind, records)
    oclc = ("035", "  $a(OCoLC)123456"), ("035", "  $a(OCoLC)ocn000777")
    library.load([marc(1, *oclc), *(marc(n) for n in range(2, 8))])
    put_in(library, "holding", [holding(n, n, received="2") for n in range(1, 8)])
    place = {"library": "MAIN", "location": "STACKS"}
    process = {"process_type": "WORK_ORDER_DEPARTMENT"}
    put_in(
        library,
        "item",
        [
            Item(holding=2, number="I1", barcode="b1", **place),
            Item(holding=1, number="I2", barcode="b2", **place),
            Item(holding=4, number="I3", barcode="b3", **place),
            Item(holding=3, number="I4", barcode="b4", **place),
            Item(holding=5, number="I5", barcode="b5", **place),
            Item(holding=5, number="I6", barcode="b6", **process, **place),
            Item(holding=6, number="I7", barcode="b7", **place),
            Item(holding=7, number="I8", barcode="b8", **place),
        ],
    )
    put_in(library, "portfolio", [Portfolio(bib=6, number="P1")])
    put_in(
        library,
        "order-line",
        [
            OrderLine(bib=1, number="PO1", status="Closed", holdings=(1,), owner_library="MAIN"),
            OrderLine(
                bib=3,
                number="PO2",
                type="continuous physical journal",
                status="Sent",
                holdings=(3,),
                owner_library="LAW",
            ),
            OrderLine(bib=6, number="PO3", status="Closed"),
        ],
    )
    put_in(
        library,
        "request",
        [Request(bib=1, item=2, number="R1", type="HOLD", requester="U-17")],
    )
    put_in(
        library,
        "work-order",
        [
            WorkOrder(item=1, number="W1", department="BINDERY"),
            WorkOrder(item=6, number="W2", department="BINDERY"),
        ],
    )
    for job in ("withdraw-items", "change-physical-items", "delete-bibs"):
        library.permit(job=job)
    return library


def test_a_report_does_not_say_of_a_record_what_was_said_of_another_kind(stock: Library) -> None:
    """Holding 1 is left without items when item 2 goes, and item 1 is another holding's."""
    from galleyproof.runs.reports.lines import report_lines

    run = stock.run(**WITHDRAW)
    lines = list(report_lines(run))
    assert [(line[0], line[1], line[2], line[5], line[6]) for line in lines] == [
        ("item", "2", "I2", "changed", ""),
        ("item", "1", "I1", "changed", ""),
    ]
    assert [line[3] for line in lines] == ["Title 1", "Title 2"]
    codes = {(one.kind, one.id, one.code) for one in consequences(run)}
    assert {("holding", 1, "holding-deleted"), ("holding", 2, "holding-deleted")} <= codes


def one_line(run: Run, code: str):
    (found,) = [one for one in consequences(run, codes=[code]) if one.named.title == "Title 1"]
    return found


def test_the_lists_that_librarians_work_from(stock: Library) -> None:
    run = stock.run(**WITHDRAW)
    title = one_line(run, "title-without-holdings")
    assert title.named.oclc == ("123456", "777")
    assert (title.before, title.after) == ("status: active", "status: suppressed")
    gone = one_line(run, "holding-deleted")
    assert (gone.before, gone.after) == ("status: active", "status: deleted")
    link = one_line(run, "order-line-unlinked")
    assert (link.named.number, link.named.told) == ("PO1", "MAIN")
    assert (link.before, link.after) == ("holdings: 220000000000001", "")
    request = one_line(run, "request-cancelled")
    assert (request.named.number, request.named.told) == ("R1", "U-17")
    assert "cancelled: 2026-11-02" in request.after


def test_a_record_that_a_plan_would_make_is_shown_whole(stock: Library) -> None:
    plan = stock.run(dry_run=True, **MOVE)
    made = list(consequences(plan, codes=["holding-made"]))
    assert [(one.id < 0, one.named.number, one.named.title) for one in made] == [
        (True, "", "Title 3"),
        (True, "", "Title 4"),
    ]
    assert all("852 0␣ $b LAW $c RESERVE" in one.after for one in made)
    assert {one.before for one in made} == {""}


def test_what_follows_as_files_and_as_sets(stock: Library) -> None:
    from galleyproof.catalog.sets import first_members
    from galleyproof.marc.record import Record
    from galleyproof.runs.reports.as_set import make_set
    from galleyproof.runs.reports.files import export

    run = stock.run(**WITHDRAW)
    everything = Choice(CONSEQUENCE)
    rows = csv_rows(run, everything)
    assert len(rows) - 1 == sum(one["count"] for one in run.consequences)
    assert rows[0][2] == "own number"
    holdings = Choice(CONSEQUENCE, kind="holding")
    path = stock.folder / "holdings.csv"
    count, what = export(run, path, holdings)
    assert (count, what) == (2, "lines")
    assert path.read_text().startswith("kind,number in the catalogue,Holding ID,title,")
    made = make_set(run, holdings, "emptied", "amy", NOW)
    members, _ = first_members(made.name, "sandbox", 9)
    assert [one.id for one in members] == [1, 2]
    for wrong in (everything, Choice(CONSEQUENCE, codes=("holding-deleted", "request-cancelled"))):
        with pytest.raises(Wrong, match="one kind: say which"):
            make_set(run, wrong, "several", "amy", NOW)
    with pytest.raises(Wrong, match="no consequence “holding-lost”; there are "):
        export(run, path, Choice(CONSEQUENCE, codes=("holding-lost",)))
    # Whoever is sent deleted records must see that they are.
    gone = stock.folder / "gone.mrc"
    assert export(run, gone, holdings) == (2, "records")
    bodies = [one + b"\x1d" for one in gone.read_bytes().split(b"\x1d")[:-1]]
    assert [Record(one).leader[5:6] for one in bodies] == [b"d", b"d"]
    with pytest.raises(Wrong, match="are no MARC records"):
        export(run, gone, Choice(CONSEQUENCE, kind="order-line"))
    left = Choice(CONSEQUENCE, codes=("title-without-holdings",))
    assert export(run, stock.folder / "titles.mrk", left) == (2, "records")
    assert (stock.folder / "titles.mrk").read_text().count("=245") == 2


def test_deleted_titles_are_listed_with_their_titles_and_go_out_as_deleted(stock: Library) -> None:
    from galleyproof.marc.record import Record
    from galleyproof.runs.record_pages import page
    from galleyproof.runs.reports.files import export

    plan = stock.run(dry_run=True, **DELETE)
    (one,) = page(plan, "changed").records
    assert (one.named.title, one.difference.status) == ("Title 6", ("active", "deleted"))
    run = stock.run(job="delete-bibs", plan=plan.id)
    path = stock.folder / "deleted.mrc"
    assert export(run, path, Choice("changed")) == (1, "records")
    assert Record(path.read_bytes()).leader[5:6] == b"d"
    assert Record(stock.body(6)).leader[5:6] == b"n"


def test_a_workbook_has_a_sheet_for_each_kind_and_one_about_the_run(stock: Library) -> None:
    from python_calamine import CalamineWorkbook

    from galleyproof.runs.reports.files import export

    run = stock.run(**WITHDRAW)
    path = stock.folder / "report.xlsx"
    assert export(run, path) == (2, "lines")
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names[0] == "Records"
    assert book.sheet_names[-1] == "About"
    kinds = {one.kind for one in counted(run)}
    assert len(book.sheet_names) == 2 + len(kinds)
    about = dict(book.get_sheet_by_name("About").to_python())
    assert about["run"] == str(run.id)
    assert about["job"].startswith("withdraw-items (revision ")
    assert about["parameter emptied-holding"] == "delete"
    assert about["Galleyproof"] == run.program
    assert about["set"] == "records named one by one"


def test_what_is_told_of_what_stays_has_no_before_and_after(stock: Library) -> None:
    run = stock.run(
        job="change-physical-items",
        ids=(4,),
        kind="item",
        parameters={**MOVED, "emptied-holding": "keep"},
    )
    (line,) = consequences(run, codes=["order-line-without-items"])
    assert (line.named.number, line.named.told, line.difference) == ("PO2", "LAW", None)
    assert date(2026, 11, 2) == run.day
