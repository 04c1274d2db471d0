"""Tables as people keep them: CSV, TSV, XLSX or plain text, the first line a header.

Rows come one after the other, so that a table of any size is read in little memory. What a
spreadsheet does to long numbers is found here, for everything that reads tables.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from galleyproof.marc.errors import Wrong

SPOILT = re.compile(r"^\d+([.,]\d+)?[eE]\+?\d+$")
"""`9.91E+17`: a long number as a spreadsheet shows it, its last digits gone."""
DIGITS_KEPT = 1e15
"""From here on a number in a workbook's cell has lost its last digits."""
MAX_EXAMPLES = 5
MAX_CELL = 1_000_000
"""Characters of one cell."""

csv.field_size_limit(MAX_CELL)


class Row(NamedTuple):
    """A row: its line in the file (the header is 1; of a row over several lines, the first), its
    cells without blanks around them, and its text as it stands (of a workbook: as CSV).

    rounded: places of cells that hold a number too long for a spreadsheet.
    """

    line: int
    cells: list[str]
    text: str
    rounded: tuple[int, ...] = ()


class Example(NamedTuple):
    line: int
    value: str


class Table(NamedTuple):
    """A table that is open: its header's cells, and its rows that are not blank."""

    header: list[str]
    rows: Iterator[Row]


def open_table(path: Path, what: str) -> Table:
    """Raises Wrong where the file cannot be used. what: what was expected, for the sentence."""
    if not path.exists():
        raise Wrong(f"there is no file {path}")
    if path.is_dir():
        raise Wrong(f"{path} is a folder, not a file")
    rows = rows_of(path, what)
    first = next(rows, None)
    if first is None:
        raise Wrong(f"{path.name} is empty; {what}")
    return Table(first.cells, rows)


def rows_of(path: Path, what: str) -> Iterator[Row]:
    with path.open("rb") as stream:
        start = stream.read(4)
    if start in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return rows_of_workbook(path)
    return rows_of_text(path, what)


class Lines:
    """The lines of a text, kept until the row that they make up is through."""

    def __init__(self, stream: Iterable[str]):
        self.stream = iter(stream)
        self.kept: list[str] = []

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = next(self.stream)
        self.kept.append(line)
        return line


def rows_of_text(path: Path, what: str) -> Iterator[Row]:
    number = 1
    try:
        # "Unicode text", as spreadsheets save it, is UTF-16; everything else is to be UTF-8.
        encoding = "utf-16" if start_of(path) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        with path.open(encoding=encoding, newline="") as stream:
            first = stream.readline(MAX_CELL)
            stream.seek(0)
            lines = Lines(stream)
            # strict: a quote that is never closed would swallow the rows after it.
            for cells in csv.reader(lines, delimiter=delimiter_of(first, path), strict=True):
                kept, lines.kept = lines.kept, []
                stripped = [bare(cell) for cell in cells]
                if any(stripped):
                    yield Row(number, stripped, "".join(kept).rstrip("\r\n"))
                number += len(kept)
    except UnicodeError:
        raise Wrong(
            f"{path.name} is not a text file in UTF-8 nor an XLSX workbook (after line "
            f"{number - 1}); {what}"
        ) from None
    except csv.Error as error:
        hint = "; is a quote opened and not closed?" if "unexpected end" in str(error) else ""
        raise Wrong(
            f"{path.name} cannot be read as a table from line {number} on: {error}{hint}"
        ) from None


def start_of(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(2)


GUARDED = re.compile(r'="(.*)"')


def bare(cell: str) -> str:
    """A cell without blanks around it, nor what keeps a spreadsheet from spoiling it (="001")."""
    value = cell.strip(" \t\r\n\xa0\ufeff")
    guarded = GUARDED.fullmatch(value)
    return guarded[1].strip() if guarded else value


def delimiter_of(header: str, path: Path) -> str:
    """By the header, whose names hold none of them; spreadsheets of half of Europe write ;."""
    if "\t" in header or path.suffix.lower() in (".tsv", ".tab"):
        return "\t"
    return ";" if ";" in header and "," not in header else ","


def rows_of_workbook(path: Path) -> Iterator[Row]:
    try:
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        rows = sheet.iter_rows()
    except (CalamineError, OSError, IndexError) as error:
        raise Wrong(f"{path.name} cannot be read as a workbook: {error}") from None
    first = sheet.start[0] + 1 if sheet.start else 1
    for number, row in enumerate(rows, start=first):
        cells = [text_of(cell) for cell in row]
        if any(cells):
            rounded = tuple(
                at
                for at, cell in enumerate(row)
                if isinstance(cell, int | float)
                and not isinstance(cell, bool)
                and abs(cell) >= DIGITS_KEPT
            )
            yield Row(number, cells, as_csv(cells), rounded)


def text_of(cell: Any) -> str:
    """A workbook's cell as people read it."""
    if isinstance(cell, str):
        return bare(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


def as_csv(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


# ---- long numbers


class Spoilt:
    """Collects what spreadsheets did to long numbers, to be refused together.

    ids: places of the columns that hold ids; a rounded number is refused in any column.
    """

    def __init__(self, path: Path, ids: Sequence[int]):
        self.path = path
        self.ids = ids
        self.rounded: list[Example] = []
        self.shortened: list[Example] = []
        self.counts = [0, 0]

    def look(self, row: Row) -> None:
        for at in row.rounded:
            self.add(0, self.rounded, Example(row.line, row.cells[at]))
        for at in self.ids:
            if at < len(row.cells) and SPOILT.match(row.cells[at]):
                self.add(1, self.shortened, Example(row.line, row.cells[at]))

    def add(self, which: int, kept: list[Example], found: Example) -> None:
        self.counts[which] += 1
        if len(kept) <= MAX_EXAMPLES:
            kept.append(found)

    def findings(self) -> list[str]:
        told = []
        if self.rounded:
            told.append(
                f"{self.path.name}: {counted(self.counts[0], 'id')} of more than 15 digits "
                f"stored as a number, which the spreadsheet has rounded "
                f"({examples(self.rounded)}); "
                "format the column as text and fill it again"
            )
        if self.shortened:
            told.append(
                f"{self.path.name}: {counted(self.counts[1], 'id')} spoilt by a spreadsheet "
                f"({examples(self.shortened)}); format the column as text and fill it again"
            )
        return told

    def refuse(self) -> None:
        found = self.findings()
        if found:
            raise Wrong("\n".join(found))


def counted(number: int, one: str, several: str = "") -> str:
    """`1 id`, `2 ids`"""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def examples(found: Sequence[Example]) -> str:
    shown = ", ".join(f"line {one.line}: {one.value}" for one in found[:MAX_EXAMPLES])
    return shown + (", …" if len(found) > MAX_EXAMPLES else "")


FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(cell: str) -> str:
    """A cell to be written; one that a spreadsheet would take for a formula gets an apostrophe."""
    return "'" + cell if cell.lstrip("'").startswith(FORMULA) else cell


def unsafe(cell: str) -> str:
    """The cell that `safe` was given."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(FORMULA) else cell
