"""Tokens: one's own, as an administrator everybody's; making one, which is shown once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.marc.errors import Wrong
from galleyproof.people.actions.tokens import Made, add_token, list_tokens, revoke_token
from galleyproof.people.denial import NotPermitted
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.screens.monitor import number as number_or_none
from galleyproof.web.sending import once

PAGE = 100


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
    found = list_tokens(who(request))
    before = number_or_none(request.GET.get("before"))
    shown = [one for one in reversed(found) if before is None or one.pk < before][: PAGE + 1]
    return render(
        request,
        "web/tokens.html",
        {
            "tokens": shown[:PAGE],
            "next": shown[PAGE - 1].pk if len(shown) > PAGE else None,
            "made": made,
            "administrator": person_of(request).has_role("administrator"),
            "sent": request.POST if errors else {},
            "errors": errors,
        },
        status=status,
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
