"""What a job is bound to: found by name, judged, and given to the job.

A job that declares `binding = "rule-set"` is bound to one version of a rule set of the library,
written `NAME@VERSION`. A permit, a plan and a run name just that.
"""

from __future__ import annotations

from datetime import datetime

from galleyproof.jobs.catalogue import UNDO
from galleyproof.jobs.job import Job
from galleyproof.jobs.office_names import job_named
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.rulebook.finding import of_others, parse_binding, private, version_bound
from galleyproof.rulebook.models import RuleSetVersion
from galleyproof.rulebook.rights import require_use
from galleyproof.runs.models import Run


def resolved(job: Job, asked: str, plan: Run | None = None) -> str:
    """The whole binding that is meant: NAME alone is the newest version; with a plan, the plan's.

    Raises Wrong where the job needs a binding and has none, or the other way about, where there
    is no such thing, and where it is not for this job.
    """
    if not job.binding:
        if asked:
            raise Wrong(f"{job.code} is not bound to anything; leave “{asked}” out")
        return ""
    if plan is not None:
        return planned(asked, plan)
    if not asked:
        raise Wrong(
            f"{job.code} works by a rule set: say which, as NAME or NAME@VERSION; "
            "`galley rules list` shows them"
        )
    version = version_bound(asked)
    ready(job, version)
    return version.binding


def planned(asked: str, plan: Run) -> str:
    """A plan's binding; Wrong where something else was asked for."""
    binding = str(plan.binding)
    name, number = parse_binding(asked)
    its = parse_binding(binding)
    if asked and (name.casefold() != its.name.casefold() or number not in (None, its.version)):
        raise Wrong(f"plan {plan.id} was made with {binding}, not with {asked}")
    return binding


def ready(job: Job, version: RuleSetVersion) -> Job:
    """The job bound to a version; Wrong names the version where it is not for this job."""
    try:
        return job.bound_to(version.text)
    except Wrong as wrong:
        raise Wrong(f"{version.binding}: {wrong}") from None


def check_use(who: Who, job: Job, binding: str, environment: str, at: datetime) -> None:
    """Refuses, and logs, a private draft in production or of somebody else."""
    if job.binding:
        what = f"{job.code} with {binding}"
        require_use(who, version_bound(binding).rule_set, what, environment, at)


def for_permit(code: str, binding: str, person: Person, environment: str) -> tuple[str, str]:
    """The job and the whole binding that a permit is to be for. Raises Wrong for what nobody, or
    not this person, could run by it."""
    job = job_named(code)
    whole = resolved(job, binding)
    if job.binding:
        rule_set = version_bound(whole).rule_set
        if of_others(rule_set, person):
            raise Wrong(private(rule_set))
        if not rule_set.shared and environment != "sandbox":
            raise Wrong(
                f"the rule set “{rule_set.name}” is a private draft, and drafts run in the sandbox "
                "only; it must be shared first"
            )
    return job.code, whole


def job_of(run: Run) -> Job:
    """A run's job, bound to what the run was asked for with. Raises Wrong where the job is not
    offered any more."""
    if run.undoes_id is not None:
        return UNDO
    job = job_named(run.job)
    return ready(job, version_bound(run.binding)) if job.binding else job
