"""Ids from outside, as tables: every kind of file, pasted ids and typed ones, every kind of record.

What is found is found the same way however it comes; what is not one record is never acted on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlsxwriter
from inventory import holding, put_in
from stories import Library, marc

from galleyproof.catalog.id_lines import Asked, as_file, with_header
from galleyproof.catalog.set_files import Matched, match_file
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.structures.circulation import Loan, Request
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.portfolio import Portfolio
from galleyproof.structures.work_order import WorkOrder

BARCODES = [
    "B1",
    "00012345",
    "12E5",
    "A,B",
    "P;Q",
    "AB 12",
    "caf\u00e9-1",
    "'007",
    "=1+1",
    "DUP",
    "DUP",
]
"""Of items 1, 2, 3 …; the last two have one."""


@pytest.fixture
def shelved(library: Library) -> Library:
    library.load([marc(n, ("020", "  $a9780306406157")) for n in (1, 2)] + [marc(3)])
    library.load([holding(n, n).body for n in (1, 2, 3)], kind="holding")
    items = [
        Item(holding=1, number=f"23{n}", barcode=barcode)
        for n, barcode in enumerate(BARCODES, start=1)
    ]
    put_in(library, "item", items)
    put_in(library, "order-line", [OrderLine(bib=1, number=f"POL-{n}") for n in (1, 2)])
    put_in(library, "portfolio", [Portfolio(bib=1, number=f"53{n}") for n in (1, 2)])
    put_in(library, "work-order", [WorkOrder(item=1, number=f"WO{n}") for n in (1, 2)])
    put_in(library, "loan", [Loan(item=1, number=f"L{n}") for n in (1, 2)])
    put_in(library, "request", [Request(bib=1, number=f"R{n}") for n in (1, 2)])
    return library


def of(path: Path, kind: str = "item", **asked: object) -> Matched:
    with connect("sandbox") as connection:
        return match_file(connection, path, Asked([kind], **asked))


def told(found: Matched) -> list[tuple[int, str, str]]:
    return [(line.number, line.value, line.problem) for line in found.said]


# ---- the ways


Rows = Sequence[Sequence[str]]


def csv_file(folder: Path, rows: Rows) -> Path:
    return written(folder / "ids.csv", ",", rows)


def semicolons(folder: Path, rows: Rows) -> Path:
    return written(folder / "ids.csv", ";", rows)


def told_separator(folder: Path, rows: Rows) -> Path:
    path = written(folder / "ids.csv", "|", rows)
    path.write_text("sep=|\n" + path.read_text())
    return path


def tsv_file(folder: Path, rows: Rows) -> Path:
    return written(folder / "ids.tsv", "\t", rows)


def utf16(folder: Path, rows: Rows) -> Path:
    path = written(folder / "ids.txt", "\t", rows)
    path.write_bytes(path.read_text().encode("utf-16"))
    return path


def workbook(folder: Path, rows: Rows) -> Path:
    path = folder / "ids.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, cell)
    return path


def pasted(folder: Path, rows: Rows) -> Path:
    text = "\n".join("\t".join(row) for row in rows[1:])
    path = folder / "pasted ids.txt"
    path.write_text(with_header(text, rows[0][0]))
    return path


def typed(folder: Path, rows: Rows) -> Path:
    path = folder / "typed ids.txt"
    with as_file("\n".join(row[0] for row in rows[1:]), rows[0][0], "item") as made:
        assert made is not None
        path.write_bytes(made.read_bytes())
    return path


def written(path: Path, between: str, rows: Rows) -> Path:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if between in text or '"' in text else text

    path.write_text("\n".join(between.join(map(cell, row)) for row in rows) + "\n")
    return path


WITH_QUOTES = [csv_file, semicolons, told_separator, tsv_file, utf16, workbook]
WAYS = [*WITH_QUOTES, pasted, typed]
Way = Callable[[Path, Rows], Path]


@pytest.mark.parametrize("way", WAYS)
def test_the_same_ids_are_found_whichever_way_they_come(shelved: Library, way: Way) -> None:
    rows = [["Barcode"], *([barcode] for barcode in BARCODES[:-2])]
    found = of(way(shelved.folder, rows))
    assert found.ids == list(range(1, 10)), told(found)
    assert found.said == []


KINDS = {
    "bib": ("MMS ID", "990000000000001"),
    "holding": ("Holding ID", "220000000000001"),
    "item": ("Item ID", "231"),
    "order-line": ("PO line reference", "POL-1"),
    "portfolio": ("Portfolio ID", "531"),
    "work-order": ("Work order ID", "WO1"),
    "loan": ("Loan ID", "L1"),
    "request": ("Request ID", "R1"),
}


@pytest.mark.parametrize("way", [csv_file, workbook, pasted])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_by_its_own_number(shelved: Library, kind: str, way: Way) -> None:
    header, number = KINDS[kind]
    found = of(way(shelved.folder, [[header], [number], ["none of ours"]]), kind)
    assert (found.kind, found.found, told(found)) == (
        kind,
        1,
        [(3, "none of ours", "not-found")],
    )


@pytest.mark.parametrize("way", WAYS)
def test_what_several_records_answer_to_is_refused_and_listed(shelved: Library, way: Way) -> None:
    found = of(way(shelved.folder, [["Barcode"], ["DUP"], ["B1"]]))
    line = 3 if way is told_separator else 2
    assert found.ids == [-line, 1]
    assert told(found) == [(line, "DUP", "found-twice")]


# ---- several on a line


@pytest.mark.parametrize("between", [",", ";", ", ", "\t", "|"])
@pytest.mark.parametrize("name", ["ids.csv", "ids.txt", "ids.tsv"])
def test_several_ids_on_a_line_are_several_ids(shelved: Library, name: str, between: str) -> None:
    path = shelved.folder / name
    path.write_text(f"Barcode\n{between.join(['B1', '00012345', 'gone', 'DUP'])}\n")
    found = of(path)
    assert [id for id in found.ids if id > 0] == [1, 2]
    assert told(found) == [(2, "gone", "not-found"), (2, "DUP", "found-twice")]
    assert len(set(found.ids)) == 4, "each is counted"


def test_a_barcode_with_a_comma_in_it_is_one_barcode_wherever_it_is_one(shelved: Library) -> None:
    path = shelved.folder / "ids.txt"
    path.write_text('Barcode\nA,B\n"A,B"\nP;Q\n')
    found = of(path)
    assert found.ids == [4, 5]
    assert told(found) == [(3, "A,B", "duplicate")]


@pytest.mark.parametrize(
    ("header", "line", "count"),
    [
        ("ISBN", "9780306406157, 9783161484100", 2),
        ("ISBN", "9780306406157 9783161484100", 2),
        ("ISBN", "9780306406157 (pbk. ; v. 1)", 1),
        ("ISSN", "0317-8471; 2049-3630", 2),
        ("ISSN", "0317-8471 2049-3630", 2),
        ("OCLC number", "(OCoLC)1, ocm2", 2),
    ],
)
def test_the_first_of_several_numbers_is_never_taken_alone(
    shelved: Library, header: str, line: str, count: int
) -> None:
    path = shelved.folder / "ids.csv"
    path.write_text(f'{header},x\n"{line}",y\n')
    assert len(of(path, "bib").ids) == count


def test_a_line_with_more_cells_than_columns_is_refused(shelved: Library) -> None:
    path = shelved.folder / "ids.csv"
    path.write_text("Barcode,Title\nB1,00012345,12E5\n00012345,Of mice, and men\nB1,x\n")
    found = of(path)
    assert found.ids == [-2, -3, 1]
    assert {line.problem for line in found.said} == {"too-many-cells"}


# ---- several columns


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("bib", [1]), ("holding", [2]), ("item", [3])],
)
def test_of_several_id_columns_that_of_the_kind_is_taken(
    shelved: Library, kind: str, expected: list[int]
) -> None:
    path = shelved.folder / "ids.csv"
    path.write_text(
        "MMS ID,Holding ID,Item ID,Barcode,Title\n990000000000001,220000000000002,233,12E5,x\n"
    )
    found = of(path, kind)
    assert (found.ids, found.said, found.ignored) == (expected, [], ["Title"])


@pytest.mark.parametrize(
    ("line", "ids", "problem"),
    [
        ("231,B1", [1], ""),
        ("232,B1", [-2], "contradictory"),
        (",B1", [1], ""),
        ("231,", [1], ""),
        ("231,nobody's", [1], ""),
        ("nobody's,B1", [-2], "contradictory"),
        ("nobody's,nobody's", [-2], "not-found"),
        ("2310,DUP", [10], ""),
        (",DUP", [-2], "found-twice"),
        ("#N/A,#N/A", [-2], "no-id"),
        ("#N/A,B1", [1], ""),
    ],
)
def test_columns_that_contradict_each_other_are_told(
    shelved: Library, line: str, ids: list[int], problem: str
) -> None:
    path = shelved.folder / "ids.csv"
    path.write_text(f"Item ID,Barcode\n{line}\n")
    found = of(path)
    assert found.ids == ids
    assert [one.problem for one in found.said] == ([problem] if problem else [])


def test_a_file_of_two_kinds_that_a_job_takes_asks_which(shelved: Library) -> None:
    path = shelved.folder / "ids.csv"
    path.write_text("MMS ID,Item ID\n990000000000001,231\n")
    with connect("sandbox") as connection, pytest.raises(Wrong, match="bibs and of items.*say"):
        match_file(connection, path, Asked(["bib", "item"]))


# ---- lines that name nothing


def test_an_empty_id_is_a_line_that_is_counted(shelved: Library) -> None:
    path = shelved.folder / "ids.csv"
    path.write_text("Barcode,Title\n,Some title\nB1,x\n,\n")
    found = of(path)
    assert (found.lines, found.ids, told(found)) == (
        2,
        [-2, 1],
        [(2, "Some title", "no-id")],
    )


def test_an_error_cell_is_a_line_that_is_counted(shelved: Library) -> None:
    path = shelved.folder / "ids.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for at, cell in enumerate(["", "Barcode", "B1"]):
            sheet.write_string(at, 1, cell)
        sheet.write_formula(3, 1, "=NA()", None, "#N/A")
        sheet.write_string(4, 1, "12E5")
    found = of(path)
    assert (found.ids, told(found)) == ([1, -4, 3], [(4, "#N/A", "no-id")])


# ---- as the field heads its tables


@pytest.mark.parametrize(
    ("header", "value", "kind"),
    [
        ("Barcodes", "B1", "item"),
        ("barcode", "B1", "item"),
        ("Item Barcode", "B1", "item"),
        ("Item PID", "231", "item"),
        ("Item Id", "231", "item"),
        ("itemId", "231", "item"),
        ("MMS Id", "990000000000001", "bib"),
        ("mms_id", "990000000000001", "bib"),
        ("MMS IDs", "990000000000001", "bib"),
        ("mmsId", "990000000000001", "bib"),
        ("Holdings ID", "220000000000001", "holding"),
        ("HOLDING_ID:", "220000000000001", "holding"),
        ("POL Reference", "POL-1", "order-line"),
    ],
)
def test_headers_of_the_fields_own_tables_are_known(
    shelved: Library, header: str, value: str, kind: str
) -> None:
    path = shelved.folder / "ids.csv"
    path.write_text(f"{header}\n{value}\n")
    assert of(path, kind).ids == [1]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("cp1252", "read as Windows-1252; line 2 then says “café-1,Überschrift”"),
        ("utf-16-le", "read as UTF-16"),
        ("utf-16-be", "read as UTF-16"),
    ],
)
def test_how_a_file_is_encoded_is_found_and_what_was_assumed_is_said(
    shelved: Library, encoding: str, said: str
) -> None:
    path = shelved.folder / "ids.csv"
    path.write_bytes("Barcode,Title\ncaf\u00e9-1,\u00dcberschrift\n".encode(encoding))
    found = of(path)
    assert found.ids == [7]
    assert said in " ".join(found.assumed)
    assert bool(said) == bool(found.assumed)


def test_a_file_of_two_encodings_is_refused_with_its_line(shelved: Library) -> None:
    path = shelved.folder / "ids.csv"
    path.write_bytes("Barcode\ncaf\u00e9-1\n".encode() + "caf\u00e9-1\n".encode("cp1252"))
    with pytest.raises(Wrong, match="line 3: .* is not in UTF-8, as the other"):
        of(path)


def test_composed_and_decomposed_letters_are_the_same(shelved: Library) -> None:
    path = shelved.folder / "ids.csv"
    path.write_text("Barcode\ncafe\u0301-1\n")
    assert of(path).ids == [7]


@pytest.mark.parametrize("spoilt", ["9.91E+17", "9,91E+17", "1E+05", "9.91e+017"])
def test_what_a_spreadsheet_has_shortened_is_refused(shelved: Library, spoilt: str) -> None:
    path = shelved.folder / "ids.csv"
    path.write_text(f"Barcode\n{spoilt}\n")
    with pytest.raises(Wrong, match="spoilt by a spreadsheet"):
        of(path)


def test_what_is_exported_can_be_read_back(shelved: Library) -> None:
    from galleyproof.catalog.exporting import export_records

    path = shelved.folder / "items.csv"
    export_records("item", "sandbox", path, form="csv")
    found = of(path)
    assert (found.ids, found.said) == (list(range(1, 12)), [])
    assert "Holding ID" not in found.ignored
