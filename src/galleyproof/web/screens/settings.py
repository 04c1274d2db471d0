"""The settings of an environment: what each means, what is set, and changing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from galleyproof.catalog.models import Environment
from galleyproof.catalog.settings import SETTINGS, usual_in, value_now
from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.runs.changing_settings import change_setting
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.sending import once


def settings(request: HttpRequest, environment: str) -> HttpResponse:
    here = Environment.objects.filter(pk=environment).first()
    if here is None:
        raise Http404(f"there is no environment {environment}")
    errors: list[str] = []
    status = 200
    if request.method == "POST":

        def work() -> str:
            name = request.POST.get("name", "")
            usual = request.POST.get("usual") == "yes"
            value = None if usual else request.POST.get("value", "")
            change_setting(who(request), environment, name, value, at=now())
            messages.success(request, _("%(name)s is changed.") % {"name": name})
            return f"/administration/environments/{environment}"

        try:
            return once(request, work)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
            status = 403 if isinstance(wrong, NotPermitted) else 422
    return render(
        request,
        "web/settings.html",
        {
            "environment": environment,
            "settings": [
                (one, value_now(here, one), usual_in(environment, one)) for one in SETTINGS.values()
            ],
            "administrator": person_of(request).has_role("administrator"),
            "errors": errors,
        },
        status=status,
    )


addresses = [path("administration/environments/<slug:environment>", settings)]
