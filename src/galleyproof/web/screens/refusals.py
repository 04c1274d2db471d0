"""Pages that say no: what was wrong, and what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TITLES = {
    400: gettext_lazy("That cannot be asked so"),
    403: gettext_lazy("You may not do that"),
    404: gettext_lazy("That is not here"),
    405: gettext_lazy("That address takes a form"),
    422: gettext_lazy("That could not be done"),
    500: gettext_lazy("Something broke on our side"),
}


def what_next(status: int) -> str:
    if status == 403:
        return _(
            "The attempt is in the log. A systems librarian issues permits; each job's page says "
            "who may run it."
        )
    if status == 404:
        return _("Check the address, or look for it from the pages above.")
    if status == 500:
        return _(
            "Nothing of a run is lost by this: what is done is done once, what is pending goes on. "
            "Try again; if it stays, tell your administrator the time and the address."
        )
    return _("Nothing was done. Go back, mend it and send it again.")


def refuse(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    return render(
        request,
        "web/refusal.html" if not getattr(request, "htmx", False) else "web/refusal_part.html",
        {
            "title": TITLES.get(status, TITLES[422]),
            "sentences": sentence.splitlines(),
            "next": what_next(status),
        },
        status=status,
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refuse(
        request,
        403,
        _(
            "this form does not belong to your sign-in (it is too old, or cookies are off); open "
            "the page again and send it anew"
        ),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refuse(request, 404, _("there is no page %(path)s") % {"path": request.path})


def broken(request: HttpRequest) -> HttpResponse:
    return refuse(request, 500, _("the page could not be made"))
