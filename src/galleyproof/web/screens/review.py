"""The review page: proofs beside the dry run in production, every kind of change opened once, and
the decision."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST

from galleyproof.permits.envelope import Envelope
from galleyproof.signoff.actions.open_shape import open_shapes
from galleyproof.signoff.proofs import all_shown
from galleyproof.signoff.review import dry_run_dict
from galleyproof.signoff.review import review as look
from galleyproof.signoff.tickets import ticket_numbered
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.limit_fields import typed_of
from galleyproof.web.screens.tickets import title_of


def review(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_numbered(number)
    seen = look(ticket, person_of(request))
    columns = [("sandbox", one["run"], one) for one in all_shown(seen.proofs)]
    dry = dry_run_dict(seen.dry_run)
    if dry is not None:
        columns.append(("production", dry["run"], dry))
    return render(
        request,
        "web/review.html",
        {
            "ticket": ticket,
            "title": title_of(ticket),
            "seen": seen,
            "columns": columns,
            "asked": Envelope.model_validate(ticket.asked).sentence(),
            "limits": typed_of(ticket.asked),
            "may_decide": person_of(request).has_role("systems-librarian")
            and person_of(request).pk != ticket.person_id,
        },
    )


@require_POST
def open_shape(request: HttpRequest, number: int) -> HttpResponse:
    """Examples of one kind of change; of a reviewer it is noted that they have looked."""
    opened = open_shapes(who(request), number, [request.POST.get("shape", "")], at=now())[0]
    context = {"opened": opened, "ticket": ticket_numbered(number)}
    page = "web/shape_opened.html" if request.htmx else "web/shape_opened_page.html"
    return render(request, page, context)


addresses = [
    path("tickets/<int:number>/review", review),
    path("tickets/<int:number>/open-shape", open_shape),
]
