"""The shape of a change: what a reviewer reads instead of ten thousand records.

A function of one change alone: kind of record, tag, position, kind of change; with before→after
only for indicators, data elements of the leader and of 006, 007, 008 (of four positions at most),
and what a job declares literal. Dates are without values. So ten records and ten thousand, today
and tomorrow, show the same shapes. The number beside a shape is the number of records that show
it at least once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from galleyproof.marc.changes import Change
from galleyproof.marc.coded_fields import CODED, DATE_SUBFIELDS, Element, differing, elements_of
from galleyproof.marc.field import MARK, is_control
from galleyproof.marc.malformed import is_malformed

MOST_POSITIONS = 4
OPPOSITE = {"added": "removed", "removed": "added"}


class Shape(NamedTuple):
    """One pattern of change.

    position: `ind1`, `ind2`, `$a`, `06`, `07-10` or "" (the whole field). what: `set`, `added`,
    `removed`, `moved`, `text replaced`. before and after are filled for `set` alone.
    """

    kind: str
    tag: str
    position: str
    what: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        where = self.tag
        if self.position:
            where += ("/" if self.position[0].isdigit() else " ") + self.position
        if self.what == "set" and (self.before or self.after):
            return f"{where} {shown(self.before)}→{shown(self.after)}"
        return f"{where} {self.what}"

    def inverse(self) -> Shape:
        """The shape of the change taken back."""
        return self._replace(
            what=OPPOSITE.get(self.what, self.what), before=self.after, after=self.before
        )


def shown(value: str) -> str:
    return value.replace(" ", "␣")


def shapes(
    kind: str, changes: Sequence[Change], literal: frozenset[str] = frozenset()
) -> tuple[Shape, ...]:
    """The distinct shapes of one record's changes."""
    if len(changes) == 1:
        of_one = tuple(shapes_of_one(kind, changes[0], literal))
        return of_one if len(of_one) == 1 else tuple(dict.fromkeys(of_one))
    found: dict[Shape, None] = {}
    for change in changes:
        for shape in shapes_of_one(kind, change, literal):
            found[shape] = None
    return tuple(found)


def shapes_of_one(kind: str, change: Change, literal: frozenset[str]) -> Iterable[Shape]:
    tag, before, after = change.tag, change.before, change.after
    if before is None or after is None:
        return (plain(kind, tag, "removed" if after is None else "added"),)
    if before == after:
        return (plain(kind, tag, "moved"),)
    if tag in CODED:
        return positions(kind, tag, before, after)
    if is_control(tag) or is_malformed(before) or is_malformed(after):
        return (plain(kind, tag, "text replaced"),)
    if len(before) == len(after) and before[2:] == after[2:]:
        return indicators(kind, tag, before[:2], after[:2])
    return (
        *indicators(kind, tag, before[:2], after[:2]),
        *subfields(kind, tag, before[2:], after[2:], literal),
    )


@lru_cache(4096)
def plain(kind: str, tag: bytes, what: str) -> Shape:
    return Shape(kind, name(tag), "", what)


@lru_cache(4096)
def indicators(kind: str, tag: bytes, before: bytes, after: bytes) -> tuple[Shape, ...]:
    return tuple(
        Shape(
            kind,
            name(tag),
            f"ind{at + 1}",
            "set",
            before[at : at + 1].decode("utf-8", "replace"),
            after[at : at + 1].decode("utf-8", "replace"),
        )
        for at in (0, 1)
        if before[at : at + 1] != after[at : at + 1]
    )


def name(tag: bytes) -> str:
    return tag.decode("ascii", "replace")


def positions(kind: str, tag: bytes, before: bytes, after: bytes) -> Iterator[Shape]:
    """Element by element. Neighbours that no table names are one; dates, and what has more than
    four positions, are only said to be set."""
    if len(before) != len(after):
        yield plain(kind, tag, "text replaced")
        return
    for one in joined(differing(elements_of(kind, tag, before, after), before, after)):
        if one.is_date or one.end - one.start > MOST_POSITIONS:
            yield Shape(kind, name(tag), one.where, "set")
        else:
            old, new = before[one.start : one.end], after[one.start : one.end]
            yield Shape(
                kind,
                name(tag),
                one.where,
                "set",
                old.decode("utf-8", "replace"),
                new.decode("utf-8", "replace"),
            )


def joined(elements: Iterable[Element]) -> Iterator[Element]:
    """Neighbours without a name as one."""
    last: Element | None = None
    for one in elements:
        if last and not last.name and not one.name and last.end == one.start:
            last = Element(last.start, one.end)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def subfields(
    kind: str, tag: bytes, before: bytes, after: bytes, literal: frozenset[str]
) -> Iterable[Shape]:
    """Code by code: what came, what went, and where text was replaced."""
    if before == after:
        return ()
    old, new = before.split(MARK), after.split(MARK)
    one = one_subfield(old, new)
    if one is not None and not (literal and one[1] == "text replaced"):
        return (of_subfield(kind, tag, *one),)
    return code_by_code(kind, tag, by_code(old), by_code(new), literal)


def one_subfield(old: list[bytes], new: list[bytes]) -> tuple[bytes, str] | None:
    """What `code_by_code` finds where a single subfield came, went or has other text, as mostly;
    otherwise None."""
    more = len(new) - len(old)
    if more == 0:
        others = [(one, two) for one, two in zip(old, new, strict=True) if one != two]
        one, two = others[0]
        code = one[:1]
        return (code, "text replaced") if len(others) == 1 and code and code == two[:1] else None
    if more not in (1, -1):
        return None
    shorter, longer = (old, new) if more == 1 else (new, old)
    at = next(
        (at for at, (one, two) in enumerate(zip(shorter, longer, strict=False)) if one != two),
        len(shorter),
    )
    if shorter[at:] != longer[at + 1 :] or not longer[at]:
        return None
    return longer[at][:1], "added" if more == 1 else "removed"


def code_by_code(
    kind: str,
    tag: bytes,
    old: dict[bytes, list[bytes]],
    new: dict[bytes, list[bytes]],
    literal: frozenset[str],
) -> Iterator[Shape]:
    said = False
    for code in dict.fromkeys([*old, *new]):
        ours, theirs = old.get(code, []), new.get(code, [])
        if ours == theirs:
            continue
        said = True
        if len(theirs) != len(ours):
            yield of_subfield(kind, tag, code, "added" if len(theirs) > len(ours) else "removed")
        elif sorted(ours) == sorted(theirs):
            yield of_subfield(kind, tag, code, "moved")
        elif literal and (place := f"{name(tag)} ${name(code)}") in literal - DATE_SUBFIELDS:
            for one, other in zip(ours, theirs, strict=True):
                if one != other:
                    yield Shape(
                        kind,
                        name(tag),
                        place[4:],
                        "set",
                        one.decode("utf-8", "replace"),
                        other.decode("utf-8", "replace"),
                    )
        else:
            yield of_subfield(kind, tag, code, "text replaced")
    if not said:
        yield Shape(kind, name(tag), "subfields", "moved")


@lru_cache(4096)
def of_subfield(kind: str, tag: bytes, code: bytes, what: str) -> Shape:
    return Shape(kind, name(tag), f"${name(code)}", what)


def by_code(parts: Iterable[bytes]) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for part in parts:
        if part:
            found.setdefault(part[:1], []).append(part[1:])
    return found
