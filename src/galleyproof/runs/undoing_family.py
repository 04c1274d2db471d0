"""What hangs together in an undo: records made by the run, and records above those that return.

An item that returns needs its holding: there, returning with it, or restored for it where it went
only because it was empty. A holding that a run made goes with the undo that leaves it empty,
whichever of the runs that used it is undone last.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import psycopg

from galleyproof.catalog.kinds import KINDS
from galleyproof.catalog.writing import Write, array_of
from galleyproof.runs.past import Past
from galleyproof.structures.forms import form_of
from galleyproof.structures.table import STRUCTURES


class Parent(NamedTuple):
    """A record above. made_by_undone: made by another run, which has been undone since.
    emptied: deleted, as a consequence of a run."""

    kind: str
    id: int
    version: int
    body_version: int
    status: str
    parent: int | None
    root: int
    comings: int
    made_by_undone: bool
    emptied: bool
    body: bytes | None


@dataclass(slots=True)
class Above:
    """parents: the records above those of the chunk, now and before the run, and what the run
    made. children: (kind, id) -> what hangs under it now. moved: what the run put under it.
    returning: what the undo gives back by itself; restored: what it gives back for others; left:
    what it has taken away so far. going: what the run had restored, and goes again; idle: what is
    withdrawn.
    """

    parents: dict[tuple[str, int], Parent] = field(default_factory=dict)
    children: dict[tuple[str, int], set[tuple[str, int]]] = field(default_factory=dict)
    moved: set[tuple[str, int]] = field(default_factory=set)
    bodies: dict[tuple[str, int], bytes] = field(default_factory=dict)
    returning: set[tuple[str, int]] = field(default_factory=set)
    restored: set[tuple[str, int]] = field(default_factory=set)
    left: set[tuple[str, int]] = field(default_factory=set)
    going: set[tuple[str, int]] = field(default_factory=set)
    idle: set[tuple[str, int]] = field(default_factory=set)

    def begin_again(self, refused: Container[tuple[str, int]]) -> None:
        """Forgets what deciding has noted so far; what is refused does not return."""
        self.restored.clear()
        self.left.clear()
        self.returning = {one for one in self.returning if one not in refused}


PARENTS = """
    SELECT r.kind, r.id, r.version, r.body_version, r.status, r.parent, r.root, r.children,
           v.run <> %(undoes)s AND EXISTS (SELECT 1 FROM governing.run AS m
               WHERE m.id = v.run AND m.job <> 'load' AND m.undoes_id IS NULL)
             AND EXISTS (SELECT 1 FROM governing.run AS u WHERE u.undoes_id = v.run
               AND NOT u.dry_run AND u.state LIKE 'completed%%'),
           r.status = 'deleted' AND EXISTS (SELECT 1 FROM outcome AS o WHERE o.run = c.run
               AND o.outcome = 'consequence' AND o.kind = r.kind AND o.id = r.id),
           b.body
    FROM unnest(%(kinds)s::text[], %(ids)s::bigint[]) AS w (kind, id)
    JOIN record AS r ON r.kind = w.kind AND r.id = w.id
    JOIN version AS v ON v.kind = r.kind AND v.id = r.id AND v.version = 1
    JOIN version AS c ON c.kind = r.kind AND c.id = r.id AND c.version = r.version
    JOIN version AS b ON b.kind = r.kind AND b.id = r.id AND b.version = r.body_version
"""


def read_above(
    cursor: psycopg.Cursor[Any],
    past: Sequence[Past],
    bodies: Mapping[tuple[str, int, int], bytes],
    undoes: int,
) -> Above:
    """A query for the records above, one for what hangs under those that may go; none where the
    run neither made, moved nor deleted anything."""
    above = Above()
    wanted: set[tuple[str, int]] = set()
    for one in past:
        if (
            one.before_version is not None
            and one.before_status == one.status
            and one.kind not in STRUCTURES
        ):
            continue  # a MARC record that stays where it is
        own = (one.kind, one.id)
        kind = KINDS[one.kind].above
        if one.before_version is None:
            wanted.add(own)
            continue
        if one.before_status != "deleted" and one.status == "deleted":
            above.returning.add(own)
        before = parent_before(one, bodies)
        if kind and (before != one.parent or own in above.returning):
            wanted |= {(kind, each) for each in (before, one.parent) if each is not None}
        if kind and before != one.parent and one.parent is not None:
            above.moved.add((kind, one.parent))
        if one.before_status == "deleted" and one.status != "deleted":
            wanted.add(own)
            above.going.add(own)
    if not wanted:
        return above
    kinds, ids = (list(column) for column in zip(*sorted(wanted), strict=True))
    cursor.execute(PARENTS, {"kinds": kinds, "ids": ids, "undoes": undoes}, binary=True)
    for row in cursor:
        parent = Parent._make(row)
        above.parents[parent.kind, parent.id] = parent
        if parent.body is not None:
            above.bodies[parent.kind, parent.id] = parent.body
    read_children(cursor, above)
    return above


def read_children(cursor: psycopg.Cursor[Any], above: Above) -> None:
    roots = sorted({parent.root for parent in above.parents.values()})
    below = [kind.code for kind in KINDS.values() if kind.above]
    cursor.execute(
        "SELECT kind, id, parent, status FROM record WHERE kind = ANY(%s) AND status <> 'deleted'"
        " AND ((root <> id AND root = ANY(%s::bigint[]))"
        " OR (root = id AND id = ANY(%s::bigint[])))",
        (below, array_of(roots), array_of(roots)),
    )
    for kind, id, parent, status in cursor:
        if status == "withdrawn":
            above.idle.add((kind, id))
        key = (KINDS[kind].above, parent)
        if key in above.parents:
            above.children.setdefault(key, set()).add((kind, id))


def parent_before(one: Past, bodies: Mapping[tuple[str, int, int], bytes]) -> int | None:
    """The record above when the run found this one; MARC records stay where they are."""
    if one.kind not in STRUCTURES or one.before_body_version is None:
        return one.parent
    body = bodies.get((one.kind, one.id, one.before_body_version))
    form = form_of(one.kind)
    return one.parent if body is None else form.parent(form.read(body))


class Rebuilt(NamedTuple):
    refused: str = ""
    restored: Write | None = None


def rebuild(above: Above, one: Past, write: Write) -> Rebuilt:
    """What becomes of the record above for one that returns under it."""
    kind = KINDS[one.kind].above
    if not kind or write.parent is None or write.status == "deleted":
        return Rebuilt()
    key = (kind, write.parent)
    parent = above.parents.get(key)
    if parent is None or parent.status != "deleted" or key in above.returning:
        return Rebuilt()
    if key in above.restored:
        return Rebuilt()
    if not parent.emptied:
        return Rebuilt(f"the {kind} above, {parent.id}, was deleted since; restore it first")
    above.restored.add(key)
    form = form_of(kind)
    come = form.keys(form.read(parent.body)) if parent.body is not None else ()
    return Rebuilt(
        restored=Write(
            kind,
            parent.id,
            parent.version,
            None,
            status="active",
            old_status="deleted",
            same_as=parent.body_version,
            parent=parent.parent,
            old_parent=parent.parent,
            come=come,
        )
    )


def built_on(above: Above, one: Past) -> str:
    """What hangs under a record that the run had restored and that is to go again; "" where
    nothing does that does not go with it. Orders and requests stay where they are."""
    still = above.children.get((one.kind, one.id), set()) - above.going - above.left - above.idle
    still = {(kind, id) for kind, id in still if kind in INVENTORY}
    return f"restored by the run, and {count_of(still)} under it since; it stays" if still else ""


INVENTORY = ("holding", "item", "portfolio")


class Going(NamedTuple):
    """Something made that goes, or stays and why."""

    past: Past
    stays: str


def made_and_left(above: Above, past: Sequence[Past]) -> Iterator[Going]:
    """What the run made and nothing was built on; then what another run made that has been
    undone since, and that this undo leaves empty. Those below go before those above."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    made = [one for one in past if one.before_version is None and one.untouched]
    for one in sorted(made, key=lambda one: -order[one.kind]):
        still = above.children.get((one.kind, one.id), set()) - above.left
        if still:
            yield Going(one, f"made by the run, and {count_of(still)} under it since; it stays")
        else:
            above.left.add((one.kind, one.id))
            yield Going(one, "")
    own = {(one.kind, one.id) for one in made}
    for key in sorted(above.moved - own):
        parent = above.parents.get(key)
        if parent is None or not parent.made_by_undone or parent.status == "deleted":
            continue
        if not above.children.get(key, set()) - above.left:
            yield Going(as_past(parent), "")


def count_of(still: set[tuple[str, int]]) -> str:
    kind, id = min(still)
    more = f" and {len(still) - 1} more" if len(still) > 1 else ""
    return f"{kind} {id}{more} came"


def as_past(parent: Parent) -> Past:
    return Past(
        -1,
        parent.kind,
        parent.id,
        parent.root,
        parent.parent,
        parent.version,
        parent.body_version,
        parent.status,
        parent.version,
        parent.status,
        False,
        None,
        None,
        None,
        parent.comings,
    )
