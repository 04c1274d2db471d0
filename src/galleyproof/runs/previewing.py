"""What a run from a plan, or an undo, would write: the job is asked again, by the code that decides
a run. Nothing is kept and nothing written.

The members are taken at the versions that the plan was made on. What hangs together with them is
taken as it is now; where the answer is then not the plan's (its digests tell), once more as it was
when the plan was made. So a plan shows what it showed, also when it has been run since; what can no
longer be shown is said and never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import psycopg

from galleyproof.catalog.generations import held_before
from galleyproof.catalog.making import Creation
from galleyproof.catalog.reading import held_under_roots, with_what_was
from galleyproof.catalog.writing import Write, array_of
from galleyproof.jobs.job import Held
from galleyproof.runs.assignment import Assignment, assignment_of
from galleyproof.runs.deciding import decide
from galleyproof.runs.judging import CHANGED, Decided, places_of
from galleyproof.runs.material import Chunk, Material
from galleyproof.runs.models import Run
from galleyproof.runs.numbers_in_use import clashes, without_clashes
from galleyproof.runs.surroundings import read_around, read_given, with_numbers
from galleyproof.runs.undoing import decide_undo, read_past
from galleyproof.structures.forms import form_of
from galleyproof.structures.table import STRUCTURES


@dataclass(slots=True)
class Preview:
    """What a run from a plan would write in some of its chunks.

    writes: (kind, number) -> the new version, of members and of what follows on other records;
    the time of change in 005 is the run's and not in it. creations: the records that it would
    make; others name them by their `stands_in`. unshown: number of a member -> why what the plan
    says of it cannot be shown any more, a sentence.
    """

    writes: dict[tuple[str, int], Write] = field(default_factory=dict)
    creations: list[Creation] = field(default_factory=list)
    unshown: dict[int, str] = field(default_factory=dict)


UNSHOWN = (
    "what hangs together with it, or what the job asks of the environment, has changed since the "
    "plan was made; a run of the plan would refuse it"
)


def preview(
    cursor: psycopg.Cursor[Any],
    plan: Run,
    starts: Sequence[int],
    ids: Iterable[int] | None = None,
) -> Preview:
    """What a run of the plan would write in the chunks that start at these places.

    ids: only these changed members, and what is decided together with them; None for all. The
    numbers that stand in for made records are those of the plan's own lines where all of one
    chunk is asked for. The cursor's search path is the environment, then the governing schema.
    """
    assignment = replace(assignment_of(plan), dry_run=False, planned=True, stamp=None)
    whole = planned(cursor, plan, starts)
    chunk = whole if ids is None else part_of(cursor, assignment, whole, set(ids))
    if not chunk.to_do:
        return Preview()
    members = members_as_planned(cursor, assignment, chunk)
    decided = ask(cursor, assignment, chunk, members, before=None)
    if left_out(chunk, decided) and not assignment.alone:
        then = ask(cursor, assignment, chunk, members, before=plan.id)
        if len(left_out(chunk, then)) < len(left_out(chunk, decided)):
            decided = then
    return Preview(
        {(one.kind, one.id): one for one in decided.writes},
        decided.creations,
        {chunk.ids[place]: UNSHOWN for place in left_out(chunk, decided)},
    )


def left_out(chunk: Chunk, decided: Decided) -> list[int]:
    """The places of members that the plan changes, and that were not changed as it says."""
    return [place for place in chunk.to_do if decided.marks[place] != CHANGED]


def planned(cursor: psycopg.Cursor[Any], plan: Run, starts: Sequence[int]) -> Chunk:
    """Chunks of a plan as one, as a run from it takes them over."""
    cursor.execute(
        "SELECT ids, marks, versions, hashes, side FROM chunk"
        " WHERE run = %s AND start = ANY(%s) AND state = 'done' ORDER BY start",
        (plan.id, list(starts)),
        binary=True,
    )
    rows = cursor.fetchall()
    return Chunk(
        plan.id,
        min(starts, default=0),
        [id for ids, *_ in rows for id in ids],
        b"".join(marks for _, marks, *_ in rows),
        [version for _, _, versions, *_ in rows for version in versions],
        b"".join(hashes for *_, hashes, _ in rows),
        0,
        b"".join(side or b"" for *_, side in rows),
    )


def part_of(
    cursor: psycopg.Cursor[Any], assignment: Assignment, chunk: Chunk, wanted: set[int]
) -> Chunk:
    """The chunk with only these members to do, and those that are decided together with them."""
    if not assignment.alone:
        cursor.execute(
            "SELECT id FROM record WHERE kind = %(kind)s AND id = ANY(%(all)s::bigint[])"
            " AND root IN (SELECT root FROM record WHERE kind = %(kind)s"
            " AND id = ANY(%(wanted)s::bigint[]))",
            {
                "kind": assignment.kind,
                "all": array_of(chunk.ids),
                "wanted": array_of(sorted(wanted)),
            },
        )
        wanted = {id for (id,) in cursor}
    hashes = chunk.planned_hashes or b""
    planned_on, marks = chunk.planned_on or [], chunk.marks or b""
    changed = {place: number for number, place in enumerate(places_of(CHANGED, marks))}
    places = [place for place, id in enumerate(chunk.ids) if id in wanted]
    return Chunk(
        chunk.run,
        chunk.start,
        [chunk.ids[place] for place in places],
        bytes(marks[place] for place in places),
        [planned_on[place] for place in places],
        b"".join(
            hashes[16 * changed[place] : 16 * changed[place] + 16]
            for place in places
            if place in changed
        ),
        0,
        chunk.planned_side,
    )


def members_as_planned(
    cursor: psycopg.Cursor[Any], assignment: Assignment, chunk: Chunk
) -> list[tuple[int, Held]]:
    """(place, record) of the members at the versions that the plan was made on; those that it
    changes alone where each record is decided alone."""
    places = chunk.to_do if assignment.alone else range(len(chunk.ids))
    planned_on = chunk.planned_on or []
    wanted = [(chunk.ids[place], planned_on[place]) for place in places if planned_on[place]]
    kind = assignment.kind
    cursor.execute(
        "SELECT v.kind, v.id, v.version, r.parent, r.root, v.status, coalesce(v.body, b.body),"
        " r.children FROM unnest(%s::bigint[], %s::integer[]) AS w (id, version)"
        " JOIN record AS r ON r.kind = %s AND r.id = w.id"
        " JOIN version AS v ON v.kind = r.kind AND v.id = w.id AND v.version = w.version"
        " LEFT JOIN version AS b ON b.kind = v.kind AND b.id = v.id AND b.version = v.same_as",
        ([id for id, _ in wanted], [version for _, version in wanted], kind),
        binary=True,
    )
    found = [under_its_own(Held(*row)) for row in cursor]
    if assignment.job.takes == "gone":
        found = with_what_was(cursor, found)
    by_number = {one.id: one for one in found}
    return [(place, by_number[id]) for place in places if (id := chunk.ids[place]) in by_number]


def ask(
    cursor: psycopg.Cursor[Any],
    assignment: Assignment,
    chunk: Chunk,
    members: Sequence[tuple[int, Held]],
    before: int | None,
) -> Decided:
    """The job's answers, judged as in a run. before: a run before which what hangs together is
    taken; None for now."""
    material = Material(list(chunk.planned_on or []), list(members))
    if assignment.relatives and members:
        gone = assignment.job.takes == "gone"
        roots = sorted({held.root for _, held in members})
        found = held_under_roots(
            cursor, assignment.relatives, roots, gone=gone or before is not None
        )
        if before is not None:
            found = as_they_were(cursor, found, before, gone=gone)
        for held in with_what_was(cursor, found) if gone else found:
            material.relatives.setdefault(held.root, []).append(held)
    material.around = read_around(cursor, assignment, material.relatives)
    if assignment.columns:
        material.given = read_given(cursor, assignment, chunk.ids)
    material.around = with_numbers(
        cursor,
        assignment.job,
        assignment.parameters,
        material.around,
        material.given.values(),
    )
    return without_clashes(
        assignment,
        material,
        partial(decide, assignment, chunk, material),
        partial(clashes, cursor),
    )


def as_they_were(
    cursor: psycopg.Cursor[Any], now: Sequence[Held], run: int, *, gone: bool
) -> list[Held]:
    """The records as they stood before a run; those that were not there then are left out."""
    ids: dict[str, list[int]] = {}
    for held in now:
        ids.setdefault(held.kind, []).append(held.id)
    then = [one for kind, some in ids.items() for one in held_before(cursor, kind, some, run)]
    return [under_its_own(one) for one in then if gone or one.status != "deleted"]


def under_its_own(held: Held) -> Held:
    """The record under the one that its body names: it may have moved since."""
    if held.kind not in STRUCTURES:
        return held
    return held._replace(parent=form_of(held.kind).parent(held.record))


def writes_of_undo(cursor: psycopg.Cursor[Any], undo: Run, starts: Sequence[int]) -> list[Write]:
    """What an undo would write in some chunks of its preview, as the records are now; members and
    what follows on others."""
    assignment = replace(assignment_of(undo), dry_run=False, stamp=None)
    writes: list[Write] = []
    for start in starts:
        cursor.execute(
            "SELECT ids, planned_on, planned_plain FROM chunk WHERE run = %s AND start = %s",
            (undo.id, start),
            binary=True,
        )
        ids, planned_on, plain = cursor.fetchone() or ([], [], False)
        chunk = Chunk(undo.id, start, ids, None, planned_on, None, 0, planned_plain=plain)
        material = read_past(cursor, assignment, chunk)
        writes += decide_undo(assignment, chunk, material).writes
    return writes
