"""Any record: its fields, relatives, versions with who and which run, differences, editing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from galleyproof.catalog.generations import begun_by, generation_of
from galleyproof.catalog.kinds import ENVIRONMENTS, KINDS
from galleyproof.catalog.looking import look_up, relatives, versions_between
from galleyproof.marc.changes import changes
from galleyproof.marc.errors import Wrong
from galleyproof.marc.mrk import to_text
from galleyproof.marc.record import Record
from galleyproof.people.denial import NotPermitted
from galleyproof.runs import editing
from galleyproof.runs.messages import announce
from galleyproof.runs.monitoring import numbered
from galleyproof.structures.forms import form_of
from galleyproof.structures.table import STRUCTURES
from galleyproof.web.asking import now, who
from galleyproof.web.kept_forms import typed_before
from galleyproof.web.marc_display import Row, record_shown, rows
from galleyproof.web.screens.monitor import number as number_or_none
from galleyproof.web.sending import once


def environment_of(request: HttpRequest) -> str:
    environment = request.GET.get("environment", "sandbox")
    if environment not in ENVIRONMENTS:
        raise Wrong(_("“%(name)s” is not an environment") % {"name": environment})
    return environment


def find(request: HttpRequest) -> HttpResponse:
    errors: list[str] = []
    kind, id = request.GET.get("kind", "bib"), request.GET.get("id", "").strip()
    environment = environment_of(request)
    if id:
        try:
            found = look_up(kind, id, environment)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
        else:
            return redirect(f"/records/{kind}/{found.id}?environment={environment}")
    return render(
        request,
        "web/find_record.html",
        {"kinds": list(KINDS), "kind": kind, "id": id, "wanted": environment, "errors": errors},
        status=422 if errors else 200,
    )


def record(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    environment = environment_of(request)
    version = number_or_none(request.GET.get("version"))
    found = look_up(kind, str(number), environment, version)
    begun = begun_by(environment)
    runs = numbered({line.run for line in found.history})
    one, other = (number_or_none(request.GET.get(name)) for name in ("from", "to"))
    difference = None
    if one is not None and other is not None:
        before, after = versions_between(kind, found.id, environment, one, other)
        difference = differences(kind, before, after)
    return render(
        request,
        "web/record.html",
        {
            "kind": kind,
            "record": found,
            "environment": environment,
            "fields": record_shown(kind, found.body),
            "marc": kind not in STRUCTURES,
            "newest": found.history[-1].version,
            "history": [
                (line, runs.get(line.run), generation_of(line.run, begun))
                for line in reversed(found.history)
            ],
            "generations": len(begun) > 0,
            "relatives": relatives(kind, found.id, environment),
            "difference": difference,
            "one": one,
            "two": other,
        },
    )


def differences(kind: str, before: bytes, after: bytes) -> list[Row]:
    """Everything that differs, 005 too."""
    if kind in STRUCTURES:
        form = form_of(kind)
        return rows(form.changes(form.read(before), form.read(after)), kind)
    return rows(changes(Record(before), Record(after), frozenset()))


def edit(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    environment = environment_of(request)
    address = f"/records/{kind}/{number}?environment={environment}"
    if request.method == "POST" and request.POST.get("give-up"):
        editing.release(kind, number, environment, who(request).name)
        return redirect(address)
    errors: list[str] = []
    status = 200
    typed = typed_before(request)
    if request.method == "POST":

        def work() -> str:
            opened = editing.Opened(
                kind,
                number,
                environment,
                number_or_none(request.POST.get("version")) or 0,
                "",
                who(request).name,
            )
            text = request.POST.get("text", "").replace("\r\n", "\n")
            note = request.POST.get("note", "").strip()
            run = editing.edit_opened(who(request), opened, text, note=note, at=now())
            # The run itself refuses a record that is not at the version opened any more.
            editing.release(kind, number, environment, who(request).name)
            announce(run.pk)
            return f"/runs/{run.pk}"

        try:
            return once(request, work)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
            status = 403 if isinstance(wrong, NotPermitted) else 422
        text, version = request.POST.get("text", ""), request.POST.get("version", "")
    else:
        opened = editing.open_record(who(request), kind, number, environment, at=now())
        text, version = opened.text, str(opened.version)
        if typed:
            text = typed.get("text", [text])[0]
            version = typed.get("version", [version])[0]
    return render(
        request,
        "web/edit_record.html",
        {
            "kind": kind,
            "number": number,
            "environment": environment,
            "address": address,
            "marc": kind not in STRUCTURES,
            "text": text,
            "version": version,
            "note": request.POST.get("note", typed.get("note", [""])[0]),
            "errors": errors,
            "kept": bool(typed),
        },
        status=status,
    )


def mrk(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    if kind in STRUCTURES:
        raise Wrong(_("only MARC records have a .mrk form"))
    version = number_or_none(request.GET.get("version"))
    found = look_up(kind, str(number), environment_of(request), version)
    response = HttpResponse(to_text(found.body), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}-{found.id}.mrk"'
    return response


addresses = [
    path("records", find),
    path("records/<slug:kind>/<int:number>", record),
    path("records/<slug:kind>/<int:number>/edit", edit),
    path("records/<slug:kind>/<int:number>.mrk", mrk),
]
