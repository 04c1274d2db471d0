"""From a job's answers to outcomes: what changed, in which shapes, and what is to be written.

Pure: no database, no clock. Whatever a job says, the difference is taken from the records
themselves, so a report can only tell what was really done.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from galleyproof.catalog.writing import Key, Write
from galleyproof.jobs.job import Held
from galleyproof.jobs.outcome import Answer, Changed, Refused, Unchanged
from galleyproof.marc.changes import Change, changes
from galleyproof.marc.keys import KEY_TAGS, keys
from galleyproof.marc.record import Record
from galleyproof.marc.shapes import Shape, shapes
from galleyproof.marc.tags import tag_list

CHANGED, UNCHANGED, REFUSED, FAILED, MISSING = b"curfm"
OUTCOMES = {
    CHANGED: "changed",
    UNCHANGED: "unchanged",
    REFUSED: "refused",
    FAILED: "failed",
    MISSING: "missing",
}


def places_of(mark: int, marks: bytes | bytearray) -> list[int]:
    """The places at which a mark stands."""
    return [found.start() for found in re.finditer(re.escape(bytes([mark])), marks)]


class Line(NamedTuple):
    """A line of the report: one outcome row."""

    kind: str
    id: int | None
    outcome: str
    code: str
    sentence: str
    planned: bool = False
    raw: bytes | None = None


@dataclass(slots=True)
class Decided:
    """Everything that a chunk comes to.

    marks: one byte a member, in the chunk's order. versions: the version each was judged at.
    read: kind -> {id: version} of all that was read for a decision which writes.
    """

    marks: bytearray
    versions: list[int]
    hashes: dict[int, bytes] = field(default_factory=dict)
    shapes: Counter[Shape] = field(default_factory=Counter)
    coverage: Counter[int] = field(default_factory=Counter)
    writes: list[Write] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    read: dict[str, dict[int, int]] = field(default_factory=dict)

    def refuse(self, place: int, held_kind: str, id: int, code: str, sentence: str) -> None:
        self.marks[place] = REFUSED
        self.lines.append(Line(held_kind, id, "refused", code, sentence))

    def fail(self, place: int, held_kind: str, id: int, sentence: str) -> None:
        self.marks[place] = FAILED
        self.lines.append(Line(held_kind, id, "failed", "failed", sentence))

    def reads(self, held: Held) -> None:
        self.read.setdefault(held.kind, {})[held.id] = held.version

    def in_order(self) -> bytes:
        """The digests of the changed members, in the chunk's order."""
        return b"".join(self.hashes[place] for place in sorted(self.hashes))


class Difference(NamedTuple):
    """How a held record would change."""

    after: Record
    status: str
    changes: Sequence[Change]


def difference(held: Held, answer: Changed, before: Record | None = None) -> Difference | None:
    """What a Changed answer changes, or None when it changes nothing (005 does not count).

    before: the held record, where it has been taken apart already.
    """
    status = answer.status or held.status
    found = changes(before or Record(held.body), answer.record)
    if not found and status == held.status:
        return None
    return Difference(answer.record, status, found)


def hash_of_change(found: Sequence[Change], status: str, old_status: str) -> bytes:
    """16 bytes that stand for one change. Each part is preceded by its length, so that no two
    different changes are written the same way."""
    parts = [] if status == old_status else [b"status", old_status.encode(), status.encode()]
    for tag, before, after, before_at, after_at in found:
        parts.append(
            b"%b %d %d %d:%b %d:%b"
            % (
                tag,
                -1 if before_at is None else before_at,
                -1 if after_at is None else after_at,
                -1 if before is None else len(before),
                before or b"",
                -1 if after is None else len(after),
                after or b"",
            )
        )
    return blake2b(b"\n".join(parts), digest_size=16).digest()


def shapes_of(
    kind: str, found: Difference, old_status: str, literal: frozenset[str]
) -> Sequence[Shape]:
    shown = list(shapes(kind, found.changes, literal)) if found.changes else []
    if found.status != old_status:
        shown.append(Shape(kind, "status", "", "set", old_status, found.status))
    return shown


def write_of(held: Held, found: Difference, stamp: bytes | None) -> Write:
    """The new version that makes a difference true, 005 brought up to date where it is kept."""
    after = found.after
    if stamp is not None:
        if b"005" in after.tags:
            after = after.with_many({after.tags.index(b"005"): stamp})
    tags: str | None = None
    gone: list[Key] = []
    come: list[Key] = []
    for change in found.changes:
        if tags is None and (change.before is None or change.after is None):
            tags = tag_list(after)
        if change.tag in KEY_TAGS and not (gone or come):
            old, new = keys(held.body, held.kind), keys(after.body, held.kind)
            gone = [key for key in old if key not in new]
            come = [key for key in new if key not in old]
    return Write(
        kind=held.kind,
        id=held.id,
        base=held.version,
        body=after.body,
        status=found.status,
        old_status=held.status,
        tags=tags,
        gone=gone,
        come=come,
    )


def settle_member(
    decided: Decided,
    place: int,
    held: Held,
    answer: Answer,
    *,
    literal: frozenset[str],
    stamp: bytes | None,
    write: bool,
    planned_hash: bytes | None = None,
    consequences: bytes = b"",
    before: Record | None = None,
) -> None:
    """Turns one answer about a member of the set into its outcome.

    planned_hash: what the plan says of it; anything else is refused. consequences: digests of
    what follows from it on relatives, a part of its own.
    """
    if isinstance(answer, Refused):
        decided.refuse(place, held.kind, held.id, answer.code, answer.sentence)
        return
    mark = UNCHANGED
    if isinstance(answer, Changed):
        found = difference(held, answer, before)
        if found is not None:
            digest = hash_of_change(found.changes, found.status, held.status)
            if consequences:
                digest = blake2b(digest + consequences, digest_size=16).digest()
            if planned_hash is not None and digest != planned_hash:
                decided.refuse(place, held.kind, held.id, *OTHERWISE)
                return
            mark = CHANGED
            decided.hashes[place] = digest
            for shape in shapes_of(held.kind, found, held.status, literal):
                decided.shapes[shape] += 1
            for part in answer.applied:
                decided.coverage[part] += 1
            if write:
                decided.writes.append(write_of(held, found, stamp))
                decided.reads(held)
    if mark == UNCHANGED and planned_hash is not None:
        decided.refuse(place, held.kind, held.id, *OTHERWISE)
        return
    decided.marks[place] = mark
    if isinstance(answer, Changed | Unchanged):
        decided.lines += [
            Line(held.kind, held.id, OUTCOMES[mark], said.code, said.sentence)
            for said in answer.notes
        ]


OTHERWISE = (
    "not-as-planned",
    "the job would not change this record as its plan says; make a new plan",
)


def settle_relative(
    decided: Decided,
    held: Held,
    answer: Answer,
    *,
    literal: frozenset[str],
    stamp: bytes | None,
    write: bool,
) -> bytes:
    """A consequence: a change to another record, shown first and written with the chunk.

    Returns the hash of its change (empty if it changes nothing)."""
    if not isinstance(answer, Changed):
        return b""
    found = difference(held, answer)
    if found is None:
        return b""
    shown = shapes_of(held.kind, found, held.status, literal)
    decided.lines.append(
        Line(
            held.kind,
            held.id,
            "consequence",
            "consequence",
            ", ".join(str(shape) for shape in shown),
        )
    )
    if write:
        decided.writes.append(write_of(held, found, stamp))
    return hash_of_change(found.changes, found.status, held.status)
