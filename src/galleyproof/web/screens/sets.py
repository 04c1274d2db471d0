"""Sets: all of them, making one, one with its members, freezing, combining, drift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.catalog import set_pages, sets
from galleyproof.catalog.exporting import write_records
from galleyproof.catalog.id_lines import Asked
from galleyproof.catalog.kinds import ENVIRONMENTS, ID_TYPES, KINDS
from galleyproof.catalog.models import RecordSet
from galleyproof.catalog.query_codes import unknown_codes
from galleyproof.catalog.set_exports import member_heads, member_rows
from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.errors import Wrong
from galleyproof.rulebook.naming import rules_for
from galleyproof.runs.control import run_numbered
from galleyproof.runs.drifting import drift_some
from galleyproof.runs.reporting import iso, listing
from galleyproof.structures.table import STRUCTURES
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.csv_files import as_csv, as_tsv
from galleyproof.web.kept_forms import typed_before
from galleyproof.web.screens.jobs import ASKED_FOR_ELSEWHERE
from galleyproof.web.screens.monitor import number as number_or_none
from galleyproof.web.screens.monitor import run_lines
from galleyproof.web.sending import once
from galleyproof.web.streaming import as_written
from galleyproof.web.uploads import as_file, check_ids, upload_of

PAGE = 50
SHOWN = 100
"""Records that came, and that went, as the page of a drift shows them."""
DRIFT_ASKS = ("run", "after", "came", "went")
STEP = 1_000
"""Sets that a download reads at a time."""
FORMATS = {"mrc": "iso2709", "mrk": "mrk", "xml": "marcxml", "json": "json"}
"""Endings of downloads of MARC records; what is no MARC comes as csv or json."""


def all_sets(request: HttpRequest) -> HttpResponse:
    wanted = wanted_of(request)
    before = number_or_none(request.GET.get("before"))
    found = asked_for(wanted, before, PAGE + 1)
    return render(
        request,
        "web/sets.html",
        {
            "sets": found[:PAGE],
            "next": found[PAGE - 1].pk if len(found) > PAGE else None,
            "filters": wanted,
            "filtered": any(wanted.values()),
            "query": f"?{request.GET.urlencode()}" if request.GET else "",
            "kinds": list(KINDS),
        },
    )


def wanted_of(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip() for name in ("environment", "kind", "name")}


def asked_for(wanted: dict[str, str], before: int | None, limit: int) -> list[RecordSet]:
    environment, kind, name = wanted["environment"] or None, wanted["kind"], wanted["name"]
    return sets.listing(environment, kind=kind, name=name, before=before, limit=limit)


def download_list(request: HttpRequest) -> HttpResponse:
    """All sets that fit the filter, as CSV."""
    wanted = wanted_of(request)

    def rows() -> Iterator[Sequence[object]]:
        before = None
        while some := asked_for(wanted, before, STEP):
            for one in some:
                how = one.query or one.origin
                where = one.environment_id
                yield one.pk, one.name, where, one.kind, one.size, how, one.made_by, iso(one.made)
            before = some[-1].pk

    heads = ("set", "name", "environment", "of", "members", "how", "made by", "made (UTC)")
    return as_csv("sets", heads, rows())


def new_set(request: HttpRequest, environment: str) -> HttpResponse:
    if environment not in ENVIRONMENTS:
        raise Wrong(_("there are sandbox and production"))
    errors: list[str] = []
    upload = None
    sent = request.POST.copy()
    typed = typed_before(request)
    for name, values in typed.items():
        sent.setlist(name, values)
    if request.method == "POST":
        try:
            upload = upload_of(request) if sent.get("source") in ("paste", "file") else None

            def work() -> str:
                made = make(request, environment, upload)
                messages.success(request, _("The set “%(name)s” is made.") % {"name": made.name})
                for careful in unknown_codes(made):
                    messages.warning(request, careful)
                return f"/sets/{made.pk}"

            return once(request, work)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
    return render(
        request,
        "web/new_set.html",
        {
            "environment": environment,
            "other": "production" if environment == "sandbox" else "sandbox",
            "errors": errors,
            "sent": sent,
            "source": sent.get("source", "query"),
            "kinds": list(KINDS),
            "id_types": ID_TYPES,
            "upload": upload if upload is not None and upload.pk else None,
            "kept": bool(typed),
        },
        status=422 if errors else 200,
    )


@require_POST
def check(request: HttpRequest, environment: str) -> HttpResponse:
    kind = request.POST.get("kind", "")
    return check_ids(request, environment, Asked([kind] if kind else list(KINDS)))


def make(request: HttpRequest, environment: str, upload: Any) -> RecordSet:
    sent = request.POST
    name, kind, by = sent.get("name", "").strip(), sent.get("kind", ""), person_of(request).username
    if sent.get("source") == "query":
        rules = rules_for(who(request), environment)
        query = sent.get("query", "")
        return sets.make_from_query(name, kind, environment, query, by, now(), rules)[0]
    if upload is None:
        raise Wrong(_("paste ids or choose a file"))
    with as_file(upload) as file:
        return sets.make_from_file(name, kind, environment, file, by, now())[0]


def one_set(request: HttpRequest, number: int) -> HttpResponse:
    found = sets.set_numbered(number)
    after = number_or_none(request.GET.get("after")) or 0
    stale = not found.logical and found.generation != found.environment.generation
    page = set_pages.page(found, after, PAGE)
    context = {
        "set": found,
        "environment": found.environment_id,
        "page": page,
        "after": after,
        "stale": stale,
        "marc": found.kind not in STRUCTURES,
    }
    if request.htmx:
        return render(request, "web/set_members.html", context)
    context |= {
        "lines": run_lines(
            listing(set_name=found.name, environment=found.environment_id, limit=10)
        ),
        "jobs": [
            job
            for job in sorted(JOBS.values(), key=lambda one: one.title)
            if found.kind in job.kinds and job.code not in ASKED_FOR_ELSEWHERE
        ],
        "others": [
            one
            for one in sets.listing(found.environment_id, kind=found.kind, limit=300)
            if one.pk != found.pk
        ],
        "count": found.size,
    }
    return render(request, "web/set.html", context)


def count(request: HttpRequest, number: int) -> HttpResponse:
    """A step of counting a set that has to read records, with how far it is."""
    found = sets.set_numbered(number)
    so_far = number_or_none(request.GET.get("count")) or 0
    after = number_or_none(request.GET.get("after")) or 0
    counted = set_pages.count_some(found, so_far, after)
    highest = set_pages.highest_number(found) or 1
    return render(
        request,
        "web/set_counted.html",
        {"set": found, "counted": counted, "percent": min(100, counted.reached * 100 // highest)},
    )


def not_found(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """The lines of a set's file that there is something to say about, as text to download."""
    found = sets.set_numbered(number)
    lines = sets.file_lines(found)
    rows = ((line.number, line.value, line.problem) for line in lines)
    return as_tsv(f"set-{found.pk}-lines", ("line", "value", "what"), rows)


def download(request: HttpRequest, number: int, ending: str) -> StreamingHttpResponse:
    found = sets.set_numbered(number)
    ways = {"csv": "csv", "json": "json"} if found.kind in STRUCTURES else FORMATS
    if ending not in ways:
        raise Wrong(_("there is no such download"))

    def write(stream: BinaryIO) -> None:
        write_records(
            found.kind,
            found.environment_id,
            stream,
            form=ways[ending],
            set_name=found.name,
        )

    return as_written(write, f"set-{found.pk}.{ending}", "application/octet-stream")


def download_members(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """Its members by their own numbers: a file of ids, from which a set is made again."""
    found = sets.set_numbered(number)
    return as_csv(f"set-{found.pk}-members", member_heads(found), member_rows(found))


@require_POST
def freeze(request: HttpRequest, number: int) -> HttpResponse:
    found = sets.set_numbered(number)

    def work() -> str:
        name = request.POST.get("name", "").strip() or f"{found.name}, {now():%Y-%m-%d %H:%M:%S}"
        by = person_of(request).username
        made = sets.freeze_set(found.name, found.environment_id, name, by, now())
        messages.success(request, _("Frozen as “%(name)s”.") % {"name": made.name})
        return f"/sets/{made.pk}"

    return once(request, work)


@require_POST
def combine(request: HttpRequest, number: int) -> HttpResponse:
    found = sets.set_numbered(number)

    def work() -> str:
        how, other = request.POST.get("how", ""), request.POST.get("other", "")
        name = request.POST.get("name", "").strip() or f"{found.name} {how} {other}"
        by = person_of(request).username
        made = sets.combine(name, found.environment_id, found.name, how, other, by, now())
        messages.success(request, _("The set “%(name)s” is made.") % {"name": made.name})
        return f"/sets/{made.pk}"

    return once(request, work)


def drift(request: HttpRequest, number: int) -> HttpResponse:
    """What became of a set since a run froze it, found in steps: the first with the page, each
    further one asked for by what the one before put there."""
    found = sets.set_numbered(number)
    asked = {name: number_or_none(request.GET.get(name)) or 0 for name in DRIFT_ASKS}
    run = run_numbered(asked["run"])
    step = drift_some(found, run, asked["after"])
    context = {
        "set": found,
        "environment": found.environment_id,
        "run": run,
        "step": step,
        "came": shown(found, step.came, asked["came"]),
        "went": shown(found, step.went, asked["went"]),
        "all_came": asked["came"] + len(step.came),
        "all_went": asked["went"] + len(step.went),
        "most": SHOWN,
    }
    page = "set_drift_step" if request.htmx else "set_drift"
    return render(request, f"web/{page}.html", context)


def shown(record_set: RecordSet, numbers: list[int], before: int) -> list[sets.Member]:
    """Those of a step that a page shows, when it shows `before` of the steps before it."""
    return set_pages.known(record_set, numbers[: max(0, SHOWN - before)])


def by_name(request: HttpRequest, environment: str) -> HttpResponse:
    """The address of a set by its name, as runs know it."""
    return redirect(f"/sets/{sets.set_named(request.GET.get('name', ''), environment).pk}")


addresses = [
    path("sets", all_sets),
    path("sets/download.csv", download_list),
    path("sets/new/<slug:environment>", new_set),
    path("sets/new/<slug:environment>/check", check),
    path("sets/named/<slug:environment>", by_name),
    path("sets/<int:number>", one_set),
    path("sets/<int:number>/count", count),
    path("sets/<int:number>/lines", not_found),
    path("sets/<int:number>/download.<slug:ending>", download),
    path("sets/<int:number>/members.csv", download_members),
    path("sets/<int:number>/freeze", freeze),
    path("sets/<int:number>/combine", combine),
    path("sets/<int:number>/drift", drift),
]
