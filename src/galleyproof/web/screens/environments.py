"""An environment: how it came to be, its settings and policy, refreshing the sandbox."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.catalog.generations import account
from galleyproof.catalog.kinds import ENVIRONMENTS
from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.permits.trip import set_trip
from galleyproof.runs.changing_settings import change_setting
from galleyproof.runs.mapping_codes import CodeShown, codes_shown, map_code
from galleyproof.runs.messages import announce, announce_refresh
from galleyproof.runs.refreshing import ask_refresh, at_it
from galleyproof.runs.settings import SETTINGS, usual_in, value_now
from galleyproof.runs.workers import workers_alive
from galleyproof.structures.meanings import QUESTIONS
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.sending import once


def environment(request: HttpRequest, environment: str) -> HttpResponse:
    if environment not in ENVIRONMENTS:
        raise Http404(f"there is no environment {environment}")
    if request.method == "POST":
        return do(request, environment, lambda: change(request, environment))
    return show(request, environment, [], 200)


def show(request: HttpRequest, environment: str, errors: list[str], status: int) -> HttpResponse:
    found = account(environment, counting=request.GET.get("count") == "yes")
    refreshing = found.settings.refreshing
    return render(
        request,
        "web/environment.html",
        {
            "environment": environment,
            "account": found,
            "generations": list(reversed(found.generations)),
            "settings": [
                (one, value_now(found.settings, one), usual_in(environment, one))
                for one in SETTINGS.values()
            ],
            "administrator": person_of(request).has_role("administrator"),
            "goes_on": refreshing is not None and at_it(refreshing),
            "workers": workers_alive(),
            "sure": request.POST.get("sure", ""),
            "errors": errors,
        },
        status=status,
    )


def do(request: HttpRequest, environment: str, work: Callable[[], str]) -> HttpResponse:
    try:
        return once(request, work)
    except Wrong as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        return show(request, environment, str(wrong).splitlines(), status)


def change(request: HttpRequest, environment: str) -> str:
    name = request.POST.get("name", "")
    value = None if request.POST.get("usual") == "yes" else request.POST.get("value", "")
    change_setting(who(request), environment, name, value, at=now())
    messages.success(request, _("%(name)s is changed.") % {"name": name})
    return f"/administration/environments/{environment}"


@require_POST
def trip(request: HttpRequest, environment: str) -> HttpResponse:
    def work() -> str:
        set_trip(who(request), environment, request.POST.get("policy") == "on", at=now())
        messages.success(request, _("The policy is changed."))
        return f"/administration/environments/{environment}"

    return do(request, environment, work)


@require_POST
def refresh(request: HttpRequest, environment: str) -> HttpResponse:
    """Begins a refresh, or goes on with one; the workers carry it through."""

    def work() -> str:
        if request.POST.get("sure", "").strip().casefold() != environment:
            raise Wrong(_("type %(name)s to confirm") % {"name": environment})
        run = ask_refresh(who(request), environment, at=now())
        announce_refresh(run.pk)
        return f"/runs/{run.pk}"

    return do(request, environment, work)


def codes(request: HttpRequest, environment: str) -> HttpResponse:
    """The codes of an environment; posted, what one means to the jobs."""
    if environment not in ENVIRONMENTS:
        raise Http404(f"there is no environment {environment}")
    if request.method != "POST":
        return show_codes(request, environment, [], 200)

    def work() -> str:
        sent = request.POST
        run = map_code(
            who(request),
            environment,
            sent.get("table", ""),
            sent.get("code", ""),
            sent.get("meaning", ""),
            note=sent.get("note", "").strip(),
            at=now(),
        )
        announce(run.pk)
        return f"/runs/{run.pk}"

    try:
        return once(request, work)
    except Wrong as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        return show_codes(request, environment, str(wrong).splitlines(), status)


def show_codes(
    request: HttpRequest, environment: str, errors: list[str], status: int
) -> HttpResponse:
    tables: dict[str, list[CodeShown]] = {table: [] for table in QUESTIONS}
    for one in codes_shown(environment):
        tables.setdefault(one.table, []).append(one)
    return render(
        request,
        "web/codes.html",
        {
            "environment": environment,
            "tables": [
                (table, [str(one) for one in QUESTIONS.get(table, ())], some)
                for table, some in tables.items()
            ],
            "sent": request.POST,
            "errors": errors,
        },
        status=status,
    )


addresses = [
    path("administration/environments/<slug:environment>", environment),
    path("administration/environments/<slug:environment>/codes", codes),
    path("administration/environments/<slug:environment>/trip", trip),
    path("administration/environments/<slug:environment>/refresh", refresh),
]
