"""What every template knows."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from galleyproof.web.sending import new_token
from galleyproof.web.templatetags.galley import zone_of

VERSION = version("galleyproof")

PLACES = (
    ("/", _("Home")),
    ("/jobs", _("Jobs")),
    ("/sets", _("Sets")),
    ("/runs", _("Runs")),
    ("/records", _("Records")),
    ("/rules", _("Rules")),
    ("/tickets", _("Sign-off")),
    ("/matrix", _("Matrix")),
    ("/schedules", _("Schedules")),
    ("/audit", _("Log")),
    ("/administration", _("Administration")),
)


def everywhere(request: HttpRequest) -> dict[str, Any]:
    path = request.path
    return {
        "user": getattr(request, "user", None),
        "places": [
            (address, name, path == address or (address != "/" and path.startswith(address)))
            for address, name in PLACES
        ],
        "zone_shown": str(zone_of({"request": request})),
        "once": new_token,
        "release": VERSION,
    }
