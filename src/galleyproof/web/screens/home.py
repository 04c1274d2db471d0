"""Home: what needs me, what of mine is running, what I may run."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from galleyproof.jobs.catalogue import JOBS
from galleyproof.permits.holding import held_by
from galleyproof.runs.monitoring import needing, of_person
from galleyproof.runs.workers import workers_alive
from galleyproof.signoff.tickets import listing
from galleyproof.web.asking import now, person_of
from galleyproof.web.screens.monitor import run_lines
from galleyproof.web.screens.tickets import waiting_for, with_next


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
            "tickets": waiting_for(me),
            "my_tickets": with_next(listing(person=me.username, state="open", limit=10)),
            "holdings": [
                (held.permit, held.state, held.why, JOBS.get(held.permit.job))
                for held in held_by(me, at)
                if held.state not in ("revoked", "expired")
            ],
            "workers": workers_alive(),
        },
    )


addresses = [path("", home)]
