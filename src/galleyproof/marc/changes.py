"""What differs between two records, by field occurrence, aligned by sequence."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from galleyproof.marc.record import Edited, Record

LEADER = b"LDR"
STAMPED = frozenset((b"005",))
"""Fields that the platform keeps up to date by itself; they are no part of a change."""


class Change(NamedTuple):
    """One field occurrence that differs.

    before is None where a field came, after where one went; equal ones are a field that moved.
    before_at and after_at are places in the records' field lists (None for the leader).
    """

    tag: bytes
    before: bytes | None
    after: bytes | None
    before_at: int | None
    after_at: int | None


def changes(before: Record, after: Record, leave_out: frozenset[bytes] = STAMPED) -> list[Change]:
    """The field occurrences in which two records differ, in order of place."""
    found: list[Change] = []
    if isinstance(after, Edited) and after.origin is before:
        for at, new in after.edits.items():
            old = before.field(at)
            if old != new and (tag := before.tag(at)) not in leave_out:
                found.append(Change(tag, old, new, at, at))
        return found if len(found) < 2 else moved_among(found)
    one, two = before.leader, after.leader
    if one is not two and one != two:
        one, two = stated(one), stated(two)
        if one != two:
            found.append(Change(LEADER, one, two, None, None))
    tags, data = before.tags, before.data
    new_tags, new_data = after.tags, after.data
    if tags is new_tags or tags == new_tags:
        # The usual case: the same fields, some with other data.
        for at, (old, new) in enumerate(zip(data, new_data, strict=True)):
            if old is not new and old != new and tags[at] not in leave_out:
                found.append(Change(tags[at], old, new, at, at))
        # A field that only moved among others of its tag shows as several that were changed.
        return found if len(found) < 2 else moved_among(found)
    return found + aligned(tags, data, new_tags, new_data, leave_out)


def stated(leader: bytes) -> bytes:
    """The leader without what is computed: lengths, base address and directory geometry."""
    return b"     " + leader[5:12] + b"     " + leader[17:20] + b"  " + leader[22:24]


def moved_among(found: list[Change]) -> list[Change]:
    """Pairs what went in one place and came, byte for byte, in another."""
    fields = [change for change in found if change.tag != LEADER]
    if not any(
        a.before == b.after and a.tag == b.tag for a in fields for b in fields if a is not b
    ):
        return found
    leader = [change for change in found if change.tag == LEADER]
    gone = [(c.tag, c.before, c.before_at) for c in fields]
    come = [(c.tag, c.after, c.after_at) for c in fields]
    return leader + paired(gone, come)


Placed = tuple[bytes, "bytes | None", "int | None"]
"""(tag, data, place)"""


def aligned(
    tags: Sequence[bytes],
    data: Sequence[bytes],
    new_tags: Sequence[bytes],
    new_data: Sequence[bytes],
    leave_out: frozenset[bytes],
) -> list[Change]:
    old = list(zip(tags, data, strict=True))
    new = list(zip(new_tags, new_data, strict=True))
    start = 0
    most = min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    gone, come = only_in_one(middle_old, middle_new, start) or by_matching(
        middle_old, middle_new, start
    )
    return paired(
        [one for one in gone if one[0] not in leave_out],
        [one for one in come if one[0] not in leave_out],
    )


Field = tuple[bytes, bytes]


def only_in_one(
    old: list[Field], new: list[Field], start: int
) -> tuple[list[Placed], list[Placed]] | None:
    """What went and what came, where that is plain: no field stands twice, and those that stayed
    kept their order. Otherwise None. What `by_matching` finds then is the same, and takes long.
    start: the place of the first."""
    had, has = set(old), set(new)
    if len(had) < len(old) or len(has) < len(new):
        return None
    if [field for field in old if field in has] != [field for field in new if field in had]:
        return None
    return (
        [(*field, at) for at, field in enumerate(old, start) if field not in has],
        [(*field, at) for at, field in enumerate(new, start) if field not in had],
    )


def by_matching(
    old: list[Field], new: list[Field], start: int
) -> tuple[list[Placed], list[Placed]]:
    gone: list[Placed] = []
    come: list[Placed] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what != "equal":
            gone += [(*field, at) for at, field in enumerate(old[a:b], start + a)]
            come += [(*field, at) for at, field in enumerate(new[c:d], start + c)]
    return gone, come


def paired(gone: list[Placed], come: list[Placed]) -> list[Change]:
    """Equal ones first (moved), then those of one tag in order (changed), then the rest."""
    pairs: list[Change] = []
    left = list(come)
    rest: list[Placed] = []
    came = {(tag, data) for tag, data, _ in come}
    came_tags = {tag for tag, _, _ in come}
    for tag, data, at in gone:
        if (tag, data) not in came:
            rest.append((tag, data, at))
            continue
        same = next((one for one in left if one[0] == tag and one[1] == data), None)
        if same is None:
            rest.append((tag, data, at))
        else:
            left.remove(same)
            pairs.append(Change(tag, data, data, at, same[2]))
    for tag, data, at in rest:
        if tag not in came_tags:
            pairs.append(Change(tag, data, None, at, None))
            continue
        other = next((one for one in left if one[0] == tag), None)
        if other is None:
            pairs.append(Change(tag, data, None, at, None))
        else:
            left.remove(other)
            pairs.append(Change(tag, data, other[1], at, other[2]))
    pairs += [Change(tag, None, data, None, at) for tag, data, at in left]
    pairs.sort(key=place)
    return pairs


def place(change: Change) -> tuple[int, int]:
    at = change.after_at if change.after_at is not None else change.before_at
    return (-1 if at is None else at, 0 if change.after_at is None else 1)
