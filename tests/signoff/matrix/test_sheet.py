"""Lists as files: CSV and XLSX, in and out, nothing lost and nothing run as a formula."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from galleyproof.marc.errors import Wrong
from galleyproof.signoff.matrix.sheet import COLUMNS, read_list, write_list

ROWS = [
    ("Items", "Change physical items", "", "Amy Alvarez", "ITS", "0071234"),
    ("", "Batch item withdrawals", "", "(Circulation)", "", "=2+2"),
    ("", "Bib normalization", "Remove 9xx", "Zoë Ø", "HKS/GUT", "'quoted, and\nlong"),
]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_is_written_is_read_again_leading_zeros_and_all(tmp_path, suffix):
    path = tmp_path / f"list{suffix}"
    assert write_list(path, ROWS) == 3
    assert [line.cells for line in read_list(path)] == ROWS
    assert [line.number for line in read_list(path)] == [2, 3, 4]


def test_no_cell_is_taken_for_a_formula(tmp_path):
    path = tmp_path / "list.xlsx"
    bad = [("=1+1", "+1", "-1", "@x", "\tx", "\rx")]
    write_list(path, bad)
    row = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1]
    assert row == ["'" + cell for cell in bad[0]]
    import zipfile

    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    write_list(tmp_path / "list.csv", bad)
    assert (tmp_path / "list.csv").read_text().splitlines()[1].startswith("'=1+1,'+1,'-1,'@x")


def test_columns_are_known_by_their_names_wherever_they_are(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("\ufeffOur list;;\nWho;Since;JOB\nAmy;2019;Batch item withdrawals\n;;\n")
    [line] = read_list(path)
    assert (line.number, line.who, line.job, line.unit) == (3, "Amy", "Batch item withdrawals", "")


def test_numbers_of_a_workbook_are_read_as_people_see_them(tmp_path):
    import xlsxwriter

    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, COLUMNS)
        sheet.write_row(1, 0, ["", "Import", 1, "Amy", "", 830.5])
    [line] = read_list(path)
    assert (line.binding, line.note) == ("1", "830.5")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.csv", None, "there is no file"),
        ("empty.csv", b"", "has no header: .* its first line has nothing"),
        ("other.csv", b"name,role\nAmy,king\n", "has no header: expected .* has name, role"),
        (
            "latin.csv",
            "job,who\nWithdraw,Zoë\n".encode("latin-1"),
            "is not UTF-8; save it as UTF-8",
        ),
        ("broken.xlsx", b"PK\x03\x04nothing", "cannot be read as a workbook"),
    ],
)
def test_what_is_no_list_is_said(tmp_path, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Wrong, match=said):
        read_list(path)


def test_a_list_is_written_as_csv_or_xlsx_alone(tmp_path):
    with pytest.raises(Wrong, match="is written as .csv or .xlsx"):
        write_list(tmp_path / "list.doc", ROWS)


cell = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x00", exclude_categories=("Cc", "Cs")),
    max_size=12,
).map(str.strip)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(*[cell] * 6).filter(any), max_size=6))
def test_any_rows_come_back_as_they_went(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("list") / "list.csv"
    write_list(path, rows)
    assert [line.cells for line in read_list(path)] == rows
