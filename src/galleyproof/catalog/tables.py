"""Tables as people keep them: CSV, TSV, XLSX or plain text, the first line a header.

Rows come one after the other, so that a table of any size is read in little memory. What a
spreadsheet does to long numbers is found here, for everything that reads tables.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from galleyproof.catalog.cell_texts import bare
from galleyproof.catalog.table_texts import Written, written
from galleyproof.catalog.workbooks import Workbook, is_workbook, open_workbook
from galleyproof.marc.errors import Wrong

SPOILT = re.compile(r"^\d+([.,]\d+)?[eE][+-]\d+$")
"""`9.91E+17`: a long number as a spreadsheet writes it, its last digits gone. Without the sign it
is a code like `12E5`, which stands."""
MAX_EXAMPLES = 5
MAX_CELL = 1_000_000
"""Characters of one cell."""

csv.field_size_limit(MAX_CELL)


class Row(NamedTuple):
    """A row: its line in the file (the header is 1; of a row over several lines, the first), its
    cells without blanks around them, and its text as it stands (of a workbook: as CSV).

    rounded: places of cells that hold a number too long for a spreadsheet. errors: places of a
    workbook's cells that hold an error, `#N/A`.
    """

    line: int
    cells: list[str]
    text: str
    rounded: tuple[int, ...] = ()
    errors: tuple[int, ...] = ()


class Example(NamedTuple):
    line: int
    value: str


class Table(NamedTuple):
    """A table that is open: its header's cells, and its rows that are not blank. assumed:
    sentences on what the file does not say of itself."""

    header: list[str]
    rows: Iterator[Row]
    assumed: tuple[str, ...] = ()


def open_table(path: Path, what: str) -> Table:
    """Raises Wrong where the file cannot be used. what: what was expected, for the sentence."""
    if not path.exists():
        raise Wrong(f"there is no file {path}")
    if path.is_dir():
        raise Wrong(f"{path} is a folder, not a file")
    rows, assumed = rows_of(path, what)
    first = next(rows, None)
    if first is None:
        raise Wrong(f"{path.name} is empty; {what}")
    return Table(first.cells, rows, assumed)


def rows_of(path: Path, what: str) -> tuple[Iterator[Row], tuple[str, ...]]:
    """The rows, the header among them, and what had to be assumed."""
    if is_workbook(path):
        book = open_workbook(path)
        return rows_of_workbook(book), other_sheets(path, book.sheets)
    how = written(path, what, MAX_CELL)
    return rows_of_text(path, how), how.assumed


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


def rows_of_text(path: Path, how: Written) -> Iterator[Row]:
    number = 1 + how.before
    try:
        with path.open(encoding=how.encoding, newline="") as stream:
            for _ in range(how.before):
                stream.readline(MAX_CELL)
            lines = Lines(stream)
            # strict: a quote that is never closed would swallow the rows after it.
            for cells in csv.reader(lines, delimiter=how.delimiter, strict=True):
                kept, lines.kept = lines.kept, []
                stripped = [bare(cell) for cell in cells]
                if any(stripped):
                    yield Row(number, stripped, "".join(kept).rstrip("\r\n"))
                number += len(kept)
    except UnicodeError:
        raise Wrong(
            f"{path.name} cannot be read as {how.encoding} after line {number - 1}; save it as "
            "CSV UTF-8"
        ) from None
    except csv.Error as error:
        hint = "; is a quote opened and not closed?" if "unexpected end" in str(error) else ""
        raise Wrong(
            f"{path.name} cannot be read as a table from line {number} on: {error}{hint}"
        ) from None


def rows_of_workbook(book: Workbook) -> Iterator[Row]:
    for number, cells, rounded, errors in book.rows:
        yield Row(number, cells, as_csv(cells), rounded, errors)


def other_sheets(path: Path, names: Sequence[str]) -> tuple[str, ...]:
    """A sentence where a workbook has more sheets than the one that is read."""
    if len(names) < 2:
        return ()
    others = ", ".join(f"“{one}”" for one in names[1:4]) + (", …" if len(names) > 4 else "")
    return (f"{path.name} was read as far as its first sheet, “{names[0]}”; not {others}",)


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
