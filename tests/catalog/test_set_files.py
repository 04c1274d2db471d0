"""Files of ids: what spreadsheets do to them is found before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from stories import Library, marc

from galleyproof.catalog.id_lines import Asked
from galleyproof.catalog.set_files import Matched, match_file
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.structures.structure import column_name


@pytest.fixture
def stocked(library: Library) -> Library:
    library.load(
        [marc(n, ("020", "  $a9780306406157"), ("035", f"  $a(OCoLC)000{n}")) for n in range(5)]
        + [marc(2), marc(9, ("022", "  $a0317-8471"))]
    )
    return library


def matched(path: Path, kinds: list[str] | None = None) -> Matched:
    with connect("sandbox") as connection:
        return match_file(connection, path, Asked(kinds or ["bib"]))


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


def test_an_isbn_10_finds_an_isbn_13_and_what_several_answer_to_is_never_acted_on(
    stocked: Library,
) -> None:
    path = stocked.folder / "a.csv"
    path.write_text("ISBN\n0-306-40615-2\n9780306406157\n")
    found = matched(path)
    assert found.ids == [-2, -3]
    assert (found.count("found-twice"), found.count("duplicate"), found.found) == (2, 0, 0)


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
    with pytest.raises(Wrong, match="2 ids of more than 15 digits stored as a number.*line 2"):
        matched(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (b"MMS ID\n", "no ids"),
        (b"Barcodes\n1\n", "a file of Barcodes, which are items"),
        (b"ISNB\n1\n", "did you mean"),
        (b"MMS ID\n9.9E+15\n", "spoilt by a spreadsheet"),
        (b"MMS ID\n9,91E+17\n", "spoilt by a spreadsheet .line 2: 9,91E.17"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "not a text file"),
        (b"MMS ID\n990000000000001\n\x00\n", "line 3: character 00"),
        (b'MMS ID\n"990000000000001\n990000000000002\n', "line 2 on: .* quote opened"),
        (b"mms idd\n1\n", "did you mean “MMS ID”"),
        (b"PK\x03\x04broken", "cannot be read as a workbook"),
        (b"Holding ID\n1\n", "which are holdings: 1 id .*; expected bibs"),
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


@pytest.fixture
def shelved(library: Library) -> Library:
    """Three bibs, a holding of each (22…0001 to 3), two items with barcodes."""
    from inventory import holding, put_in

    from galleyproof.structures.item import Item

    library.load([marc(n) for n in (1, 2, 3)])
    library.load([holding(n, n).body for n in (1, 2, 3)], kind="holding")
    put_in(library, "item", [Item(holding=n, number=f"23{n}", barcode=f"B{n}") for n in (1, 2)])
    return library


def given(library: Library, text: str, columns: tuple[str, ...], name: str = "a.csv") -> Matched:
    path = library.folder / name
    path.write_text(text)
    header = text.partition("\n")[0].casefold().replace("-", " ")
    columns = tuple(one for one in columns if one.replace("-", " ") in header)
    with connect("sandbox") as connection:
        offered = {column_name(one): one for one in columns}
        return match_file(connection, path, Asked(["holding"], columns, offered))


H = "22000000000000"


def test_columns_that_the_job_takes_go_to_single_records_and_others_are_told(
    shelved: Library,
) -> None:
    text = f"Holding ID,Last issue,Remark,TITLE\n{H}2,v.9 (1999),x,T\n{H}1,,y,\n99,v.1,,\n"
    found = given(shelved, text, ("last-issue", "remark"))
    assert found.given == {2: {"last-issue": "v.9 (1999)", "remark": "x"}, 1: {"remark": "y"}}
    assert (found.ids, found.ignored) == ([2, 1, -4], ["TITLE"])
    assert given(shelved, text, ()).ignored == ["Last issue", "Remark", "TITLE"]
    tabbed = text.replace(",", "\t")
    assert given(shelved, tabbed, ("last-issue",), "a.tsv").given[2] == {"last-issue": "v.9 (1999)"}


def test_columns_of_a_workbook_too(shelved: Library) -> None:
    path = shelved.folder / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([["Holding ID", "LAST_ISSUE"], [f"{H}3", 1999]]):
            sheet.write_row(row, 0, cells)
    with connect("sandbox") as connection:
        asked = Asked(["holding"], ("last-issue",), {"last issue": "last-issue"})
        found = match_file(connection, path, asked)
    # A number of fifteen digits is still whole in a workbook.
    assert (found.ids, found.given) == ([3], {3: {"last-issue": "1999"}})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f"Holding ID,Last issue\n{H}1,v.1\n{H}1,v.2\n",
            "1 line says of a record something else .*line 3: v.2",
        ),
        ("Holding ID,Last issue\n,v.1\n", "1 line says something of a record without naming it"),
        ("Holding ID,Last issue,last-issue\n1,a,b\n", "two columns “last-issue”"),
        ("MMS ID\n990000000000001\n", "which are bibs: 1 id .*; expected holdings"),
        ("Holding\n1\n", "did you mean “Holding ID”"),
        (
            "Holding ID\n990000000000001\n990000000000002\n990000000000003\n",
            r"3 ids are not Holding IDs: 3 numbers of bibs \(line 2: 990000000000001, line 3",
        ),
        (
            f"Holding ID\n{H}1\n990000000000002\n231\nB2\nnone\n",
            "3 of 5 ids are not Holding IDs: 1 number of bibs .*line 3: 990000000000002.*; "
            ".*1 barcode of items .*line 5: B2.*1 number of items .*line 4: 231",
        ),
    ],
)
def test_a_file_that_is_not_of_holdings_is_refused_whole(
    shelved: Library, text: str, said: str
) -> None:
    with pytest.raises(Wrong, match=said):
        given(shelved, text, ("last-issue",))


def test_duplicates_are_counted_and_ids_that_nothing_has_are_missing(shelved: Library) -> None:
    found = given(shelved, f"Holding ID\n{H}1\n{H}1\n{H}2\n99\n", ())
    assert (found.lines, found.ids) == (4, [1, 2, -5])
    assert (found.count("duplicate"), found.count("not-found")) == (1, 1)


def test_what_a_file_says_of_records_is_kept_with_the_run_for_the_job(shelved: Library) -> None:
    """cancel-print-subscription takes the last issue from the file, a line a holding."""
    path = shelved.folder / "ending.csv"
    path.write_text(f"Holding ID,Last issue,Who\n{H}1,v.9 (1999),me\n{H}3,v.2,me\n")
    job = "cancel-print-subscription"
    shelved.permit(job=job)
    run = shelved.run(job=job, file=path, columns=("last-issue",), dry_run=True)
    assert run.source["ignored_columns"] == ["Who"]
    rows = shelved.rows("SELECT id, columns FROM given WHERE run = %s ORDER BY id", run.id)
    assert rows == [(1, {"last-issue": "v.9 (1999)"}), (3, {"last-issue": "v.2"})]
    path.write_text("Holding ID\n990000000000001\n990000000000002\n")
    runs = shelved.rows("SELECT count(*) FROM given")
    with pytest.raises(Wrong, match="2 ids are not Holding IDs: 2 numbers of bibs"):
        shelved.run(job=job, file=path, dry_run=True)
    assert shelved.rows("SELECT count(*) FROM given") == runs
