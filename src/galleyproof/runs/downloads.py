"""A run's report as a workbook, and its records as files that other programs read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from galleyproof.marc.errors import Wrong
from galleyproof.marc.writing import writer
from galleyproof.runs.before_after import differences
from galleyproof.runs.models import Run
from galleyproof.runs.reporting import COLUMNS, export_rows, report_lines

MOST_ROWS = 1_048_575
"""Rows that a sheet of a workbook holds under its header."""


def write_csv(run: Run, path: Path, outcome: str | None) -> None:
    export_rows(run, path, outcome)


def write_workbook(run: Run, path: Path, outcome: str | None) -> None:
    """The report as XLSX, in constant memory; ids are text, so that none is rounded, and nothing
    is a formula."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with Workbook(path, options) as workbook:
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


def records_writer(form: str) -> Callable[[Run, Path, str | None], None]:
    def write(run: Run, path: Path, outcome: str | None) -> None:
        with path.open("wb") as stream:
            out = writer(form, stream)
            for one in differences(run):
                if one.after:
                    out.write(one.after)
            out.close()

    return write


WAYS: dict[str, tuple[str, Callable[[Run, Path, str | None], None]]] = {
    "csv": ("text/csv; charset=utf-8", write_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_workbook),
    "mrk": ("text/plain; charset=utf-8", records_writer("mrk")),
    "mrc": ("application/marc", records_writer("iso2709")),
}
"""Ending -> type and writer: the report (csv, xlsx), or the changed records as they are
afterwards (mrk, mrc)."""


def write_download(run: Run, ending: str, path: Path, outcome: str | None = None) -> str:
    """Writes what somebody downloads of a run; returns its type. Raises Wrong for another
    ending."""
    if ending not in WAYS:
        raise Wrong(f"there is no download “{ending}”; there are {', '.join(WAYS)}")
    content_type, write = WAYS[ending]
    write(run, path, outcome)
    return content_type
