"""Undo three ways: what a run did is taken back where it still stands; later work stays.

The unit is one field occurrence; in the leader and in 006, 007, 008 one data element. The
occurrence that the run made is found in the record as it is now by its bytes, equal ones by their
rank.
Where fewer equal ones are left than the run left, those that it did not make are taken to be
the ones left: better a change that stays and is listed than one taken back where it was not.
What says one thing together is taken back together or not at all: a textual statement and the
enumeration that it is paired with by $8; in bibs the type of date and the dates (008/06-14).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from galleyproof.marc.changes import LEADER, Change, changes
from galleyproof.marc.coded_fields import (
    CODED,
    SAID_TOGETHER,
    Element,
    differing,
    elements_of,
)
from galleyproof.marc.record import Record
from galleyproof.marc.stated_together import stated_together


class Left(NamedTuple):
    """What could not be taken back, and why. where: the field, of a coded one its positions:
    `008/26-31 (date of report)`."""

    where: str
    why: str


class Undone(NamedTuple):
    record: Record
    left: list[Left]


class Placed(NamedTuple):
    """A field of the record now, with its place in `after` if it is still the run's own."""

    tag: bytes
    data: bytes
    after_at: int | None


class Records(NamedTuple):
    """A record before the run, after it, and now. kind: of the record."""

    before: Record
    after: Record
    now: Record
    kind: str


def undo(before: Record, after: Record, now: Record, kind: str) -> Undone:
    """Takes back what the run did between `before` and `after`, in the record as it is `now`.
    kind: of the record."""
    if now.body == after.body:
        return Undone(before, [])
    records = Records(before, after, now, kind)
    found = changes(before, after)
    fields = matched(after, now, {change.after_at for change in found})
    gone = gone_since(found, fields)
    kept = kept_with_others(found, gone)
    leader = now.leader
    left: list[Left] = []
    returning: list[Change] = []
    for number, change in enumerate(found):
        if number in kept:
            left.append(kept[number])
        elif change.tag == LEADER:
            leader, stays = elements_back(change, leader, records)
            left += stays
        elif change.after_at is None:
            returning.append(change)
        elif where(fields, change.after_at) is not None:
            take_back(change, fields)
        elif (at := edited_since(change, fields, records)) is not None:
            data, stays = elements_back(change, fields[at].data, records)
            fields[at] = fields[at]._replace(data=data)
            left += stays
        elif number in gone:
            left.append(Left(name(change.tag), why_not(change)))
    for change in reversed(returning):
        put_back(change, before, after, fields)
    record = Record.build(leader, [(field.tag, field.data) for field in fields])
    return Undone(record, left)


def name(tag: bytes) -> str:
    return tag.decode("ascii", "replace")


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


def where(fields: Sequence[Placed], after_at: int | None) -> int | None:
    if after_at is None:
        return None
    return next((n for n, field in enumerate(fields) if field.after_at == after_at), None)


def gone_since(found: Sequence[Change], fields: Sequence[Placed]) -> set[int]:
    """The numbers of the changes whose field is not as the run left it any more, nor as it was
    before the run."""
    others: Counter[tuple[bytes, bytes | None]] = Counter(
        (field.tag, field.data) for field in fields if field.after_at is None
    )
    gone = set()
    for number, change in enumerate(found):
        if change.after_at is None or where(fields, change.after_at) is not None:
            continue
        as_before = (change.tag, change.before)
        if change.before != change.after and others[as_before]:
            others[as_before] -= 1
        else:
            gone.add(number)
    return gone


def kept_with_others(found: Sequence[Change], gone: Set[int]) -> dict[int, Left]:
    """The changes that stand and stay, because what they state together with was changed since."""
    kept = {}
    for some in stated_together(found):
        partners = sorted({name(found[number].tag) for number in some if number in gone})
        if not partners:
            continue
        for number in some:
            if number not in gone:
                why = f"stays with the {' and '.join(partners)} that it is paired with by $8"
                kept[number] = Left(name(found[number].tag), f"{why}, changed since the run")
    return kept


def take_back(change: Change, fields: list[Placed]) -> None:
    """A field that the run changed, added or moved, and that stands as the run left it."""
    at = where(fields, change.after_at)
    assert at is not None
    if change.before is None:
        del fields[at]
    elif change.before == change.after:
        field = fields.pop(at)
        fields.insert(min(change.before_at or 0, len(fields)), field)
    else:
        fields[at] = Placed(change.tag, change.before, change.after_at)


def edited_since(change: Change, fields: Sequence[Placed], records: Records) -> int | None:
    """Where a coded control field stands that was edited since the run: it must be plain which
    one it is, among several of one tag (006 and 007: of one category)."""
    if change.tag not in CODED or change.before is None or change.before == change.after:
        return None

    def like(data: bytes) -> bool:
        return change.tag == b"008" or data[:1] == (change.after or b"")[:1]

    after, own = records.after, {field.after_at for field in fields}
    lost = [at for at in after.positions(change.tag) if at not in own and like(after.field(at))]
    come = [
        at
        for at, field in enumerate(fields)
        if field.tag == change.tag and field.after_at is None and like(field.data)
    ]
    if len(lost) != 1 or len(come) != 1 or len(fields[come[0]].data) != len(change.after or b""):
        return None
    return come[0] if len(change.before) == len(change.after or b"") else None


def elements_back(change: Change, now: bytes, records: Records) -> tuple[bytes, list[Left]]:
    """A coded field with the data elements that the run set as they were before, where they still
    stand; and those that stay."""
    before, after = change.before or b"", change.after or b""
    leaders = tuple(one.leader for one in records[:3])
    elements = elements_of(records.kind, change.tag, before, after, leaders)
    done = list(differing(elements, before, after))

    def part(data: bytes, one: Element) -> bytes:
        return data[one.start : one.end]

    def changed_since(one: Element) -> bool:
        return part(now, one) not in (part(before, one), part(after, one))

    edited = [one for one in done if changed_since(one)]
    positions = SAID_TOGETHER.get(records.kind, range(0)) if change.tag == b"008" else range(0)
    together = [one for one in elements if one.start in positions]
    # The first says what the others mean, so it counts whoever set it.
    blocking = [
        one for one in together if changed_since(one) and (one in done or one == together[0])
    ]
    kept = [
        one
        for one in done
        if blocking
        and one in together
        and one not in edited
        and part(now, one) != part(before, one)
    ]
    result = bytearray(now)
    for one in done:
        if one not in edited and one not in kept:
            result[one.start : one.end] = part(before, one)
    left = []
    if edited:
        left.append(Left(named(change.tag, edited), "changed since the run; stays as it is"))
    if kept:
        why = f"stays with {named(change.tag, blocking)}, changed since the run"
        left.append(Left(named(change.tag, kept), why))
    return bytes(result), left


def named(tag: bytes, elements: Iterable[Element]) -> str:
    return ", ".join(
        f"{name(tag)}/{one.where}" + (f" ({one.name})" if one.name else "") for one in elements
    )


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
