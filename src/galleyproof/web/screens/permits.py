"""Permits: who may run what, where, how much; issuing and revoking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.people.finding import person_named
from galleyproof.people.models import Person
from galleyproof.permits.actions.acknowledge import acknowledge, confirm
from galleyproof.permits.actions.issue import issue as issue_permit
from galleyproof.permits.actions.one import is_holder, permit_numbered
from galleyproof.permits.actions.revoke import revoke as revoke_permit
from galleyproof.permits.actions.suspend import suspend
from galleyproof.permits.days import day_of
from galleyproof.permits.holding import held_by
from galleyproof.permits.listed_row import other_of_row
from galleyproof.permits.listing import listing
from galleyproof.permits.standing import STANDINGS, standing, why_not
from galleyproof.runs.binding import for_permit
from galleyproof.runs.monitoring import of_permit
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.csv_files import as_csv
from galleyproof.web.kept_forms import typed_before
from galleyproof.web.limit_fields import envelope_from
from galleyproof.web.screens.monitor import number as number_or_none
from galleyproof.web.screens.monitor import run_lines
from galleyproof.web.sending import once

PAGE = 50
STEP = 1_000
"""Permits that a download reads at a time."""
COLUMNS = (
    "permit",
    "who",
    "job",
    "rule or profile",
    "environment",
    "state",
    "limits",
    "from",
    "until",
    "issued by",
)


def permits(request: HttpRequest) -> HttpResponse:
    wanted = wanted_of(request)
    at = now()
    errors: list[str] = []
    found: list[Any] = []
    try:
        after = number_or_none(request.GET.get("after")) or 0
        found = listing(**asked_of(wanted, at), after=after, limit=PAGE + 1)
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
            "standings": [one for one in STANDINGS if one != "active"],
            "query": f"?{request.GET.urlencode()}" if request.GET else "",
            "jobs": sorted(JOBS.values(), key=lambda one: one.title),
            "errors": errors,
            "may_issue": person_of(request).has_role("systems-librarian"),
        },
        status=422 if errors else 200,
    )


def wanted_of(request: HttpRequest) -> dict[str, str]:
    names = ("person", "job", "environment", "state")
    return {name: request.GET.get(name, "").strip() for name in names}


def asked_of(wanted: dict[str, str], at: datetime) -> dict[str, Any]:
    """What the listing is asked. state: one of STANDINGS, `any`, or nothing: those good now."""
    state = wanted["state"]
    if state not in ("", "any", *STANDINGS):
        raise Wrong(_("“%(state)s” is not how a permit stands") % {"state": state})
    return {name: wanted[name] for name in ("person", "job", "environment")} | {
        "state": "" if state == "any" else state,
        "active_at": None if state == "any" else at,
    }


def download(request: HttpRequest) -> HttpResponse:
    """All that fit the filter, as CSV."""
    at = now()
    asked = asked_of(wanted_of(request), at)

    def rows() -> Iterator[Sequence[object]]:
        after = 0
        while some := listing(**asked, after=after, limit=STEP):
            for one in some:
                yield (
                    one.pk,
                    one.holder,
                    one.job,
                    one.binding,
                    one.environment,
                    standing(one, at),
                    one.limits.sentence(),
                    day_of(one.starts),
                    day_of(one.ends),
                    one.issued_by.username,
                )
            after = some[-1].pk

    return as_csv("permits", COLUMNS, rows())


def new_permit(request: HttpRequest) -> HttpResponse:
    errors: list[str] = []
    status = 200
    sent = request.POST.copy()
    typed = typed_before(request)
    for name, values in typed.items():
        sent.setlist(name, values)
    if request.method == "POST":

        def work() -> str:
            whose, where = person_named(sent.get("person", "").strip()), sent.get("environment", "")
            code, binding = for_permit(
                sent.get("job", ""), sent.get("binding", "").strip(), whose, where
            )
            made = issue_permit(
                who(request),
                whose,
                code,
                environment=where,
                binding=binding,
                envelope=envelope_from(sent),
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
    if not text.isdecimal() or len(text) > 15:
        raise Wrong(_("%(what)s: “%(text)s” is not a whole number") % {"what": what, "text": text})
    return int(text)


def day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Wrong(_("“%(day)s” is not a day, like 2026-11-25") % {"day": text}) from None


def permit(request: HttpRequest, number: int) -> HttpResponse:
    """A permit, at an address that lasts: limits, how it stands and why, its runs."""
    return show(request, number, [], 200)


def show(request: HttpRequest, number: int, errors: list[str], status: int) -> HttpResponse:
    found = permit_numbered(number)
    at = now()
    me = person_of(request)
    held = {one.permit.pk: one for one in held_by(found.person, at)} if found.person else {}
    one = held.get(found.pk)
    return render(
        request,
        "web/permit.html",
        {
            "permit": found,
            "environment": found.environment,
            "job": JOBS.get(found.job),
            "state": one.state if one else standing(found, at),
            "why": one.why if one else why_not(found, at),
            "mine": is_holder(who(request), found),
            "librarian": me.has_role("systems-librarian"),
            "other": other_of_row(found, at),
            "lines": run_lines(of_permit(found.pk, limit=10)),
            "errors": errors,
        },
        status=status,
    )


def do_acknowledge(request: HttpRequest, number: int) -> Any:
    return acknowledge(who(request), number, at=now())


def do_confirm(request: HttpRequest, number: int) -> Any:
    return confirm(who(request), number, at=now())


def do_suspend(request: HttpRequest, number: int) -> Any:
    return suspend(who(request), number, why=request.POST.get("why", "").strip(), at=now())


STEPS = {"acknowledge": do_acknowledge, "confirm": do_confirm, "suspend": do_suspend}


@require_POST
def step(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    def work() -> str:
        STEPS[verb](request, number)
        return f"/permits/{number}"

    try:
        return once(request, work)
    except Wrong as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        return show(request, number, str(wrong).splitlines(), status)


@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    def work() -> str:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            raise Wrong(_("say why the permit is revoked; it is in the log"))
        done = revoke_permit(who(request), number, reason=reason, at=now())
        messages.success(request, _("Permit %(n)s is revoked.") % {"n": number})
        if done.along is not None:
            said = _("So is permit %(n)s for the sandbox, which came from the same list.")
            messages.success(request, said % {"n": done.along.pk})
        if done.stays is not None:
            said = _("Permit %(n)s for production, from the same list, stays.")
            messages.warning(request, said % {"n": done.stays.pk})
        return "/permits"

    return once(request, work)


addresses = [
    path("permits", permits),
    path("permits/new", new_permit),
    path("permits/download.csv", download),
    path("permits/<int:number>", permit),
    path("permits/<int:number>/revoke", revoke),
    *(path(f"permits/<int:number>/{verb}", step, {"verb": verb}) for verb in STEPS),
]
