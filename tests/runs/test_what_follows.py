"""What follows on other records is listed line by line with the right record, before and after:
of plans and of runs, for every job that has consequences."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from typing import Any

import pytest
from inventory import PLACES, holding, put_in
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
CASES: dict[str, dict[str, Any]] = {
    "withdraw-items": {
        "ids": (1, 2),
        "kind": "item",
        "parameters": {
            "reason": "weeded",
            "emptied-holding": "delete",
            "emptied-bib": "suppress",
            "skip-with-requests": "no",
            "skip-with-work-orders": "no",
        },
    },
    "change-physical-items": {
        "ids": (3, 4),
        "kind": "item",
        "parameters": {**MOVED, "emptied-holding": "suppress"},
    },
    "create-work-orders": {
        "ids": (5,),
        "kind": "item",
        "parameters": {"type": "BIND", "department": "BINDERY"},
    },
    "close-work-orders": {"ids": (2,), "kind": "work-order"},
    "delete-bibs": {"ids": (6,), "kind": "bib", "parameters": {"inventory": "delete-too"}},
    "restore": {"ids": (7,), "kind": "bib"},
    "cease-print-subscription": {
        "ids": (8,),
        "kind": "holding",
        "parameters": {"last-issue": "v.30(2019)", "update-bib": "yes"},
    },
}
"""Job -> what it is asked for in the library below."""


def serial(number: int) -> bytes:
    body = marc(number).replace(b"nam a22", b"nas a22")
    return body.replace(b"s2020    ", b"c20009999")


@pytest.fixture
def stock(library: Library) -> Library:
    """Bibs 1 to 8, each with a holding of its number; items that hang under a holding of another
    number than their own, so that a record taken for another one shows."""
    for kind, records in PLACES.items():
        put_in(library, kind, records)
    oclc = ("035", "  $a(OCoLC)123456"), ("035", "  $a(OCoLC)ocn000777")
    library.load([marc(1, *oclc), *(marc(n) for n in range(2, 8)), serial(8)])
    put_in(library, "holding", [holding(n, n) for n in range(1, 8)] + [serial_holding(8)])
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
    for job in CASES:
        library.permit(job=job)
    library.run(job="delete-bibs", ids=(7,), kind="bib", parameters={"inventory": "delete-too"})
    return library


def serial_holding(number: int):
    return holding(number, number, f866="41$80$av.1(1990)-")


def run_of(stock: Library, job: str, **asked) -> Run:
    return stock.run(job=job, **{**CASES[job], **asked})


def test_every_job_with_consequences_is_tried(galley) -> None:
    from galleyproof.runs.offered import JOBS

    # Cancelling shares what may follow with ceasing, and changes no bib.
    assert {code for code, job in JOBS.items() if job.follows} <= set(CASES)


def shown(run: Run, **chosen) -> list[tuple]:
    """The lines without the numbers that only a run gives, nor the time of change."""
    found = []
    for one in consequences(run, **chosen):
        parts = [
            part for part in one.after.split(" · ") if not part.startswith(("001 ", "number:"))
        ]
        new = one.difference is not None and not one.difference.before
        who = None if new else (one.id, one.named.number)
        found.append((one.kind, who, one.named.title, one.code, one.sentence, one.before, parts))
    return sorted(found, key=repr)


@pytest.mark.parametrize("job", CASES)
def test_what_is_counted_is_listed_with_its_own_record_and_a_plan_shows_what_the_run_does(
    stock: Library, job: str
) -> None:
    plan = run_of(stock, job, dry_run=True)
    foreseen = shown(plan)
    run = stock.run(job=job, plan=plan.id)
    assert run.counts["changed"] >= 1
    assert foreseen == shown(run)
    assert shown(plan) == foreseen  # also once it has been run
    undo = stock.undo(run.id)
    for one in (plan, run, undo):
        check(stock, one)
    again = stock.undo(undo.id, dry_run=True)
    check(stock, again)


def check(stock: Library, run: Run) -> None:
    listed = list(consequences(run))
    assert listed or not run.consequences
    lines = Counter((one.kind, one.code) for one in listed)
    told = Counter()
    for one in run.consequences:
        told[one["kind"], one["code"]] += one["count"]
    assert lines == told == Counter({(one.kind, one.code): one.lines for one in counted(run)})
    for (kind, code), count in lines.items():
        some = list(consequences(run, kind=kind, codes=[code]))
        assert [(one.kind, one.code) for one in some] == [(kind, code)] * count
    known = {
        (kind, id): (number, root)
        for kind, id, number, root in stock.rows(
            "SELECT r.kind, r.id, min(k.value), r.root FROM record AS r LEFT JOIN key AS k"
            " ON k.kind = r.kind AND k.id = r.id AND k.scheme = CASE r.kind WHEN 'bib' THEN 'mms'"
            " ELSE r.kind END GROUP BY r.kind, r.id, r.root"
        )
    }
    for one in listed:
        assert one.difference is None or not one.difference.unshown, one
        if one.id < 0:
            assert run.dry_run
            continue
        number, root = known[one.kind, one.id]
        assert one.named.title.startswith(f"Title {root}"), one
        # A record that is deleted keeps its number, and may have lost its keys.
        assert one.named.number in (number, one.named.number if number is None else "")
        if one.difference is not None:
            assert (one.difference.kind, one.difference.id) == (one.kind, one.id)
    if not run.dry_run:
        written = set(
            stock.rows(
                "SELECT kind, id FROM version WHERE run = %s AND kind <> %s", run.id, run.kind
            )
        )
        assert written <= {(one.kind, one.id) for one in listed if one.difference is not None}


def test_a_report_does_not_say_of_a_record_what_was_said_of_another_kind(stock: Library) -> None:
    """Holding 1 is left without items when item 2 goes, and item 1 is another holding's."""
    from galleyproof.runs.reports.lines import report_lines

    run = run_of(stock, "withdraw-items")
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
    run = run_of(stock, "withdraw-items")
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
    plan = run_of(stock, "change-physical-items", dry_run=True)
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
    from galleyproof.runs.reports.files import csv_pieces, export

    run = run_of(stock, "withdraw-items")
    everything = Choice(CONSEQUENCE)
    rows = list(csv.reader(io.StringIO("".join(one.text for one in csv_pieces(run, everything)))))
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

    plan = run_of(stock, "delete-bibs", dry_run=True)
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

    run = run_of(stock, "withdraw-items")
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
