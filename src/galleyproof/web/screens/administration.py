"""Administration: where everything is; units and groups."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.catalog.models import Environment
from galleyproof.marc.errors import Wrong
from galleyproof.people.actions.groups import add_group, join_group, leave_group
from galleyproof.people.actions.units import add_unit
from galleyproof.people.denial import NotPermitted
from galleyproof.people.finding import person_named
from galleyproof.people.groups import group_named
from galleyproof.people.listing import groups as all_groups
from galleyproof.people.listing import units as all_units
from galleyproof.people.models import Group, Person, Unit
from galleyproof.runs.workers import workers_alive
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.sending import once
from galleyproof.web.short_lists import Columns, list_page


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


def units(request: HttpRequest) -> HttpResponse:
    return show_units(request, [], 200)


def show_units(request: HttpRequest, errors: list[str], status: int) -> HttpResponse:
    context = {
        "administrator": person_of(request).has_role("administrator"),
        "errors": errors,
        "sent": request.POST,
    }
    return list_page(request, "web/units.html", all_units(), UNIT_COLUMNS, context, status)


def unit_cells(one: Unit) -> tuple[object, ...]:
    above = one.parent.code if one.parent else ""
    return one.code, one.name, above, len(one.people.all()), names(one.liaisons.all())


def names(people: Iterable[Person]) -> str:
    return ", ".join(one.username for one in people)


UNIT_COLUMNS = Columns("units", ("unit", "name", "under", "people", "liaisons"), unit_cells)


@require_POST
def new_unit(request: HttpRequest) -> HttpResponse:
    def work() -> str:
        code, name = (request.POST.get(one, "").strip() for one in ("code", "name"))
        made = add_unit(who(request), code, name=name, at=now())
        messages.success(request, _("The unit %(code)s is made.") % {"code": made.code})
        return "/administration/units"

    try:
        return once(request, work)
    except Wrong as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        return show_units(request, str(wrong).splitlines(), status)


def groups(request: HttpRequest) -> HttpResponse:
    return show_groups(request, [], 200)


def show_groups(request: HttpRequest, errors: list[str], status: int) -> HttpResponse:
    may = person_of(request).has_role("systems-librarian", "administrator")
    context = {"may": may, "errors": errors, "sent": request.POST}
    return list_page(request, "web/groups.html", all_groups(), GROUP_COLUMNS, context, status)


def group_cells(one: Group) -> tuple[object, ...]:
    permits = ", ".join(str(permit.pk) for permit in one.permits.all())
    return one.name, one.about, names(one.people.all()), permits


GROUP_COLUMNS = Columns(
    "groups", ("group", "what they have in common", "people", "permits"), group_cells
)


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


addresses = [
    path("administration", administration),
    path("administration/units", units),
    path("administration/units/new", new_unit),
    path("administration/groups", groups),
    *(path(f"administration/groups/{verb}", group_step, {"verb": verb}) for verb in GROUP_STEPS),
]
