"""Undo three ways: what a run did is taken back where it still stands; later work stays.

The unit is one field occurrence; in the leader and in 006, 007, 008 one position. The occurrence
that the run made is found in the record as it is now by its bytes, equal ones by their rank.
Where fewer equal ones are left than the run left, those that it did not make are taken to be
the ones left: better a change that stays and is listed than one taken back where it was not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from typing import NamedTuple

from galleyproof.marc.changes import LEADER, Change, changes
from galleyproof.marc.record import Record
from galleyproof.marc.shapes import CODED


class Left(NamedTuple):
    """A change that could not be taken back, and why."""

    change: Change
    why: str


class Undone(NamedTuple):
    record: Record
    reversed: list[Change]
    left: list[Left]


class Placed(NamedTuple):
    """A field of the record now, with its place in `after` if it is still the run's own."""

    tag: bytes
    data: bytes
    after_at: int | None


def undo(before: Record, after: Record, now: Record) -> Undone:
    """Takes back what the run did between `before` and `after`, in the record as it is `now`."""
    if now.body == after.body:
        return Undone(before, changes(before, after), [])
    found = changes(before, after)
    fields = matched(after, now, {change.after_at for change in found})
    leader = now.leader
    done: list[Change] = []
    left: list[Left] = []
    returning: list[Change] = []
    for change in found:
        if change.tag == LEADER:
            leader, ok = positions_back(change, leader)
        elif change.after_at is None:
            returning.append(change)
            continue
        else:
            ok = take_back(change, fields)
        if ok:
            done.append(change)
        else:
            left.append(Left(change, why_not(change)))
    for change in reversed(returning):
        put_back(change, before, after, fields)
        done.append(change)
    record = Record.build(leader, [(field.tag, field.data) for field in fields])
    return Undone(record, done, left)


def matched(after: Record, now: Record, made: Set[int | None]) -> list[Placed]:
    """Each field of now with its place in after: equal bytes, the first to the first. made: the
    places in after that are the run's work."""
    free: dict[tuple[bytes, bytes], list[int]] = {}
    for at, field in enumerate(zip(after.tags, after.data, strict=True)):
        free.setdefault(field, []).append(at)
    there = Counter(zip(now.tags, now.data, strict=True))
    for field, several in free.items():
        if there[field] < len(several):
            several.sort(key=lambda at: (at in made, at))
            several[:] = sorted(several[: there[field]])
    fields = []
    for field in zip(now.tags, now.data, strict=True):
        places = free.get(field)
        fields.append(Placed(*field, places.pop(0) if places else None))
    return fields


def where(fields: list[Placed], after_at: int | None) -> int | None:
    if after_at is None:
        return None
    return next((n for n, field in enumerate(fields) if field.after_at == after_at), None)


def take_back(change: Change, fields: list[Placed]) -> bool:
    """A field that the run changed, added or moved, found by its bytes; whether it was."""
    at = where(fields, change.after_at)
    if at is None:
        return change.tag in CODED and change.before is not None and coded_back(change, fields)
    if change.before is None:
        del fields[at]
    elif change.before == change.after:
        field = fields.pop(at)
        fields.insert(min(change.before_at or 0, len(fields)), field)
    else:
        fields[at] = Placed(change.tag, change.before, change.after_at)
    return True


def coded_back(change: Change, fields: list[Placed]) -> bool:
    """A coded control field was edited elsewhere since: position by position."""
    places = [n for n, field in enumerate(fields) if field.tag == change.tag]
    if len(places) != 1:
        return False
    field = fields[places[0]]
    data, ok = positions_back(change, field.data)
    fields[places[0]] = Placed(field.tag, data, field.after_at)
    return ok


def positions_back(change: Change, now: bytes) -> tuple[bytes, bool]:
    """The positions that the run set, where they still stand. All or none of them."""
    before, after = change.before or b"", change.after or b""
    if not (len(before) == len(after) == len(now)):
        return now, False
    result = bytearray(now)
    for at in range(len(now)):
        if before[at] == after[at]:
            continue
        if now[at] != after[at]:
            return now, False
        result[at] = before[at]
    return bytes(result), True


def put_back(change: Change, before: Record, after: Record, fields: list[Placed]) -> None:
    """A removed field returns before its nearest surviving successor, else at the end."""
    assert change.before is not None
    assert change.before_at is not None
    back = Placed(change.tag, change.before, None)
    # What stood behind it then, and still does: by place in `before`, found by bytes.
    for successor in zip(
        before.tags[change.before_at + 1 :], before.data[change.before_at + 1 :], strict=True
    ):
        at = next((n for n, f in enumerate(fields) if (f.tag, f.data) == successor), None)
        if at is not None:
            fields.insert(at, back)
            return
    for predecessor in zip(
        reversed(before.tags[: change.before_at]),
        reversed(before.data[: change.before_at]),
        strict=True,
    ):
        at = next((n for n, f in enumerate(fields) if (f.tag, f.data) == predecessor), None)
        if at is not None:
            fields.insert(at + 1, back)
            return
    fields.append(back)


def why_not(change: Change) -> str:
    if change.before is None:
        return "the field that the run added was changed or removed since; it stays as it is"
    return "what the run made of it was changed or removed since; it stays as it is"
