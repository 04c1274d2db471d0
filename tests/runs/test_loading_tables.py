"""First filling from tables: links by people's numbers, every row accounted for, killed or not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter
from stories import NOW, Library, marc

from galleyproof.catalog.exporting import export_records
from galleyproof.demo.inventory import holdings
from galleyproof.demo.library import bibs
from galleyproof.marc.errors import Wrong
from galleyproof.runs.loading_tables import import_items
from galleyproof.runs.models import Run
from galleyproof.structures.table import STRUCTURES, structure

LOAD = """
import sys
from datetime import datetime
from pathlib import Path
from galleyproof.database.setup import ready
ready()
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.runs import loading
from galleyproof.runs.loading_tables import import_items
loading.CHUNK = 10
import_items(Who(Person.objects.get(username="ada"), None), [Path(sys.argv[1])], kind="item",
             environment="sandbox", at=datetime.fromisoformat(sys.argv[2]))
"""

FIRST = "22" + "0" * 13


@pytest.fixture
def stocked(library: Library) -> Library:
    """Bibs 1 and 2, a holding of each: 22…0001 and 22…0002; two libraries; some codes."""
    from inventory import holding

    library.load([marc(1), marc(2)])
    library.load([holding(1, 1).body, holding(2, 2).body], kind="holding")
    fill(library, "library", "code,name\nMAIN,Main\nLAW,Law\n")
    fill(library, "location", "library,code\nMAIN,STACKS\nLAW,STACKS\n")
    fill(
        library,
        "code",
        "table,code,meaning\nitem-policy,BOOK,\nitem-policy,SHORT,\n"
        "order-line-type,continuous physical journal,continuous\norder-line-status,Sent,open\n",
    )
    return library


def fill(library: Library, kind: str, text: str, name: str = "") -> Run:
    path = library.folder / (name or f"{kind}.csv")
    path.write_text(text, encoding="utf-8")
    return import_items(library.ada, [path], kind=kind, environment="sandbox", at=NOW)


def record(library: Library, kind: str, id: int):
    return structure(kind, library.body(id, kind=kind))


def said(library: Library, run: Run) -> list[tuple[str, str]]:
    return library.rows(
        "SELECT code, sentence FROM outcome WHERE run = %s ORDER BY start, place", run.id
    )


def test_columns_go_by_fields_and_aliases_and_links_by_peoples_numbers(stocked: Library) -> None:
    run = fill(
        stocked,
        "item",
        "\ufeffHolding ID,Barcode,Item ID,Policy,Received_Date,Is magnetic,public NOTE,retain\n"
        '220000000000002,00123,23001,BOOK,2020-05-06,yes,"two\nlines, and ""quotes""",no\n',
    )
    assert run.counts == {
        "set": 1, "changed": 1, "unchanged": 0, "refused": 0, "failed": 0, "missing": 0,
    }  # fmt: skip
    item = record(stocked, "item", 1)
    assert (item.holding, item.barcode, item.number) == (2, "00123", "23001")
    assert (item.item_policy, str(item.received_date)) == ("BOOK", "2020-05-06")
    assert (item.magnetic, item.retain) == (True, False)
    assert item.public_note == 'two\nlines, and "quotes"'
    assert stocked.rows("SELECT parent, root FROM record WHERE kind = 'item'") == [(2, 2)]
    assert stocked.rows("SELECT children FROM record WHERE kind = 'holding' AND id = 2") == [(1,)]


def test_what_hangs_elsewhere_is_found_by_the_numbers_that_people_have(stocked: Library) -> None:
    fill(stocked, "item", f"Holding ID;Item ID;barcode\n{FIRST[:-1]}1;I1;B1\n{FIRST[:-1]}2;I2;B2\n")
    fill(
        stocked,
        "order-line",
        "MMS ID,PO line reference,type,status,Holding ID,Item ID\n"
        f"{'99' + '0' * 12 + '2'},POL-1,continuous physical journal,Sent,"
        f"{FIRST[:-1]}2; {FIRST[:-1]}1,I2\n",
    )
    fill(stocked, "loan", "Loan ID,Barcode,due\nL1,B2,2026-12-01\n")
    fill(stocked, "request", "Request ID,Item ID,active,type\nR1,I2,no,HOLD\n")
    fill(stocked, "work-order", "Work order ID,Item ID,Barcode,department\nW1,,B1,BINDERY\n")
    line = record(stocked, "order-line", 1)
    assert (line.bib, line.holdings, line.items) == (2, (2, 1), (2,))
    assert record(stocked, "loan", 1).item == 2
    request = record(stocked, "request", 1)
    assert (request.item, request.bib, request.active) == (2, 2, False)
    assert record(stocked, "work-order", 1).item == 1
    assert stocked.rows(
        "SELECT kind, parent, root FROM record WHERE kind = ANY(%s) ORDER BY kind",
        ["loan", "request", "work-order", "order-line"],
    ) == [("loan", 2, 2), ("order-line", 2, 2), ("request", 2, 2), ("work-order", 1, 1)]


def test_every_row_is_loaded_or_refused_with_its_text_and_what_is_odd_is_told(
    stocked: Library,
) -> None:
    run = fill(
        stocked,
        "item",
        "Holding ID,Item ID,barcode,item-policy,received-date,retain,library,location\n"
        f"{FIRST[:-1]}1,I1,B1,BOOK,,,MAIN,STACKS\n"
        "99,I2,B1,BOK,,,MAIN,STACKZ\n"
        f"{FIRST[:-1]}1,I1,B3,BOK,,,MAIN,STACKS\n"
        "\n"
        f"{FIRST[:-1]}1,I4,B4,BOOK,yesterday,perhaps,MAIN,STACKS\n"
        f"{FIRST[:-1]}1,,B5,BOOK,,,MAIN,STACKS\n"
        f"{FIRST[:-1]}1,I6,B6,BOOK,,,MAIN,STACKS,one too many\n",
    )
    assert (run.counts["set"], run.counts["changed"], run.counts["refused"]) == (6, 4, 2)
    told = said(stocked, run)
    assert sorted(code for code, _ in told) == [
        "bad-row", "bad-row", "number-given", "orphan", "repeated", "repeated",
    ]  # fmt: skip
    sentences = " | ".join(sentence for _, sentence in told)
    for part in (
        "item.csv, line 6: received-date is a date like 2026-01-31, not “yesterday”; retain is",
        "item.csv, line 8: it has 9 cells under 8 columns",
        "there is no holding 99",
        "item 1 has the same barcode, B1",
        "item 1 has the same number, I1",
        "it is GPI000000004 here",
    ):
        assert part in sentences
    raw = stocked.rows("SELECT raw FROM outcome WHERE raw IS NOT NULL ORDER BY place")
    assert bytes(raw[0][0]).decode() == f"{FIRST[:-1]}1,I4,B4,BOOK,yesterday,perhaps,MAIN,STACKS"
    from galleyproof.runs.refused_texts import write_refused

    mend = stocked.folder / "mend.csv"
    assert write_refused(run, mend) == 2
    lines = mend.read_text().splitlines()
    assert lines[0].startswith("Holding ID,Item ID,barcode")
    assert [line[-3:] for line in lines[1:]] == ["CKS", "any"]
    counted = {one["shape"]: one["count"] for one in run.shapes}
    assert counted["item-policy “BOK”: no active code"] == 2
    assert counted["location “MAIN STACKZ”: no active code"] == 1
    assert record(stocked, "item", 2).holding == 0
    assert stocked.rows("SELECT parent, root FROM record WHERE kind = 'item' AND id = 2") == [
        (None, -2)
    ]


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("item", "Holding ID,item-polcy,barcde\n1,x,y\n", "did you mean “item policy”"),
        ("item", "Holding ID,item-polcy,barcde\n1,x,y\n", "did you mean “barcode”"),
        ("item", "Holding ID,policy,item-policy\n1,x,y\n", "are the item-policy; leave one out"),
        (
            "item",
            "Holding ID\n2.2E+14\n9.91E+17\n",
            r"2 ids spoilt .*line 2: 2.2E\+14, line 3",
        ),
        ("item", "Holding ID,barcode\n", "has a header and no rows"),
        ("item", "", "is empty"),
        ("item", 'Holding ID\n"1\n2\n', "cannot be read as a table from line 2 on"),
        ("bib", "MMS ID\n1\n", "are MARC records"),
    ],
)
def test_a_table_that_cannot_be_used_writes_nothing(
    stocked: Library, kind: str, text: str, found: str
) -> None:
    runs = Run.objects.count()
    with pytest.raises(Wrong, match=found):
        fill(stocked, kind, text)
    assert Run.objects.count() == runs


def test_workbooks_keep_zeros_and_dates_and_refuse_rounded_numbers(stocked: Library) -> None:
    from datetime import date

    path = stocked.folder / "items.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["Holding ID", "barcode", "received-date", "retain"])
        sheet.write_string(1, 0, FIRST[:-1] + "1")
        sheet.write_string(1, 1, "000123")
        sheet.write_datetime(1, 2, date(2020, 5, 6), day)
        sheet.write_boolean(1, 3, True)
    import_items(stocked.ada, [path], kind="item", environment="sandbox", at=NOW)
    item = record(stocked, "item", 1)
    assert (item.barcode, str(item.received_date), item.retain) == ("000123", "2020-05-06", True)
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet().write_column(0, 0, ["Portfolio ID", 530000000000000001, 12])
    with pytest.raises(Wrong, match="1 id of more than 15 digits .*line 2"):
        import_items(stocked.ada, [path], kind="portfolio", environment="sandbox", at=NOW)


def test_who_is_no_administrator_and_what_is_filled_already_is_refused(stocked: Library) -> None:
    text = f"Holding ID,barcode\n{FIRST[:-1]}1,b1\n"
    path = stocked.folder / "item.csv"
    path.write_text(text)
    with pytest.raises(Wrong, match="right of administrators"):
        import_items(stocked.amy, [path], kind="item", environment="sandbox", at=NOW)
    with pytest.raises(Wrong, match="no items in sandbox, which loans hang under"):
        fill(stocked, "loan", "Loan ID,Item ID\nL1,I1\n")
    fill(stocked, "item", text)
    with pytest.raises(Wrong, match="there are items in sandbox already"):
        fill(stocked, "item", text)


@pytest.mark.parametrize("fault", ["chunk-decided:2", "versions-written:2", "committed:3"])
def test_a_load_killed_anywhere_goes_on_to_the_same_items(library: Library, fault: str) -> None:
    library.load(list(bibs(20)))
    library.load(list(holdings(20)), kind="holding")
    lines = ["Holding ID,Item ID,barcode"]
    lines += [f"{FIRST[:-2]}{4 * (n % 20):02d},I{n},B{n}" for n in range(45)]
    lines[20] = "x,I19,B19,too,many"
    path = library.folder / "items.csv"
    path.write_text("\n".join(lines))

    def process(fault: str = "") -> int:
        return subprocess.run(
            [sys.executable, "-c", LOAD, str(path), NOW.isoformat()],
            env=os.environ | {"GALLEY_FAULT": fault},
            check=False,
            timeout=60,
        ).returncode

    assert process(fault) == -signal.SIGKILL
    assert process() == 0
    run = Run.objects.get(kind="item")
    assert (run.counts["changed"], run.counts["refused"], run.state) == (44, 1, "completed")
    numbers = [one.number for one in items(library)]
    assert numbers == [f"I{n}" for n in range(45) if n != 19]


def items(library: Library) -> list:
    return [
        structure("item", bytes(body))
        for (body,) in library.rows("SELECT body FROM version WHERE kind = 'item' ORDER BY id")
    ]


def test_what_is_exported_as_a_table_is_loaded_again_as_it_was(library: Library) -> None:
    """Sandbox to file, file to production: every kind of the demo's library, every field."""
    from galleyproof.demo.stocking import stock, write_shelves

    start, count = 480, 60
    files = write_shelves(library.folder, count, start=start)
    library.load(list(bibs(count, start=start)))
    stock(library.ada, files, "sandbox", NOW)
    library.load(list(bibs(count, start=start)), "production")
    before = {}
    for kind in files:
        path = library.folder / f"again-{kind}.csv"
        if kind == "holding":
            load_holdings(library, files[kind])
            continue
        exported = export_records(kind, "sandbox", path)
        if not exported.records:
            continue
        import_items(library.ada, [path], kind=kind, environment="production", at=NOW)
        statement = "SELECT body FROM version WHERE kind = %s ORDER BY id"
        before[kind] = library.rows(statement, kind)
        assert library.rows(statement, kind, environment="production") == before[kind], kind
    assert {"item", "order-line", "portfolio", "loan"} <= set(before)
    assert set(before) <= set(STRUCTURES)


def load_holdings(library: Library, path: Path) -> None:
    from galleyproof.runs.loading import load

    load(library.ada, [path], kind="holding", environment="production", at=NOW)


def test_what_a_filling_counts_as_odd_is_listed(stocked: Library) -> None:
    from listed import check_members

    run = fill(
        stocked,
        "item",
        "Holding ID,Item ID,barcode,item-policy,library,location\n"
        f"{FIRST[:-1]}1,I1,B1,BOOK,MAIN,STACKS\n"
        "99,I2,B1,BOK,MAIN,STACKZ\n"
        f"{FIRST[:-1]}1,I1,B3,BOK,MAIN,STACKS\n"
        f"{FIRST[:-1]}1,,B5,BOOK,MAIN,STACKS\n"
        f"{FIRST[:-1]}1,I6,B6,BOOK,MAIN,STACKS,one too many\n",
    )
    assert len(run.shapes) >= 5
    check_members(stocked, run, by_shape=True)


RESERVE = "Holding ID,Item ID,library,location,temporary-library,temporary-location"


@pytest.mark.parametrize(
    ("columns", "cells", "why"),
    [
        ("", "LAW,STACKS", ""),
        (",In temporary location", "LAW,STACKS,", ""),
        (",In temporary location", "LAW,STACKS,yes", ""),
        (",In temporary location", ",,no", ""),
        (",In temporary location", "LAW,STACKS,no", "in-temporary-location does not say yes"),
        (",In temporary location", ",,yes", "no temporary-location says where"),
        ("", "LAW,", "temporary-location is empty"),
        ("", ",STACKS", "temporary-library is empty"),
    ],
)
def test_an_item_comes_in_a_temporary_location_whole_or_not_at_all(
    stocked: Library, columns: str, cells: str, why: str
) -> None:
    run = fill(stocked, "item", f"{RESERVE}{columns}\n{FIRST[:-1]}1,I1,MAIN,STACKS,{cells}\n")
    if why:
        assert run.counts["refused"] == 1
        ((code, sentence),) = said(stocked, run)
        assert code == "bad-row"
        assert sentence.startswith("item.csv, line 2: it is half in a temporary location: ")
        assert why in sentence
    else:
        item = record(stocked, "item", 1)
        assert item.in_temporary_location == bool(item.temporary_location)
        assert item.temporary_location == cells.split(",")[1]


def test_an_item_that_is_not_where_its_holding_is_comes_in_and_is_listed(stocked: Library) -> None:
    from listed import check_members

    rows = ("LAW,STACKS", "MAIN,RARE", "MAIN,STACKS", ",", "MAIN,", ",STACKS", "LAW,")
    run = fill(
        stocked,
        "item",
        "Holding ID,Item ID,library,location\n"
        + "".join(f"{FIRST[:-1]}1,I{n},{where}\n" for n, where in enumerate(rows)),
    )
    assert run.counts["changed"] == len(rows)
    assert [sentence for code, sentence in said(stocked, run) if code == "item-elsewhere"] == [
        "it is at LAW/STACKS, and its holding 1 at MAIN/STACKS",
        "it is at MAIN/RARE, and its holding 1 at MAIN/STACKS",
        "it is at LAW, and its holding 1 at MAIN/STACKS",
    ]
    counted = {one["shape"]: one["count"] for one in run.shapes}
    assert counted["location not where its holding is: loaded all the same"] == 3
    check_members(stocked, run, by_shape=True)
