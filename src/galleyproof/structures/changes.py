"""What differs between two structures, its shapes, and taking it back: field by field."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import astuple

from galleyproof.marc.changes import Change
from galleyproof.marc.shapes import Shape
from galleyproof.marc.undo import Left
from galleyproof.structures.structure import (
    AMOUNT,
    CODE,
    COUNT,
    DATE,
    FLAG,
    LINK,
    Structure,
    encoded_fields,
    fields_of,
    shown,
)

SHOWN = frozenset((CODE, FLAG))
"""Sorts of field whose values a shape shows; those of others would make a shape a record."""


def structure_changes(before: Structure, after: Structure) -> list[Change]:
    """The fields in which two structures of a kind differ, in the order of the declaration."""
    tags = encoded_fields(type(before))
    pairs = enumerate(zip(astuple(before), astuple(after), strict=True))
    return [
        Change(tags[at], encoded(old), encoded(new), None, None)
        for at, (old, new) in pairs
        if old is not new and old != new
    ]


def encoded(value: Any) -> bytes | None:
    if value is None or value == "" or value == ():
        return None
    return msgspec.json.encode(value)


def structure_shapes(
    kind: type[Structure], changes: Sequence[Change], literal: frozenset[str] = frozenset()
) -> list[Shape]:
    """One shape a field: values for coded fields, yes/no, and what the job declares literal; dates
    are without values."""
    return [shape_of(kind, change, literal) for change in changes]


@lru_cache(8192)
def shape_of(kind: type[Structure], change: Change, literal: frozenset[str]) -> Shape:
    field = fields_of(kind)[change.tag.decode()]
    before, after = read(change.before), read(change.after)
    if field.sort in SHOWN or (field.name in literal and not is_date(change.tag, field.sort)):
        return Shape(kind.kind, field.name, "", "set", before or "–", after or "–")
    if change.before is None:
        return Shape(kind.kind, field.name, "", "added")
    if change.after is None:
        return Shape(kind.kind, field.name, "", "removed")
    return Shape(kind.kind, field.name, "", "text replaced" if is_text(field.sort) else "set")


def is_date(tag: bytes, sort: str) -> bool:
    """Whether a field holds a date, or a part of one (the chronology of an issue)."""
    return sort == DATE or tag.startswith(b"chronology_")


def is_text(sort: str) -> bool:
    return sort not in (DATE, LINK, COUNT, AMOUNT)


def read(value: bytes | None) -> str:
    return "" if value is None else shown(msgspec.json.decode(value))


class StructureUndone(NamedTuple):
    """The record with the run's changes taken back; left: the fields that stay, each with why."""

    structure: Structure
    left: list[Left]


def undo_structure(before: Structure, after: Structure, now: Structure) -> StructureUndone:
    """Takes back what a run did between `before` and `after`, in the record as it is `now`. A
    field that was changed since stays as it is, and with it what says one thing together with it
    (a library and its location). Of a field that holds several values, those that the run added or
    removed are taken back, whatever others have come or gone since."""
    fields = fields_of(type(before))
    changed = [change.tag.decode() for change in structure_changes(before, after)]

    def changed_since(name: str) -> bool:
        return getattr(now, name) not in (getattr(before, name), getattr(after, name))

    back: dict[str, Any] = {}
    left = []
    for name in changed:
        if fields[name].several:
            some = several_back(getattr(before, name), getattr(after, name), getattr(now, name))
            if some is not None:
                back[name] = some
                continue
        others = [
            fields[one].name
            for some in before.together
            if name in some
            for one in some
            if changed_since(one)
        ]
        if changed_since(name):
            left.append(Left(fields[name].name, "it was changed again since; it stays as it is"))
        elif getattr(now, name) == getattr(before, name):
            continue
        elif others:
            left.append(Left(fields[name].name, f"stays with {', '.join(others)}, changed since"))
        else:
            back[name] = getattr(before, name)
    return StructureUndone(now.changed(**back) if back else now, left)


Several = tuple[Any, ...]


def several_back(before: Several, after: Several, now: Several) -> Several | None:
    """The values that a field holds now, without those that a run added, and with those that it
    removed before the next of those that stood behind them. None where values stand in it more
    than once, or only their order changed, so that it goes as one."""
    if set(before) == set(after) or any(len(set(one)) < len(one) for one in (before, after, now)):
        return None
    found = [one for one in now if one in before or one not in after]
    for place, one in reversed(list(enumerate(before))):
        if one in after or one in found:
            continue
        behind = next((found.index(other) for other in before[place + 1 :] if other in found), None)
        found.insert(len(found) if behind is None else behind, one)
    return tuple(found)
