"""What holds for every page: headers, signed in, refusals as sentences."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.web.asking import password_waits
from galleyproof.web.kept_forms import sealed
from galleyproof.web.screens.refusals import csrf_failed, refuse
from galleyproof.web.screens.signing_in import sign_in_first

Respond = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
OPEN = ("/sign-in", "/static/", "/health", "/single-sign-on/")
"""Addresses for everybody."""
BEFORE_ALL = ("/password", "/sign-out")
"""Where somebody goes whose password was set by another: they change it before anything else."""


def secure_headers(respond: Respond) -> Respond:
    def answer(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.setdefault("X-Frame-Options", "DENY")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response

    return answer


def without_nul(respond: Respond) -> Respond:
    """Refuses what no text of the database can hold, in an address, a query or a form."""

    def answer(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path:
            return refuse(request, 400, _("the address has a character (hex 00) that no name has"))
        for sent in (request.GET, request.POST):
            for name, values in sent.lists():
                if "\x00" in name or any("\x00" in value for value in values):
                    said = _("“%(name)s” has a character (hex 00) that no text has; take it out")
                    return refuse(request, 400, said % {"name": name.replace("\x00", "·")[:60]})
        return respond(request)

    return answer


def signed_in(respond: Respond) -> Respond:
    """Sends whoever is not signed in to the sign-in and back. What they typed comes back too."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN):
            return respond(request)
        if request.user.is_authenticated:
            if request.path not in BEFORE_ALL and password_waits(request):
                if getattr(request, "htmx", False):
                    return HttpResponseClientRedirect("/password")
                return redirect("/password")
            return respond(request)
        back = request.get_full_path()
        beside = bool(getattr(request, "htmx", False))
        if request.method == "POST" and beside:
            # Said beside a form that somebody is filling in. To lead away from it would lose it.
            return render(request, "web/signed_out_part.html", status=401)
        if request.method not in ("GET", "HEAD") and not beside:
            if is_foreign(request):
                return csrf_failed(request)
            return sign_in_first(request, back, sealed(request))
        if beside:
            back = request.htmx.current_url_abs_path or back
        target = f"/sign-in?{urlencode({'next': back})}"
        if beside:
            return HttpResponseClientRedirect(target)
        return redirect(target)

    return answer


def is_foreign(request: HttpRequest) -> bool:
    """Whether a form comes from a page that is none of ours: its token or its origin is not."""
    check = CsrfViewMiddleware(lambda asked: HttpResponse())
    return check.process_view(request, None, (), {}) is not None


class Sentences:
    """What a call refuses with becomes a page that says why and what to do."""

    def __init__(self, respond: Respond):
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotPermitted):
            return refuse(request, 403, str(error))
        if isinstance(error, Wrong):
            return refuse(request, 404 if request.method in ("GET", "HEAD") else 422, str(error))
        if isinstance(error, DataError):
            # What no field is made for. It was in a transaction, which is undone.
            found = (str(error).splitlines() or [""])[0]
            said = _("a value is too long or too large for what it is meant for (%(found)s)")
            return refuse(request, 422, said % {"found": found})
        if isinstance(error, Http404):
            return refuse(request, 404, str(error))
        return None
