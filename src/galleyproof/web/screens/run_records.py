"""The records of a run or a plan: by outcome, by kind of change, before and after; and a set of
some of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.runs.control import run_numbered
from galleyproof.runs.models import Run
from galleyproof.runs.record_pages import page
from galleyproof.runs.reporting import summary
from galleyproof.runs.reports.as_set import make_set
from galleyproof.runs.reports.members import BEGINNING, At
from galleyproof.runs.tally import ledger_of, said_counts
from galleyproof.web.asking import now, person_of
from galleyproof.web.marc_display import rows
from galleyproof.web.models import Unticked
from galleyproof.web.screens.monitor import title_of
from galleyproof.web.screens.run import outcomes_of
from galleyproof.web.screens.run_downloads import chosen
from galleyproof.web.sending import once

PAGE = 20


def records(request: HttpRequest, number: int) -> HttpResponse:
    run = run_numbered(number)
    sent = request.GET.copy()
    sent["outcome"] = outcome = sent.get("outcome") or "changed"
    choice = chosen(sent)
    found = page(
        run,
        outcome,
        after=place_of(request.GET.get("after", "")),
        limit=PAGE,
        shape=choice.shape,
        code=choice.code,
        part=choice.part,
    )
    unticked = None
    if run.state == "planned" and outcome == "changed" and run.undoes_id is None:
        unticked = Unticked.objects.filter(plan=run, person=person_of(request)).first()
        unticked = unticked or Unticked(plan=run, ids=[], shapes={})
    data = summary(run)
    return render(
        request,
        "web/run_records.html",
        {
            "run": run,
            "title": title_of(run),
            "environment": run.environment_id,
            "outcome": outcome,
            "shape": choice.shape,
            "code": choice.code,
            "part": choice.part,
            "part_named": part_named(data["coverage"], choice.part),
            "shapes": data["shapes"],
            "codes": codes_of(run, outcome, data["refusals"]),
            "outcomes": outcomes_of(data["counts"]),
            "records": [
                (one, rows(one.difference.changes, one.kind) if one.difference else [])
                for one in found.records
            ],
            "next": ".".join(map(str, found.next)) if found.next else "",
            "out_ids": set(unticked.all_ids()) if unticked is not None else set(),
            "ticking": unticked is not None,
        },
    )


def part_named(coverage: list[dict[str, Any]], part: int | None) -> str:
    """The rule, and the action, that a part of a job is."""
    found = (one for one in coverage if one["part"] == part)
    return next((f"{one['rule']}: {one['text']}".strip(": ") for one in found), "")


def codes_of(run: Run, outcome: str, refusals: list[dict[str, Any]]) -> list[str]:
    """The codes by which records with this outcome are listed."""
    if outcome == "refused":
        return [one["code"] for one in refusals]
    ledger = ledger_of(run)
    return [code for code, _ in said_counts(run.environment_id, ledger.run, outcome) if code]


def place_of(text: str) -> At:
    """A place in a run as an address writes it: `2000.17`."""
    start, dot, place = text.partition(".")
    if start.isdecimal() and dot and place.isdecimal() and len(text) < 24:
        return int(start), int(place)
    return BEGINNING


@require_POST
def as_set(request: HttpRequest, number: int) -> HttpResponse:
    """A set of records that the run lists: by outcome, code, kind of change, or what follows."""
    run = run_numbered(number)
    name = request.POST.get("name", "")

    def work() -> str:
        made = make_set(run, chosen(request.POST), name, person_of(request).username, now())
        messages.success(request, _("The set “%(name)s” is made.") % {"name": made.name})
        return f"/sets/{made.pk}"

    return once(request, work)


addresses = [
    path("runs/<int:number>/records", records),
    path("runs/<int:number>/as-set", as_set),
]
