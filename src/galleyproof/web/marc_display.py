"""MARC as catalogers know it, in pieces that a template can set apart; and what differs between
two fields, to the subfield and the character."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

from galleyproof.marc.changes import LEADER, Change
from galleyproof.marc.field import indicators, is_control, subfields
from galleyproof.marc.malformed import is_malformed
from galleyproof.marc.mrk import variable
from galleyproof.marc.record import Record
from galleyproof.structures.changes import read
from galleyproof.structures.forms import form_of
from galleyproof.structures.structure import fields_of
from galleyproof.structures.structure import shown as shown_value
from galleyproof.structures.table import STRUCTURES

ALIKE = 0.35
"""How alike two values must be to be compared letter by letter; others are replaced whole."""
LONGEST = 2_000
"""Characters up to which values are compared letter by letter."""


class Piece(NamedTuple):
    """A run of text. role: `code`, `text` or `indicator`; changed: whether it differs."""

    role: str
    text: str
    changed: bool = False


class FieldShown(NamedTuple):
    tag: str
    indicators: tuple[Piece, ...]
    pieces: tuple[Piece, ...]


class Row(NamedTuple):
    """One field before and after. what: `changed`, `added`, `removed`, `moved`."""

    tag: str
    what: str
    before: FieldShown | None
    after: FieldShown | None


def shown(tag: bytes, data: bytes) -> FieldShown:
    """A field with nothing marked."""
    return FieldShown(name(tag), tuple(marks(tag, data)), tuple(plain(tag, data)))


def name(tag: bytes) -> str:
    return tag.decode("ascii", "replace")


def is_flat(tag: bytes) -> bool:
    return tag == LEADER or is_control(tag)


def blank(indicator: str) -> str:
    return "␣" if indicator == " " else indicator


def marks(tag: bytes, data: bytes, other: bytes | None = None) -> Iterator[Piece]:
    if is_flat(tag) or is_malformed(data):
        return
    others = indicators(other) if other is not None else indicators(data)
    for own, theirs in zip(indicators(data), others, strict=True):
        yield Piece("indicator", blank(own), own != theirs)


def plain(tag: bytes, data: bytes) -> Iterator[Piece]:
    if is_flat(tag):
        yield Piece("text", visible(data.decode("utf-8", "replace")))
        return
    if is_malformed(data):
        yield Piece("text", variable(data.decode("utf-8", "replace")))
        return
    for code, value in subfields(data):
        yield Piece("code", f"${code}")
        yield Piece("text", value)


def visible(text: str) -> str:
    """Blanks of coded fields, which count."""
    return text.replace(" ", "␣") if len(text) < 60 else text


def record_shown(kind: str, body: bytes) -> list[FieldShown]:
    """A record's fields: those of MARC, or a structure's by name, empty ones left out."""
    if kind in STRUCTURES:
        one = form_of(kind).read(body)
        named = [
            (sort.name, shown_value(getattr(one, at)))
            for at, sort in fields_of(STRUCTURES[kind]).items()
        ]
        return [FieldShown(name, (), (Piece("text", text),)) for name, text in named if text]
    record = Record(body)
    return [
        shown(LEADER, record.leader),
        *(shown(tag, data) for tag, data in zip(record.tags, record.data, strict=True)),
    ]


def row_of_structure(change: Change) -> Row:
    """A field of a structure: its values as people read them."""
    tag = name(change.tag).replace("_", "-")
    old, new = read(change.before), read(change.after)
    what = "added" if change.before is None else "removed" if change.after is None else "changed"
    left, right = texts(old, new)
    return Row(
        tag,
        what,
        FieldShown(tag, (), tuple(left)) if change.before is not None else None,
        FieldShown(tag, (), tuple(right)) if change.after is not None else None,
    )


def row(change: Change) -> Row:
    tag, before, after = change.tag, change.before, change.after
    if before is None or after is None:
        return Row(
            name(tag),
            "removed" if after is None else "added",
            None if before is None else shown(tag, before),
            None if after is None else shown(tag, after),
        )
    if before == after:
        return Row(name(tag), "moved", shown(tag, before), shown(tag, after))
    if not is_flat(tag) and (is_malformed(before) or is_malformed(after)):
        return Row(name(tag), "changed", all_changed(tag, before), all_changed(tag, after))
    left, right = compared(tag, before, after)
    return Row(
        name(tag),
        "changed",
        FieldShown(name(tag), tuple(marks(tag, before, after)), tuple(left)),
        FieldShown(name(tag), tuple(marks(tag, after, before)), tuple(right)),
    )


def all_changed(tag: bytes, data: bytes) -> FieldShown:
    """A field that is another whole: it was, or becomes, malformed."""
    every = shown(tag, data)
    return FieldShown(
        every.tag,
        tuple(one._replace(changed=True) for one in every.indicators),
        tuple(one._replace(changed=True) for one in every.pieces),
    )


def rows(changes: Sequence[Change], kind: str = "bib") -> list[Row]:
    one = row_of_structure if kind in STRUCTURES else row
    return [one(change) for change in changes]


def compared(tag: bytes, before: bytes, after: bytes) -> tuple[list[Piece], list[Piece]]:
    if is_flat(tag):
        return texts(
            visible(before.decode("utf-8", "replace")),
            visible(after.decode("utf-8", "replace")),
            by_position=True,
        )
    old, new = subfields(before), subfields(after)
    left: list[Piece] = []
    right: list[Piece] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            for code, value in old[a:b]:
                left += [Piece("code", f"${code}"), Piece("text", value)]
            for code, value in new[c:d]:
                right += [Piece("code", f"${code}"), Piece("text", value)]
            continue
        pairs = min(b - a, d - c)
        for (old_code, old_value), (new_code, new_value) in zip(
            old[a : a + pairs], new[c : c + pairs], strict=True
        ):
            left.append(Piece("code", f"${old_code}", old_code != new_code))
            right.append(Piece("code", f"${new_code}", old_code != new_code))
            one, other = texts(old_value, new_value)
            left += one
            right += other
        for code, value in old[a + pairs : b]:
            left += [Piece("code", f"${code}", True), Piece("text", value, True)]
        for code, value in new[c + pairs : d]:
            right += [Piece("code", f"${code}", True), Piece("text", value, True)]
    return left, right


def texts(before: str, after: str, *, by_position: bool = False) -> tuple[list[Piece], list[Piece]]:
    """Two values, letter by letter where they are alike enough for that to help; coded fields
    position by position."""
    if before == after:
        return [Piece("text", before)], [Piece("text", after)]
    if by_position and len(before) == len(after):
        return positions(before, after), positions(after, before)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if max(len(before), len(after)) > LONGEST or matcher.ratio() < ALIKE:
        return [Piece("text", before, True)], [Piece("text", after, True)]
    left: list[Piece] = []
    right: list[Piece] = []
    for what, a, b, c, d in matcher.get_opcodes():
        if b > a:
            left.append(Piece("text", before[a:b], what != "equal"))
        if d > c:
            right.append(Piece("text", after[c:d], what != "equal"))
    return left, right


def positions(own: str, other: str) -> list[Piece]:
    """Runs of positions that are the same, or are not."""
    marked = groupby(zip(own, other, strict=True), key=lambda pair: pair[0] != pair[1])
    return [Piece("text", "".join(one for one, _ in pairs), changed) for changed, pairs in marked]
