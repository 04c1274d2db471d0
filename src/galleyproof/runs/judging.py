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

from galleyproof.catalog.images import Shown
from galleyproof.catalog.kinds import KINDS
from galleyproof.catalog.making import Creation
from galleyproof.catalog.writing import Key, Write
from galleyproof.jobs.job import Held, Making
from galleyproof.jobs.linked_880s import linked_880s
from galleyproof.jobs.outcome import Answer, Changed, Refused, Unchanged
from galleyproof.marc.changes import Change
from galleyproof.marc.record import Record
from galleyproof.marc.shapes import Shape
from galleyproof.structures.forms import Body, form_of

SIDE = ">q16s"
"""How the digest of a consequence is kept: with the root of the group that it follows from."""
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


class Taker(NamedTuple):
    """A record that a chunk would give numbers to, or that gives some up. place: of a member, -1 of
    another record. taken, given_up: (scheme, value) that it has afterwards and had not while in
    use, and the other way about. returns: with the numbers that it kept, which were not read."""

    place: int
    kind: str
    id: int
    root: int
    taken: tuple[Key, ...]
    given_up: tuple[Key, ...]
    returns: bool = False


@dataclass(slots=True)
class Decided:
    """Everything that a chunk comes to.

    marks: one byte a member, in the chunk's order. versions: the version each was judged at.
    read: kind -> {id: version} of all that was read for a decision which writes; comings: the
    same, of records whose children were looked at, with how often one came or went. side: 16
    bytes of digest for each consequence. creations: what is to be made; until it has a number,
    writes and lines name it by its `stands_in`.
    """

    marks: bytearray
    versions: list[int]
    hashes: dict[int, bytes] = field(default_factory=dict)
    shapes: Counter[Shape] = field(default_factory=Counter)
    coverage: Counter[int] = field(default_factory=Counter)
    writes: list[Write] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    read: dict[str, dict[int, int]] = field(default_factory=dict)
    comings: dict[str, dict[int, int]] = field(default_factory=dict)
    side: list[bytes] = field(default_factory=list)
    creations: list[Creation] = field(default_factory=list)
    takers: list[Taker] = field(default_factory=list)
    """Records whose numbers change or come back into use."""
    made: bytes = b""
    """The images of records that the commit has made, as the ledger keeps them."""
    shown: list[Shown] = field(default_factory=list)
    """Of a dry run: the members that would change, as they were judged."""

    def refuse(self, place: int, held_kind: str, id: int, code: str, sentence: str) -> None:
        self.marks[place] = REFUSED
        self.lines.append(Line(held_kind, id, "refused", code, sentence))

    def fail(self, place: int, held_kind: str, id: int, sentence: str) -> None:
        self.marks[place] = FAILED
        self.lines.append(Line(held_kind, id, "failed", "failed", sentence))

    def reads(self, held: Held) -> None:
        self.read.setdefault(held.kind, {})[held.id] = held.version

    def reads_with_children(self, held: Held) -> None:
        self.reads(held)
        self.comings.setdefault(held.kind, {})[held.id] = held.comings

    def in_order(self) -> bytes:
        """The digests of the changed members, in the chunk's order."""
        return b"".join(self.hashes[place] for place in sorted(self.hashes))


class Difference(NamedTuple):
    """How a held record would change."""

    after: Body
    status: str
    changes: Sequence[Change]


def difference(held: Held, answer: Changed, before: Body | None = None) -> Difference | None:
    """What a Changed answer changes, or None when it changes nothing (005 does not count).

    before: the held record, where it has been taken apart already.
    """
    status = answer.status or held.status
    form = form_of(held.kind)
    found = form.changes(before or form.read(held.body), answer.record)
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
    shown = form_of(kind).shapes(found.changes, literal) if found.changes else ()
    if found.status != old_status:
        return (*shown, Shape(kind, "status", "", "set", old_status, found.status))
    return shown


def stamped(after: Body, stamp: bytes) -> bytes:
    """The body with the time of its change (MARC 21 field 005), where it keeps one."""
    if isinstance(after, Record):
        at = after.place(b"005")
        if at is not None:
            return after.body_with(at, stamp)
    return after.body


def write_of(held: Held, found: Difference, stamp: bytes | None) -> Write:
    """The new version that makes a difference true, 005 brought up to date where it is kept; what
    is restored is as it was before it went, 005 too."""
    form = form_of(held.kind)
    after = found.after
    write = Write(
        kind=held.kind,
        id=held.id,
        base=held.version,
        body=after.body if stamp is None or held.gone is not None else stamped(after, stamp),
        status=found.status,
        old_status=held.status,
        parent=held.parent,
        old_parent=held.parent,
        was=held.body,
    )
    # What returns may have lost its keys when it went.
    keyed = held.status == "deleted" and found.status != "deleted"
    for change in found.changes:
        if write.tags is None and (change.before is None or change.after is None):
            write.tags = form.tags(after)
        keyed = keyed or form.keyed(change)
    if keyed:
        old, new = form.keys(form.read(held.body)), form.keys(after)
        write.gone = [key for key in old if key not in new]
        write.come = new if held.status == "deleted" else [key for key in new if key not in old]
    if not isinstance(after, Record):
        write.parent = form.parent(after)
        write.links = after
    return write


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
    before: Body | None = None,
) -> None:
    """Turns one answer about a member of the set into its outcome.

    planned_hash: what the plan says of it; anything else is refused.
    """
    if isinstance(answer, Refused):
        decided.refuse(place, held.kind, held.id, answer.code, answer.sentence)
        return
    mark, notes = UNCHANGED, answer.notes
    if isinstance(answer, Changed):
        found = difference(held, answer, before)
        if found is not None:
            digest = hash_of_change(found.changes, found.status, held.status)
            if planned_hash is not None and digest != planned_hash:
                decided.refuse(place, held.kind, held.id, *OTHERWISE)
                return
            mark = CHANGED
            notes += linked_880s(found.after, found.changes)
            decided.hashes[place] = digest
            for shape in shapes_of(held.kind, found, held.status, literal):
                decided.shapes[shape] += 1
            for part in answer.applied:
                decided.coverage[part] += 1
            note_numbers(decided, place, held, found)
            if write:
                decided.writes.append(write_of(held, found, stamp))
                decided.reads(held)
            else:
                decided.shown.append(
                    Shown(held.kind, held.id, held.version, found.status, held.body)
                )
    if mark == UNCHANGED and planned_hash is not None:
        decided.refuse(place, held.kind, held.id, *OTHERWISE)
        return
    decided.marks[place] = mark
    if notes:
        decided.lines += [
            Line(held.kind, held.id, OUTCOMES[mark], said.code, said.sentence) for said in notes
        ]


NUMBERS = frozenset((b"001", b"number", b"barcode", b"inventory_number"))
"""Fields of the numbers that one record in use has alone."""
AWAY = ("deleted", "withdrawn")


def note_numbers(decided: Decided, place: int, held: Held, found: Difference) -> None:
    """Notes what a change does to the numbers of a record, if anything."""
    was, will = held.status not in AWAY, found.status not in AWAY
    if was == will and not any(change.tag in NUMBERS for change in found.changes):
        return
    form = form_of(held.kind)
    old = numbers_of(held.kind, form.keys(form.read(held.body))) if was else []
    new = numbers_of(held.kind, form.keys(found.after)) if will else []
    taken = tuple(key for key in new if key not in old)
    given_up = tuple(key for key in old if key not in new)
    if taken or given_up:
        decided.takers.append(Taker(place, held.kind, held.id, held.root, taken, given_up))


def numbers_of(kind: str, keys: Sequence[Key]) -> list[Key]:
    """Those keys that are to be of one record alone."""
    if kind in PLACES:
        return []
    alone = (KINDS[kind].scheme, "barcode", "inventory")
    return [key for key in keys if key[0] in alone]


PLACES = ("library", "location", "code")
"""Kinds that are known by their codes."""


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
) -> None:
    """A consequence: a change to another record, shown first and written with the chunk; or
    only something to be told of it."""
    notes = answer.notes if isinstance(answer, Changed | Unchanged) else ()
    found = difference(held, answer) if isinstance(answer, Changed) else None
    for said in notes:
        decided.lines.append(Line(held.kind, held.id, "consequence", said.code, said.sentence))
    if found is None:
        return
    if not notes:
        shown = shapes_of(held.kind, found, held.status, literal)
        said_of_it = ", ".join(str(shape) for shape in shown)
        decided.lines.append(Line(held.kind, held.id, "consequence", "changed", said_of_it))
    decided.lines += [
        Line(held.kind, held.id, "consequence", *said)
        for said in linked_880s(found.after, found.changes)
    ]
    note_numbers(decided, -1, held, found)
    if write:
        decided.writes.append(write_of(held, found, stamp))
    change = hash_of_change(found.changes, found.status, held.status)
    decided.side.append(side_hash(held.kind, held.id, change))


def side_hash(kind: str, id: int, change: bytes) -> bytes:
    return blake2b(b"%b %d %b" % (kind.encode(), id, change), digest_size=16).digest()


def settle_making(decided: Decided, making: Making, root: int) -> None:
    """A record to be made, as a consequence. A dry run keeps it too, so that its lines number what
    would be made as the run will."""
    body = making.made.record
    for said in making.made.notes:
        # Its number is not known before it is there; the line names it by what stands in.
        decided.lines.append(
            Line(making.kind, making.stands_in, "consequence", said.code, said.sentence)
        )
    decided.side.append(side_hash(making.kind, making.parent, b"made " + body.body))
    decided.creations.append(Creation(making.kind, making.stands_in, making.parent, root, body))
