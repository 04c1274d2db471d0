"""A plan: unticking records and kinds of change, and confirming the rest in one sentence."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.permits.deciding import may
from galleyproof.runs.control import run_numbered
from galleyproof.runs.messages import announce
from galleyproof.runs.models import Run
from galleyproof.runs.ramp import STEPS
from galleyproof.runs.record_pages import ids_showing
from galleyproof.runs.requesting import Request
from galleyproof.runs.requesting import request as ask
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.kept_forms import typed_before
from galleyproof.web.models import Unticked
from galleyproof.web.screens.monitor import title_of
from galleyproof.web.sending import once

TYPE_COUNT_ABOVE = {"sandbox": 1_000, "production": 100}
"""Records above which the count must be typed before a run begins."""
MOST_BY_SHAPE = 20_000
"""Records above which a kind of change is not unticked but left out of the set."""


def plan_numbered(number: int) -> Run:
    run = run_numbered(number)
    if run.state != "planned" or not run.dry_run or run.undoes_id is not None:
        raise Wrong(
            _("run %(run)s is not a plan that can be confirmed; its page says what it is")
            % {"run": number}
        )
    return run


@require_POST
def untick(request: HttpRequest, number: int) -> HttpResponse:
    """Takes a record (`record`) or a kind of change (`change`) out of the plan, or back in."""
    plan = plan_numbered(number)
    ticked = request.POST.get("ticked") == "on"
    record, shape = request.POST.get("record", ""), request.POST.get("change", "")
    ids = ids_of_shape(plan, shape) if shape and not ticked else []
    with transaction.atomic():
        Unticked.objects.get_or_create(plan=plan, person=person_of(request))
        kept = Unticked.objects.select_for_update().get(plan=plan, person=person_of(request))
        if record.lstrip("-").isdecimal() and len(record) < 19:
            without = set(kept.ids) - {int(record)}
            kept.ids = sorted(without if ticked else without | {int(record)})
        if shape:
            shapes = {name: some for name, some in kept.shapes.items() if name != shape}
            kept.shapes = shapes if ticked else shapes | {shape: ids}
        kept.save()
    if request.htmx:
        context = {"run": plan, "unticked": kept}
        return render(request, "web/unticked.html", context)
    back = request.POST.get("back", "")
    return redirect(back if back.startswith(f"/runs/{plan.pk}/") else f"/runs/{plan.pk}")


def ids_of_shape(plan: Run, shape: str) -> list[int]:
    counts = {one["shape"]: one["count"] for one in plan.shapes}
    if counts.get(shape, 0) > MOST_BY_SHAPE:
        raise Wrong(
            _("%(n)s records show this change; leave them out of the set instead")
            % {"n": f"{counts[shape]:,}"}
        )
    return ids_showing(plan, shape)


def confirm(request: HttpRequest, number: int) -> HttpResponse:
    plan = plan_numbered(number)
    unticked = Unticked.objects.filter(plan=plan, person=person_of(request)).first()
    excluded = unticked.all_ids() if unticked is not None else []
    count = plan.counts["changed"] - len(excluded)
    limit = TYPE_COUNT_ABOVE[plan.environment_id]
    errors: list[str] = []
    status = 200
    typed = typed_before(request)
    note = request.POST.get("note", typed.get("note", [""])[0])
    ramp = request.POST.get("ramp", typed.get("ramp", [""])[0])
    if request.method == "POST":

        def work() -> str:
            check_count(request.POST, count, limit)
            run = ask(
                who(request),
                Request(
                    job=plan.job,
                    environment=plan.environment_id,
                    plan=plan.pk,
                    binding=plan.binding,
                    exclude=tuple(excluded),
                    note=note.strip(),
                    ramp=ramp,
                ),
                now(),
            )
            announce(run.pk)
            return f"/runs/{run.pk}"

        try:
            return once(request, work)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
            status = 403 if isinstance(wrong, NotPermitted) else 422
    answer = may(
        person_of(request),
        plan.job,
        binding=plan.binding,
        environment=plan.environment_id,
        records=plan.size,
        at=now(),
    )
    ask_above = plan.environment.ask_above
    return render(
        request,
        "web/confirm.html",
        {
            "run": plan,
            "title": title_of(plan),
            "environment": plan.environment_id,
            "count": count,
            "excluded": len(excluded),
            "must_type": count > limit,
            "answer": answer,
            "used_by": list(plan.used_by.order_by("pk")[:5]),
            "second": ask_above is not None and plan.counts["changed"] > ask_above,
            "errors": errors,
            "note": note,
            "ramp": ramp,
            "ramps": offered_ramps(count),
            "kept": bool(typed),
        },
        status=status,
    )


def offered_ramps(count: int) -> list[tuple[str, str]]:
    """(ramp, in words): how a run may go on, where it is large enough for a second step."""
    first, second = STEPS
    if count <= first:
        return []
    steps = _("%(first)s records, then %(second)s, then the rest; it waits for me after each step")
    if count <= first + second:
        steps = _("%(first)s records, then the rest; it waits for me between the two")
    return [
        ("", _("All at once")),
        ("confirmed", steps % {"first": first, "second": second}),
        ("automatic", _("The same by itself; it waits for me only where a record failed")),
    ]


def check_count(sent: dict[str, str], count: int, limit: int) -> None:
    """The count that the page showed must still be the count, and above a limit be typed."""
    if sent.get("count", "") != str(count):
        raise Wrong(
            _("records were unticked or ticked in another window since; look at the sentence again")
        )
    typed = sent.get("typed_count", "").replace(",", "").replace(" ", "").replace(".", "")
    if count > limit and typed != str(count):
        raise Wrong(
            _(
                "type the number of records, %(n)s, to say that you mean them all; "
                "“%(typed)s” is not it"
            )
            % {"n": f"{count:,}", "typed": sent.get("typed_count", "")}
        )
    if count <= 0:
        raise Wrong(_("every record is unticked, so there is nothing to run"))


addresses = [
    path("runs/<int:number>/untick", untick),
    path("runs/<int:number>/confirm", confirm),
]
