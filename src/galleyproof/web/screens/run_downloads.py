"""A run's report and records as files: CSV, XLSX, .mrk, .mrc; what a load refused."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.urls import path

from galleyproof.runs.control import run_numbered
from galleyproof.runs.downloads import way_of
from galleyproof.runs.models import Run
from galleyproof.runs.refused_texts import write_refused
from galleyproof.runs.reporting import BY_NAME, COLUMNS, report_lines
from galleyproof.web.csv_files import Echo
from galleyproof.web.streaming import as_written

TOGETHER = 500
"""Lines sent in one piece."""


def download(request: HttpRequest, number: int, ending: str) -> StreamingHttpResponse:
    run = run_numbered(number)
    outcome = request.GET.get("outcome") or None
    if outcome not in BY_NAME:
        outcome = None
    name = f"run-{run.pk}{'-' + outcome if outcome else ''}.{ending}"
    if ending == "csv":
        return StreamingHttpResponse(
            csv_of(run, outcome),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    content_type, write = way_of(ending)
    return as_written(lambda stream: write(run, stream, outcome), name, content_type)


def csv_of(run: Run, outcome: str | None) -> Iterator[str]:
    writer = csv.writer(Echo())
    lines = report_lines(run, outcome)
    yield writer.writerow(COLUMNS)
    while some := "".join(writer.writerow(line) for line in islice(lines, TOGETHER)):
        yield some


def refused(request: HttpRequest, number: int) -> FileResponse:
    """What a load refused, as it came: to be mended and loaded again."""
    run = run_numbered(number)
    with tempfile.TemporaryDirectory(prefix="galley-download-") as folder:
        file = Path(folder) / "refused"
        write_refused(run, file)
        stream = file.open("rb")
    return FileResponse(stream, as_attachment=True, filename=f"run-{run.pk}-refused")


addresses = [
    path("runs/<int:number>/download.<slug:ending>", download),
    path("runs/<int:number>/refused-as-it-came", refused),
]
