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

from galleyproof.catalog.generations import standing
from galleyproof.catalog.id_lines import Asked
from galleyproof.catalog.kinds import environment_named
from galleyproof.catalog.models import Environment
from galleyproof.catalog.sets import Chosen, choose_file, choose_set
from galleyproof.jobs.job import Job
from galleyproof.jobs.office_names import job_named
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.permits.days import day_of
from galleyproof.permits.deciding import may, require
from galleyproof.permits.limits import day_limit
from galleyproof.runs.asking_checks import (
    check_in_environment,
    check_parameters,
    columns_named,
    tell,
    what_is_given,
)
from galleyproof.runs.beginning import (
    end_dead_drafts,
    plan_then_run,
    run_directly,
    run_from_plan,
)
from galleyproof.runs.binding import check_use, resolved
from galleyproof.runs.models import Run
from galleyproof.runs.ramp import check_ramp


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
    end_dead_drafts(at)  # what they had reserved of the day is free again
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
    most = day_limit(answer.limits)
    if plan is not None:
        return run_from_plan(who, common, plan, asked.exclude, at, most=most)
    if asked.dry_run or asked.environment == "sandbox":
        return run_directly(who, common | {"dry_run": asked.dry_run}, chosen, at, most=most)
    return plan_then_run(who, common, chosen, at, most=most)


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
