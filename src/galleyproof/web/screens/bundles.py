"""Evidence bundles: one of a run to take away, and the program that verifies one anywhere. It is
not verified here: what vouches for this installation is best asked of another machine."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.marc.errors import Wrong
from galleyproof.signoff.bundle import make_bundle, verifier
from galleyproof.web.asking import now, who
from galleyproof.web.screens.monitor import number as number_or_none


@require_POST
def bundle_of(request: HttpRequest) -> HttpResponse:
    """The same as on a run's own page, for whoever has only its number."""
    number = number_or_none(request.POST.get("run", "").strip())
    if number is None:
        raise Wrong(_("say which run, by its number"))
    return bundle(request, number)


@require_POST
def bundle(request: HttpRequest, number: int) -> HttpResponse:
    """Each is made anew, as of now, and stands in the log: one that is fetched twice is two."""
    with tempfile.TemporaryDirectory(prefix="galley-bundle-") as folder:
        file = Path(folder) / f"run-{number}.bundle.zip"
        make_bundle(who(request), number, file, at=now())
        stream = file.open("rb")
    name = f"run-{number}.bundle.zip"
    return FileResponse(stream, as_attachment=True, filename=name, content_type="application/zip")


def program(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(verifier(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify_bundle.py"'
    return response


addresses = [
    path("runs/<int:number>/bundle", bundle),
    path("audit/bundle", bundle_of),
    path("audit/verify_bundle.py", program),
]
