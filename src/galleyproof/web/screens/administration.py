"""Administration: people and their passwords, tokens, environments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.catalog.models import Environment
from galleyproof.marc.errors import Wrong
from galleyproof.people.actions.add_person import add_person
from galleyproof.people.actions.change_person import change_person
from galleyproof.people.actions.groups import add_group, join_group, leave_group
from galleyproof.people.actions.passwords import new_password, set_password
from galleyproof.people.actions.tokens import add_token, list_tokens, revoke_token
from galleyproof.people.actions.units import end_liaison, join_unit, name_liaison
from galleyproof.people.denial import NotPermitted
from galleyproof.people.finding import person_named
from galleyproof.people.groups import group_named
from galleyproof.people.listing import groups as all_groups
from galleyproof.people.listing import page as page_of_people
from galleyproof.people.listing import units as all_units
from galleyproof.people.models import ROLES, Person
from galleyproof.permits.actions.leave_unit import leave_unit
from galleyproof.permits.holding import held_by
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
    found = page_of_people(name=name, after=after, limit=PAGE + 1)
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


def person(request: HttpRequest, username: str) -> HttpResponse:
    return show_person(request, username, [], 200)


def show_person(
    request: HttpRequest, username: str, errors: list[str], status: int
) -> HttpResponse:
    found = person_named(username)
    return render(
        request,
        "web/person.html",
        {
            "person": found,
            "units": found.units.all(),
            "liaison_of": found.liaison_of.all(),
            "groups": found.groups.all(),
            "library_roles": found.library_roles.all(),
            "held": held_by(found, now()),
            "roles": ROLES,
            "administrator": person_of(request).has_role("administrator"),
            "errors": errors,
        },
        status=status,
    )


def change(request: HttpRequest, found: Person) -> None:
    sent = request.POST
    change_person(
        who(request),
        found,
        display_name=sent.get("display_name", ""),
        email=sent.get("email", ""),
        roles=sent.getlist("role"),
        active=sent.get("active") == "on",
        at=now(),
    )


def unit_of(request: HttpRequest) -> str:
    code = request.POST.get("unit", "").strip()
    if not code:
        raise Wrong(_("say which unit"))
    return code


STEPS: dict[str, Callable[[HttpRequest, Person], Any]] = {
    "change": change,
    "join-unit": lambda request, one: join_unit(who(request), one, unit_of(request), at=now()),
    "leave-unit": lambda request, one: leave_unit(who(request), one, unit_of(request), at=now()),
    "liaison": lambda request, one: name_liaison(who(request), one, unit_of(request), at=now()),
    "no-liaison": lambda request, one: end_liaison(who(request), one, unit_of(request), at=now()),
}
"""What administrators do to an account."""


@require_POST
def person_step(request: HttpRequest, username: str, verb: str) -> HttpResponse:
    def work() -> str:
        found = person_named(username)
        STEPS[verb](request, found)
        messages.success(request, _("Done."))
        return f"/administration/people/{found.username}"

    try:
        return once(request, work)
    except Wrong as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        return show_person(request, username, str(wrong).splitlines(), status)


def units(request: HttpRequest) -> HttpResponse:
    return render(request, "web/units.html", {"units": all_units()})


def groups(request: HttpRequest) -> HttpResponse:
    return show_groups(request, [], 200)


def show_groups(request: HttpRequest, errors: list[str], status: int) -> HttpResponse:
    may = person_of(request).has_role("systems-librarian", "administrator")
    context = {"groups": all_groups(), "may": may, "errors": errors, "sent": request.POST}
    return render(request, "web/groups.html", context, status=status)


def make_group(request: HttpRequest) -> None:
    add_group(
        who(request),
        request.POST.get("name", ""),
        about=request.POST.get("about", "").strip(),
        at=now(),
    )


def join(request: HttpRequest) -> None:
    group, one = group_named(request.POST.get("group", "")), person_named(named(request))
    join_group(who(request), group, one, at=now())


def leave(request: HttpRequest) -> None:
    group, one = group_named(request.POST.get("group", "")), person_named(named(request))
    leave_group(who(request), group, one, at=now())


def named(request: HttpRequest) -> str:
    return request.POST.get("person", "").strip()


GROUP_STEPS = {"new": make_group, "join": join, "leave": leave}


@require_POST
def group_step(request: HttpRequest, verb: str) -> HttpResponse:
    def work() -> str:
        GROUP_STEPS[verb](request)
        messages.success(request, _("Done."))
        return "/administration/groups"

    try:
        return once(request, work)
    except Wrong as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        return show_groups(request, str(wrong).splitlines(), status)


@require_POST
def give_password(request: HttpRequest, username: str) -> HttpResponse:
    """A new password, made up and shown this once. Sent twice it makes another, and that one
    counts."""
    found = person_named(username)
    password = new_password()
    set_password(who(request), found, password, at=now())
    return render(request, "web/password_given.html", {"person": found, "password": password})


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
    path("administration/people/<str:username>", person),
    path("administration/people/<str:username>/password", give_password),
    *(
        path(f"administration/people/<str:username>/{verb}", person_step, {"verb": verb})
        for verb in STEPS
    ),
    path("administration/units", units),
    path("administration/groups", groups),
    *(path(f"administration/groups/{verb}", group_step, {"verb": verb}) for verb in GROUP_STEPS),
    path("administration/tokens", tokens),
    path("administration/tokens/<int:number>/revoke", revoke),
]
