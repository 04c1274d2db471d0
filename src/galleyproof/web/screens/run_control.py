"""What people do to a run on its way or after it: pause, resume, cancel, confirm for another,
undo."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.runs import confirming, control
from galleyproof.runs.first_run import review_first_run
from galleyproof.runs.messages import announce
from galleyproof.runs.undo_requests import request_undo
from galleyproof.web.asking import now, who
from galleyproof.web.sending import once

STEPS = {"pause": control.pause, "resume": control.resume, "cancel": control.cancel}


@require_POST
def steer(request: HttpRequest, number: int, step: str) -> HttpResponse:
    def work() -> str:
        run = STEPS[step](who(request), number, now())
        announce(run.pk)
        return f"/runs/{run.pk}"

    return once(request, work)


@require_POST
def confirm_for_another(request: HttpRequest, number: int) -> HttpResponse:
    """The second person's confirmation, bound to the plan that they were shown."""

    def work() -> str:
        digest = request.POST.get("digest", "")
        run = confirming.confirm(who(request), number, now(), digest)
        announce(run.pk)
        return f"/runs/{run.pk}"

    return once(request, work)


@require_POST
def first_run(request: HttpRequest, number: int) -> HttpResponse:
    """The first run under a permit has been looked at; larger ones may follow."""

    def work() -> str:
        note = request.POST.get("note", "").strip()
        permit = review_first_run(who(request), number, note=note, at=now())
        messages.success(request, _("Larger runs may follow under %(p)s.") % {"p": permit})
        return f"/runs/{number}"

    return once(request, work)


@require_POST
def preview_undo(request: HttpRequest, number: int) -> HttpResponse:
    def work() -> str:
        run = request_undo(who(request), number, now(), dry_run=True)
        announce(run.pk)
        return f"/runs/{run.pk}"

    return once(request, work)


@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponse:
    def work() -> str:
        note = request.POST.get("note", "").strip()
        run = request_undo(who(request), number, now(), note=note)
        announce(run.pk)
        return f"/runs/{run.pk}"

    return once(request, work)


addresses = [
    *(
        path(f"runs/<int:number>/{step}", steer, {"step": step})
        for step in ("pause", "resume", "cancel")
    ),
    path("runs/<int:number>/second-person", confirm_for_another),
    path("runs/<int:number>/first-run", first_run),
    path("runs/<int:number>/preview-undo", preview_undo),
    path("runs/<int:number>/undo", undo),
]
