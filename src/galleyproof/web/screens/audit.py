"""The log: entries with filters, verifying the chain, downloads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST

from galleyproof.audit.actions import ACTIONS, line
from galleyproof.audit.chain import verify as walk
from galleyproof.audit.log import listing
from galleyproof.runs.proving.verifying import verify_runs
from galleyproof.web.asking import now, who
from galleyproof.web.csv_files import as_csv
from galleyproof.web.day_fields import days_between
from galleyproof.web.screens.monitor import number as number_or_none
from galleyproof.web.templatetags.galley import zone_of

PAGE = 50
STEP = 5_000
"""Entries that a download reads at a time."""


def wanted_of(request: HttpRequest) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    texts: dict[str, Any] = {
        name: request.GET.get(name, "").strip() for name in ("action", "person", "subject")
    }
    days, errors = days_between(request.GET, zone_of({"request": request}))
    return texts, days, errors


def audit(request: HttpRequest) -> HttpResponse:
    texts, days, errors = wanted_of(request)
    entries = listing(
        **texts, **days, before=number_or_none(request.GET.get("before")), limit=PAGE + 1
    )
    return render(
        request,
        "web/audit.html",
        {
            "entries": [(one, line(one)) for one in entries[:PAGE]],
            "next": entries[PAGE - 1].number if len(entries) > PAGE else None,
            "filters": texts | {name: request.GET.get(name, "") for name in days},
            "filtered": any(texts.values()) or any(days.values()),
            "actions": sorted(ACTIONS),
            "errors": errors,
            "query": f"?{request.GET.urlencode()}" if request.GET else "",
        },
        status=422 if errors else 200,
    )


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    held = None
    if request.POST.get("runs") == "yes":
        held = verify_runs(who(request), at=now())
    return render(request, "web/audit_verified.html", {"verdict": walk(), "held": held})


def download(request: HttpRequest) -> StreamingHttpResponse:
    texts, days, _errors = wanted_of(request)

    def rows() -> Iterator[Sequence[object]]:
        before: int | None = None
        while entries := listing(**texts, **days, before=before, limit=STEP):
            for one in entries:
                yield (
                    one.number,
                    one.at.isoformat(),
                    one.person,
                    one.acting,
                    one.action,
                    one.subject,
                    one.reason,
                    one.hash,
                )
            before = entries[-1].number

    heads = ("number", "time (UTC)", "person", "typed by", "action", "subject", "reason", "hash")
    return as_csv("log", heads, rows())


addresses = [
    path("audit", audit),
    path("audit/verify", verify),
    path("audit/download.csv", download),
]
