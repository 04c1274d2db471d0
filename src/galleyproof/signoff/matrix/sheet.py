"""An office's list as a file, CSV or XLSX: scope, job, binding, who, unit, note."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

from galleyproof.catalog.tables import safe, unsafe
from galleyproof.catalog.workbooks import is_workbook, open_workbook
from galleyproof.marc.errors import Wrong
from galleyproof.marc.files import text_of_file

COLUMNS = ("scope", "job", "binding", "who", "unit", "note")
NEEDED = ("job", "who")


class Line(NamedTuple):
    """A row as it is written. number: in the file, whose header is among the first lines."""

    number: int
    scope: str
    job: str
    binding: str
    who: str
    unit: str
    note: str

    @property
    def cells(self) -> tuple[str, ...]:
        return self[1:]


def read_list(path: Path) -> list[Line]:
    """The rows of a list, without those that are empty. Columns are known by their header, in
    any order and case; others are left.

    Raises Wrong for a file that cannot be read, and where a column that is needed is missing.
    """
    if not path.is_file():
        raise Wrong(f"there is no file {path}")
    rows = list(rows_of(path))
    head = next((at for at, row in enumerate(rows) if is_header(row)), None)
    if head is None:
        seen = ", ".join(cell for cell in (rows[0] if rows else []) if cell) or "nothing"
        raise Wrong(
            f"{path.name} has no header: expected a line with the columns {', '.join(COLUMNS)} "
            f"(job and who at least); its first line has {seen}"
        )
    places = {name: column(rows[head], name) for name in COLUMNS}
    found = []
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        cells = [
            unsafe(row[at].strip()) if at is not None and at < len(row) else ""
            for at in places.values()
        ]
        if any(cells):
            found.append(Line(number, *cells))
    return found


def is_header(row: Sequence[str]) -> bool:
    return all(column(row, name) is not None for name in NEEDED)


def column(row: Sequence[str], name: str) -> int | None:
    for at, cell in enumerate(row):
        if cell.strip().casefold() == name:
            return at
    return None


def rows_of(path: Path) -> Iterable[list[str]]:
    if is_workbook(path):
        found: list[list[str]] = []
        for row in open_workbook(path).rows:
            # Empty rows are kept, so that a row has the number people see.
            found += [[] for _ in range(len(found), row.number - 1)]
            found.append(row.cells)
        return found
    text = text_of_file(path, "a list, which is CSV UTF-8 or an XLSX workbook")
    first = text.splitlines()[0] if text else ""
    delimiter = max((",", ";", "\t"), key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Wrong(f"{path.name} cannot be read as CSV: {error}") from None


def write_list(path: Path, rows: Iterable[Sequence[str]], columns: Sequence[str] = COLUMNS) -> int:
    """Writes a list as CSV, or as XLSX where the name ends so; returns the rows. Every cell is
    text, and none is taken for a formula."""
    if path.suffix.lower() == ".xlsx":
        return write_workbook(path, rows, columns)
    if path.suffix.lower() not in (".csv", ""):
        raise Wrong(f"{path.name}: a list is written as .csv or .xlsx")
    with path.open("w", newline="", encoding="utf-8") as stream:
        return write_csv(stream, rows, columns)


def write_csv(stream: Any, rows: Iterable[Sequence[str]], columns: Sequence[str] = COLUMNS) -> int:
    """Writes the columns' names and the rows; returns the rows."""
    writer = csv.writer(stream)
    count = -1
    for cells in csv_cells(rows, columns):
        writer.writerow(cells)
        count += 1
    return count


def csv_cells(
    rows: Iterable[Sequence[str]], columns: Sequence[str] = COLUMNS
) -> Iterator[list[str]]:
    """The lines of a list as CSV, its columns' names first."""
    yield list(columns)
    for row in rows:
        yield [safe(cell) for cell in row]


def write_workbook(path: Path, rows: Iterable[Sequence[str]], columns: Sequence[str]) -> int:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("matrix")
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for at, name in enumerate(columns):
            sheet.write_string(0, at, name, bold)
        widths = [len(name) for name in columns]
        count = 0
        for count, row in enumerate(rows, start=1):
            for at, cell in enumerate(row):
                sheet.write_string(count, at, safe(cell), text)
                widths[at] = max(widths[at], len(cell))
        for at, width in enumerate(widths):
            sheet.set_column(at, at, min(60, width + 2), text)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, count), len(columns) - 1)
    return count
