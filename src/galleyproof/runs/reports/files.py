"""A run's report and its records as files: CSV, workbook, MARC."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from xlsxwriter import Workbook

from galleyproof.catalog.generations import held_before
from galleyproof.catalog.kinds import KINDS
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.marc.files import whole_file
from galleyproof.marc.writing import writer
from galleyproof.runs.before_after import Difference
from galleyproof.runs.models import Run
from galleyproof.runs.record_pages import differences_chosen
from galleyproof.runs.reports.about import about, head_cell
from galleyproof.runs.reports.choice import CONSEQUENCE, WHOLE, Choice
from galleyproof.runs.reports.consequences import consequences, counted
from galleyproof.runs.reports.lines import columns, report_lines
from galleyproof.runs.reports.naming import Key
from galleyproof.structures.table import STRUCTURES

MOST_ROWS = 1_048_575
"""Rows that a sheet of a workbook holds under its header."""
MOST_CHARACTERS = 32_767
"""Characters that a cell of a workbook holds."""
TOGETHER = 500
"""Lines written in one piece."""


# ---- CSV


def kind_listed(run: Run, choice: Choice) -> str:
    """The one kind of record that a list is of; "" where it has several."""
    if choice.outcome != CONSEQUENCE:
        return run.kind
    kinds = kinds_followed(run, choice)
    return kinds.pop() if len(kinds) == 1 else ""


def kinds_followed(run: Run, choice: Choice) -> set[str]:
    """The kinds of record on which what is chosen followed."""
    return {
        one.kind
        for one in counted(run)
        if choice.kind in ("", one.kind) and (not choice.codes or one.code in choice.codes)
    }


class Piece(NamedTuple):
    """A part of a file. lines: records in it."""

    text: str
    lines: int


def csv_pieces(run: Run, choice: Choice = WHOLE) -> Iterator[Piece]:
    """A report as CSV, some lines at a time. One line of heads, whose last says what the report is
    of; nothing stands under it, so that the table is one for programs and a file of ids too."""
    choice.check(run)
    heads = [*columns(kind_listed(run, choice), choice), head_cell(run, choice)]
    yield Piece(rows_text([heads]), 0)
    lines = report_lines(run, choice)
    while some := list(islice(lines, TOGETHER)):
        yield Piece(rows_text([*line, ""] for line in some), len(some))


def rows_text(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def write_csv(run: Run, stream: BinaryIO, choice: Choice = WHOLE) -> int:
    """Returns the lines under the heads."""
    count = 0
    for piece in csv_pieces(run, choice):
        stream.write(piece.text.encode())
        count += piece.lines
    return count


# ---- workbooks


def write_workbook(run: Run, stream: BinaryIO, choice: Choice = WHOLE) -> int:
    """A report as XLSX, in constant memory: its members, what followed on each kind of record, and
    a sheet about the run. Ids are text, so that none is rounded, and nothing is a formula."""
    choice.check(run)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    count = 0
    with Workbook(stream, options) as workbook:
        if choice.outcome != CONSEQUENCE:
            count = write_sheet(workbook, run, "Records", run.kind, choice)
        if choice.outcome in ("", CONSEQUENCE):
            kinds = kinds_followed(run, choice)
            for kind in [one for one in KINDS if one in kinds]:
                name = f"Follows on {KINDS[kind].plural}"
                wanted = Choice(CONSEQUENCE, kind=kind, codes=choice.codes)
                written = write_sheet(workbook, run, name, kind, wanted)
                count += written if choice.outcome else 0
        sheet = workbook.add_worksheet("About")
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 100)
        bold = workbook.add_format({"bold": True})
        for row, (what, value) in enumerate(about(run, choice)):
            sheet.write_string(row, 0, what, bold)
            sheet.write_string(row, 1, value[:MOST_CHARACTERS])
    return count


def write_sheet(workbook: Any, run: Run, name: str, kind: str, choice: Choice) -> int:
    heads = columns(kind, choice)
    sheet = new_sheet(workbook, name, heads)
    count = 0
    for count, line in enumerate(report_lines(run, choice), start=1):
        row = (count - 1) % MOST_ROWS
        if count > 1 and row == 0:
            sheet = new_sheet(workbook, f"{name} {1 + count // MOST_ROWS}", heads)
        for column, value in enumerate(line):
            sheet.write_string(row + 1, column, value[:MOST_CHARACTERS])
    return count


def new_sheet(workbook: Any, name: str, heads: list[str]) -> Any:
    sheet = workbook.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 2, 22)
    sheet.set_column(3, 3, 50)
    sheet.set_column(4, 6, 20)
    sheet.set_column(7, len(heads) - 1, 60)
    bold = workbook.add_format({"bold": True})
    for column, title in enumerate(heads):
        sheet.write_string(0, column, title, bold)
    return sheet


# ---- records


DELETED = b"d"
"""Leader/05 of a MARC record that is deleted."""


def as_it_goes_out(one: Difference) -> bytes:
    """A record as it is afterwards. One that is deleted says so (MARC 21 leader/05), so that
    whoever is sent the file takes it away and does not add it."""
    if one.status[1] == "deleted":
        return one.after[:5] + DELETED + one.after[6:]
    return one.after


def write_records(run: Run, form: str, stream: BinaryIO, choice: Choice = WHOLE) -> int:
    """Records as they are afterwards, in a form of MARC: the changed members, or those of which
    something followed, each once. Raises Wrong where what is chosen is no MARC."""
    choice.check(run)
    if choice.outcome == CONSEQUENCE:
        kinds = kinds_followed(run, choice)
        bodies = bodies_followed(run, choice)
    elif choice.outcome in ("", "changed"):
        kinds = {run.kind}
        found = differences_chosen(run, choice.shape, choice.code, choice.part)
        bodies = (as_it_goes_out(one) for one in found if one.after)
    else:
        raise Wrong(
            "records are written as they are afterwards: changed ones, or those of which something "
            f"followed; take .csv or .xlsx for what is {choice.text}"
        )
    other = [KINDS[kind].plural for kind in sorted(kinds) if kind in STRUCTURES]
    if other:
        raise Wrong(
            f"{' and '.join(other)} are no MARC records; choose a kind of record that is, or take "
            ".csv or .xlsx"
        )
    out = writer(form, stream)
    count = 0
    for body in bodies:
        out.write(body)
        count += 1
    out.close()
    return count


def bodies_followed(run: Run, choice: Choice) -> Iterator[bytes]:
    """The records of which something followed, as they are afterwards."""
    seen: set[Key] = set()
    lines = consequences(run, kind=choice.kind, codes=choice.codes)
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        with connection.cursor() as cursor:
            while some := list(islice(lines, TOGETHER)):
                new = [one for one in some if (one.kind, one.id) not in seen]
                as_it_is = {
                    (kind, held.id): held.body
                    for kind in {one.kind for one in new}
                    for held in held_before(
                        cursor, kind, [one.id for one in new if one.kind == kind], run.id + 1
                    )
                }
                for one in new:
                    key = (one.kind, one.id)
                    if key in seen:
                        continue
                    seen.add(key)
                    if one.difference is not None and one.difference.after:
                        yield as_it_goes_out(one.difference)
                    elif key in as_it_is:
                        yield bytes(as_it_is[key])


# ---- the one list of forms


class Form(NamedTuple):
    """A form of file: its type on the web, and what writes it and returns how much."""

    content_type: str
    write: Callable[[Run, BinaryIO, Choice], int]
    what: str = "lines"


def marc_form(form: str, content_type: str) -> Form:
    return Form(
        content_type, lambda run, out, choice: write_records(run, form, out, choice), "records"
    )


FORMS = {
    "csv": Form("text/csv; charset=utf-8", write_csv),
    "xlsx": Form(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_workbook
    ),
    "mrk": marc_form("mrk", "text/plain; charset=utf-8"),
    "mrc": marc_form("iso2709", "application/marc"),
    "xml": marc_form("marcxml", "application/marcxml+xml"),
}
"""Ending -> form: the report (csv, xlsx), or records as they are afterwards."""


def form_by(ending: str) -> Form:
    if ending not in FORMS:
        raise Wrong(f"a run is written as {', '.join(FORMS)}, not as “{ending}”")
    return FORMS[ending]


def export(run: Run, path: Path, choice: Choice = WHOLE) -> tuple[int, str]:
    """Writes a run to a file in the form that its name ends in; (how many, of what). The file
    appears whole or not at all."""
    form = form_by(path.suffix.lower().removeprefix(".") or "csv")
    with whole_file(path) as stream:
        return form.write(run, stream, choice), form.what
