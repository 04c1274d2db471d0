"""The master list of jobs by scope, and each job: what it does, dangers, who may run it."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from galleyproof.jobs.catalogue import JOBS, NOT_BUILT
from galleyproof.jobs.codes import OF_THE_PLATFORM, meanings
from galleyproof.jobs.job import Job
from galleyproof.people.models import Person
from galleyproof.permits.holding import held_by
from galleyproof.permits.listing import listing as permits_of
from galleyproof.runs.reporting import listing
from galleyproof.signoff.readings import Reading, acknowledged, has_read, practice_of, required
from galleyproof.signoff.tickets import listing as listing_of_tickets
from galleyproof.web.asking import now, person_of
from galleyproof.web.forms import controls
from galleyproof.web.screens.monitor import run_lines
from galleyproof.web.screens.tickets import with_next

MOST_PERMITS = 50
"""People that a job's page names; the rest is on the page of permits."""

ASKED_FOR_ELSEWHERE = ("undo", "edit-record")
"""Jobs that begin on the page of a run or of a record."""


def job_or_404(code: str) -> Job:
    if code not in JOBS:
        raise Http404(f"there is no job {code}")
    return JOBS[code]


def jobs(request: HttpRequest) -> HttpResponse:
    mine: dict[str, set[str]] = {}
    for held in held_by(person_of(request), now()):
        if held.state == "active":
            mine.setdefault(held.permit.job, set()).add(held.permit.environment)
    ordered = sorted(JOBS.values(), key=lambda one: (one.scope, one.title))
    return render(
        request,
        "web/jobs.html",
        {
            "scopes": [
                (scope, [(job, sorted(mine.get(job.code, ()))) for job in some])
                for scope, some in groupby(ordered, key=lambda one: one.scope)
            ],
            "not_built": sorted(NOT_BUILT, key=lambda one: (one.scope, one.title)),
        },
    )


def job(request: HttpRequest, code: str) -> HttpResponse:
    found = job_or_404(code)
    at = now()
    permits = permits_of(job=code, active_at=at, limit=MOST_PERMITS + 1)
    me = person_of(request)
    return render(
        request,
        "web/job.html",
        {
            "job": found,
            "controls": controls(found.parameters, {}),
            "refuses": meanings(found.refuses),
            "of_the_platform": meanings(OF_THE_PLATFORM),
            "follows": meanings(found.follows),
            "lists": meanings(found.lists),
            "permits": permits,
            "mine": held_by(me, at, job=code),
            "readings": readings_of(me, code),
            "practice": practice_of(code),
            "tickets": with_next(listing_of_tickets(person=me.username, job=code, limit=5)),
            "elsewhere": code in ASKED_FOR_ELSEWHERE,
            "lines": run_lines(listing(job=code, limit=8)),
        },
    )


def readings_of(person: Person, job: str) -> list[tuple[Reading, bool]]:
    """What the job requires to be read, and whether the person has acknowledged it."""
    theirs = acknowledged(person)
    return [(one, has_read(one, theirs)) for one in required(job)]


addresses = [path("jobs", jobs), path("jobs/<slug:code>", job)]
