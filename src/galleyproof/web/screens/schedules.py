"""Schedules: what runs when, as a list and a calendar; adding one, pausing, resuming, removing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.catalog.sets import listing as sets_of
from galleyproof.jobs.catalogue import JOBS
from galleyproof.jobs.job import Job
from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.runs import schedules
from galleyproof.runs.cron import next_after
from galleyproof.runs.models import Schedule
from galleyproof.runs.reporting import iso
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.forms import controls, values_of, with_errors
from galleyproof.web.kept_forms import typed_before
from galleyproof.web.screens.jobs import ASKED_FOR_ELSEWHERE, job_or_404
from galleyproof.web.sending import once
from galleyproof.web.short_lists import Columns, list_page

DAYS = 14
MOST_A_SCHEDULE = 60
"""Times of one schedule that the calendar shows."""

STEPS = {
    "pause": schedules.pause_schedule,
    "resume": schedules.resume_schedule,
    "remove": schedules.remove_schedule,
}


def all_schedules(request: HttpRequest) -> HttpResponse:
    found = schedules.listing(all=bool(request.GET.get("all")))
    me = person_of(request)
    steward = me.has_role("systems-librarian", "administrator")
    lines = [(one, JOBS.get(one.job), steward or one.person_id == me.pk) for one in found]
    context = {
        "days": calendar(found),
        "all": request.GET.get("all", ""),
        "jobs": [
            job
            for job in sorted(JOBS.values(), key=lambda one: one.title)
            if job.code not in ASKED_FOR_ELSEWHERE
        ],
    }
    return list_page(request, "web/schedules.html", lines, COLUMNS, context)


def cells(line: tuple[Schedule, Job | None, bool]) -> tuple[object, ...]:
    one, job, _mine = line
    title = job.title if job else one.job
    where, owner = one.environment_id, one.person.username
    times = (iso(one.next_due), iso(one.last_due))
    return one.pk, title, one.binding, where, one.set_name, owner, one.cron, *times, one.state


COLUMNS = Columns(
    "schedules",
    (
        "schedule",
        "job",
        "rule",
        "environment",
        "set",
        "owner",
        "when",
        "next (UTC)",
        "last (UTC)",
        "state",
    ),
    cells,
)


class Start(NamedTuple):
    """A time at which something starts. title: the job's."""

    at: datetime
    schedule: Schedule
    title: str


def calendar(found: list[Schedule]) -> list[tuple[date, list[Start]]]:
    """The coming days, each with the times at which something starts, in the institution's zone."""
    zone = timezone.get_default_timezone()
    at = now()
    until = at + timedelta(days=DAYS)
    starts = []
    for one in found:
        title = JOBS[one.job].title if one.job in JOBS else one.job
        due = one.next_due if one.state == "active" else None
        for _count in range(MOST_A_SCHEDULE):
            if due is None or due > until:
                break
            starts.append(Start(due.astimezone(zone), one, title))
            due = next_after(one.cron, due, zone)
    starts.sort(key=lambda one: one.at)
    first = at.astimezone(zone).date()
    days = [first + timedelta(days=count) for count in range(DAYS)]
    return [(day, [one for one in starts if one.at.date() == day]) for day in days]


def new_schedule(request: HttpRequest, code: str, environment: str) -> HttpResponse:
    job = job_or_404(code)
    errors: list[str] = []
    status = 200
    sent = request.POST.copy()
    typed = typed_before(request)
    for name, several in typed.items():
        sent.setlist(name, several)
    values = values_of(job.parameters, sent) if sent else {}
    if request.method == "POST":

        def work() -> str:
            made = schedules.add_schedule(
                who(request),
                job.code,
                cron=sent.get("cron", "").strip(),
                environment=environment,
                set_name=sent.get("set", "").strip(),
                parameters=values,
                binding=sent.get("binding", "").strip(),
                note=sent.get("note", "").strip(),
                at=now(),
            )
            messages.success(request, _("Schedule %(n)s is made.") % {"n": made.pk})
            return "/schedules"

        try:
            return once(request, work)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
            status = 403 if isinstance(wrong, NotPermitted) else 422
    shown, rest = with_errors(controls(job.parameters, values), errors)
    return render(
        request,
        "web/new_schedule.html",
        {
            "job": job,
            "environment": environment,
            "controls": shown,
            "errors": rest,
            "sent": sent,
            "sets": [one for one in sets_of(environment, limit=300) if one.kind in job.kinds],
            "kept": bool(typed),
        },
        status=status,
    )


@require_POST
def change(request: HttpRequest, number: int, step: str) -> HttpResponse:
    def work() -> str:
        made = STEPS[step](who(request), number, at=now())
        messages.success(
            request, _("Schedule %(n)s is %(state)s.") % {"n": made.pk, "state": made.state}
        )
        return "/schedules"

    return once(request, work)


addresses = [
    path("schedules", all_schedules),
    path("schedules/new/<slug:code>/<slug:environment>", new_schedule),
    *(path(f"schedules/<int:number>/{step}", change, {"step": step}) for step in STEPS),
]
