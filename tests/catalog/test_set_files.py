"""Files of ids: what spreadsheets do to them is found before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from stories import Library, marc

from galleyproof.catalog.set_files import Matched, match_file
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong


@pytest.fixture
def stocked(library: Library) -> Library:
    library.load(
        [marc(n, ("020", "  $a9780306406157"), ("035", f"  $a(OCoLC)000{n}")) for n in range(5)]
        + [marc(2), marc(9, ("022", "  $a0317-8471"))]
    )
    return library


def matched(path: Path, kinds: list[str] | None = None) -> Matched:
    with connect("sandbox") as connection:
        return match_file(connection, path, kinds=kinds or ["bib"])


def workbook(path: Path, cells: list[object]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for row, cell in enumerate(cells):
            sheet.write(row, 0, cell)
    return path


@pytest.mark.parametrize(
    ("name", "text", "ids"),
    [
        ("a.csv", "MMS ID,title\n990000000000001,x\n990000000000003,y\n", [2, 4]),
        ("a.tsv", "mms id\ttitle\n990000000000001\tx\n", [2]),
        ("a.txt", "\ufeffMMS ID\r\n990000000000001\r\n\r\n", [2]),
        ("a.csv", "OCLC number\n(OCoLC)3\nocm0004\n", [4, 5]),
        ("a.csv", "ISSN\n03178471\n", [7]),
        ("a.csv", "035\n(OCoLC)0001\n", [2]),
        ("a.csv", 'MMS ID\n"990000000000001"\n', [2]),
        ("a.csv", "MMS ID;Title\r\n990000000000001;x\r\n", [2]),
        ("a.csv", "Title,MMS ID\nx,990000000000001\n", [2]),
        ("a.csv", 'MMS ID\n="990000000000001"\n\'990000000000003\n', [2, 4]),
        ("a.csv", "MMS ID\r990000000000001\r990000000000003", [2, 4]),
    ],
)
def test_ids_are_found_by_the_type_in_the_header(
    stocked: Library, name: str, text: str, ids: list[int]
) -> None:
    path = stocked.folder / name
    path.write_bytes(text.encode())
    assert matched(path).ids == ids


def test_an_isbn_10_finds_an_isbn_13_and_what_is_found_twice_is_said(stocked: Library) -> None:
    path = stocked.folder / "a.csv"
    path.write_text("ISBN\n0-306-40615-2\n9780306406157\n")
    found = matched(path)
    assert found.ids == [1, 2, 3, 4, 5]
    assert (found.count("found-twice"), found.count("duplicate")) == (2, 1)


def test_a_line_not_found_is_a_missing_member(stocked: Library) -> None:
    path = stocked.folder / "a.csv"
    path.write_text("MMS ID\n990000000000001\n99666\n")
    found = matched(path)
    assert found.ids == [2, -3]
    assert found.count("not-found") == 1


def test_what_a_spreadsheet_calls_unicode_text_is_read(stocked: Library) -> None:
    path = stocked.folder / "a.txt"
    path.write_bytes("MMS ID\tTitle\r\n990000000000001\tx\r\n".encode("utf-16"))
    assert matched(path).ids == [2]


def test_a_workbook_with_text_cells_works(stocked: Library) -> None:
    path = workbook(stocked.folder / "a.xlsx", ["MMS ID", "990000000000001", "0099"])
    assert matched(path).ids == [2, -3]


def test_numbers_a_spreadsheet_has_rounded_are_refused_with_examples(stocked: Library) -> None:
    path = workbook(
        stocked.folder / "a.xlsx", ["MMS ID", 9912345678901234567, 9912345678901234599, "99"]
    )
    with pytest.raises(Wrong, match="2 ids of more than 15 digits .*line 2"):
        matched(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (b"MMS ID\n", "no ids"),
        (b"Barcodes\n1\n", "not an id type"),
        (b"ISNB\n1\n", "did you mean"),
        (b"MMS ID\n9.9E+15\n", "spoilt by a spreadsheet"),
        (b"MMS ID\n9,91E+17\n", "spoilt by a spreadsheet .line 2: 9,91E.17"),
        (b"\xff\xd8binary", "not a text file"),
        (b"MMS ID\n990000000000001\n\x00\n", "line 3: character 00"),
        (b'MMS ID\n"990000000000001\n990000000000002\n', "line 2: .* quote opened"),
        (b"mms_id\n1\n", "did you mean “MMS ID”"),
        (b"PK\x03\x04broken", "cannot be read as a workbook"),
        (b"Holding ID\n1\n", "which are holdings: 1 ids .*; expected bibs"),
    ],
)
def test_what_cannot_be_used_is_refused(stocked: Library, text: bytes, said: str) -> None:
    path = stocked.folder / "a.csv"
    path.write_bytes(text)
    with pytest.raises(Wrong, match=said):
        matched(path)


def test_a_file_that_is_not_there_is_said(stocked: Library) -> None:
    with pytest.raises(Wrong, match="there is no file"):
        matched(stocked.folder / "nothing.csv")
    with pytest.raises(Wrong, match="is a folder"):
        matched(stocked.folder)
