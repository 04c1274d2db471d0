"""A run's report and records as files: CSV, XLSX, .mrk, .mrc; what a load refused."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import FileResponse, HttpRequest, QueryDict, StreamingHttpResponse
from django.urls import path

from galleyproof.runs.control import run_numbered
from galleyproof.runs.refused_texts import write_refused
from galleyproof.runs.reports.choice import Choice
from galleyproof.runs.reports.files import form_by
from galleyproof.web.streaming import as_written


def download(request: HttpRequest, number: int, ending: str) -> StreamingHttpResponse:
    """The report, or the records; `outcome`, `change`, `kind` and `code` choose among them."""
    run = run_numbered(number)
    choice = chosen(request.GET)
    form = form_by(ending)
    name = f"run-{run.pk}{choice.name}.{ending}"
    return as_written(lambda stream: form.write(run, stream, choice), name, form.content_type)


def chosen(sent: QueryDict) -> Choice:
    """What an address or a form names of a run."""
    codes = tuple(one for one in sent.getlist("code") if one)
    part = sent.get("part", "")
    return Choice(
        sent.get("outcome", ""),
        sent.get("change", ""),
        sent.get("kind", ""),
        codes,
        int(part) if part.isdecimal() and len(part) < 9 else None,
    )


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
