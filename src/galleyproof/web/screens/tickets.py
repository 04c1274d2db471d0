"""Sign-off: my tickets and everybody's, asking for one, one with its steps, and each step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.people.models import Person
from galleyproof.permits.envelope import Envelope
from galleyproof.runs.reporting import iso
from galleyproof.signoff.actions import ending, role_form
from galleyproof.signoff.actions.approve_sandbox import approve_sandbox
from galleyproof.signoff.actions.ask import ask
from galleyproof.signoff.actions.prove import prove
from galleyproof.signoff.actions.request import request as send_request
from galleyproof.signoff.actions.send_back import send_back
from galleyproof.signoff.actions.sign_off import sign_off
from galleyproof.signoff.actions.submit import submit
from galleyproof.signoff.models import Ticket
from galleyproof.signoff.next_step import NextStep, latest_form, to_do
from galleyproof.signoff.office import Office
from galleyproof.signoff.proofs import all_shown, candidates
from galleyproof.signoff.readings import acknowledged, has_read, practice_of, required
from galleyproof.signoff.states import MOVES, STATES
from galleyproof.signoff.tickets import listing, ticket_numbered
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.csv_files import as_csv
from galleyproof.web.kept_forms import typed_before
from galleyproof.web.limit_fields import envelope_from, typed_of
from galleyproof.web.screens.monitor import number as number_or_none
from galleyproof.web.screens.monitor import run_lines
from galleyproof.web.screens.permits import day, whole
from galleyproof.web.sending import once

PAGE = 50
STEP = 500
"""Tickets that a download reads at a time."""
COLUMNS = (
    "ticket",
    "who",
    "job",
    "rule or profile",
    "environment",
    "state",
    "why",
    "next",
    "opened (UTC)",
    "moved (UTC)",
)


class TicketLine(NamedTuple):
    """A ticket as lists show it, with who acts next."""

    ticket: Ticket
    title: str
    step: NextStep


def with_next(tickets: Sequence[Ticket]) -> list[TicketLine]:
    office = Office([one.person for one in tickets])
    return [TicketLine(one, title_of(one), to_do(one, office)) for one in tickets]


def title_of(ticket: Ticket) -> str:
    job = JOBS.get(ticket.job)
    return job.title if job else str(ticket.job)


def waiting_for(person: Person) -> list[TicketLine]:
    """Open tickets, and signed ones with an open role form, where this person acts next."""
    found = with_next(
        [*listing(state="open", limit=PAGE), *listing(state="signed-off", limit=PAGE)]
    )
    return [one for one in found if person in one.step.people]


def tickets(request: HttpRequest) -> HttpResponse:
    wanted = {name: request.GET.get(name, "").strip() for name in ("state", "person", "job")}
    before = number_or_none(request.GET.get("before"))
    errors: list[str] = []
    found: list[Ticket] = []
    try:
        found = listing(**wanted, before=before, limit=PAGE + 1)
    except Wrong as wrong:
        errors = str(wrong).splitlines()
    return render(
        request,
        "web/tickets.html",
        {
            "lines": with_next(found[:PAGE]),
            "next": found[PAGE - 1].pk if len(found) > PAGE else None,
            "filters": wanted,
            "filtered": any(wanted.values()),
            "states": STATES,
            "query": f"?{request.GET.urlencode()}" if request.GET else "",
            "jobs": sorted(JOBS.values(), key=lambda one: one.title),
            "errors": errors,
        },
        status=422 if errors else 200,
    )


def download(request: HttpRequest) -> HttpResponse:
    """All tickets that fit the filter, as CSV."""
    wanted = {name: request.GET.get(name, "").strip() for name in ("state", "person", "job")}

    def rows() -> Iterator[Sequence[object]]:
        before = None
        while some := with_next(listing(**wanted, before=before, limit=STEP)):
            for one, _title, step in some:
                who, opened, moved = one.person.username, iso(one.opened_at), iso(one.moved_at)
                what = (one.job, one.binding, one.environment, one.state)
                yield one.pk, who, *what, one.why, step.sentence, opened, moved
            before = some[-1].ticket.pk

    return as_csv("tickets", COLUMNS, rows())


def new_ticket(request: HttpRequest) -> HttpResponse:
    errors: list[str] = []
    sent = (request.POST or request.GET).copy()
    typed = typed_before(request)
    for name, values in typed.items():
        sent.setlist(name, values)
    if request.method == "POST":

        def work() -> str:
            made = ask(
                who(request),
                sent.get("job", ""),
                binding=sent.get("binding", "").strip(),
                environment=sent.get("environment", "production"),
                why=sent.get("why", "").strip(),
                limits=envelope_from(sent),
                at=now(),
            )
            return f"/tickets/{made.pk}"

        try:
            return once(request, work)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
    return render(
        request,
        "web/new_ticket.html",
        {
            "sent": sent,
            "jobs": sorted(JOBS.values(), key=lambda one: one.title),
            "errors": errors,
            "kept": bool(typed),
        },
        status=422 if errors else 200,
    )


def ticket(request: HttpRequest, number: int) -> HttpResponse:
    return show(request, number, [], 200)


def show(request: HttpRequest, number: int, errors: list[str], status: int) -> HttpResponse:
    found = ticket_numbered(number)
    me = person_of(request)
    theirs = acknowledged(found.person)
    form = latest_form(found)
    step = to_do(found)
    verbs = {one.verb for one in MOVES if one.before == found.state and one.who != "system"}
    context: dict[str, Any] = {
        "ticket": found,
        "title": title_of(found),
        "job": JOBS.get(found.job),
        "practice": practice_of(found.job) if found.state in ("in-sandbox", "testing") else None,
        "step": step,
        "my_turn": me in step.people,
        "mine": me.pk == found.person_id,
        "librarian": me.has_role("systems-librarian") and me.pk != found.person_id,
        "verbs": verbs,
        "asked": Envelope.model_validate(found.asked).sentence(),
        "decided": Envelope.model_validate(found.decision).sentence() if found.decision else "",
        "readings": [(one, has_read(one, theirs)) for one in required(found.job)],
        "proofs": all_shown(found.proofs.select_related("run", "ticket")),
        "steps": found.steps.select_related("person"),
        "form": form,
        "back_to": [
            one.after for one in MOVES if (one.before, one.verb) == (found.state, "send-back")
        ],
        "form_roles": form.role.split(" or ") if form else [],
        "candidates": run_lines(candidates(found)) if verbs & {"prove"} else [],
        "limits": typed_of(found.asked),
        "sent": request.POST,
        "errors": errors,
    }
    return render(request, "web/ticket.html", context, status=status)


def limits_for_decision(request: HttpRequest, number: int) -> Envelope:
    return envelope_from(request.POST, ticket_numbered(number).asked)


def send(request: HttpRequest, number: int) -> Ticket:
    limits = envelope_from(request.POST) if request.POST.get("with-limits") else None
    return send_request(
        who(request), number, limits=limits, comment=said(request, "comment"), at=now()
    )


def approve(request: HttpRequest, number: int) -> Ticket:
    return approve_sandbox(
        who(request),
        number,
        max_records=whole(request.POST.get("sandbox_records", ""), _("records a sandbox run")),
        ends=day(request.POST.get("ends", "")),
        comment=said(request, "comment"),
        at=now(),
    )


def offer_proof(request: HttpRequest, number: int) -> Ticket:
    run = number_or_none(request.POST.get("run"))
    if run is None:
        raise Wrong(_("say which run is the proof"))
    return prove(who(request), number, run, note=said(request, "note"), at=now())


def decide(request: HttpRequest, number: int) -> Ticket:
    ends: date | None = day(request.POST.get("ends", ""))
    return sign_off(
        who(request),
        number,
        conditions=limits_for_decision(request, number),
        any_shape=request.POST.get("any_shape") == "on",
        ends=ends,
        comment=said(request, "comment"),
        at=now(),
    )


def said(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()


STEPS: dict[str, Callable[[HttpRequest, int], Any]] = {
    "request": send,
    "approve-sandbox": approve,
    "prove": offer_proof,
    "submit": lambda request, number: submit(
        who(request), number, comment=said(request, "comment"), at=now()
    ),
    "sign-off": decide,
    "send-back": lambda request, number: send_back(
        who(request), number, to=said(request, "to"), missing=said(request, "missing"), at=now()
    ),
    "decline": lambda request, number: ending.decline(
        who(request), number, reason=said(request, "reason"), at=now()
    ),
    "withdraw": lambda request, number: ending.withdraw(
        who(request), number, comment=said(request, "comment"), at=now()
    ),
    "form-start": lambda request, number: role_form.start(
        who(request),
        number,
        library=said(request, "library"),
        comment=said(request, "comment"),
        at=now(),
    ),
    "form-confirm": lambda request, number: role_form.confirm(
        who(request), number, comment=said(request, "comment"), at=now()
    ),
    "form-apply": lambda request, number: role_form.apply(
        who(request),
        number,
        role=said(request, "role"),
        comment=said(request, "comment"),
        at=now(),
    ),
    "form-send-back": lambda request, number: role_form.send_form_back(
        who(request), number, missing=said(request, "missing"), at=now()
    ),
}
"""Each step of a ticket or its role form, and the call that makes it."""


@require_POST
def step(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    if verb not in STEPS:
        raise Wrong(_("there is no such step of a ticket"))

    def work() -> str:
        STEPS[verb](request, number)
        messages.success(request, _("Done; what is next stands below."))
        return f"/tickets/{number}"

    try:
        return once(request, work)
    except Wrong as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        return show(request, number, str(wrong).splitlines(), status)


addresses = [
    path("tickets", tickets),
    path("tickets/download.csv", download),
    path("tickets/new", new_ticket),
    path("tickets/<int:number>", ticket),
    path("tickets/<int:number>/<slug:verb>", step),
]
