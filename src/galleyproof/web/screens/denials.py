"""Denials: an explicit no to somebody; refusing, and lifting it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from galleyproof.jobs.catalogue import JOBS
from galleyproof.jobs.office_names import job_named
from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.people.finding import person_named
from galleyproof.people.groups import group_named
from galleyproof.permits.actions.refuse import lift as lift_denial
from galleyproof.permits.actions.refuse import refuse
from galleyproof.permits.listing import denials as all_denials
from galleyproof.permits.models import Denial
from galleyproof.runs.reporting import iso
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.sending import once
from galleyproof.web.short_lists import Columns, list_page


def denials(request: HttpRequest) -> HttpResponse:
    return show(request, [], 200)


def show(request: HttpRequest, errors: list[str], status: int) -> HttpResponse:
    found = all_denials(all=bool(request.GET.get("all")))
    context = {
        "all": request.GET.get("all", ""),
        "jobs": sorted(JOBS.values(), key=lambda one: one.title),
        "librarian": person_of(request).has_role("systems-librarian", "administrator"),
        "sent": request.POST,
        "errors": errors,
    }
    return list_page(request, "web/denials.html", found, COLUMNS, context, status)


def cells(one: Denial) -> tuple[object, ...]:
    by, at, lifted = one.denied_by.username, iso(one.denied_at), iso(one.lifted_at)
    return one.pk, one.holder, one.job, one.binding, one.environment, one.reason, by, at, lifted


COLUMNS = Columns(
    "denials",
    (
        "denial",
        "who",
        "job",
        "rule",
        "environment",
        "reason",
        "by",
        "denied (UTC)",
        "lifted (UTC)",
    ),
    cells,
)


@require_POST
def deny(request: HttpRequest) -> HttpResponse:
    sent = request.POST

    def work() -> str:
        person, group = sent.get("person", "").strip(), sent.get("group", "").strip()
        refuse(
            who(request),
            person=person_named(person) if person else None,
            group=group_named(group) if group else None,
            job=job_named(sent["job"]).code if sent.get("job") else "",
            binding=sent.get("binding", "").strip(),
            environment=sent.get("environment", ""),
            reason=sent.get("reason", "").strip(),
            at=now(),
        )
        return "/permits/denials"

    try:
        return once(request, work)
    except Wrong as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        return show(request, str(wrong).splitlines(), status)


@require_POST
def lift(request: HttpRequest, number: int) -> HttpResponse:
    def work() -> str:
        lift_denial(who(request), number, reason=request.POST.get("reason", "").strip(), at=now())
        return "/permits/denials"

    return once(request, work)


addresses = [
    path("permits/denials", denials),
    path("permits/denials/new", deny),
    path("permits/denials/<int:number>/lift", lift),
]
