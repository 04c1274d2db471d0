"""A run's report and records as files: CSV, XLSX, .mrk, .mrc; what a load refused."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import FileResponse, HttpRequest
from django.urls import path

from galleyproof.runs.control import run_numbered
from galleyproof.runs.downloads import write_download
from galleyproof.runs.refused_texts import write_refused
from galleyproof.runs.reporting import BY_NAME


def download(request: HttpRequest, number: int, ending: str) -> FileResponse:
    run = run_numbered(number)
    outcome = request.GET.get("outcome") or None
    if outcome not in BY_NAME:
        outcome = None
    with tempfile.TemporaryDirectory(prefix="galley-download-") as folder:
        file = Path(folder) / "download"
        content_type = write_download(run, ending, file, outcome)
        # The name goes with the folder; what is open stays readable until it is sent.
        stream = file.open("rb")
    name = f"run-{run.pk}{'-' + outcome if outcome else ''}.{ending}"
    return FileResponse(stream, as_attachment=True, filename=name, content_type=content_type)


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
