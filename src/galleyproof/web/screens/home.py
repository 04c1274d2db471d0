"""Home: what needs me, what of mine is running, what I may run."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from galleyproof.permits.listing import listing as permits_of
from galleyproof.runs.offered import JOBS
from galleyproof.runs.reporting import needing, of_person
from galleyproof.runs.workers import workers_alive
from galleyproof.web.asking import now, person_of
from galleyproof.web.screens.monitor import run_lines


def home(request: HttpRequest) -> HttpResponse:
    me = person_of(request)
    at = now()
    needs = needing(me, at)
    return render(
        request,
        "web/home.html",
        {
            "to_confirm": run_lines(needs.to_confirm),
            "plans": run_lines(needs.plans),
            "paused": run_lines(needs.paused),
            "waiting": run_lines(needs.waiting),
            "going": run_lines(needs.going),
            "recent": run_lines(of_person(me, limit=6)),
            "permits": [
                (permit, JOBS.get(permit.job))
                for permit in permits_of(person=me.username, active_at=at)
            ],
            "workers": workers_alive(),
        },
    )


addresses = [path("", home)]
