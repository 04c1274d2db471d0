"""Changed records with what changes in them: of a run from the versions that it wrote, of a
plan by asking again about the versions it was made on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg

from galleyproof.catalog.reading import body_at
from galleyproof.database.connect import connect
from galleyproof.jobs.job import Group, Held, Job
from galleyproof.jobs.outcome import Changed
from galleyproof.marc.changes import Change, changes
from galleyproof.marc.record import Record
from galleyproof.marc.undo import undo
from galleyproof.runs.binding import job_of
from galleyproof.runs.models import Run
from galleyproof.runs.reporting import ids_with, own_number


class Difference(NamedTuple):
    """One changed record. number: its 001."""

    kind: str
    id: int
    number: str
    changes: list[Change]
    before: bytes
    after: bytes


def differences(run: Run, limit: int | None = None) -> Iterator[Difference]:
    """The changed records of a run or a plan, in the run's order, one at a time."""
    job = job_of(run) if run.dry_run and run.undoes_id is None else None
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        with connection.cursor() as cursor:
            for count, (id, version) in enumerate(ids_with(run, "changed")):
                if limit is not None and count >= limit:
                    return
                yield difference(cursor, run, job, id, version)


def difference(
    cursor: psycopg.Cursor[Any], run: Run, job: Job | None, id: int, version: int
) -> Difference:
    """job: the plan's, which is asked again; None for what was written, and for an undo."""
    if run.job == "load":
        body = bytes(body_at(cursor, run.kind, id, version) or b"")
        return Difference(run.kind, id, own_number(body), [], b"", body)
    before = bytes(body_at(cursor, run.kind, id, version) or b"")
    if not run.dry_run:
        after = bytes(body_at(cursor, run.kind, id, version + 1) or b"")
    elif job is None:
        after = undone(cursor, run, id, before)
    else:
        after = proposed(job, run, Held(run.kind, id, version, None, id, "active", before))
    found = changes(Record(before), Record(after)) if before and after else []
    return Difference(run.kind, id, own_number(before), list(found), before, after)


def proposed(job: Job, run: Run, held: Held) -> bytes:
    """What the job makes of a record as it was when the plan was made."""
    parameters = job.parameters.model_validate(run.parameters)
    for about, answer in job.decide(Group([held], []), parameters):
        if about.id == held.id and isinstance(answer, Changed):
            return answer.record.body
    return held.body


def undone(cursor: psycopg.Cursor[Any], run: Run, id: int, now: bytes) -> bytes:
    cursor.execute(
        "SELECT version FROM version WHERE kind = %s AND id = %s AND run = %s",
        (run.kind, id, run.undoes_id),
    )
    row = cursor.fetchone()
    if row is None:
        return now
    before = body_at(cursor, run.kind, id, row[0] - 1)
    after = body_at(cursor, run.kind, id, row[0])
    if before is None or after is None:
        return now
    return undo(Record(bytes(before)), Record(bytes(after)), Record(now)).record.body
