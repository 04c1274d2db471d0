"""What a worker must know of a run to work its chunks: read once, then kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from galleyproof.catalog.models import RecordSet
from galleyproof.jobs.job import Job
from galleyproof.marc.tags import Need
from galleyproof.permits.limits import Limits, stored_limits
from galleyproof.runs.binding import job_of
from galleyproof.runs.fence import Fence, fence_of
from galleyproof.runs.models import Run


@dataclass(frozen=True, slots=True)
class Assignment:
    """One run as its workers see it.

    stamp: the 16 bytes that go to 005 of a changed record (MARC 21 005, yyyymmddhhmmss.f, the
    time the run was requested, so that a resumed run writes the same bytes), or None where the
    environment does not stamp. at: the same time, for the heads. undoes: the run undone, if any.
    alone: whether the job decides each record from itself. also: the jobs that consequences may
    stand for, each with its permit. given_to: the run that the values of single lines of the
    input were kept for. excluded: members unticked at the preview. limits: those of its permit;
    fence: what they say of places, None if nothing. columns: those of the input file that are
    used. record_set: the number of the set that it works on, where that has a name.
    """

    run: int
    environment: str
    kind: str
    job: Job
    parameters: Any
    need: Need
    dry_run: bool
    planned: bool
    undoes: int | None
    permit: int | None
    person: int
    stamp: bytes | None
    at: datetime
    alone: bool = True
    relatives: tuple[str, ...] = ()
    also: Mapping[str, int] = field(default_factory=dict)
    given_to: int = 0
    excluded: frozenset[int] = frozenset()
    today: date = date.min
    settings: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[Limits, ...] = ()
    fence: Fence | None = None
    columns: frozenset[str] = frozenset()
    record_set: int | None = None


def stamp_of(at: datetime) -> bytes:
    return at.strftime("%Y%m%d%H%M%S.").encode() + str(at.microsecond // 100_000).encode()


def assignment_of(run: Run) -> Assignment:
    """What a worker must know of a run. Raises Wrong where its job is not offered any more."""
    job = job_of(run)
    parameters = job.parameters.model_validate(run.parameters)
    limits = stored_limits(run.limits)
    columns = frozenset(run.source.get("columns", ()))
    together = bool(columns & job.columns_together)
    return Assignment(
        run=run.id,
        environment=run.environment_id,
        kind=run.kind,
        job=job,
        parameters=parameters,
        need=job.need(parameters),
        dry_run=run.dry_run,
        planned=run.plan_id is not None,
        undoes=run.undoes_id,
        permit=run.permit_id,
        person=run.person_id,
        stamp=stamp_of(run.requested) if run.environment.stamp_005 else None,
        at=run.requested,
        alone=job.alone(parameters) and not together,
        relatives=job.relatives if together else job.relatives_for(parameters),
        also=run.also,
        given_to=run.plan_id or run.id,
        excluded=frozenset(int(id) for id in run.excluded),
        today=run.day,
        settings=run.environment.settings,
        limits=limits,
        fence=fence_of(limits),
        columns=columns,
        record_set=set_of(run),
    )


def set_of(run: Run) -> int | None:
    """The number of the set that a run works on, or of the one that keeps its file's lines."""
    name = run.source.get("set")
    if not isinstance(name, str):
        return None
    found = RecordSet.objects.filter(name=name, environment_id=run.environment_id)
    number: int | None = found.values_list("pk", flat=True).first()
    return number
