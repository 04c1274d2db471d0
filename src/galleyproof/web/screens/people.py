"""People: their accounts, units, roles and library roles, passwords."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.errors import Wrong
from galleyproof.people.actions.add_person import add_person
from galleyproof.people.actions.change_person import change_person
from galleyproof.people.actions.library_roles import RIGHT
from galleyproof.people.actions.passwords import (
    new_password,
    set_password,
    vouch_for_password,
)
from galleyproof.people.actions.units import end_liaison, join_unit, name_liaison
from galleyproof.people.addresses import person_address
from galleyproof.people.denial import NotPermitted
from galleyproof.people.finding import person_named
from galleyproof.people.listing import page
from galleyproof.people.models import ROLES, Person
from galleyproof.permits.actions.give_library_role import give_library_role
from galleyproof.permits.actions.leave_unit import leave_unit
from galleyproof.permits.actions.take_library_role import take_library_role
from galleyproof.permits.holding import held_by
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.converters import NAME
from galleyproof.web.csv_files import as_csv
from galleyproof.web.kept_forms import typed_before
from galleyproof.web.sending import once

PAGE = 50
STEP = 1_000
"""People that a download reads at a time."""


def people(request: HttpRequest) -> HttpResponse:
    wanted = wanted_of(request)
    errors: list[str] = []
    found: list[Person] = []
    try:
        found = page(**wanted, after=request.GET.get("after", ""), limit=PAGE + 1)
    except Wrong as wrong:
        errors = str(wrong).splitlines()
    return render(
        request,
        "web/people.html",
        {
            "people": found[:PAGE],
            "next": found[PAGE - 1].username if len(found) > PAGE else "",
            "filters": wanted,
            "filtered": any(wanted.values()),
            "roles": ROLES,
            "query": f"?{request.GET.urlencode()}" if request.GET else "",
            "administrator": person_of(request).has_role("administrator"),
            "errors": errors,
        },
        status=422 if errors else 200,
    )


def wanted_of(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip() for name in ("name", "unit", "role")}


def download(request: HttpRequest) -> HttpResponse:
    """Everybody who fits the filter, as CSV."""
    wanted = wanted_of(request)

    def rows() -> Iterator[Sequence[object]]:
        after = ""
        while some := page(**wanted, after=after, limit=STEP):
            for one in some:
                yield (
                    one.username,
                    one.display_name,
                    one.email,
                    ", ".join(unit.code for unit in one.units.all()),
                    ", ".join(one.roles),
                    ", ".join(group.name for group in one.groups.all()),
                    "yes" if one.is_active else "no",
                )
            after = some[-1].username

    heads = ("user name", "name", "e-mail", "units", "roles", "groups", "active")
    return as_csv("people", heads, rows())


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
            "gives_roles": person_of(request).has_role(*RIGHT),
            "known_roles": known_roles(),
            "sent": request.POST,
            "errors": errors,
        },
        status=status,
    )


def known_roles() -> list[str]:
    """The library roles that jobs ask for."""
    asked = {role for job in JOBS.values() for role in job.library_role.split(" or ")}
    return sorted(asked - {""})


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


def give_role(request: HttpRequest, found: Person) -> None:
    role, library = library_role_of(request)
    give_library_role(who(request), found, role, library=library, at=now())


def take_role(request: HttpRequest, found: Person) -> None:
    role, library = library_role_of(request)
    take_library_role(who(request), found, role, library=library, at=now())


def library_role_of(request: HttpRequest) -> tuple[str, str]:
    return request.POST.get("library_role", "").strip(), request.POST.get("library", "").strip()


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
    "vouch": lambda request, one: vouch_for_password(who(request), one, at=now()),
    "give-role": give_role,
    "take-role": take_role,
}
"""What administrators, and support for library roles, do to an account."""


@require_POST
def person_step(request: HttpRequest, username: str, verb: str) -> HttpResponse:
    def work() -> str:
        found = person_named(username)
        STEPS[verb](request, found)
        messages.success(request, _("Done."))
        return person_address(found.username)

    try:
        return once(request, work)
    except Wrong as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        return show_person(request, username, str(wrong).splitlines(), status)


@require_POST
def give_password(request: HttpRequest, username: str) -> HttpResponse:
    """A new password, made up and shown this once. Sent twice it makes another, and that one
    counts."""
    found = person_named(username)
    password = new_password()
    set_password(who(request), found, password, at=now())
    return render(request, "web/password_given.html", {"person": found, "password": password})


addresses = [
    path("administration/people", people),
    path("administration/people/download.csv", download),
    path("administration/people/new", new_person),
    path(f"administration/people/<{NAME}:username>", person),
    path(f"administration/people/<{NAME}:username>/password", give_password),
    *(
        path(f"administration/people/<{NAME}:username>/{verb}", person_step, {"verb": verb})
        for verb in STEPS
    ),
]
