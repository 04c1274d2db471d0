"""Ids that somebody pasted or uploaded: kept until the form they belong to is done with them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from galleyproof.catalog.file_lines import file_sentences
from galleyproof.catalog.id_lines import Asked, names_ids, with_header
from galleyproof.catalog.sets import choose_file
from galleyproof.marc.errors import Wrong
from galleyproof.web.asking import now, person_of
from galleyproof.web.models import Upload
from galleyproof.web.uploaded_files import MB, sent_file
from galleyproof.web.uploaded_files import as_file as as_a_file

KEEP = timedelta(days=2)
MOST_BYTES = 50 * MB
MOST_LINES = 30
"""Lines with something to say that a check shows."""
PASTED = "pasted ids.txt"


def upload_of(request: HttpRequest) -> Upload | None:
    """The file or the pasted ids of a form, or the file that it kept from before; None if there
    is none. Raises Wrong for one that is too large or gone."""
    me = person_of(request)
    if request.POST.get("source") == "paste":
        text = request.POST.get("pasted", "").strip()
        if not text:
            return None
        chosen = request.POST.get("id_type", "").strip()
        if not chosen and not names_ids(text.splitlines()[0]):
            raise Wrong(_("say what the ids are, or let their first line name the id type"))
        content = with_header(text, chosen)
        return Upload(person=me, name=PASTED, content=content.encode(), at=now())
    sent = sent_file(request, "file", MOST_BYTES)
    if sent is not None:
        Upload.objects.filter(at__lt=now() - KEEP).delete()
        return Upload.objects.create(person=me, name=sent.name, content=sent.content, at=now())
    number = request.POST.get("upload", "")
    if number.isdecimal() and len(number) < 18:
        kept = Upload.objects.filter(pk=int(number), person=me).first()
        if kept is None:
            raise Wrong(_("the file is not kept any more; choose it again"))
        return kept
    return None


def as_file(upload: Upload) -> AbstractContextManager[Path]:
    """The upload as a file of its own name, for as long as it is read."""
    return as_a_file(upload.name, bytes(upload.content))


def check_ids(request: HttpRequest, environment: str, asked: Asked) -> HttpResponse:
    """Heard at once: what of the pasted or uploaded ids is found, and what is not; and which of
    the further columns may be used, each with a tick. Nothing where they come from elsewhere."""
    error, chosen, upload = "", None, None
    by_ids = request.POST.get("source", "file") in ("paste", "file")
    try:
        upload = upload_of(request) if by_ids else None
        if upload is not None:
            with as_file(upload) as file:
                chosen = choose_file(file, environment, asked)
    except Wrong as wrong:
        error = str(wrong)
    matched = chosen.file if chosen is not None else None
    return render(
        request,
        "web/ids_checked.html",
        {
            "errors": error.splitlines(),
            "matched": matched,
            "sentences": file_sentences(matched.told() | {"offered_columns": []})
            if matched
            else [],
            "offered": matched.offered if matched else [],
            "ticked": request.POST.getlist("columns"),
            "said": matched.said[:MOST_LINES] if matched else [],
            "more": max(0, len(matched.said) - MOST_LINES) if matched else 0,
            "upload": upload if upload is not None and upload.pk else None,
        },
    )
