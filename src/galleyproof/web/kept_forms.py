"""What somebody typed into a form whose sign-in had ended: it comes back when they have signed in.

Until then nothing of it is kept here, for whoever is not signed in could fill the database: it goes
with the page of the sign-in, signed, and comes back with the password. Where an institution's own
sign-in leads away from that page a short cookie carries it, if it is small enough for one.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

KEPT = "kept"
"""The field, the cookie and, once somebody is signed in, the place in the session."""
MOST_KEPT = 200_000
MOST_IN_COOKIE = 3_500
SECONDS = 30 * 60
SALT = "galleyproof.web.kept_forms"


def sealed(request: HttpRequest) -> str:
    """What a form sent, to go with a page and come back; "" where it is too much."""
    typed = {
        name: values
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "once", KEPT) and "password" not in name
    }
    if len(json.dumps(typed)) > MOST_KEPT:
        return ""
    return signing.dumps({"path": request.path, "typed": typed}, salt=SALT, compress=True)


def opened(seal: str) -> dict[str, Any] | None:
    """What was sealed; None where it was not here, or is older than half an hour."""
    try:
        found = signing.loads(seal, salt=SALT, max_age=SECONDS) if seal else None
    except signing.BadSignature:
        return None
    return found if isinstance(found, dict) else None


def carry(response: HttpResponse, seal: str) -> None:
    """Lets a cookie carry it as well, where a sign-in elsewhere may come in between."""
    if settings.GALLEY_OIDC_ISSUER and seal and len(seal) <= MOST_IN_COOKIE:
        response.set_cookie(
            KEPT,
            seal,
            max_age=SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def give_back(request: HttpRequest, seal: str) -> None:
    """Into the session of whoever has signed in, for the form that it belongs to."""
    if found := opened(seal):
        request.session[KEPT] = found


def typed_before(request: HttpRequest) -> dict[str, list[str]]:
    """What was typed here before the session ended: given back once, never run by itself."""
    kept: dict[str, Any] | None = request.session.get(KEPT)
    if kept is None or kept["path"] != request.path:
        return {}
    del request.session[KEPT]
    typed: dict[str, list[str]] = kept["typed"]
    return typed
