"""Readings: what must have been read before a job is asked for; writing a new version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.signoff.actions.acknowledge_reading import acknowledge_reading
from galleyproof.signoff.actions.write_reading import write_reading
from galleyproof.signoff.readings import (
    Reading,
    acknowledged,
    current,
    has_read,
    reading_named,
    versions_of,
)
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.kept_forms import typed_before
from galleyproof.web.screens.monitor import number as number_or_none
from galleyproof.web.sending import once
from galleyproof.web.short_lists import Columns, list_page


def readings(request: HttpRequest) -> HttpResponse:
    theirs = acknowledged(person_of(request))
    found = [(one, has_read(one, theirs)) for one in current().values()]
    context = {"may_write": person_of(request).has_role("systems-librarian")}
    return list_page(request, "web/readings.html", found, COLUMNS, context)


def cells(line: tuple[Reading, bool]) -> tuple[object, ...]:
    one, read = line
    mine = "acknowledged" if read else "not yet" if one.required else "practice"
    return one.name, one.title, one.job, one.version, mine


COLUMNS = Columns("readings", ("reading", "title", "job", "version", "by me"), cells)


def reading(request: HttpRequest, name: str) -> HttpResponse:
    found = reading_named(name, number_or_none(request.GET.get("version")))
    return render(
        request,
        "web/reading.html",
        {
            "reading": found,
            "required": found.required,
            "read": has_read(found, acknowledged(person_of(request))),
            "versions": versions_of(name),
            "newest": current()[name].version,
            "may_write": person_of(request).has_role("systems-librarian"),
        },
    )


@require_POST
def acknowledge(request: HttpRequest, name: str) -> HttpResponse:
    def work() -> str:
        version = number_or_none(request.POST.get("version"))
        done = acknowledge_reading(who(request), name, version=version, at=now())
        about = done.reading.title
        messages.success(request, _("“%(title)s” is acknowledged.") % {"title": about})
        return f"/tickets/{done.tickets[0]}" if done.tickets else "/readings"

    return once(request, work)


def write(request: HttpRequest, name: str = "") -> HttpResponse:
    """A new version of a reading; without a name a new reading."""
    errors: list[str] = []
    status = 200
    found = current().get(name)
    sent = request.POST.copy()
    typed = typed_before(request)
    new = not name
    for key, values in typed.items():
        sent.setlist(key, values)
    if request.method == "POST":

        def work() -> str:
            written = write_reading(
                who(request),
                name or fresh(sent.get("name", "").strip()),
                sent.get("body", "").replace("\r\n", "\n"),
                title=sent.get("title", "").strip(),
                job=sent.get("job", "") if new else "",
                minor=sent.get("minor") == "on",
                at=now(),
            )
            messages.success(request, _("%(about)s is written.") % {"about": written.reading.about})
            for one in written.suspended[:20]:
                messages.warning(request, _("Permit %(n)s rests until it is read.") % {"n": one})
            return f"/readings/{written.reading.name}"

        try:
            return once(request, work)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
            status = 403 if isinstance(wrong, NotPermitted) else 422
    return render(
        request,
        "web/write_reading.html",
        {
            "name": name,
            "new": new,
            "reading": found,
            "jobs": sorted(JOBS.values(), key=lambda one: one.title) if new else [],
            "sent": sent,
            "errors": errors,
            "kept": bool(typed),
        },
        status=status,
    )


def fresh(name: str) -> str:
    """A name that no reading has yet: a new version is written on the reading's own page."""
    if name in current():
        raise Wrong(
            _("there is a reading %(name)s already; open it to write anew") % {"name": name}
        )
    return name


addresses = [
    path("readings", readings),
    path("readings-new", write),
    path("readings/<slug:name>", reading),
    path("readings/<slug:name>/acknowledge", acknowledge),
    path("readings/<slug:name>/write", write),
]
