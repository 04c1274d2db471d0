"""Ids that somebody pasted or uploaded: kept until the form they belong to is done with them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path, PurePath

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from galleyproof.catalog.kinds import ID_TYPES
from galleyproof.catalog.sets import choose_file
from galleyproof.marc.errors import Wrong
from galleyproof.web.asking import now, person_of
from galleyproof.web.models import Upload

KEEP = timedelta(days=2)
MOST_BYTES = 50 * 1024 * 1024
MOST_LINES = 30
"""Lines with something to say that a check shows."""
PASTED = "pasted ids.txt"


def upload_of(request: HttpRequest) -> Upload | None:
    """The file or the pasted ids of a form, or the file that it kept from before; None if there
    is none. Raises Wrong for one that is too large or gone."""
    me = person_of(request)
    sent = request.FILES.get("file")
    if request.POST.get("source") == "paste":
        text = request.POST.get("pasted", "").strip()
        if not text:
            return None
        return Upload(person=me, name=PASTED, content=with_header(request, text).encode(), at=now())
    if sent is not None:
        if (sent.size or 0) > MOST_BYTES:
            raise Wrong(_("the file has more than 50 MB; split it, or make a set from a query"))
        Upload.objects.filter(at__lt=now() - KEEP).delete()
        name = PurePath((sent.name or "").replace("\\", "/")).name[:200] or "ids.txt"
        return Upload.objects.create(person=me, name=name, content=sent.read(), at=now())
    number = request.POST.get("upload", "")
    if number.isdigit() and len(number) < 18:
        kept = Upload.objects.filter(pk=int(number), person=me).first()
        if kept is None:
            raise Wrong(_("the file is not kept any more; choose it again"))
        return kept
    return None


def with_header(request: HttpRequest, text: str) -> str:
    """Pasted ids under the id type chosen, unless they bring their own first line. Raises Wrong
    where neither says what they are."""
    known = {one.header.casefold() for one in ID_TYPES}
    first = text.splitlines()[0].strip().casefold()
    if first in known:
        return text
    chosen = request.POST.get("id_type", "").strip()
    if not chosen:
        raise Wrong(_("say what the ids are, or let their first line name the id type"))
    return f"{chosen}\n{text}"


@contextmanager
def as_file(upload: Upload) -> Iterator[Path]:
    """The upload as a file of its own name, for as long as it is read."""
    with tempfile.TemporaryDirectory(prefix="galley-upload-") as folder:
        path = Path(folder) / upload.name
        path.write_bytes(bytes(upload.content))
        yield path


def check_ids(request: HttpRequest, environment: str, kinds: Sequence[str]) -> HttpResponse:
    """Heard at once: what of the pasted or uploaded ids is found, and what is not."""
    error, chosen, upload = "", None, None
    try:
        upload = upload_of(request)
        if upload is not None:
            with as_file(upload) as file:
                chosen = choose_file(file, environment, kinds=kinds)
    except Wrong as wrong:
        error = str(wrong)
    matched = chosen.file if chosen is not None else None
    return render(
        request,
        "web/ids_checked.html",
        {
            "errors": error.splitlines(),
            "matched": matched,
            "not_found": matched.count("not-found") if matched else 0,
            "found_twice": matched.count("found-twice") if matched else 0,
            "duplicates": matched.count("duplicate") if matched else 0,
            "said": matched.said[:MOST_LINES] if matched else [],
            "more": max(0, len(matched.said) - MOST_LINES) if matched else 0,
            "upload": upload if upload is not None and upload.pk else None,
        },
    )
