"""May they? The one answer, with its reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from galleyproof.jobs.catalogue import JOBS
from galleyproof.jobs.given import given_by
from galleyproof.jobs.job import Job
from galleyproof.jobs.office_names import job_named
from galleyproof.marc.errors import Wrong
from galleyproof.people.finding import person_named
from galleyproof.runs.asking_checks import check_parameters
from galleyproof.runs.binding import resolved
from galleyproof.signoff.answering import FullAnswer, may_in_full
from galleyproof.web.asking import now
from galleyproof.web.forms import controls, values_of, with_errors
from galleyproof.web.screens.permits import whole

ASKED = ("person", "job", "environment", "records", "binding", "what", "at", "with")


def ask_may(request: HttpRequest) -> HttpResponse:
    wanted = {name: request.GET.get(name, "").strip() for name in ASKED}
    job = JOBS.get(wanted["job"])
    values = values_of(job.parameters, request.GET) if job and wanted["with"] else {}
    full, errors = None, []
    if wanted["person"] and wanted["job"]:
        try:
            full = answered(wanted, job_named(wanted["job"]), values)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
    shown, _rest = with_errors(controls(job.parameters, values) if job else [], errors)
    return render(
        request,
        "web/may.html",
        {
            "wanted": wanted,
            "full": full,
            "errors": errors,
            "controls": shown,
            "jobs": sorted(JOBS.values(), key=lambda one: one.title),
        },
        status=422 if errors else 200,
    )


def answered(wanted: dict[str, str], job: Job, values: dict[str, Any]) -> FullAnswer:
    """with: whether the parameters are part of the question, as limits may be on them."""
    given = given_by(check_parameters(job, values)) if wanted["with"] else None
    return may_in_full(
        person_named(wanted["person"]),
        job.code,
        binding=resolved(job, wanted["binding"]),
        environment=wanted["environment"] or "sandbox",
        records=whole(wanted["records"], _("records")),
        parameters=given,
        writes=wanted["what"] != "dry-run",
        scheduled=wanted["what"] == "scheduled",
        and_today=wanted["what"] != "dry-run",
        at=moment(wanted["at"]) or now(),
    )


def moment(text: str) -> datetime | None:
    """A moment as typed is one in the reader's zone."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text).replace(tzinfo=None)
        if not 1900 <= found.year < datetime.max.year:  # beyond that zones have no moments
            raise ValueError
        return timezone.make_aware(found)
    except ValueError:
        raise Wrong(_("“%(at)s” is no moment, like 2026-11-25T14:30") % {"at": text}) from None


addresses = [path("permits/may", ask_may)]
