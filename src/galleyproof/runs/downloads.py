"""A run's report as a workbook, and its records as files that other programs read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from galleyproof.marc.errors import Wrong
from galleyproof.marc.writing import writer
from galleyproof.runs.before_after import differences
from galleyproof.runs.models import Run
from galleyproof.runs.reporting import COLUMNS, report_lines

MOST_ROWS = 1_048_575
"""Rows that a sheet of a workbook holds under its header."""


def write_workbook(run: Run, stream: BinaryIO, outcome: str | None) -> None:
    """The report as XLSX, in constant memory; ids are text, so that none is rounded, and nothing
    is a formula."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with Workbook(stream, options) as workbook:
        sheet: Any = None
        for number, line in enumerate(report_lines(run, outcome)):
            row = number % MOST_ROWS
            if row == 0:
                sheet = new_sheet(workbook)
            for column, value in enumerate(line):
                sheet.write_string(row + 1, column, str(value))
        if sheet is None:
            new_sheet(workbook)


def new_sheet(workbook: Any) -> Any:
    sheet = workbook.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 3, 24)
    sheet.set_column(4, 5, 60)
    bold = workbook.add_format({"bold": True})
    for column, title in enumerate(COLUMNS):
        sheet.write_string(0, column, title, bold)
    return sheet


def write_changed(run: Run, form: str, stream: BinaryIO) -> None:
    """The changed records as they are afterwards, in a form of MARC."""
    out = writer(form, stream)
    for one in differences(run):
        if one.after and not one.unshown:
            out.write(one.after)
    out.close()


def changed_as(form: str) -> Callable[[Run, BinaryIO, str | None], None]:
    return lambda run, stream, outcome: write_changed(run, form, stream)


WAYS: dict[str, tuple[str, Callable[[Run, BinaryIO, str | None], None]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_workbook),
    "mrk": ("text/plain; charset=utf-8", changed_as("mrk")),
    "mrc": ("application/marc", changed_as("iso2709")),
}
"""Ending -> type and writer: the report (xlsx), or the changed records as they are afterwards
(mrk, mrc)."""


def way_of(ending: str) -> tuple[str, Callable[[Run, BinaryIO, str | None], None]]:
    """The type of a download and what writes it. Raises Wrong for another ending."""
    if ending not in WAYS:
        raise Wrong(f"there is no download “{ending}”; there are csv, {', '.join(WAYS)}")
    return WAYS[ending]
