"""Administration: people and their passwords, tokens, environments."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.catalog.models import Environment
from galleyproof.marc.errors import Wrong
from galleyproof.people.actions.add_person import add_person
from galleyproof.people.actions.passwords import new_password, set_password
from galleyproof.people.actions.tokens import add_token, list_tokens, revoke_token
from galleyproof.people.denial import NotPermitted
from galleyproof.people.finding import person_named
from galleyproof.people.listing import listing
from galleyproof.people.models import ROLES
from galleyproof.runs.workers import workers_alive
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.middleware import typed_before
from galleyproof.web.sending import once

PAGE = 50


def administration(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "web/administration.html",
        {
            "environments": Environment.objects.order_by("-name"),
            "workers": workers_alive(),
            "administrator": person_of(request).has_role("administrator"),
        },
    )


def people(request: HttpRequest) -> HttpResponse:
    name, after = request.GET.get("name", "").strip(), request.GET.get("after", "")
    found = listing(name=name, after=after, limit=PAGE + 1)
    return render(
        request,
        "web/people.html",
        {
            "people": found[:PAGE],
            "next": found[PAGE - 1].username if len(found) > PAGE else "",
            "name": name,
            "administrator": person_of(request).has_role("administrator"),
        },
    )


def new_person(request: HttpRequest) -> HttpResponse:
    errors: list[str] = []
    status = 200
    sent = request.POST.copy()
    typed = typed_before(request)
    for name, values in typed.items():
        sent.setlist(name, values)
    if request.method == "POST":

        def work() -> str:
            made = add_person(
                who(request),
                sent.get("username", "").strip() or sent.get("display_name", ""),
                unit=sent.get("unit", "").strip(),
                roles=sent.getlist("role"),
                display_name=sent.get("display_name", ""),
                email=sent.get("email", ""),
                at=now(),
            )
            messages.success(request, _("%(name)s is added.") % {"name": made.display_name})
            return f"/administration/people?name={made.username}"

        try:
            return once(request, work)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
            status = 403 if isinstance(wrong, NotPermitted) else 422
    return render(
        request,
        "web/new_person.html",
        {
            "roles": ROLES,
            "sent": sent,
            "chosen": sent.getlist("role") or ["staff"],
            "errors": errors,
            "administrator": person_of(request).has_role("administrator"),
            "kept": bool(typed),
        },
        status=status,
    )


@require_POST
def give_password(request: HttpRequest, username: str) -> HttpResponse:
    """A new password, made up and shown this once. Sent twice it makes another, and that one
    counts."""
    person = person_named(username)
    password = new_password()
    set_password(who(request), person, password, at=now())
    return render(request, "web/password_given.html", {"person": person, "password": password})


def tokens(request: HttpRequest) -> HttpResponse:
    made = None
    if request.method == "POST":
        made = add_token(who(request), label=request.POST.get("label", "").strip(), at=now())
    return render(
        request,
        "web/tokens.html",
        {
            "tokens": list_tokens(who(request)),
            "made": made,
            "administrator": person_of(request).has_role("administrator"),
        },
    )


@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    def work() -> str:
        revoke_token(who(request), number, at=now())
        messages.success(request, _("Token %(n)s is revoked.") % {"n": number})
        return "/administration/tokens"

    return once(request, work)


addresses = [
    path("administration", administration),
    path("administration/people", people),
    path("administration/people/new", new_person),
    path("administration/people/<str:username>/password", give_password),
    path("administration/tokens", tokens),
    path("administration/tokens/<int:number>/revoke", revoke),
]
