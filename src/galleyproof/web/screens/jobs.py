"""The master list of jobs by scope, and each job: what it does, dangers, who may run it."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from galleyproof.jobs.job import Job
from galleyproof.permits.listing import listing as permits_of
from galleyproof.runs.offered import JOBS
from galleyproof.runs.reporting import listing
from galleyproof.web.asking import now, person_of
from galleyproof.web.forms import controls
from galleyproof.web.screens.monitor import run_lines

MOST_PERMITS = 50
"""People that a job's page names; the rest is on the page of permits."""

ASKED_FOR_ELSEWHERE = ("undo", "restore", "edit-record")
"""Jobs that begin on the page of a run or of a record."""


def job_or_404(code: str) -> Job:
    if code not in JOBS:
        raise Http404(f"there is no job {code}")
    return JOBS[code]


def jobs(request: HttpRequest) -> HttpResponse:
    mine: dict[str, set[str]] = {}
    for permit in permits_of(person=person_of(request).username, active_at=now()):
        mine.setdefault(permit.job, set()).add(permit.environment)
    ordered = sorted(JOBS.values(), key=lambda one: (one.scope, one.title))
    return render(
        request,
        "web/jobs.html",
        {
            "scopes": [
                (scope, [(job, sorted(mine.get(job.code, ()))) for job in some])
                for scope, some in groupby(ordered, key=lambda one: one.scope)
            ]
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
            "permits": permits,
            "mine": permits_of(person=me.username, job=code, active_at=at),
            "elsewhere": code in ASKED_FOR_ELSEWHERE,
            "lines": run_lines(listing(job=code, limit=8)),
        },
    )


addresses = [path("jobs", jobs), path("jobs/<slug:code>", job)]
