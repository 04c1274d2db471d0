"""The matrix: who is signed off for what, by job, person or unit; an office's list in and out."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.jobs.catalogue import MASTER_LIST
from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.signoff.matrix.arranging import Table, arranged, numbers_of, with_cells
from galleyproof.signoff.matrix.cells import ONLY, Cell, cells_of, lines, numbers_in
from galleyproof.signoff.matrix.exporting import list_rows
from galleyproof.signoff.matrix.importing import import_list
from galleyproof.signoff.matrix.pending import accept_row, offer_of, pending, settle_row
from galleyproof.signoff.matrix.sheet import csv_cells, write_list
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.csv_files import Echo
from galleyproof.web.screens.monitor import number
from galleyproof.web.sending import once
from galleyproof.web.uploaded_files import MB, as_file, sent_file

MOST_BYTES = 20 * MB
PAGE = 200
MOST_PENDING = 200
PEOPLE = 50
"""Lines of a page: permits, or people of the grid, who have dozens of permits each."""


def matrix(request: HttpRequest) -> HttpResponse:
    return show(request, [], 200)


def show(request: HttpRequest, errors: list[str], status: int, done: Any = None) -> HttpResponse:
    at = now()
    wanted = {name: request.GET.get(name, "").strip() for name in ("person", "job", "unit")}
    environment = request.GET.get("environment", "production")
    only, by = request.GET.get("only", ""), request.GET.get("by", "job")
    after = number(request.GET.get("after")) or 0
    most = PEOPLE if by == "grid" else PAGE
    table: Table[Cell] | None = None
    total = 0
    try:
        found = lines(at, environment=environment, **wanted)
        if only:
            narrow = {name: wanted[name] for name in ("person", "job")}
            numbers = numbers_in(only, at, environment=environment, **narrow)
            found = [one for one in found if one.number in numbers]
        whole = arranged(found, by)
        part = whole.part(after, most)
        total = whole.lines
        table = with_cells(part, cells_of(numbers_of(part), at))
    except Wrong as wrong:
        errors = [*errors, *str(wrong).splitlines()]
        status = 422
    return render(
        request,
        "web/matrix.html",
        {
            "table": table,
            "after": after,
            "next": after + most if total > after + most else None,
            "by": by,
            "only": only,
            "views": ONLY,
            "filters": wanted,
            "wanted_environment": environment,
            "filtered": any(wanted.values()) or bool(only),
            "pending": [(one, offer_of(one)) for one in pending(job=wanted["job"])[:MOST_PENDING]],
            "jobs": sorted(MASTER_LIST, key=lambda one: one.title),
            "librarian": person_of(request).has_role("systems-librarian"),
            "errors": errors,
            "done": done,
        },
        status=status,
    )


@require_POST
def take_in(request: HttpRequest) -> HttpResponse:
    """Imports an office's list; doing it again does nothing."""
    try:
        sent = sent_file(request, "list", MOST_BYTES)
        if sent is None:
            raise Wrong(_("choose the list: a CSV or XLSX file"))
        with as_file(*sent) as file:
            done = import_list(who(request), file, at=now())
    except Wrong as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        return show(request, str(wrong).splitlines(), status)
    return show(request, [], 200, done)


@require_POST
def accept(request: HttpRequest, row: int) -> HttpResponse:
    """Says yes to a pending row: it becomes a permit."""

    def work() -> str:
        sent = {name: request.POST.get(name, "").strip() for name in ("job", "person", "reason")}
        done = accept_row(who(request), row, **sent, at=now())
        messages.success(
            request, _("The row is accepted. %(sentence)s.") % {"sentence": done.sentence}
        )
        return "/matrix"

    return once(request, work)


@require_POST
def settle(request: HttpRequest, row: int) -> HttpResponse:
    def work() -> str:
        settle_row(who(request), row, reason=request.POST.get("reason", "").strip(), at=now())
        messages.success(request, _("The row is settled."))
        return "/matrix"

    return once(request, work)


def download(request: HttpRequest, ending: str) -> FileResponse | StreamingHttpResponse:
    if ending not in ("csv", "xlsx"):
        raise Wrong(_("there is no such download"))
    if ending == "csv":
        writer = csv.writer(Echo())
        return StreamingHttpResponse(
            map(writer.writerow, csv_cells(list_rows(now()))),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="sign-offs.csv"'},
        )
    with tempfile.TemporaryDirectory(prefix="galley-list-") as folder:
        file = Path(folder) / f"sign-offs.{ending}"
        write_list(file, list_rows(now()))
        stream = file.open("rb")
    return FileResponse(stream, as_attachment=True, filename=f"sign-offs.{ending}")


addresses = [
    path("matrix", matrix),
    path("matrix/import", take_in),
    path("matrix/rows/<int:row>/accept", accept),
    path("matrix/rows/<int:row>/settle", settle),
    path("matrix/download.<slug:ending>", download),
]
