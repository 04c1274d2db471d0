"""A run, at an address that lasts: how it goes, what it found or did, what can be done with it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from galleyproof.catalog.file_lines import file_sentences
from galleyproof.jobs.catalogue import JOBS
from galleyproof.runs import new_shapes
from galleyproof.runs.consent import sentences
from galleyproof.runs.control import run_numbered
from galleyproof.runs.first_run import asks_for_review
from galleyproof.runs.models import Run
from galleyproof.runs.record_pages import page
from galleyproof.runs.refreshing import JOB as REFRESH
from galleyproof.runs.reporting import summary, undone_by, undone_in_part
from galleyproof.runs.settling import settle
from galleyproof.runs.states import ENDED, OWN_COMMAND, SETTLING, WORKED
from galleyproof.runs.tally import OUTCOMES, PENDING, pace, tally
from galleyproof.runs.workers import workers_alive
from galleyproof.signoff.bundle import RIGHT as BUNDLERS
from galleyproof.web.asking import now, person_of
from galleyproof.web.marc_display import rows
from galleyproof.web.models import Unticked
from galleyproof.web.screens.monitor import run_lines, title_of

FIRST = 5
NEW_EACH = 2
"""Records shown of each kind of change that a permit does not cover."""
"""Changed records that the run's page itself shows."""
MOST_SHAPES = 40
MOST_PARAMETERS = 8
MILESTONES = (25, 50, 75)
SECONDS_A_LOOK = 1


def run(request: HttpRequest, number: int) -> HttpResponse:
    return render(request, "web/run.html", context(request, settled(number)))


def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the page that follows a run; when the run has come to rest, the whole page."""
    found = settled(number)
    if not moving(found):
        response = HttpResponse(status=200)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "web/run_progress.html", context(request, found))


def settled(number: int) -> Run:
    """A run, after the moves that were due: what a page says of it is said of one state."""
    found = run_numbered(number)
    if moving(found):
        settle(found.pk, now())
        found = run_numbered(number)
    return found


def moving(run: Run) -> bool:
    return run.state in WORKED or run.state in SETTLING or run.state == "draft"


def context(request: HttpRequest, found: Run) -> dict[str, Any]:
    me = person_of(request)
    data = summary(found)
    counts = data["counts"]
    known: dict[str, Any] = {
        "run": found,
        "title": title_of(found),
        "job": JOBS.get(found.job),
        "data": data,
        "stays": undone_in_part(data),
        "environment": found.environment_id,
        "moving": moving(found),
        "own_command": found.job in OWN_COMMAND,
        "mine": found.person_id == me.pk,
        "may_steer": found.person_id == me.pk or me.has_role("systems-librarian", "administrator"),
        "outcomes": outcomes_of(counts),
        "size": counts.get("set", 0),
        "shapes": rarest_first(data["shapes"])[:MOST_SHAPES],
        "more_shapes": max(0, len(data["shapes"]) - MOST_SHAPES),
        "parameters": shown_parameters(found),
        "file_sentences": file_sentences({**data["set"], "not_found": 0}),
        "can_undo": not found.dry_run
        and found.job not in OWN_COMMAND
        and (found.state in ENDED or found.state == "paused")
        and counts.get("changed", 0) > 0
        and not data["undone_by"],
        "may_bundle": found.state in ENDED and found.job in JOBS and me.has_role(*BUNDLERS),
        "used_by": run_lines(list(found.used_by.select_related("person").order_by("pk")[:5]))
        if found.dry_run
        else [],
    }
    if moving(found):
        known |= how_far(found)
        return known
    if found.state == "waiting":
        known["waits"] = sentences(found.waits_for)
        known["new_shapes"] = [
            (
                shape,
                [
                    (one, rows(one.difference.changes, one.kind) if one.difference else [])
                    for one in some
                ],
            )
            for shape, some in new_shapes.examples(found, NEW_EACH).items()
        ]
    if found.permit_id is not None and me.has_role("systems-librarian"):
        known["first_run"] = asks_for_review(found)
    if counts.get("changed") and found.job not in OWN_COMMAND:
        first = page(found, "changed", limit=FIRST)
        known["first"] = [
            (one, rows(one.difference.changes, one.kind) if one.difference else [])
            for one in first.records
        ]
        known["more_changed"] = first.next is not None
    if found.state == "planned" and found.undoes_id is not None:
        known["undone_already"] = undone_by(found.undoes)
    if found.state == "planned" and found.undoes_id is None:
        kept = Unticked.objects.filter(plan=found, person=me).first()
        unticked = kept or Unticked(plan=found, ids=[], shapes={})
        known |= {"ticking": True, "unticked": unticked, "out_ids": set(unticked.all_ids())}
    return known


def outcomes_of(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Outcomes with their counts; what a run has not come to yet, where there is some."""
    waiting = [(PENDING, counts[PENDING])] if counts.get(PENDING) else []
    return [(name, counts.get(name, 0)) for name in OUTCOMES] + waiting


def rarest_first(shapes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outliers first: what few records show is what a person must look at."""
    return sorted(shapes, key=lambda one: (one["count"], one["shape"]))


def shown_parameters(run: Run) -> list[tuple[str, Any]]:
    if run.job == "edit-record":
        return []
    given = run.parameters.items()
    # Of a job with many parameters only those that say something.
    few = len(run.parameters) <= MOST_PARAMETERS
    return [(name.replace("_", " "), value) for name, value in given if few or value]


def how_far(found: Run) -> dict[str, Any]:
    """How far a run on its way is; while it is being planned, how far its plan is."""
    shown = found.plan if found.state == "planning" and found.plan is not None else found
    so_far = tally(shown.environment_id, shown.pk)
    if shown.job == REFRESH and not so_far.size:
        # Its ledger is written at the end, so the worker notes how far it is.
        seen, size = shown.counts.get("looked-at", 0), shown.counts.get("set", 0)
        so_far = so_far._replace(size=size, done=min(seen, size))
    speed = pace(shown.environment_id, shown.pk, now())
    percent = so_far.done * 100 // so_far.size if so_far.size else 0
    return {
        "so_far": so_far,
        "percent": percent,
        "speed": round(speed),
        "seconds_left": round((so_far.size - so_far.done) / speed) if speed else None,
        "milestone": max([0, *(one for one in MILESTONES if one <= percent)]),
        "workers": workers_alive(),
        "every": SECONDS_A_LOOK,
    }


addresses = [path("runs/<int:number>", run), path("runs/<int:number>/progress", progress)]
