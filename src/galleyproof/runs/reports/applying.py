"""Changed records in which a part of a job had a hand: a rule, or one of its actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from galleyproof.jobs.around import NOWHERE
from galleyproof.jobs.job import Held
from galleyproof.jobs.outcome import Changed
from galleyproof.marc.errors import Wrong
from galleyproof.runs.assignment import Assignment, assignment_of
from galleyproof.runs.models import Run
from galleyproof.runs.past import stored
from galleyproof.runs.reports.members import BEGINNING, At, Member, each_member


def applying(cursor: Any, run: Run, part: int, after: At = BEGINNING) -> Iterator[Member]:
    """The changed members after a place in which this part of the job (its place in the coverage)
    had a hand. The job is asked again about each record as it was judged; it decides from nothing
    else. Chunks in which the part had none are read over."""
    assignment = assignment_of(run)
    parts = assignment.job.coverage(assignment.parameters)
    if not 0 <= part < len(parts) or not assignment.alone:
        raise Wrong(f"run {run.id} counts no part {part}; `galley report {run.id} --coverage`")
    cursor.execute(
        "SELECT DISTINCT c.start FROM chunk AS c, jsonb_array_elements(c.coverage) AS e"
        " WHERE c.run = %s AND c.state = 'done' AND (e ->> 0)::integer = %s",
        (run.id, part),
    )
    starts = {start for (start,) in cursor.fetchall()}
    some: list[Member] = []
    for one in each_member(cursor, run, "changed", after):
        if some and one.at[0] != some[0].at[0]:
            yield from with_a_hand(cursor, assignment, part, some)
            some = []
        if one.at[0] in starts:
            some.append(one)
    yield from with_a_hand(cursor, assignment, part, some)


def with_a_hand(
    cursor: Any, assignment: Assignment, part: int, some: list[Member]
) -> Iterator[Member]:
    bodies = stored(cursor, [(one.kind, one.id, one.version) for one in some])
    for one in some:
        status, body = bodies[one.kind, one.id, one.version]
        held = Held(one.kind, one.id, one.version, None, one.id, status, body)
        answer = assignment.job.answer(held, held.record, assignment.parameters, NOWHERE)
        if isinstance(answer, Changed) and part in answer.applied:
            yield one
