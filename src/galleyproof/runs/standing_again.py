"""Whether a run may (still) go on under the permit that it began with, and why not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from galleyproof.jobs.catalogue import JOBS
from galleyproof.jobs.given import Given, given_by
from galleyproof.jobs.office_names import job_named
from galleyproof.people.denial import Answer
from galleyproof.people.models import Person
from galleyproof.permits.deciding import may, require
from galleyproof.runs.models import Run
from galleyproof.runs.surroundings import column_values


def still(run: Run, at: datetime, *, begins: bool = True) -> Answer:
    """The answer for the run's own permit, and no other: another one, wider or newer, is for
    another run. begins: whether it goes on at this hour. A dry run that a ticket allowed asks for
    the ticket."""
    person, job, asked = question(run, at, begins)
    return may(person, job, **asked)


def require_again(
    run: Run, at: datetime, *, acting: Person | None = None, begins: bool = True
) -> Answer:
    """As `still`; what is not allowed is logged and raised as NotPermitted."""
    person, job, asked = question(run, at, begins)
    return require(person, job, acting=acting, **asked)


def question(run: Run, at: datetime, begins: bool) -> tuple[Person, str, dict[str, Any]]:
    permit = run.permit
    undo = run.undoes_id is not None
    return (
        run.person,
        permit.job if permit else run.job,
        {
            "binding": permit.binding if permit else run.binding,
            "environment": run.environment_id,
            "records": run.size,
            "parameters": None if undo else given_of(run),
            "at": at,
            "writes": begins and not run.dry_run,
            "only": permit.pk if permit else None,
        },
    )


def given_of(run: Run) -> Given | None:
    """What a run's parameters and the columns of its file say; None for a job not on offer."""
    job = JOBS.get(run.job)
    if job is None:
        return None
    return given_by(job.parameters.model_validate(run.parameters), column_values(run))


def asks_nobody(run: Run) -> bool:
    """A first filling, and the undo of one's own run: they hang on no permit. Half an undo would
    be worse than a whole one."""
    return run.permit_id is None and (run.job == "load" or run.undoes_id is not None)


def another_revision(run: Run) -> str:
    """The job has changed since the run was asked for, as a sentence; "" if it has not."""
    if run.undoes_id is not None:
        return ""
    job = job_named(run.job)
    if job.revision == run.job_revision:
        return ""
    return (
        f"{run.job} was at revision {run.job_revision} when the run was asked for and is at "
        f"{job.revision} now; what is done stays. Cancel it, and ask for a new run of what is left"
    )
