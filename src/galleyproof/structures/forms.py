"""The two forms that a record's body has, MARC and structure, behind one set of questions.

The platform asks these and never what a record is made of; only jobs do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol

from galleyproof.marc.changes import Change, changes
from galleyproof.marc.field import subfields
from galleyproof.marc.keys import KEY_TAGS, keys
from galleyproof.marc.record import Record
from galleyproof.marc.saying import field_text
from galleyproof.marc.shapes import Shape, shapes
from galleyproof.marc.tags import tag_list
from galleyproof.marc.undo import Left, undo
from galleyproof.structures.changes import (
    structure_changes,
    structure_shapes,
    undo_structure,
)
from galleyproof.structures.saying import change_text
from galleyproof.structures.structure import LINK, Structure, decode, fields_of, shown
from galleyproof.structures.table import STRUCTURES, set_fields, structure_keys

Body = Record | Structure
"""A record taken apart; `.body` gives its bytes."""
Key = tuple[str, str]
"""(scheme, value)"""


TITLES = (b"245", b"100", b"110", b"111", b"150", b"151", b"852")


class TakenBack(NamedTuple):
    """A record with a run's changes taken back; left: what stays, and why."""

    after: Any
    left: Sequence[Left]


class Form(Protocol):
    kind: str

    def read(self, body: bytes) -> Any:
        """The body taken apart."""

    def keys(self, one: Any) -> list[Key]:
        """What the record can be found by."""

    def tags(self, one: Any) -> str:
        """What it has: tags, or names of fields, sorted, separated by one space."""

    def keyed(self, change: Change) -> bool:
        """Whether a change may change what the record can be found by."""

    def changes(self, before: Any, after: Any) -> Sequence[Change]: ...

    def shapes(self, found: Sequence[Change], literal: frozenset[str]) -> Sequence[Shape]: ...

    def undo(self, before: Any, after: Any, now: Any) -> TakenBack: ...

    def parent(self, one: Any) -> int | None:
        """The number of the record above where the body says it, else None."""

    def own_number(self, one: Any) -> str:
        """The number that people know the record by, or ""."""

    def title(self, one: Any) -> str:
        """What a person knows the record by at a glance."""

    def told(self, one: Any) -> str:
        """Who is to be told of what becomes of it, by a code of the library's own; or ""."""

    def text(self, tag: bytes, data: bytes) -> str:
        """A field, or one side of a change of it, as people read it."""

    def nothing(self, one: Any) -> Any:
        """A record of which nothing is there yet, to compare a new one with."""

    def numbered(self, one: Any, number: str) -> Any:
        """A new record with its own number filled in, where it has none."""

    def linked(self, one: Any, numbers: Mapping[int, int]) -> Any:
        """The record with numbers that stood in for records not yet made replaced."""


class MarcForm:
    def __init__(self, kind: str):
        self.kind = kind

    def read(self, body: bytes) -> Record:
        return Record(body)

    def keys(self, one: Record) -> list[Key]:
        return keys(one, self.kind)

    def tags(self, one: Record) -> str:
        return tag_list(one)

    def keyed(self, change: Change) -> bool:
        return change.tag in KEY_TAGS

    def changes(self, before: Record, after: Record) -> Sequence[Change]:
        return changes(before, after)

    def shapes(self, found: Sequence[Change], literal: frozenset[str]) -> Sequence[Shape]:
        return shapes(self.kind, found, literal)

    def undo(self, before: Record, after: Record, now: Record) -> TakenBack:
        return TakenBack(*undo(before, after, now, self.kind))

    def parent(self, one: Record) -> int | None:
        return None

    def own_number(self, one: Record) -> str:
        return (one.first(b"001") or b"").decode("utf-8", "replace").strip()

    def title(self, one: Record) -> str:
        data = next((found for tag in TITLES if (found := one.first(tag)) is not None), b"")
        return " ".join(value for code, value in subfields(data) if not code.isdigit())

    def told(self, one: Record) -> str:
        return ""

    def text(self, tag: bytes, data: bytes) -> str:
        return field_text(tag, data)

    def nothing(self, one: Record) -> Record:
        return Record.build(one.leader, [])

    def numbered(self, one: Record, number: str) -> Record:
        at = one.positions(b"001")
        if not at:
            return one.with_inserted(0, b"001", number.encode())
        return one if one.data[at[0]].strip() else one.with_data(at[0], number.encode())

    def linked(self, one: Record, numbers: Mapping[int, int]) -> Record:
        return one


class StructureForm:
    def __init__(self, kind: str):
        self.kind = kind
        self.structure = STRUCTURES[kind]
        self.links = tuple(
            name for name, field in fields_of(self.structure).items() if field.sort == LINK
        )
        self.key_fields = frozenset(
            name.encode() for name in (*self.structure.keyed.values(), "library", "code", "table")
        )

    def read(self, body: bytes) -> Structure:
        found: Structure = decode(self.structure, body)
        return found

    def keys(self, one: Structure) -> list[Key]:
        return structure_keys(one)

    def tags(self, one: Structure) -> str:
        return set_fields(one)

    def keyed(self, change: Change) -> bool:
        return change.tag in self.key_fields

    def changes(self, before: Structure, after: Structure) -> Sequence[Change]:
        return structure_changes(before, after)

    def shapes(self, found: Sequence[Change], literal: frozenset[str]) -> Sequence[Shape]:
        return structure_shapes(self.structure, found, literal)

    def undo(self, before: Structure, after: Structure, now: Structure) -> TakenBack:
        return TakenBack(*undo_structure(before, after, now))

    def parent(self, one: Structure) -> int | None:
        return one.parent

    def own_number(self, one: Structure) -> str:
        return str(getattr(one, one.own))

    def title(self, one: Structure) -> str:
        found = (getattr(one, name, "") for name in one.shown_by)
        return " · ".join(shown(value) for value in found if value)

    def told(self, one: Structure) -> str:
        return str(getattr(one, one.told_by, ""))

    def text(self, tag: bytes, data: bytes) -> str:
        return change_text(tag, data)

    def nothing(self, one: Structure) -> Structure:
        return self.structure()

    def numbered(self, one: Structure, number: str) -> Structure:
        own = one.own
        return one if getattr(one, own) else one.changed(**{own: number})

    def linked(self, one: Structure, numbers: Mapping[int, int]) -> Structure:
        new: dict[str, Any] = {}
        for name in self.links:
            value = getattr(one, name)
            if isinstance(value, tuple):
                if any(each in numbers for each in value):
                    new[name] = tuple(numbers.get(each, each) for each in value)
            elif value in numbers:
                new[name] = numbers[value]
        return one.changed(**new) if new else one


@cache
def form_of(kind: str) -> Form:
    """How bodies of this kind are read and compared."""
    return StructureForm(kind) if kind in STRUCTURES else MarcForm(kind)
