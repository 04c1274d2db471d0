"""Changed records with what changes in them: of a run from the versions that it wrote, of a
plan by asking again (runs.previewing)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import psycopg

from galleyproof.database.connect import connect
from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.changes import Change
from galleyproof.runs import judging
from galleyproof.runs.judging import CHANGED, places_of
from galleyproof.runs.models import Run
from galleyproof.runs.past import NOTHING, Stored, stored
from galleyproof.runs.previewing import preview, writes_of_undo
from galleyproof.runs.reporting import own_number
from galleyproof.structures.forms import form_of


class Difference(NamedTuple):
    """One changed record. number: its own. status: before and after. unshown: why what a plan
    says of it cannot be shown any more, a sentence; then before and after are alike."""

    kind: str
    id: int
    number: str
    changes: Sequence[Change]
    before: bytes
    after: bytes
    status: tuple[str, str] = ("", "")
    unshown: str = ""

    def shapes(self, literal: frozenset[str]) -> list[str]:
        """The shapes that it shows, as plans and reports write them."""
        before, after = self.status
        found = judging.Difference(form_of(self.kind).read(self.after), after, self.changes)
        return [str(one) for one in judging.shapes_of(self.kind, found, before, literal)]


def literal_of(run: Run) -> frozenset[str]:
    """What the run's job declares literal in shapes; nothing where the job is not offered."""
    return JOBS[run.job].literal if run.job in JOBS else frozenset()


def differences(run: Run, limit: int | None = None) -> Iterator[Difference]:
    """The changed records of a run or a plan, in the run's order, some at a time."""
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        with connection.cursor() as cursor:
            yield from islice(each_difference(cursor, run), limit)


AT_ONCE = 500
"""Records that are read together."""

STARTS = """
    SELECT start FROM chunk WHERE run = %s AND state = 'done' AND changed > 0
    AND (kind IS NULL OR kind = %s) ORDER BY start
"""


def each_difference(cursor: psycopg.Cursor[Any], run: Run) -> Iterator[Difference]:
    cursor.execute(STARTS, (run.id, run.kind))
    for (start,) in cursor.fetchall():
        cursor.execute(
            "SELECT ids, versions, marks FROM chunk WHERE run = %s AND start = %s",
            (run.id, start),
            binary=True,
        )
        ids, versions, marks = cursor.fetchone() or ([], [], b"")
        changed = iter([(ids[place], versions[place]) for place in places_of(CHANGED, marks)])
        while some := list(islice(changed, AT_ONCE)):
            yield from differences_of(cursor, run, [start], some)


def differences_of(
    cursor: psycopg.Cursor[Any], run: Run, starts: Sequence[int], some: Sequence[tuple[int, int]]
) -> Iterator[Difference]:
    """What changes in some changed members, in their order. some: (number, version judged at);
    starts: where their chunks begin."""
    kind = run.kind
    back = 0 if run.job == "load" else 1
    wanted = [(kind, id, version) for id, version in some]
    if not run.dry_run:
        wanted += [(kind, id, version + back) for id, version in some]
    found = stored(cursor, wanted)
    after: dict[int, Stored] = {}
    unshown: dict[int, str] = {}
    if not run.dry_run:
        after = {id: found[kind, id, version + back] for id, version in some}
    elif run.undoes_id is not None:
        after = undone(cursor, run, starts, some, found)
    else:
        after, unshown = proposed(cursor, run, starts, some)
    for id, version in some:
        before = found.get((kind, id, version), NOTHING)
        if run.job == "load":
            yield Difference(kind, id, own_number(kind, before.body), [], b"", before.body)
            continue
        yield difference(kind, id, before, after.get(id, before), unshown.get(id, ""))


def difference(kind: str, id: int, before: Stored, after: Stored, unshown: str = "") -> Difference:
    """before: with no body where the record was made."""
    form = form_of(kind)
    new = form.read(after.body)
    return Difference(
        kind,
        id,
        own_number(kind, before.body or after.body),
        form.changes(form.read(before.body) if before.body else form.nothing(new), new),
        before.body,
        after.body,
        (before.status, after.status),
        unshown,
    )


def proposed(
    cursor: psycopg.Cursor[Any], plan: Run, starts: Sequence[int], some: Sequence[tuple[int, int]]
) -> tuple[dict[int, Stored], dict[int, str]]:
    """What a run of the plan would make of some of its members, and what cannot be shown."""
    shown = preview(cursor, plan, starts, [id for id, _ in some])
    after = {
        id: Stored(write.status, write.body)
        for (kind, id), write in shown.writes.items()
        if kind == plan.kind and write.body is not None
    }
    return after, shown.unshown


def undone(
    cursor: psycopg.Cursor[Any],
    run: Run,
    starts: Sequence[int],
    some: Sequence[tuple[int, int]],
    now: dict[tuple[str, int, int], Stored],
) -> dict[int, Stored]:
    """What an undo makes of its members, as its run decides it. Of those that have changed since
    the preview, what it makes of the fields as they were then."""
    kind, judged = run.kind, dict(some)
    writes = [
        one
        for one in writes_of_undo(cursor, run, starts)
        if one.kind == kind and judged.get(one.id) == one.base
    ]
    older = stored(cursor, [(kind, one.id, one.same_as) for one in writes if one.same_as])
    found = {}
    for one in writes:
        body = one.body if one.same_as is None else older[kind, one.id, one.same_as].body
        if body is not None:
            found[one.id] = Stored(one.status, body)
    rest = [(id, version) for id, version in some if id not in found]
    return found | undone_then(cursor, run, rest, now)


def undone_then(
    cursor: psycopg.Cursor[Any],
    run: Run,
    some: Sequence[tuple[int, int]],
    then: dict[tuple[str, int, int], Stored],
) -> dict[int, Stored]:
    """What an undo made of records as they were at the versions that it judged."""
    if not some:
        return {}
    kind, form = run.kind, form_of(run.kind)
    cursor.execute(
        "SELECT id, version FROM version WHERE kind = %s AND id = ANY(%s) AND run = %s",
        (kind, [id for id, _ in some], run.undoes_id),
    )
    written = dict(cursor.fetchall())
    past = stored(
        cursor,
        [(kind, id, version - back) for id, version in written.items() for back in (0, 1)],
    )
    found = {}
    for id, version in some:
        own = written.get(id, 0)
        before, after = past.get((kind, id, own - 1)), past.get((kind, id, own))
        if before is None or after is None:
            continue
        held = then[kind, id, version]
        status = held.status
        if before.status != after.status and held.status == after.status:
            status = before.status
        back = form.undo(form.read(before.body), form.read(after.body), form.read(held.body))
        found[id] = Stored(status, back.after.body)
    return found
