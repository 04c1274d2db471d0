"""Changed records with what changes in them: of a run from the versions that it wrote, of a
plan by asking again about the versions it was made on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import psycopg

from galleyproof.catalog.reading import bodies_at
from galleyproof.database.connect import connect
from galleyproof.jobs.job import Group, Held
from galleyproof.jobs.outcome import Changed
from galleyproof.marc.changes import Change, changes
from galleyproof.marc.record import Record
from galleyproof.marc.undo import undo
from galleyproof.runs.models import Run
from galleyproof.runs.offered import job_named
from galleyproof.runs.reporting import ids_with, own_number

TOGETHER = 500
"""Records whose bodies are read by one query."""


class Difference(NamedTuple):
    """One changed record. number: its 001."""

    kind: str
    id: int
    number: str
    changes: list[Change]
    before: bytes
    after: bytes


def differences(run: Run, limit: int | None = None) -> Iterator[Difference]:
    """The changed records of a run or a plan, in the run's order."""
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        wanted = islice(ids_with(run, "changed"), limit)
        with connection.cursor() as cursor:
            for some in batches(wanted, TOGETHER):
                yield from differences_of(cursor, run, some)


def batches(some: Iterator[tuple[int, int]], size: int) -> Iterator[list[tuple[int, int]]]:
    while several := list(islice(some, size)):
        yield several


def differences_of(
    cursor: psycopg.Cursor[Any], run: Run, wanted: Sequence[tuple[int, int]]
) -> Iterator[Difference]:
    """Of these (number, version judged at). The cursor sees the run's environment first."""
    if run.job == "load":
        loaded = bodies_at(cursor, run.kind, wanted)
        for pair in wanted:
            body = loaded.get(pair, b"")
            yield Difference(run.kind, pair[0], own_number(body), [], b"", body)
        return
    befores = bodies_at(cursor, run.kind, wanted)
    if run.dry_run:
        afters = undone(cursor, run, befores) if run.undoes_id is not None else {}
    else:
        afters = bodies_at(cursor, run.kind, [(id, version + 1) for id, version in wanted])
    for id, version in wanted:
        before = befores.get((id, version), b"")
        if not run.dry_run:
            after = afters.get((id, version + 1), b"")
        elif run.undoes_id is not None:
            after = afters.get((id, version), before)
        else:
            after = proposed(run, Held(run.kind, id, version, None, id, "active", before))
        found = changes(Record(before), Record(after)) if before and after else []
        yield Difference(run.kind, id, own_number(before), list(found), before, after)


def proposed(run: Run, held: Held) -> bytes:
    """What the job makes of a record as it was when the plan was made."""
    job = job_named(run.job)
    parameters = job.parameters.model_validate(run.parameters)
    for about, answer in job.decide(Group([held], []), parameters):
        if about.id == held.id and isinstance(answer, Changed):
            return answer.record.body
    return held.body


def undone(
    cursor: psycopg.Cursor[Any], run: Run, now: dict[tuple[int, int], bytes]
) -> dict[tuple[int, int], bytes]:
    """What undoing makes of these records as they are now."""
    cursor.execute(
        "SELECT id, version FROM version WHERE kind = %s AND id = ANY(%s) AND run = %s",
        (run.kind, [id for id, _ in now], run.undoes_id),
    )
    written = dict(cursor.fetchall())
    pairs = [(id, version + step) for id, version in written.items() for step in (-1, 0)]
    bodies = bodies_at(cursor, run.kind, pairs)
    found = {}
    for (id, version), body in now.items():
        wrote = written.get(id, 0)
        before, after = bodies.get((id, wrote - 1)), bodies.get((id, wrote))
        if before is not None and after is not None:
            found[(id, version)] = undo(Record(before), Record(after), Record(body)).record.body
    return found
