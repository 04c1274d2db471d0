"""Sign in, sign out, change one's password."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.marc.errors import Wrong
from galleyproof.people.actions import signing_in
from galleyproof.people.actions.passwords import change_password
from galleyproof.web.asking import now, password_waits, who
from galleyproof.web.kept_forms import KEPT, carry, give_back, opened


def sign_in(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next") or request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    errors: list[str] = []
    seal = request.POST.get(KEPT, "")
    name = request.POST.get("name", "")
    if request.method == "POST":
        address = request.META.get("REMOTE_ADDR", "")
        try:
            person = signing_in.sign_in(name, request.POST.get("password", ""), address, now())
        except Wrong as wrong:
            errors = str(wrong).splitlines()
        else:
            login(request, person)
            give_back(request, seal)
            return redirect(back)
    seal = seal if opened(seal) else ""
    return form(request, back, seal, 422 if errors else 200, name, errors)


def form(
    request: HttpRequest,
    back: str,
    seal: str,
    status: int,
    name: str = "",
    errors: Sequence[str] = (),
) -> HttpResponse:
    response = render(
        request,
        "web/sign_in.html",
        {
            "next": back,
            "name": name,
            "errors": errors,
            "kept": seal,
            "single_sign_on": single_sign_on(back),
        },
        status=status,
    )
    carry(response, seal)
    return response


def sign_in_first(request: HttpRequest, back: str, seal: str) -> HttpResponse:
    """For a form that came after its sign-in had ended. seal: what was typed in it, which goes
    with this page and nowhere else."""
    return form(request, back, seal, 401)


def single_sign_on(back: str) -> str:
    """Where the institution's own sign-in begins; "" where there is none."""
    if not settings.GALLEY_OIDC_ISSUER:
        return ""
    start = reverse("openid_connect_login", kwargs={"provider_id": "institution"})
    return f"{start}?{urlencode({'next': back})}"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("/sign-in")


def password(request: HttpRequest) -> HttpResponse:
    errors: list[str] = []
    if request.method == "POST":
        old, new = request.POST.get("old-password", ""), request.POST.get("new-password", "")
        try:
            change_password(who(request), old, new, at=now())
        except Wrong as wrong:
            errors = str(wrong).splitlines()
        else:
            update_session_auth_hash(request, who(request).person)
            messages.success(request, _("Your password is changed."))
            return redirect("/")
    return render(
        request,
        "web/password.html",
        {"errors": errors, "waits": password_waits(request)},
        status=422 if errors else 200,
    )


def health(request: HttpRequest) -> HttpResponse:
    """For whatever watches the program: it answers, nothing more."""
    return HttpResponse("ok\n", content_type="text/plain")


addresses = [
    path("sign-in", sign_in),
    path("sign-out", sign_out),
    path("password", password),
    path("health", health),
]
