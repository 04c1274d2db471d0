"""Undo, chunk by chunk: three ways, by field occurrence, keeping what was edited since.

Where a record still stands as the run left it, the new version points at the body before the
run and nothing is read. Otherwise before, after and now are compared (marc.undo).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from struct import pack
from typing import Any

import psycopg

from galleyproof.catalog.images import Shown
from galleyproof.catalog.writing import Write
from galleyproof.jobs.job import Held
from galleyproof.jobs.linked_880s import linked_880s
from galleyproof.jobs.one_place import MOVED, item_place
from galleyproof.jobs.outcome import Changed
from galleyproof.marc.record import Record
from galleyproof.marc.shapes import Shape
from galleyproof.marc.undo import Left
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.judging import (
    AWAY,
    CHANGED,
    MISSING,
    REFUSED,
    SIDE,
    Decided,
    Line,
    Taker,
    difference,
    hash_of_change,
    numbers_of,
    shapes_of,
    write_of,
)
from galleyproof.runs.material import Chunk, open_in_an_editor
from galleyproof.runs.past import (
    OF_CHUNK,
    PAST,
    Past,
    bodies_of,
    read_consequences,
)
from galleyproof.runs.tally import EDITED_SINCE
from galleyproof.runs.undoing_family import Above, built_on, made_and_left, read_above, rebuild
from galleyproof.runs.undoing_orders import still_in_process
from galleyproof.runs.undoing_places import Places, read_places, rewrote_852
from galleyproof.runs.undoing_whole import Heads, digest_of_return, read_heads, take_all_back
from galleyproof.structures.changes import structure_changes
from galleyproof.structures.forms import TakenBack, form_of
from galleyproof.structures.item import Item
from galleyproof.structures.saying import name_of
from galleyproof.structures.table import STRUCTURES


@dataclass(slots=True)
class UndoMaterial:
    """versions: as now, 0 if gone. bodies: (kind, id, version) -> body, where they are needed.
    heads: where nothing else is needed, and `past` is empty. refused: (kind, number) of records
    that would get a number that is in use, each with a sentence."""

    versions: list[int]
    past: list[Past]
    bodies: dict[tuple[str, int, int], bytes]
    open_elsewhere: dict[int, str]
    shapes: Counter[Shape] | None
    above: Above = field(default_factory=Above)
    places: Places = field(default_factory=Places)
    in_process: Mapping[int, str] = field(default_factory=dict)
    heads: Heads | None = None
    refused: dict[tuple[str, int], str] = field(default_factory=dict)


def read_past(cursor: psycopg.Cursor[Any], assignment: Assignment, chunk: Chunk) -> UndoMaterial:
    ids = chunk.ids
    open_elsewhere = open_in_an_editor(cursor, assignment.kind)
    fenced = assignment.fence is not None
    whole = not open_elsewhere and assignment.kind not in STRUCTURES and not fenced
    if whole and assignment.kind == "holding":
        whole = not rewrote_852(cursor, assignment.undoes or 0)
    if whole and chunk.planned_on is not None:
        heads = read_heads(cursor, assignment, chunk)
        shapes = inverse_shapes(cursor, assignment, chunk) if heads is not None else None
        if shapes is not None:
            return UndoMaterial(chunk.planned_on, [], {}, {}, shapes, heads=heads)
    cursor.execute(
        PAST.format(members=OF_CHUNK), (assignment.kind, chunk.run, chunk.start), binary=True
    )
    past = sorted(Past._make(row) for row in cursor)
    past += read_consequences(cursor, assignment, [one.root for one in past])
    versions = [0] * len(ids)
    for one in past:
        if one.place >= 0:
            versions[one.place] = one.version
    inverse = None
    if whole and all(one.untouched and one.before_version for one in past):
        inverse = inverse_shapes(cursor, assignment, chunk)
    wanted = []
    for one in past:
        if one.before_version is None or one.before_body_version is None:
            continue
        if inverse is None or one.rekeyed or not one.untouched or one.kind in STRUCTURES or fenced:
            wanted += [
                (one.kind, one.id, one.before_body_version),
                (one.kind, one.id, one.written),
                (one.kind, one.id, one.body_version),
            ]
    bodies = bodies_of(cursor, wanted)
    return UndoMaterial(
        versions,
        past,
        bodies,
        open_elsewhere,
        inverse,
        read_above(cursor, past, bodies, assignment.undoes or 0),
        read_places(cursor, past, bodies, assignment.undoes or 0),
        still_in_process(cursor, past),
    )


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
    if material.heads is not None:
        take_all_back(assignment, chunk, material.heads, decided)
        return decided
    material.above.begin_again(material.refused)
    for one in material.past:
        if said := outside(assignment, one, material):
            refuse(decided, one, "outside-permit", said)
        elif (one.kind, one.id) in material.refused:
            refuse(decided, one, "number-in-use", material.refused[one.kind, one.id])
        elif one.place >= 0 and one.id in material.open_elsewhere:
            decided.refuse(one.place, one.kind, one.id, "locked", material.open_elsewhere[one.id])
        elif one.before_version is None:
            continue
        elif one.untouched and not stays_in_part(one, material):
            take_back(assignment, one, material, decided)
        else:
            undo_three_ways(assignment, one, material, decided)
    follow(assignment, material, decided)
    # Last, what the run made: by now it is known what still hangs under it.
    undo_makings(assignment, material, decided)
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
            Line(one.kind, one.id, "consequence", "taken-back", "taken back with the run")
        )
        decided.side.append(pack(SIDE, one.root, digest))


def refuse(decided: Decided, one: Past, code: str, sentence: str) -> None:
    if one.place >= 0:
        decided.marks[one.place] = REFUSED
    outcome = "refused" if one.place >= 0 else "consequence"
    decided.lines.append(Line(one.kind, one.id, outcome, code, sentence))


def add(assignment: Assignment, material: UndoMaterial, decided: Decided, write: Write) -> None:
    if write.moves:
        material.above.left.add((write.kind, write.id))
    if write.status == "withdrawn":
        material.above.idle.add((write.kind, write.id))
    if assignment.dry_run:
        decided.shown.append(
            Shown(write.kind, write.id, write.base, write.status, write.was, write.same_as)
        )
    else:
        decided.writes.append(write)
        decided.read.setdefault(write.kind, {})[write.id] = write.base


def note_write(decided: Decided, one: Past, write: Write) -> None:
    """Notes what taking back does to the numbers of a record, if anything."""
    was, will = write.old_status not in AWAY, write.status not in AWAY
    if was == will and not write.rekeyed:
        return
    taken = numbers_of(one.kind, write.come) if will else []
    given_up = numbers_of(one.kind, write.gone) if was else []
    back = will and not was
    if taken or given_up or back:
        decided.takers.append(
            Taker(one.place, one.kind, one.id, one.root, tuple(taken), tuple(given_up), back)
        )


def digest_of(what: bytes, kind: str, id: int) -> bytes:
    return blake2b(b"%b %b %d" % (what, kind.encode(), id), digest_size=16).digest()


def undo_makings(assignment: Assignment, material: UndoMaterial, decided: Decided) -> None:
    """What the run made goes, if nothing has been built on it since; so does what another run
    made that has been undone since, where this undo takes the last out of it."""
    for one in material.past:
        if one.before_version is None and not one.untouched:
            refuse(
                decided,
                one,
                "built-on-since",
                f"made by the run at version {one.written} and changed since; it stays",
            )
    for goes in made_and_left(material.above, material.past):
        if goes.stays:
            refuse(decided, goes.past, "built-on-since", goes.stays)
            continue
        one = goes.past
        mark(decided, one, CHANGED, digest_of(b"made", one.kind, one.id))
        decided.comings.setdefault(one.kind, {})[one.id] = one.comings
        body = material.above.bodies.get((one.kind, one.id))
        write = Write(
            one.kind,
            one.id,
            one.version,
            None,
            status="deleted",
            old_status=one.status,
            same_as=one.body_version,
            parent=one.parent,
            old_parent=one.parent,
        )
        if body is not None:
            write.gone = form_of(one.kind).keys(form_of(one.kind).read(body))
        add(assignment, material, decided, write)


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
        parent=one.parent,
        old_parent=one.parent,
    )
    write.was = material.bodies.get((one.kind, one.id, one.body_version))
    if material.bodies:
        with_bodies(assignment, one, body_before, material, decided, write)
    if write.moves and not comes_back_under(assignment, one, write, material, decided):
        return
    if one.kind == "holding" and (body := material.bodies.get((one.kind, one.id, body_before))):
        material.places.holding_returns(one.id, Record(body))
    mark(decided, one, CHANGED, digest_of_return(one.id, body_before))
    note_write(decided, one, write)
    add(assignment, material, decided, write)


def comes_back_under(
    assignment: Assignment, one: Past, write: Write, material: UndoMaterial, decided: Decided
) -> bool:
    """Whether the record above is there for one that returns: it is, or it returns too, or it
    was deleted only because it was empty, and is restored for this one."""
    if write.parent == write.old_parent and not write.moves:
        return True
    if write.status == "deleted":
        stays = built_on(material.above, one)
        if stays:
            refuse(decided, one, "built-on-since", stays)
            return False
    found = rebuild(material.above, one, write)
    if found.refused:
        refuse(decided, one, "parent-deleted", found.refused)
        return False
    if found.restored is not None:
        decided.lines.append(
            Line(
                found.restored.kind,
                found.restored.id,
                "consequence",
                "restored",
                "restored: a record that hung under it returns",
            )
        )
        digest = digest_of(b"restored", found.restored.kind, found.restored.id)
        decided.side.append(pack(SIDE, one.root, digest))
        add(assignment, material, decided, found.restored)
    return True


def with_bodies(
    assignment: Assignment,
    one: Past,
    body_before: int,
    material: UndoMaterial,
    decided: Decided,
    write: Write,
) -> None:
    """What only the bodies tell: keys, tags and the record above that return, and the shapes."""
    now = material.bodies.get((one.kind, one.id, one.body_version))
    before = material.bodies.get((one.kind, one.id, body_before))
    if now is None or before is None:
        return
    form = form_of(one.kind)
    ours, theirs = form.read(now), form.read(before)
    if one.rekeyed:
        old, new = form.keys(ours), form.keys(theirs)
        write.tags = form.tags(theirs)
        write.gone = [key for key in old if key not in new]
        # What returns may have lost its keys when it went.
        returns = one.status == "deleted" and write.status != "deleted"
        write.come = new if returns else [key for key in new if key not in old]
    if one.kind in STRUCTURES:
        write.parent = form.parent(theirs)
    if material.shapes is None and one.place >= 0:
        for shape in form.shapes(form.changes(ours, theirs), assignment.job.literal):
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
    form = form_of(one.kind)
    before = form.read(material.bodies[one.kind, one.id, one.before_body_version])
    after = form.read(material.bodies[one.kind, one.id, one.written])
    body = material.bodies[one.kind, one.id, one.body_version]
    held = Held(one.kind, one.id, one.version, one.parent, one.root, one.status, body)
    now = form.read(body)
    undone = form.undo(before, after, now)
    if one.kind == "item":
        undone = item_undone(one.id, now, undone, material)
    status = one.status
    if one.before_status != one.written_status and one.status == one.written_status:
        status = one.before_status
    found = difference(held, Changed(undone.after, status=status))
    for stays, why in undone.left:
        decided.lines.append(
            Line(
                one.kind,
                one.id,
                outcome_of_left(one, found is None),
                EDITED_SINCE,
                f"{stays}: {why}",
            )
        )
    if found is None:
        if undone.left:
            if one.place >= 0:
                decided.marks[one.place] = REFUSED
        else:
            refuse(decided, one, EDITED_SINCE, "nothing of what the run did is left to undo")
        return
    write = write_of(held, found, assignment.stamp)
    if not comes_back_under(assignment, one, write, material, decided):
        return
    # Those that were as they are before the run fit the record that it is again.
    decided.lines += [
        Line(one.kind, one.id, outcome_of_left(one, nothing_reversed=False), *said)
        for said in linked_880s(found.after, found.changes, before)
    ]
    if one.kind == "holding":
        material.places.holding_returns(one.id, undone.after)
    if one.place >= 0:
        for shape in shapes_of(one.kind, found, one.status, assignment.job.literal):
            decided.shapes[shape] += 1
    mark(decided, one, CHANGED, hash_of_change(found.changes, found.status, one.status))
    note_write(decided, one, write)
    add(assignment, material, decided, write)


def stays_in_part(one: Past, material: UndoMaterial) -> bool:
    """Whether a record that stands as the run left it cannot be again as it was before: an item
    whose holding is elsewhere by now, or for which a work order is open."""
    if one.kind != "item" or one.before_body_version is None:
        return False
    read = form_of(one.kind).read
    now = read(material.bodies[one.kind, one.id, one.body_version])
    back = TakenBack(read(material.bodies[one.kind, one.id, one.before_body_version]), ())
    return item_undone(one.id, now, back, material) is not back


def item_undone(id: int, now: Item, undone: TakenBack, material: UndoMaterial) -> TakenBack:
    """An undo of an item with what must stay of it left out, and said."""
    back: Item = undone.after
    after = material.places.settled(now, back)
    why = f"its holding is at {item_place(after)}; so is the item"
    if id in material.in_process and now.process_type and after.process_type != now.process_type:
        after = after.changed(process_type=now.process_type)
        why = f"its work order {material.in_process[id]} is still open; it stays in process"
    if after is back:
        return undone
    left = [Left(name_of(change.tag), why) for change in structure_changes(back, after)]
    return TakenBack(after, [*undone.left, *left])


def follow(assignment: Assignment, material: UndoMaterial, decided: Decided) -> None:
    """Items that have come under a holding since go with it where it returns."""
    for held, item in material.places.followers(material.past):
        found = difference(held, Changed(item))
        if found is None:
            continue
        decided.lines.append(Line(held.kind, held.id, "consequence", *MOVED))
        digest = hash_of_change(found.changes, found.status, held.status)
        decided.side.append(pack(SIDE, held.root, digest))
        add(assignment, material, decided, write_of(held, found, assignment.stamp))
    for one in material.past:
        if one.kind == "holding" and one.id in material.places.after:
            decided.comings.setdefault(one.kind, {})[one.id] = one.comings


def outcome_of_left(one: Past, nothing_reversed: bool) -> str:
    if one.place < 0:
        return "consequence"
    return "refused" if nothing_reversed else "changed"
