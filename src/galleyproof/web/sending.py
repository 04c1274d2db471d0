"""A form runs once: sent again (double click, refresh, back, two tabs, a lost connection) it only
shows what came of it the first time."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from galleyproof.database.connect import connect
from galleyproof.database.locks import Lock
from galleyproof.marc.errors import Wrong
from galleyproof.web.asking import now, person_of
from galleyproof.web.models import Sent

KEEP = timedelta(days=30)


def new_token() -> str:
    return secrets.token_urlsafe(24)


def once(request: HttpRequest, work: Callable[[], str]) -> HttpResponse:
    """Does `work`, which returns the address to go to, and goes there; or goes where it went the
    first time. What `work` refuses with leaves the form free to be sent again."""
    token = request.POST.get("once", "")
    if not 20 <= len(token) <= 64:
        raise Wrong(_("this form came without its number; open the page again and send it anew"))
    with connect("governing", application="galley form") as held:
        held.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (Lock.SENDING, token))
        return go(request, once_alone(request, token, work))


def once_alone(request: HttpRequest, token: str, work: Callable[[], str]) -> str:
    at = now()
    seen = Sent.objects.filter(token=token).first()
    if seen is not None:
        if seen.person_id != person_of(request).pk:
            raise Wrong(_("this form was somebody else's; open the page again"))
        if seen.result:
            return str(seen.result)
        raise Wrong(
            _(
                "this form was sent before and broke off in the middle. Look at the runs whether "
                "it was done; if not, open the page again and send it anew"
            )
        )
    Sent.objects.filter(at__lt=at - KEEP).delete()
    Sent.objects.create(token=token, person=person_of(request), at=at)
    try:
        result = work()
    except Wrong:
        Sent.objects.filter(token=token).delete()
        raise
    Sent.objects.filter(token=token).update(result=result)
    return result


def go(request: HttpRequest, address: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(address)
    return redirect(address)
