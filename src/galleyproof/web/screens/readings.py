"""Readings: what must have been read before a job is asked for; writing a new version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.signoff.actions.acknowledge_reading import acknowledge_reading
from galleyproof.signoff.actions.write_reading import write_reading
from galleyproof.signoff.readings import acknowledged, current, has_read, reading_named
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.middleware import typed_before
from galleyproof.web.screens.monitor import number as number_or_none
from galleyproof.web.sending import once


def readings(request: HttpRequest) -> HttpResponse:
    theirs = acknowledged(person_of(request))
    return render(
        request,
        "web/readings.html",
        {"readings": [(one, has_read(one, theirs)) for one in current().values()]},
    )


def reading(request: HttpRequest, name: str) -> HttpResponse:
    found = reading_named(name, number_or_none(request.GET.get("version")))
    return render(
        request,
        "web/reading.html",
        {
            "reading": found,
            "paragraphs": paragraphs(found.body),
            "read": has_read(found, acknowledged(person_of(request))),
            "may_write": person_of(request).has_role("systems-librarian"),
        },
    )


def paragraphs(body: str) -> list[tuple[str, str | list[str]]]:
    """A text of headings, lists and paragraphs as (what, text or items): all that readings use."""
    found: list[tuple[str, str | list[str]]] = []
    for block in body.replace("\r\n", "\n").split("\n\n"):
        block = block.strip()
        if not block:
            continue
        if block.startswith("#"):
            found.append(("heading", block.lstrip("# ")))
        elif all(line.startswith(("- ", "  ")) for line in block.splitlines()):
            items = " ".join(block.splitlines()).removeprefix("- ").split(" - ")
            found.append(("list", [bare(one) for one in items]))
        else:
            found.append(("text", bare(" ".join(block.splitlines()))))
    return found


def bare(text: str) -> str:
    return text.replace("**", "").replace("`", "").strip()


@require_POST
def acknowledge(request: HttpRequest, name: str) -> HttpResponse:
    def work() -> str:
        version = number_or_none(request.POST.get("version"))
        done = acknowledge_reading(who(request), name, version=version, at=now())
        about = done.reading.title
        messages.success(request, _("“%(title)s” is acknowledged.") % {"title": about})
        return f"/tickets/{done.tickets[0]}" if done.tickets else "/readings"

    return once(request, work)


def write(request: HttpRequest, name: str) -> HttpResponse:
    errors: list[str] = []
    status = 200
    found = current().get(name)
    sent = request.POST.copy()
    typed = typed_before(request)
    for key, values in typed.items():
        sent.setlist(key, values)
    if request.method == "POST":

        def work() -> str:
            written = write_reading(
                who(request),
                name,
                sent.get("body", "").replace("\r\n", "\n"),
                title=sent.get("title", "").strip(),
                minor=sent.get("minor") == "on",
                at=now(),
            )
            messages.success(request, _("%(about)s is written.") % {"about": written.reading.about})
            return f"/readings/{name}"

        try:
            return once(request, work)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
            status = 403 if isinstance(wrong, NotPermitted) else 422
    return render(
        request,
        "web/write_reading.html",
        {"name": name, "reading": found, "sent": sent, "errors": errors, "kept": bool(typed)},
        status=status,
    )


addresses = [
    path("readings", readings),
    path("readings/<slug:name>", reading),
    path("readings/<slug:name>/acknowledge", acknowledge),
    path("readings/<slug:name>/write", write),
]
