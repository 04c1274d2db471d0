"""Policies of the institution; upkeep: what is due by the clock, mail that could not be sent."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.signoff.mail.sending import unsent
from galleyproof.signoff.policy import POLICIES, all_policies, set_policy
from galleyproof.signoff.upkeep import Kept, keep_up
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.sending import once


def policies(request: HttpRequest) -> HttpResponse:
    errors: list[str] = []
    status = 200
    if request.method == "POST":

        def work() -> str:
            name = request.POST.get("name", "")
            set_policy(who(request), name, request.POST.get("value", ""), at=now())
            messages.success(request, _("%(name)s is changed.") % {"name": name})
            return "/administration/policies"

        try:
            return once(request, work)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
            status = 403 if isinstance(wrong, NotPermitted) else 422
    return render(
        request,
        "web/policies.html",
        {
            "policies": [(name, POLICIES[name], is_now) for name, is_now in all_policies().items()],
            "administrator": person_of(request).has_role("administrator"),
            "errors": errors,
        },
        status=status,
    )


def upkeep(request: HttpRequest) -> HttpResponse:
    me = person_of(request)
    return render(
        request,
        "web/upkeep.html",
        {
            "unsent": unsent(),
            # What a mail is about and to whom is for those who see to it.
            "sees_mail": me.has_role("administrator", "systems-librarian", "support"),
        },
    )


@require_POST
def keep_up_now(request: HttpRequest) -> HttpResponse:
    def work() -> str:
        for said in said_of(keep_up(now())):
            messages.success(request, said)
        return "/administration/upkeep"

    return once(request, work)


def said_of(done: Kept) -> list[str]:
    parts: list[tuple[bool, Callable[[], str]]] = [
        (done.sent > 0, lambda: _("%(n)s mails are sent.") % {"n": done.sent}),
        (
            done.unsent > 0,
            lambda: _("%(n)s mails could not be sent and are kept.") % {"n": done.unsent},
        ),
        (
            bool(done.reminded),
            lambda: _("Reminded of permits %(n)s.") % {"n": all_of(done.reminded)},
        ),
        (bool(done.stale), lambda: _("Tickets ended as stale: %(n)s.") % {"n": all_of(done.stale)}),
        (
            bool(done.forms_closed),
            lambda: _("Role forms closed, of tickets %(n)s.") % {"n": all_of(done.forms_closed)},
        ),
    ]
    return [said() for is_so, said in parts if is_so] or [_("Nothing was due.")]


def all_of(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


addresses = [
    path("administration/policies", policies),
    path("administration/upkeep", upkeep),
    path("administration/upkeep/now", keep_up_now),
]
