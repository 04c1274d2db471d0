"""Run a job: on what, how, and a dry run of it. The rest of the path is the run's own page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.catalog.id_lines import Asked
from galleyproof.catalog.kinds import BELOW_NAMED, ENVIRONMENTS, ID_TYPES
from galleyproof.catalog.sets import listing
from galleyproof.jobs.job import Job
from galleyproof.marc.errors import Wrong
from galleyproof.marc.plain_text import plain_name
from galleyproof.permits.deciding import NotPermitted, may
from galleyproof.rulebook.finding import listing as rule_sets
from galleyproof.runs.messages import announce
from galleyproof.runs.monitoring import last_of
from galleyproof.runs.requesting import Request
from galleyproof.runs.requesting import request as ask
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.forms import controls, values_of, with_errors
from galleyproof.web.kept_forms import typed_before
from galleyproof.web.models import SavedParameters, Upload
from galleyproof.web.screens.jobs import ASKED_FOR_ELSEWHERE, job_or_404
from galleyproof.web.sending import once
from galleyproof.web.uploads import as_file, check_ids, upload_of

MOST_SETS = 300
"""Sets offered by name; any other can be typed."""


def run_a_job(request: HttpRequest, code: str, environment: str) -> HttpResponse:
    job = job_or_404(code)
    if environment not in ENVIRONMENTS:
        raise Wrong(_("there are sandbox and production"))
    if code in ASKED_FOR_ELSEWHERE:
        raise Wrong(_("this job begins on the page of a run or of a record"))
    if request.method == "POST":
        return send(request, job, environment)
    typed = typed_before(request)
    if typed:
        sent = request.POST.copy()
        for name, values in typed.items():
            sent.setlist(name, values)
        return form(request, job, environment, sent, values_of(job.parameters, sent), [], kept=True)
    sent = request.GET.copy()
    return form(request, job, environment, sent, remembered(request, job), [])


def remembered(request: HttpRequest, job: Job) -> dict[str, Any]:
    """Saved parameters that were asked for, else those of one's last run of the job."""
    me = person_of(request)
    if name := request.GET.get("saved"):
        saved = SavedParameters.objects.filter(person=me, job=job.code, name=name).first()
        if saved is None:
            raise Wrong(_("you have no saved parameters “%(name)s”") % {"name": name})
        values: dict[str, Any] = saved.values
        return values
    last = last_of(me, job.code)
    return dict(last.parameters) if last is not None else {}


def send(request: HttpRequest, job: Job, environment: str) -> HttpResponse:
    sent = request.POST
    values = values_of(job.parameters, sent)
    upload: Upload | None = None
    try:
        upload = upload_of(request) if sent.get("source") in ("paste", "file") else None
        if "save_as" in sent and sent["save_as"].strip():
            save(request, job, values)

        def work() -> str:
            run = asked(request, job, environment, values, upload)
            announce(run.id)
            return f"/runs/{run.id}"

        return once(request, work)
    except NotPermitted as refused:
        return form(request, job, environment, sent, values, str(refused).splitlines(), upload, 403)
    except Wrong as wrong:
        return form(request, job, environment, sent, values, str(wrong).splitlines(), upload, 422)


def asked(
    request: HttpRequest, job: Job, environment: str, values: dict[str, Any], upload: Upload | None
) -> Any:
    common: dict[str, Any] = {
        "job": job.code,
        "environment": environment,
        "parameters": values,
        "binding": request.POST.get("binding", "").strip(),
        "dry_run": True,
        "note": request.POST.get("note", "").strip(),
    }
    source = request.POST.get("source", "")
    if source == "set":
        name = request.POST.get("set", "").strip()
        if not name:
            raise Wrong(_("say on what: name a set, paste ids or choose a file"))
        return ask(who(request), Request(set_name=name, **common), now())
    if upload is None:
        raise Wrong(_("say on what: name a set, paste ids or choose a file"))
    with as_file(upload) as file:
        columns = tuple(request.POST.getlist("columns"))
        return ask(who(request), Request(file=file, columns=columns, **common), now())


def save(request: HttpRequest, job: Job, values: dict[str, Any]) -> None:
    name = plain_name(request.POST["save_as"].strip()[:100], _("the name of saved parameters"))
    SavedParameters.objects.update_or_create(
        person=person_of(request),
        job=job.code,
        name=name,
        defaults={"values": values},
    )


def form(
    request: HttpRequest,
    job: Job,
    environment: str,
    sent: Any,
    values: dict[str, Any],
    errors: list[str],
    upload: Upload | None = None,
    status: int = 200,
    *,
    kept: bool = False,
) -> HttpResponse:
    me = person_of(request)
    nameable = {*job.kinds, *(BELOW_NAMED[kind] for kind in job.kinds if kind in BELOW_NAMED)}
    shown, rest = with_errors(controls(job.parameters, values), errors)
    answer = may(
        me,
        job.code,
        environment=environment,
        binding=sent.get("binding", ""),
        at=now(),
        writes=False,
    )
    return render(
        request,
        "web/run_a_job.html",
        {
            "job": job,
            "environment": environment,
            "other": "production" if environment == "sandbox" else "sandbox",
            "controls": shown,
            "errors": rest,
            "sent": sent,
            "source": sent.get("source", "set"),
            "sets": [one for one in listing(environment, limit=MOST_SETS) if one.kind in job.kinds],
            "id_types": [one for one in ID_TYPES if not one.kind or one.kind in nameable],
            "ticked": sent.getlist("columns"),
            "upload": upload if upload is not None and upload.pk else None,
            "bindings": [one.in_order[-1].binding for one in rule_sets(me) if job.binding],
            "saved": SavedParameters.objects.filter(person=me, job=job.code).order_by("name"),
            "answer": answer,
            "kept": kept,
        },
        status=status,
    )


@require_POST
def check(request: HttpRequest, code: str, environment: str) -> HttpResponse:
    job = job_or_404(code)
    asked = Asked(job.kinds, offered=job.columns_by_header())
    return check_ids(request, environment, asked)


addresses = [
    path("jobs/<slug:code>/<slug:environment>", run_a_job),
    path("jobs/<slug:code>/<slug:environment>/check", check),
]
