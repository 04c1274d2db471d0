"""Permits: who may run what, where, how much; issuing and revoking; asking whether one may."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.people.finding import person_named
from galleyproof.people.models import Person
from galleyproof.permits.actions.issue import issue as issue_permit
from galleyproof.permits.actions.revoke import revoke as revoke_permit
from galleyproof.permits.deciding import may
from galleyproof.permits.listing import listing
from galleyproof.permits.standing import standing
from galleyproof.runs.offered import JOBS, job_named
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.middleware import typed_before
from galleyproof.web.screens.monitor import number as number_or_none
from galleyproof.web.sending import once

PAGE = 50


def permits(request: HttpRequest) -> HttpResponse:
    wanted = {
        name: request.GET.get(name, "").strip() for name in ("person", "job", "environment", "all")
    }
    at = now()
    errors: list[str] = []
    found: list[Any] = []
    try:
        found = listing(
            person=wanted["person"],
            job=wanted["job"],
            environment=wanted["environment"],
            active_at=None if wanted["all"] else at,
            after=number_or_none(request.GET.get("after")) or 0,
            limit=PAGE + 1,
        )
    except Wrong as wrong:
        errors = str(wrong).splitlines()
    return render(
        request,
        "web/permits.html",
        {
            "permits": [(one, standing(one, at), JOBS.get(one.job)) for one in found[:PAGE]],
            "next": found[PAGE - 1].pk if len(found) > PAGE else None,
            "filters": wanted,
            "filtered": any(wanted.values()),
            "jobs": sorted(JOBS.values(), key=lambda one: one.title),
            "errors": errors,
            "may_issue": person_of(request).has_role("systems-librarian"),
        },
        status=422 if errors else 200,
    )


def new_permit(request: HttpRequest) -> HttpResponse:
    errors: list[str] = []
    status = 200
    sent = request.POST.copy()
    typed = typed_before(request)
    for name, values in typed.items():
        sent.setlist(name, values)
    if request.method == "POST":

        def work() -> str:
            made = issue_permit(
                who(request),
                person_named(sent.get("person", "").strip()),
                job_named(sent.get("job", "")).code,
                environment=sent.get("environment", ""),
                binding=sent.get("binding", "").strip(),
                max_records=whole(sent.get("max_records", ""), _("records a run")),
                max_per_day=whole(sent.get("max_per_day", ""), _("records a day")),
                starts=day(sent.get("starts", "")),
                ends=day(sent.get("ends", "")),
                at=now(),
            )
            messages.success(request, _("Permit %(n)s is issued.") % {"n": made.pk})
            return f"/permits?person={made.person.username}"

        try:
            return once(request, work)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
            status = 403 if isinstance(wrong, NotPermitted) else 422
    return render(
        request,
        "web/new_permit.html",
        {
            "jobs": sorted(JOBS.values(), key=lambda one: one.title),
            "people": Person.objects.filter(is_active=True).order_by("username")[:500],
            "sent": sent if sent else request.GET,
            "errors": errors,
            "may_issue": person_of(request).has_role("systems-librarian"),
            "kept": bool(typed),
        },
        status=status,
    )


def whole(text: str, what: str) -> int | None:
    text = text.replace(",", "").strip()
    if not text:
        return None
    if not text.isdigit() or len(text) > 15:
        raise Wrong(_("%(what)s: “%(text)s” is not a whole number") % {"what": what, "text": text})
    return int(text)


def day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Wrong(_("“%(day)s” is not a day, like 2026-11-25") % {"day": text}) from None


@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    def work() -> str:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            raise Wrong(_("say why the permit is revoked; it is in the log"))
        revoke_permit(who(request), number, reason=reason, at=now())
        messages.success(request, _("Permit %(n)s is revoked.") % {"n": number})
        return "/permits"

    return once(request, work)


def ask_may(request: HttpRequest) -> HttpResponse:
    """May they? The one answer, with its reason."""
    wanted = {
        name: request.GET.get(name, "").strip()
        for name in ("person", "job", "environment", "records", "binding")
    }
    answer, errors = None, []
    if wanted["person"] and wanted["job"]:
        try:
            answer = may(
                person_named(wanted["person"]),
                job_named(wanted["job"]).code,
                binding=wanted["binding"],
                environment=wanted["environment"] or "sandbox",
                records=whole(wanted["records"], _("records")),
                at=now(),
            )
        except Wrong as wrong:
            errors = str(wrong).splitlines()
    return render(
        request,
        "web/may.html",
        {
            "wanted": wanted,
            "answer": answer,
            "errors": errors,
            "jobs": sorted(JOBS.values(), key=lambda one: one.title),
        },
        status=422 if errors else 200,
    )


addresses = [
    path("permits", permits),
    path("permits/new", new_permit),
    path("permits/may", ask_may),
    path("permits/<int:number>/revoke", revoke),
]
