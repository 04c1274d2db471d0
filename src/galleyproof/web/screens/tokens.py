"""Tokens: one's own, as an administrator everybody's; making one, which is shown once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.marc.errors import Wrong
from galleyproof.people.actions.tokens import Made, add_token, list_tokens, revoke_token
from galleyproof.people.denial import NotPermitted
from galleyproof.people.models import Token
from galleyproof.runs.reporting import iso
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.sending import once
from galleyproof.web.short_lists import Columns, list_page


def tokens(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return show(request, [], 200)
    made: list[Made] = []

    def work() -> str:
        label = request.POST.get("label", "").strip()
        whose = request.POST.get("person", "").strip() or None
        made.append(add_token(who(request), whose, label=label, at=now()))
        return "/administration/tokens"

    try:
        answer = once(request, work)
    except Wrong as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        return show(request, str(wrong).splitlines(), status)
    # Sent a second time the form makes no second token, and the first is nowhere to be shown again.
    return show(request, [], 200, made[0]) if made else answer


def show(
    request: HttpRequest, errors: list[str], status: int, made: Made | None = None
) -> HttpResponse:
    found = list(reversed(list_tokens(who(request))))
    context = {
        "made": made,
        "administrator": person_of(request).has_role("administrator"),
        "sent": request.POST if errors else {},
        "errors": errors,
    }
    return list_page(request, "web/tokens.html", found, COLUMNS, context, status)


def cells(one: Token) -> tuple[object, ...]:
    return one.pk, one.person.username, one.label, iso(one.created), iso(one.revoked_at)


COLUMNS = Columns(
    "tokens", ("token", "whose", "what it is for", "made (UTC)", "revoked (UTC)"), cells
)


@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    def work() -> str:
        revoke_token(who(request), number, at=now())
        messages.success(request, _("Token %(n)s is revoked.") % {"n": number})
        return "/administration/tokens"

    return once(request, work)


addresses = [
    path("administration/tokens", tokens),
    path("administration/tokens/<int:number>/revoke", revoke),
]
