"""The process that reads one workbook and says what is in its first sheet, a line of JSON each:
the names of all sheets; rows as [number, cells, rounded, errors]; {"wrong": sentence} or {} at the
end. Nothing but `workbooks` starts it, and it imports little, for it starts for every workbook."""

from __future__ import annotations

import contextlib
import json
import re
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from galleyproof.catalog import workbook_limits as limits
from galleyproof.catalog.cell_texts import text_of

DIGITS_KEPT = 1e15
"""From here on a number in a workbook's cell has lost its last digits."""
FILLED = re.compile(rb'<(?:\w+:)?c (?:[^>]* )?r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')
"""A cell of XLSX that is not empty (ECMA-376 Part 1, 18.3.1.4)."""
AT_A_TIME = 8 * limits.MB
Say = Callable[[Any], None]


class Unreadable(Exception):
    """What is said of the file, its name left out."""


def limit() -> None:
    """From here on this process has only so much memory and time."""
    for what, most in (
        (resource.RLIMIT_AS, limits.MEMORY),
        (resource.RLIMIT_CPU, limits.SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # a system that has no such limit
            hard = resource.getrlimit(what)[1]
            if hard == resource.RLIM_INFINITY or most <= hard:
                resource.setrlimit(what, (most, hard))


def look(path: Path) -> tuple[str, bytes]:
    """Looks at a workbook before it is unpacked: how large it is, and its furthest cell. Returns
    the name and the content of its first sheet, "" where it is no XLSX."""
    from galleyproof.catalog.workbook_errors import column_of, first_sheet

    try:
        with ZipFile(path) as book:
            size = sum(one.file_size for one in book.infolist())
            if size > limits.UNPACKED:
                raise Unreadable(
                    f"has {size // limits.MB:,} MB unpacked; a workbook may have "
                    f"{limits.UNPACKED // limits.MB}: {limits.INSTEAD}"
                )
            sheet = first_sheet(book)
            content = book.read(sheet) if sheet else b""
    except (BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError, SyntaxError):
        return "", b""  # of another make, or what the reader says of it
    columns, row = furthest(content)
    if (column_of(columns) + 1) * row > limits.CELLS:
        raise Unreadable(
            f"goes as far as column {columns} and row {row:,}, which are more than "
            f"{limits.CELLS:,} cells; delete what stands beyond the table, or {limits.INSTEAD}"
        )
    return sheet, content


def furthest(content: bytes) -> tuple[str, int]:
    """The last column and the last row in which a cell is filled."""
    columns, row = {b"A"}, 1
    for start in range(0, len(content), AT_A_TIME):
        found = FILLED.findall(content, start, start + AT_A_TIME + 500)
        if found:
            letters, numbers = zip(*found, strict=True)
            columns.update(letters)
            row = max(row, *map(int, set(numbers)), 1)
    return max(columns, key=lambda one: (len(one), one)).decode(), row


def tell(path: Path, say: Say) -> None:
    from python_calamine import CalamineError, CalamineWorkbook

    from galleyproof.catalog.workbook_errors import errors_in

    with path.open("rb") as stream:
        packed = stream.read(2) == b"PK"
    sheet_name, content = look(path) if packed else ("", b"")
    errors = errors_in(content) if sheet_name else {}
    del content
    try:
        book = CalamineWorkbook.from_path(path)
        sheet = book.get_sheet_by_index(0)
        rows = sheet.iter_rows()
    except (CalamineError, OSError, IndexError) as error:
        raise Unreadable(f"cannot be read as a workbook: {error}") from None
    say(book.sheet_names)
    # Rows come from the sheet's first one on, cells only from the first column that is filled.
    left = sheet.start[1] if sheet.start else 0
    for number, row in enumerate(rows, start=1):
        cells = [text_of(cell) for cell in row]
        broken = [at for at in range(len(cells)) if (number, left + at) in errors] if errors else []
        for at in broken:
            cells[at] = errors[number, left + at]
        if any(cells):
            say([number, cells, [at for at, cell in enumerate(row) if is_rounded(cell)], broken])


def is_rounded(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= DIGITS_KEPT


def main() -> None:
    limit()

    def say(what: Any) -> None:
        sys.stdout.write(json.dumps(what) + "\n")

    try:
        tell(Path(sys.argv[1]), say)
        say({})
    except Unreadable as wrong:
        say({"wrong": str(wrong)})
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None


if __name__ == "__main__":
    main()
