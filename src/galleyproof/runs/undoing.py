"""Undo, chunk by chunk: three ways, by field occurrence, keeping what was edited since.

Where a record still stands as the run left it, the new version points at the body before the
run and nothing is read. Otherwise before, after and now are compared (marc.undo).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

import psycopg

from galleyproof.catalog.writing import Write, array_of
from galleyproof.jobs.job import Held
from galleyproof.jobs.outcome import Changed
from galleyproof.marc.changes import changes
from galleyproof.marc.keys import keys
from galleyproof.marc.record import Record
from galleyproof.marc.shapes import Shape, shapes
from galleyproof.marc.tags import tag_list
from galleyproof.marc.undo import undo
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.judging import (
    CHANGED,
    MISSING,
    REFUSED,
    Decided,
    Line,
    difference,
    hash_of_change,
    shapes_of,
    write_of,
)
from galleyproof.runs.material import Chunk, open_in_an_editor


class Past(NamedTuple):
    """One record that the run changed: as it is, as the run found it, as the run left it.

    before_version is None where the run made the record.
    """

    place: int
    kind: str
    id: int
    root: int
    parent: int | None
    version: int
    body_version: int
    status: str
    written: int
    written_status: str
    rekeyed: bool
    before_version: int | None
    before_status: str | None
    before_body_version: int | None

    @property
    def untouched(self) -> bool:
        return self.version == self.written


@dataclass(slots=True)
class UndoMaterial:
    """versions: as now, 0 if gone. bodies: (kind, id, version) -> body, where they are needed."""

    versions: list[int]
    past: list[Past]
    bodies: dict[tuple[str, int, int], bytes]
    open_elsewhere: dict[int, str]
    shapes: Counter[Shape] | None


PAST = """
    SELECT m.place, r.kind, r.id, r.root, r.parent, r.version, r.body_version, r.status,
           m.written, a.status, a.rekeyed, b.version, b.status, coalesce(b.same_as, b.version)
    FROM {members}
    CROSS JOIN LATERAL (SELECT * FROM record
        WHERE kind = m.kind AND id = m.id LIMIT 1) AS r
    CROSS JOIN LATERAL (SELECT status, rekeyed FROM version
        WHERE kind = m.kind AND id = m.id AND version = m.written LIMIT 1) AS a
    LEFT JOIN LATERAL (SELECT version, status, same_as FROM version
        WHERE kind = m.kind AND id = m.id AND version = m.written - 1 LIMIT 1) AS b ON TRUE
"""


OF_CHUNK = """
    (SELECT %s AS kind, n.id, n.written, n.place::integer - 1 AS place FROM chunk AS c
     CROSS JOIN LATERAL unnest(c.ids, c.planned_on) WITH ORDINALITY AS n (id, written, place)
     WHERE c.run = %s AND c.start = %s) AS m
"""
LISTED = """
    (SELECT n.kind, n.id, n.written, -1 AS place
     FROM unnest(%s::text[], %s::bigint[], %s::integer[]) AS n (kind, id, written)) AS m
"""


def read_past(cursor: psycopg.Cursor[Any], assignment: Assignment, chunk: Chunk) -> UndoMaterial:
    ids = chunk.ids
    cursor.execute(
        PAST.format(members=OF_CHUNK), (assignment.kind, chunk.run, chunk.start), binary=True
    )
    past = sorted(Past._make(row) for row in cursor)
    past += read_consequences(cursor, assignment, [one.root for one in past])
    versions = [0] * len(ids)
    for one in past:
        if one.place >= 0:
            versions[one.place] = one.version
    open_elsewhere = open_in_an_editor(cursor, assignment.kind)
    inverse = None
    whole = not open_elsewhere and assignment.fence is None
    if whole and all(one.untouched and one.before_version for one in past):
        inverse = inverse_shapes(cursor, assignment, chunk)
    wanted = []
    for one in past:
        if one.before_version is None or one.before_body_version is None:
            continue
        if inverse is None or one.rekeyed or not one.untouched or assignment.fence is not None:
            wanted += [
                (one.kind, one.id, one.before_body_version),
                (one.kind, one.id, one.written),
                (one.kind, one.id, one.body_version),
            ]
    return UndoMaterial(
        versions,
        past,
        bodies_of(cursor, wanted),
        open_elsewhere,
        inverse,
    )


def read_consequences(
    cursor: psycopg.Cursor[Any], assignment: Assignment, roots: list[int]
) -> list[Past]:
    """What the run changed on the side, under these roots."""
    cursor.execute(
        "WITH c AS MATERIALIZED (SELECT kind, id FROM outcome"
        " WHERE run = %(run)s AND outcome = 'consequence')"
        " SELECT c.kind, c.id, v.version FROM c"
        " CROSS JOIN LATERAL (SELECT root FROM record"
        " WHERE kind = c.kind AND id = c.id LIMIT 1) AS r"
        " CROSS JOIN LATERAL (SELECT version FROM version"
        " WHERE kind = c.kind AND id = c.id AND run = %(run)s LIMIT 1) AS v"
        " WHERE r.root = ANY(%(roots)s::bigint[])",
        {"run": assignment.undoes, "roots": array_of(roots)},
    )
    rows = cursor.fetchall()
    if not rows:
        return []
    kinds, ids, written = (list(column) for column in zip(*rows, strict=True))
    cursor.execute(PAST.format(members=LISTED), (kinds, ids, written), binary=True)
    return [Past._make(row) for row in cursor]


def bodies_of(
    cursor: psycopg.Cursor[Any], wanted: list[tuple[str, int, int]]
) -> dict[tuple[str, int, int], bytes]:
    if not wanted:
        return {}
    kinds, ids, versions = (list(column) for column in zip(*set(wanted), strict=True))
    cursor.execute(
        "SELECT w.kind, w.id, w.version, coalesce(v.body, b.body)"
        " FROM unnest(%s::text[], %s::bigint[], %s::integer[]) AS w (kind, id, version)"
        " JOIN version AS v ON v.kind = w.kind AND v.id = w.id AND v.version = w.version"
        " LEFT JOIN version AS b ON b.kind = v.kind AND b.id = v.id AND b.version = v.same_as",
        (kinds, ids, versions),
        binary=True,
    )
    return {(kind, id, version): body for kind, id, version, body in cursor}


def inverse_shapes(
    cursor: psycopg.Cursor[Any], assignment: Assignment, chunk: Chunk
) -> Counter[Shape] | None:
    """The shapes of taking whole chunks of a run back: theirs, the other way round. None where
    this chunk does not stand for whole ones (it was halved)."""
    cursor.execute(
        "SELECT changed, shapes FROM chunk WHERE run = %(undoes)s AND state = 'done'"
        " AND changed > 0 AND start >= %(start)s AND start < coalesce((SELECT min(start)"
        " FROM chunk WHERE run = %(run)s AND start > %(start)s), 2147483647)",
        {"undoes": assignment.undoes, "run": chunk.run, "start": chunk.start},
    )
    found: Counter[Shape] = Counter()
    changed = 0
    for count, counted in cursor:
        changed += count
        for parts, records in counted or []:
            found[Shape(*parts).inverse()] += records
    return found if changed == len(chunk.ids) else None


def decide_undo(assignment: Assignment, chunk: Chunk, material: UndoMaterial) -> Decided:
    decided = Decided(bytearray([MISSING]) * len(chunk.ids), material.versions)
    if material.shapes is not None:
        decided.shapes.update(material.shapes)
    for one in material.past:
        if said := outside(assignment, one, material):
            refuse(decided, one, "outside-permit", said)
        elif one.place >= 0 and one.id in material.open_elsewhere:
            decided.refuse(one.place, one.kind, one.id, "locked", material.open_elsewhere[one.id])
        elif one.before_version is None:
            undo_making(assignment, one, decided)
        elif one.untouched:
            take_back(assignment, one, material, decided)
        else:
            undo_three_ways(assignment, one, material, decided)
    return decided


def outside(assignment: Assignment, one: Past, material: UndoMaterial) -> str:
    """Why somebody else's run is not taken back here: the record was another library's."""
    if assignment.fence is None or one.before_body_version is None:
        return ""
    return assignment.fence.outside(
        one.kind, material.bodies[one.kind, one.id, one.before_body_version]
    )


def mark(decided: Decided, one: Past, value: int, digest: bytes) -> None:
    if one.place >= 0:
        decided.marks[one.place] = value
        if value == CHANGED:
            decided.hashes[one.place] = digest
    elif value == CHANGED:
        decided.lines.append(
            Line(one.kind, one.id, "consequence", "consequence", "taken back with the run")
        )


def refuse(decided: Decided, one: Past, code: str, sentence: str) -> None:
    if one.place >= 0:
        decided.marks[one.place] = REFUSED
    decided.lines.append(Line(one.kind, one.id, "refused", code, sentence))


def add(assignment: Assignment, decided: Decided, one: Past, write: Write) -> None:
    if not assignment.dry_run:
        decided.writes.append(write)
        decided.read.setdefault(one.kind, {})[one.id] = one.version


def digest_of(what: bytes, kind: str, id: int, version: int = 0) -> bytes:
    return blake2b(b"%b %b %d %d" % (what, kind.encode(), id, version), digest_size=16).digest()


def undo_making(assignment: Assignment, one: Past, decided: Decided) -> None:
    """What the run made goes, if nothing has been built on it since."""
    if not one.untouched:
        refuse(
            decided,
            one,
            "built-on-since",
            f"made by the run at version {one.written} and changed since; it stays",
        )
        return
    mark(decided, one, CHANGED, digest_of(b"made", one.kind, one.id))
    add(
        assignment,
        decided,
        one,
        Write(
            one.kind,
            one.id,
            one.version,
            None,
            status="deleted",
            old_status=one.status,
            same_as=one.body_version,
        ),
    )


def take_back(assignment: Assignment, one: Past, material: UndoMaterial, decided: Decided) -> None:
    """The record stands as the run left it: the version before is the record again."""
    assert one.before_status is not None
    body_before = one.before_body_version
    assert body_before is not None
    write = Write(
        one.kind,
        one.id,
        one.version,
        None,
        status=one.before_status,
        old_status=one.status,
        same_as=body_before,
    )
    if material.bodies:
        with_bodies(assignment, one, body_before, material, decided, write)
    mark(decided, one, CHANGED, digest_of(b"back", one.kind, one.id, body_before))
    add(assignment, decided, one, write)


def with_bodies(
    assignment: Assignment,
    one: Past,
    body_before: int,
    material: UndoMaterial,
    decided: Decided,
    write: Write,
) -> None:
    """What only the bodies tell: the keys and tags that return, and the shapes."""
    now = material.bodies.get((one.kind, one.id, one.body_version))
    before = material.bodies.get((one.kind, one.id, body_before))
    if one.rekeyed and now is not None and before is not None:
        old, new = keys(now, one.kind), keys(before, one.kind)
        write.tags = tag_list(before)
        write.gone = [key for key in old if key not in new]
        write.come = [key for key in new if key not in old]
    if material.shapes is None and now is not None and before is not None:
        found = changes(Record(now), Record(before))
        for shape in shapes(one.kind, found, assignment.job.literal):
            decided.shapes[shape] += 1
        if one.before_status != one.status:
            decided.shapes[Shape(one.kind, "status", "", "set", one.status, write.status)] += 1


def undo_three_ways(
    assignment: Assignment, one: Past, material: UndoMaterial, decided: Decided
) -> None:
    """The record was edited since: what the run did is taken back where it still stands."""
    assert one.before_body_version is not None
    assert one.before_status is not None
    if one.status == "deleted" and one.written_status != "deleted":
        refuse(decided, one, "deleted-since", "deleted since the run; restore it first")
        return
    before = Record(material.bodies[one.kind, one.id, one.before_body_version])
    after = Record(material.bodies[one.kind, one.id, one.written])
    body = material.bodies[one.kind, one.id, one.body_version]
    held = Held(one.kind, one.id, one.version, one.parent, one.root, one.status, body)
    undone = undo(before, after, held.record)
    status = one.status
    if one.before_status != one.written_status and one.status == one.written_status:
        status = one.before_status
    found = difference(held, Changed(undone.record, status=status))
    for left in undone.left:
        decided.lines.append(
            Line(
                one.kind,
                one.id,
                "refused" if found is None else "changed",
                "edited-since",
                f"{left.change.tag.decode('ascii', 'replace')}: {left.why}",
            )
        )
    if found is None:
        if undone.left:
            if one.place >= 0:
                decided.marks[one.place] = REFUSED
        else:
            refuse(decided, one, "edited-since", "nothing of what the run did is left to undo")
        return
    for shape in shapes_of(one.kind, found, one.status, assignment.job.literal):
        decided.shapes[shape] += 1
    mark(decided, one, CHANGED, hash_of_change(found.changes, found.status, one.status))
    add(assignment, decided, one, write_of(held, found, assignment.stamp))
