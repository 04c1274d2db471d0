"""What a run wrote on other records than its members, or a run of a plan would write: before and
after of what follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from galleyproof.catalog.writing import Write, array_of
from galleyproof.runs.before_after import Difference, difference
from galleyproof.runs.models import Run
from galleyproof.runs.past import NOTHING, Stored, stored
from galleyproof.runs.previewing import UNSHOWN, planned, preview, writes_of_undo
from galleyproof.runs.reports.naming import Key, roots_of

WRITTEN = """
    SELECT w.kind, w.id, v.version
    FROM unnest(%s::text[], %s::bigint[]) AS w (kind, id)
    JOIN version AS v ON v.kind = w.kind AND v.id = w.id AND v.run = %s ORDER BY v.version
"""


class Side(NamedTuple):
    """What changes in a record beside the members. root: the bib above one that would be made; 0
    for others."""

    difference: Difference
    root: int = 0


def side_differences(cursor: Any, run: Run, some: Sequence[tuple[int, Key]]) -> dict[Key, Side]:
    """(kind, number) -> what changes in it; what is only told of a record is left out.

    some: (start of the chunk that it follows from, key). Numbers below zero stand in for records
    that a run of the plan would make.
    """
    if not run.dry_run:
        return written(cursor, run, [key for _, key in some])
    found: dict[Key, Side] = {}
    of_chunk: dict[int, list[Key]] = {}
    for start, key in some:
        of_chunk.setdefault(start, []).append(key)
    for start, wanted in of_chunk.items():
        found |= foreseen(cursor, run, start, wanted)
    return found


def written(cursor: Any, run: Run, some: Iterable[Key]) -> dict[Key, Side]:
    keys = set(some)
    kinds, ids = [kind for kind, _ in keys], [id for _, id in keys]
    cursor.execute(WRITTEN, (kinds, ids, run.id))
    versions = {(kind, id): version for kind, id, version in cursor.fetchall()}
    bodies = stored(
        cursor,
        [(*key, version - back) for key, version in versions.items() for back in (0, 1)],
    )
    return {
        key: Side(
            difference(*key, bodies.get((*key, version - 1), NOTHING), bodies[(*key, version)])
        )
        for key, version in versions.items()
    }


def foreseen(cursor: Any, plan: Run, start: int, wanted: Sequence[Key]) -> dict[Key, Side]:
    """The same of a plan. Where it cannot be shown any more, that is said."""
    if plan.undoes_id is not None:
        return of_writes(cursor, writes_of_undo(cursor, plan, [start]), wanted)
    whole = any(id < 0 for _, id in wanted)
    roots = roots_of(cursor, [key for key in wanted if key[1] > 0])
    ids = None if whole else members_under(cursor, plan, start, set(roots.values()))
    shown = preview(cursor, plan, [start], ids)
    found = of_writes(cursor, shown.writes.values(), wanted)
    for one in shown.creations:
        key = (one.kind, one.stands_in)
        made = difference(*key, NOTHING, Stored("active", one.body.body))
        found[key] = Side(made, one.root)
    lost = set(roots_of(cursor, [(plan.kind, id) for id in shown.unshown]).values())
    for key in wanted:
        if key not in found and (key[1] < 0 or roots.get(key) in lost):
            found[key] = Side(Difference(*key, "", [], b"", b"", ("", ""), UNSHOWN))
    return found


def members_under(cursor: Any, plan: Run, start: int, roots: set[int]) -> list[int]:
    """The members of a chunk under these bibs."""
    cursor.execute(
        "SELECT id FROM record WHERE kind = %s AND id = ANY(%s::bigint[])"
        " AND root = ANY(%s::bigint[])",
        (plan.kind, array_of(planned(cursor, plan, [start]).ids), array_of(sorted(roots))),
    )
    return [id for (id,) in cursor]


def of_writes(cursor: Any, writes: Iterable[Write], wanted: Sequence[Key]) -> dict[Key, Side]:
    keys = set(wanted)
    some = [one for one in writes if (one.kind, one.id) in keys]
    bodies = stored(
        cursor,
        [
            (one.kind, one.id, version)
            for one in some
            for version in (one.base, one.same_as)
            if version is not None
        ],
    )
    found = {}
    for one in some:
        key = (one.kind, one.id)
        body = one.body
        if body is None and one.same_as is not None:
            body = bodies[(*key, one.same_as)].body
        if body is not None and (*key, one.base) in bodies:
            before = bodies[(*key, one.base)]
            found[key] = Side(difference(*key, before, Stored(one.status, body)))
    return found
