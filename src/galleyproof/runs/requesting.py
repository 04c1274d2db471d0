"""The one door. Everything that changes a catalogue is asked for here, and asks for a permit.

Order of checks: usage, then the set and the kind of its input, then parameters, then the permit.
What is found at one stage is told together, and nothing is written before all four pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.catalog.generations import refuse_while_refreshing, standing
from galleyproof.catalog.id_lines import Asked
from galleyproof.catalog.kinds import environment_named
from galleyproof.catalog.models import Environment
from galleyproof.catalog.sets import Chosen, choose_file, choose_set, keep_file
from galleyproof.database.connect import connect
from galleyproof.jobs.job import Job
from galleyproof.jobs.office_names import job_named
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.permits.days import day_of
from galleyproof.permits.deciding import may, require
from galleyproof.permits.limits import day_limit
from galleyproof.permits.quota import reserve
from galleyproof.runs.asking_checks import (
    check_in_environment,
    check_parameters,
    columns_named,
    tell,
    what_is_given,
)
from galleyproof.runs.binding import check_use, resolved
from galleyproof.runs.consent import what_it_waits_for
from galleyproof.runs.freezing import freeze, freeze_from_plan, keep_given
from galleyproof.runs.models import Run
from galleyproof.runs.ramp import check_ramp
from galleyproof.runs.settling import move, settle


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for. Exactly one of set_name, file, ids and plan says on what. kind: of
    the ids, or of what a file names where the job takes several kinds. columns: those of the file
    whose values go to single records, as the job calls them."""

    job: str
    environment: str
    set_name: str = ""
    file: Path | None = None
    ids: tuple[int, ...] = ()
    kind: str = ""
    columns: tuple[str, ...] = ()
    plan: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    binding: str = ""
    dry_run: bool = False
    exclude: tuple[int, ...] = ()
    note: str = ""
    ramp: str = ""
    schedule: int | None = None
    due: datetime | None = None


def request(who: Who, asked: Request, at: datetime) -> Run:
    """Checks a request and makes its run, frozen and ready to be worked.

    Raises Wrong (with every finding of the stage that failed) or NotPermitted.
    """
    job, plan, binding = check_usage(asked)
    asked = replace(asked, columns=columns_named(job, asked.columns))
    environment = standing(asked.environment)
    chosen = check_set(asked, job, plan)
    parameters = check_parameters(job, plan.parameters if plan else asked.parameters)
    if plan is None:
        check_in_environment(job, parameters, asked.environment, at, chosen.file)
    size = plan.size if plan else chosen.size
    check_use(who, job, binding, asked.environment, at)
    answer = require(
        who.person,
        job.code,
        binding=binding,
        environment=asked.environment,
        records=size,
        parameters=what_is_given(parameters, chosen, plan),
        writes=not asked.dry_run,
        scheduled=asked.schedule is not None,
        and_today=not asked.dry_run,
        at=at,
        acting=who.acting,
        trips=not asked.dry_run,
    )
    environment = Environment.objects.get(pk=asked.environment)
    if not asked.dry_run:
        assert answer.permit_id is not None
        most = day_limit(answer.limits)
        reserve(answer.permit_id, size, at, person=who.person, acting=who.acting, most=most)
    common = {
        "job": job.code,
        "job_revision": job.revision,
        "binding": binding,
        "environment": environment,
        "generation": environment.generation,
        "person": who.person,
        "acting": who.acting.username if who.acting else "",
        "note": asked.note,
        "kind": plan.kind if plan else chosen.kind,
        "parameters": parameters.model_dump(mode="json"),
        "also": plan.also if plan else also_permitted(who, job, parameters, asked.environment, at),
        "source": plan.source if plan else chosen.source,
        "ramp": asked.ramp,
        "permit_id": answer.permit_id,
        "limits": [one.stored() for one in answer.limits],
        "schedule_id": asked.schedule,
        "due": asked.due,
        "requested": at,
        "day": plan.day if plan else day_of(at),
        "size": size,
    }
    reserved = {} if asked.dry_run else {"reserved": size, "reserved_on": day_of(at)}
    if plan is not None:
        return run_from_plan(who, common | reserved, plan, asked, at)
    if asked.dry_run or asked.environment == "sandbox":
        return run_directly(who, common | reserved | {"dry_run": asked.dry_run}, chosen, at)
    return plan_then_run(who, common, reserved, chosen, at)


# ---- usage


def check_usage(asked: Request) -> tuple[Job, Run | None, str]:
    """The job, the plan if one is named, and the whole binding."""
    findings = []
    job = plan = None
    binding = ""
    try:
        environment_named(asked.environment)
    except Wrong as wrong:
        findings.append(str(wrong))
    try:
        job = job_named(asked.job)
    except Wrong as wrong:
        findings.append(str(wrong))
    ways = [bool(asked.set_name), asked.file is not None, bool(asked.ids), asked.plan is not None]
    if sum(ways) != 1:
        findings.append("say on what: exactly one of a set, a file and a plan")
    if asked.job == "undo":
        findings.append("an undo is asked for with `galley undo RUN`")
    if asked.job == "edit-record" and not asked.ids and asked.plan is None:
        findings.append("one record is edited with `galley edit KIND ID`")
    if asked.exclude and asked.plan is None:
        findings.append("records can be excluded only from a plan: make a dry run first")
    if asked.plan is not None and asked.dry_run:
        findings.append("a plan is already a dry run; leave one of the two out")
    if asked.plan is not None and asked.parameters:
        findings.append("the plan has its parameters; give none beside it")
    if asked.columns and asked.file is None:
        findings.append("columns are those of a file of ids: name the file")
    if job is not None:
        try:
            columns_named(job, asked.columns)
        except Wrong as wrong:
            findings.append(str(wrong))
    if asked.environment == "production" and not asked.dry_run and not asked.note.strip():
        findings.append("a run in production needs a note: why is it done?")
    if asked.ramp and asked.dry_run:
        findings.append("a dry run writes nothing, so it needs no ramp")
    try:
        check_ramp(asked.ramp)
    except Wrong as wrong:
        findings.append(str(wrong))
    if asked.plan is not None:
        try:
            plan = plan_numbered(asked.plan, asked, job)
        except Wrong as wrong:
            findings.append(str(wrong))
    if job is not None:
        try:
            binding = resolved(job, asked.binding, plan)
        except Wrong as wrong:
            findings.append(str(wrong))
    tell(findings)
    assert job is not None
    return job, plan, binding


def plan_numbered(number: int, asked: Request, job: Job | None) -> Run:
    plan = Run.objects.filter(pk=number).first()
    if plan is None:
        raise Wrong(f"there is no plan {number}")
    if not plan.dry_run or plan.state != "planned":
        raise Wrong(
            f"run {number} is not a plan: it is {plan.state}, and a plan is a dry run "
            "that is through"
        )
    if job is not None and plan.job != job.code:
        raise Wrong(f"plan {number} is for {plan.job}, not for {job.code}")
    if plan.environment_id != asked.environment:
        raise Wrong(f"plan {number} was made in {plan.environment_id}, not in {asked.environment}")
    if plan.undoes_id is not None:
        raise Wrong(f"run {number} is the preview of an undo; use `galley undo {plan.undoes_id}`")
    if plan.generation != plan.environment.generation:
        raise Wrong(f"plan {number} was made before the {asked.environment} was refreshed")
    return plan


# ---- the set


def check_set(asked: Request, job: Job, plan: Run | None) -> Chosen:
    if plan is not None:
        return Chosen(plan.kind, plan.size, plan.source, None)
    if asked.kind:
        refuse_other_kind(job, asked.kind)
    if asked.file is not None:
        chosen = choose_file(
            asked.file,
            asked.environment,
            Asked(
                (asked.kind,) if asked.kind else job.kinds,
                asked.columns,
                job.columns_by_header(),
            ),
            gone=job.takes == "gone",
        )
    elif asked.ids:
        chosen = Chosen.of_ids(asked.kind or job.kinds[0], asked.ids)
    else:
        chosen = choose_set(asked.set_name, asked.environment)
    refuse_other_kind(job, chosen.kind)
    return chosen


def refuse_other_kind(job: Job, kind: str) -> None:
    if kind not in job.kinds:
        raise Wrong(
            f"{job.code} works on a set of {' or '.join(job.kinds)} records; "
            f"this is a set of {kind} records"
        )


def also_permitted(who: Who, job: Job, parameters: Any, environment: str, at: datetime) -> Any:
    """The jobs that consequences may stand for, each with the person's permit. Without one the
    job leaves the consequence out and lists it."""
    found = {}
    for code in job.stands_for(parameters):
        answer = may(who.person, code, environment=environment, at=at)
        if answer.allowed:
            found[code] = answer.permit_id
    return found


# ---- making the run


def refuse_if_refreshed(seen: Environment) -> None:
    """A run and a refresh begin one after the other; what the run was asked on must stand."""
    settings = Environment.objects.select_for_update().get(pk=seen.pk)
    refuse_while_refreshing(settings)
    if settings.generation != seen.generation:
        raise Wrong(f"the {seen.pk} was refreshed just now; ask again")


def new_run(who: Who, values: dict[str, Any], at: datetime) -> Run:
    refuse_if_refreshed(values["environment"])
    run = Run(state="draft", **values)
    run.save()
    append(
        "run-requested",
        person=who.person.username,
        acting=who.acting.username if who.acting else None,
        subject=f"run {run.id}",
        reason=run.note,
        detail={
            "job": run.job,
            "binding": run.binding,
            "environment": run.environment_id,
            "dry_run": run.dry_run,
            "plan": run.plan_id,
            "undoes": run.undoes_id,
            "set": run.source,
            "size": run.size,
            "parameters": run.parameters,
            "permit": run.permit_id,
            "schedule": run.schedule_id,
            **({"ramp": run.ramp} if run.ramp else {}),
        },
        at=at,
    )
    return run


def run_directly(who: Who, values: dict[str, Any], chosen: Chosen, at: datetime) -> Run:
    with transaction.atomic():
        run = new_run(who, values, at)
    with connect(run.environment_id) as connection:
        if chosen.file is not None:
            run.source = keep_file(connection, run.environment_id, chosen, who.person.username, at)
            keep_given(connection, run.id, chosen.file)
        run.size = freeze(connection, run.id, run.kind, chosen.members(), ramp=bool(run.ramp))
    move(run, "planning" if run.dry_run else "queued")
    run.save()
    settle(run.id, at)
    run.refresh_from_db()
    return run


def run_from_plan(who: Who, values: dict[str, Any], plan: Run, asked: Request, at: datetime) -> Run:
    """A run of a plan that is made. It may have to wait for a second person (runs.consent)."""
    with transaction.atomic():
        run = new_run(who, values | {"plan": plan, "excluded": list(asked.exclude)}, at)
    with connect(run.environment_id) as connection:
        run.size = freeze_from_plan(
            connection, run.id, run.kind, plan.id, asked.exclude, ramp=bool(run.ramp)
        )
    move(run, "planning")
    run.waits_for = what_it_waits_for(run, plan)
    move(run, "waiting" if run.waits_for else "queued")
    run.save()
    settle(run.id, at)
    run.refresh_from_db()
    return run


def plan_then_run(
    who: Who, values: dict[str, Any], reserved: dict[str, Any], chosen: Chosen, at: datetime
) -> Run:
    """In production a run plans first; it goes on from that plan as soon as it is made."""
    plan = run_directly(who, values | {"dry_run": True, "ramp": ""}, chosen, at)
    with transaction.atomic():
        from_it = {"plan": plan, "source": plan.source, "day": plan.day}
        run = new_run(who, values | reserved | from_it, at)
        move(run, "planning")
        run.save()
    settle(plan.id, at)
    run.refresh_from_db()
    return run
