"""All runs: running, waiting, history; filters; records changed per day; workers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy

from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.errors import Wrong
from galleyproof.runs.models import Run
from galleyproof.runs.monitoring import changed_per_day
from galleyproof.runs.reporting import iso, listing
from galleyproof.runs.states import STATES
from galleyproof.runs.tally import OUTCOMES
from galleyproof.runs.workers import workers_alive
from galleyproof.web.asking import now
from galleyproof.web.csv_files import as_csv
from galleyproof.web.day_fields import days_between
from galleyproof.web.plot import bars
from galleyproof.web.templatetags.galley import zone_of
from galleyproof.web.words import run_title

PAGE = 50
DAYS = 30
STEP = 5_000
"""Runs that a download reads at a time."""


class RunLine(NamedTuple):
    """A run as lists show it."""

    run: Run
    title: str


def run_lines(runs: Sequence[Run]) -> list[RunLine]:
    return [RunLine(run, title_of(run)) for run in runs]


OWN_TITLES = {"load": gettext_lazy("First filling"), "refresh": gettext_lazy("Refresh")}
"""Runs that are of no job."""


def title_of(run: Run) -> str:
    job = JOBS.get(run.job)
    title = OWN_TITLES.get(run.job) or (job.title if job else run.job)
    return run_title(run.job, str(title), run.undoes_id, run.dry_run)


def monitor(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    wanted = request.GET
    days, errors = days_between(wanted, zone_of({"request": request}))
    filters: dict[str, Any] = {
        name: wanted.get(name, "").strip()
        for name in ("state", "job", "person", "unit", "environment", "what")
    }
    if wanted.get("form") == "csv" and not errors:
        return all_runs(filters, days)
    runs: list[Run] = []
    try:
        runs = listing(**filters, **days, before=number(wanted.get("before")), limit=PAGE + 1)
    except Wrong as wrong:
        errors += str(wrong).splitlines()
    context: dict[str, Any] = {
        "lines": run_lines(runs[:PAGE]),
        "next": runs[PAGE - 1].pk if len(runs) > PAGE else None,
        "filters": filters | {name: wanted.get(name, "") for name in days},
        "filtered": any(filters.values()) or any(days.values()),
        "jobs": sorted(JOBS.values(), key=lambda one: one.title),
        "states": STATES,
        "errors": errors,
        "workers": workers_alive(),
    }
    if not request.htmx:
        context["plot"] = bars(changed_per_day(DAYS, now(), zone_of({"request": request})))
    return render(request, "web/monitor.html", context, status=422 if errors else 200)


COLUMNS = (
    "run",
    "job",
    "environment",
    "dry run",
    "person",
    "state",
    "set",
    "changed",
    "unchanged",
    "refused",
    "failed",
    "missing",
    "asked for (UTC)",
    "ended (UTC)",
    "note",
)


def all_runs(filters: dict[str, Any], days: dict[str, Any]) -> StreamingHttpResponse:
    """All runs that fit, streamed."""

    def rows() -> Iterator[Sequence[object]]:
        before: int | None = None
        while runs := listing(**filters, **days, before=before, limit=STEP):
            for run in runs:
                yield (
                    run.pk,
                    run.job,
                    run.environment_id,
                    "yes" if run.dry_run else "",
                    run.person.username,
                    run.state,
                    run.size,
                    *(run.counts.get(name, "") for name in OUTCOMES),
                    iso(run.requested),
                    iso(run.finished),
                    run.note,
                )
            before = runs[-1].pk

    return as_csv("runs", COLUMNS, rows())


def number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 18 else None


addresses = [path("runs", monitor)]
