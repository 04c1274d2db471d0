"""Changed records with what changes in them: of a run from the versions that it wrote, of a
plan by asking again about the versions it was made on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import psycopg

from galleyproof.database.connect import connect
from galleyproof.marc.changes import Change
from galleyproof.runs.models import Run
from galleyproof.runs.past import bodies_of
from galleyproof.runs.previewing import proposed
from galleyproof.runs.reporting import ids_with, own_number
from galleyproof.structures.forms import form_of


class Difference(NamedTuple):
    """One changed record. number: its own."""

    kind: str
    id: int
    number: str
    changes: list[Change]
    before: bytes
    after: bytes


def differences(run: Run, limit: int | None = None) -> Iterator[Difference]:
    """The changed records of a run or a plan, in the run's order, some at a time."""
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        with connection.cursor() as cursor:
            changed = islice(ids_with(run, "changed"), limit)
            while some := list(islice(changed, AT_ONCE)):
                yield from differences_of(cursor, run, some)


AT_ONCE = 500
"""Records that are read together."""


def differences_of(
    cursor: psycopg.Cursor[Any], run: Run, some: Sequence[tuple[int, int]]
) -> Iterator[Difference]:
    kind = run.kind
    form = form_of(kind)
    wanted = [(kind, id, version) for id, version in some]
    if not run.dry_run and run.job != "load":
        wanted += [(kind, id, version + 1) for id, version in some]
    bodies = bodies_of(cursor, wanted)
    after: dict[int, bytes] = {}
    if run.dry_run and run.undoes_id is not None:
        after = undone(cursor, run, some, bodies)
    elif run.dry_run:
        after = proposed(cursor, run, some, bodies)
    for id, version in some:
        body = bodies.get((kind, id, version), b"")
        if run.job == "load":
            yield Difference(kind, id, own_number(kind, body), [], b"", body)
            continue
        new = after.get(id, body) if run.dry_run else bodies.get((kind, id, version + 1), b"")
        found = form.changes(form.read(body), form.read(new)) if body and new else []
        yield Difference(kind, id, own_number(kind, body), list(found), body, new)


def undone(
    cursor: psycopg.Cursor[Any],
    run: Run,
    some: Sequence[tuple[int, int]],
    bodies: dict[tuple[str, int, int], bytes],
) -> dict[int, bytes]:
    """What an undo makes of the records as they are now."""
    kind, form = run.kind, form_of(run.kind)
    cursor.execute(
        "SELECT id, version FROM version WHERE kind = %s AND id = ANY(%s) AND run = %s",
        (kind, [id for id, _ in some], run.undoes_id),
    )
    written = dict(cursor.fetchall())
    past = bodies_of(
        cursor,
        [(kind, id, version - back) for id, version in written.items() for back in (0, 1)],
    )
    found = {}
    for id, version in some:
        now, then = bodies.get((kind, id, version)), written.get(id)
        if now is None or then is None:
            continue
        before, after = past.get((kind, id, then - 1)), past.get((kind, id, then))
        if before is not None and after is not None:
            back = form.undo(form.read(before), form.read(after), form.read(now))
            found[id] = back.after.body
    return found
