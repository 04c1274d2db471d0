"""Workbooks made to harm: read in a process of their own, which they may end, and nothing else."""

from __future__ import annotations

import random
import re
import signal
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from galleyproof.catalog.tables import open_table
from galleyproof.catalog.workbooks import why_ended
from galleyproof.marc.errors import Wrong
from galleyproof.signoff.matrix.sheet import read_list


def workbook(folder: Path, *cells: tuple[int, int, str], name: str = "ids.xlsx") -> Path:
    """cells: row and column, from 0."""
    path = folder / name
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for cell in cells:
            sheet.write_string(*cell)
    return path


def changed(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """The same workbook with something changed in one of its parts."""
    with zipfile.ZipFile(path) as book:
        parts = {one.filename: book.read(one) for one in book.infolist()}
    assert re.search(old, parts[part])
    parts[part] = re.sub(old, new, parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"
FURTHEST = (1_048_575, 16_383, "x")
READERS = [lambda path: list(open_table(path, "expected ids").rows), read_list]


@pytest.mark.parametrize("read", READERS, ids=["tables", "lists"])
def test_a_cell_at_the_end_of_the_sheet_is_told_before_room_is_made(tmp_path, read) -> None:
    path = workbook(tmp_path, (0, 0, "bib id"), (1, 0, "1"), FURTHEST)
    with pytest.raises(Wrong, match="as far as column XFD and row 1,048,576"):
        read(path)


@pytest.mark.parametrize("read", READERS, ids=["tables", "lists"])
def test_a_cell_that_the_look_does_not_see_ends_the_child_alone(tmp_path, read) -> None:
    path = workbook(tmp_path, (0, 0, "bib id"), (1, 0, "1"), FURTHEST)
    changed(path, SHEET, rb'r="XFD1048576"', b"r='XFD1048576'")
    with pytest.raises(Wrong, match="within 1,536 MB of memory.*CSV UTF-8"):
        read(path)


def test_a_workbook_that_is_huge_unpacked_is_not_unpacked(tmp_path) -> None:
    path = workbook(tmp_path, (0, 0, "bib id"))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        with book.open("xl/media/picture.png", "w", force_zip64=True) as stream:
            for _ in range(510):
                stream.write(bytes(1 << 20))
    assert path.stat().st_size < 5 << 20
    with pytest.raises(Wrong, match=r"has 510 MB unpacked; a workbook may have\s500"):
        open_table(path, "expected ids")


def test_empty_cells_that_are_only_coloured_do_no_harm(tmp_path) -> None:
    path = tmp_path / "ids.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        yellow = book.add_format({"bg_color": "yellow"})
        sheet.write_string(0, 0, "bib id")
        sheet.write_string(1, 0, "007")
        sheet.write_blank(*FURTHEST[:2], None, yellow)
    assert [row.cells for row in open_table(path, "expected ids").rows] == [["007"]]


def test_what_ended_the_reading_is_told() -> None:
    assert "more than 60 seconds" in why_ended(-signal.SIGXCPU)
    assert "MB of memory" in why_ended(-signal.SIGABRT)


def test_a_reader_that_stops_listening_leaves_no_child(tmp_path) -> None:
    path = workbook(tmp_path, *((row, 0, "x" * 200) for row in range(2000)))
    table = open_table(path, "expected ids")
    next(table.rows)
    children = Path("/proc/self/task").glob("*/children")
    before = {one for file in children for one in file.read_text().split()}
    del table
    after = {
        one
        for file in Path("/proc/self/task").glob("*/children")
        for one in file.read_text().split()
    }
    assert len(before - after) == 1


def test_mutated_workbooks_are_read_or_refused_with_a_sentence(tmp_path) -> None:
    chance = random.Random(14)
    sound = workbook(tmp_path, (0, 0, "bib id"), (1, 0, "1"), (2, 1, "2")).read_bytes()
    for number in range(12):
        data = bytearray(sound)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(bytes(data))
        try:
            list(open_table(path, "expected ids").rows)
        except Wrong as wrong:
            assert str(wrong).startswith(path.name)
