"""What followed, or would follow, on other records: line by line, before and after; as a set and as
files. By kind of record and by code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from galleyproof.runs.control import run_numbered
from galleyproof.runs.reports.choice import CONSEQUENCE
from galleyproof.runs.reports.consequences import consequences, counted
from galleyproof.runs.reports.files import kinds_followed
from galleyproof.structures.table import STRUCTURES
from galleyproof.web.marc_display import rows
from galleyproof.web.screens.monitor import title_of
from galleyproof.web.screens.run_downloads import chosen
from galleyproof.web.screens.run_records import place_of

PAGE = 20


def followed(request: HttpRequest, number: int) -> HttpResponse:
    run = run_numbered(number)
    sent = request.GET.copy()
    sent["outcome"] = CONSEQUENCE
    choice = chosen(sent)
    choice.check(run)
    after = place_of(request.GET.get("after", ""))
    found = list(
        consequences(run, kind=choice.kind, codes=choice.codes, after=after, limit=PAGE + 1)
    )
    known = counted(run)
    kinds = kinds_followed(run, choice)
    return render(
        request,
        "web/run_consequences.html",
        {
            "run": run,
            "title": title_of(run),
            "environment": run.environment_id,
            "kind": choice.kind,
            "code": choice.code,
            "counted": known,
            "kinds": sorted({one.kind for one in known}),
            "codes": sorted({one.code for one in known}),
            "records": [
                (one, rows(one.difference.changes, one.kind) if one.difference else [])
                for one in found[:PAGE]
            ],
            "next": ".".join(map(str, found[PAGE - 1].at)) if len(found) > PAGE else "",
            "one_kind": len(kinds) == 1,
            "marc": bool(kinds) and not any(kind in STRUCTURES for kind in kinds),
        },
    )


addresses = [path("runs/<int:number>/consequences", followed)]
