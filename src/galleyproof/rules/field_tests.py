"""What an element asks of a record and of one of its fields, as functions on their bytes.

What an element means is said here alone; finding.py asks in the cheapest order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from operator import methodcaller
from typing import Protocol

from galleyproof.marc.field import MARK
from galleyproof.rules.elements import Element, is_control_tag
from galleyproof.rules.escapes import marks_meant
from galleyproof.rules.values import (
    STRAY,
    Pattern,
    composed,
    composed_bytes,
    is_plain,
    whole_value,
)


class Readable(Protocol):
    """A record that is looked at; see marc.record.Record for what the parts are."""

    @property
    def leader(self) -> bytes: ...
    @property
    def tags(self) -> list[bytes]: ...
    @property
    def data(self) -> list[bytes]: ...
    @property
    def positions(self) -> Callable[[bytes], Sequence[int]]: ...
    def positions_like(self, pattern: str, fits: Mapping[bytes, bool]) -> Sequence[int]: ...


def tag_test(tag: str) -> Callable[[bytes], bool]:
    """Whether a tag of a record fits; wildcards do not reach control fields."""
    if "*" not in tag:
        wanted = tag.encode()
        return lambda found: found == wanted
    return Fitting(tag).__getitem__


class Fitting(dict[bytes, bool]):
    """Whether tags fit a pattern with wildcards, each asked once."""

    MOST = 5_000

    def __init__(self, tag: str):
        super().__init__()
        self.control = is_control_tag(tag)
        self.fits = re.compile(tag.replace("*", ".").encode(), re.DOTALL).fullmatch

    def __missing__(self, found: bytes) -> bool:
        if len(self) > self.MOST:
            self.clear()
        answer = (self.control or found[:2] != b"00") and self.fits(found) is not None
        self[found] = answer
        return answer


def places(element: Element) -> Callable[[Readable], Sequence[int]]:
    """The fields of a record that have the element's tag."""
    if not element.wild:
        return methodcaller("positions", element.tag.encode())
    return methodcaller("positions_like", element.tag, Fitting(element.tag))


def field_test(element: Element) -> Callable[[bytes], bool]:
    """Whether one field's data has what the element asks for."""
    if element.control:
        return control_test(element)
    if not element.code:
        return indicator_test(element) or (lambda data: True)
    if element.code == "*":
        count = field_count(element)
        return lambda data: count(data) > 0
    mark = MARK + element.code.encode()
    indicators = indicator_test(element)
    if element.value is None:
        if indicators is None:
            return lambda data: data.find(mark) >= 0
        return lambda data: data.find(mark) >= 0 and indicators(data)
    test = whole_value(element.value)
    needle = needed(element)
    needle_and_end = needle + MARK
    ends = after_needle(element.value)

    def found(data: bytes) -> bool:
        if data.find(needle) < 0:
            return False
        if indicators is not None and not indicators(data):
            return False
        if ends is not None and data.isascii():
            return not ends or data.endswith(needle) or data.find(needle_and_end) >= 0
        # What stands before the first mark, indicators included, is no subfield.
        for part in data.split(mark)[1:]:
            if test(part.partition(MARK)[0]):
                return True
        return False

    return found


def lacking(element: Element) -> Callable[[bytes], bool]:
    """Whether one field's data does not have what the element asks for."""
    needle, has = needed(element), field_test(element)
    if not needle:
        return lambda data: not has(data)
    if element.indicators == ("", "") and element.value is not None:
        if after_needle(element.value) is False:
            return lambda data: data.find(needle) < 0 or not (data.isascii() or has(data))
    return lambda data: data.find(needle) < 0 or not has(data)


def after_needle(pattern: Pattern) -> bool | None:
    """Where what is `needed` says by itself, in ASCII, whether a value fits: a whole value, after
    which the subfield ends (true), or its beginning (false). None for other patterns."""
    text = pattern.text
    if pattern.regex or "|" in text or not is_plain(marks_meant(text.removesuffix("*"))):
        return None
    if "*" in text.removesuffix("*"):
        return None
    return not text.endswith("*")


def needed(element: Element) -> bytes:
    """Bytes that stand in every data field in which the element is found; none where that cannot
    be said. Composing makes no other ASCII text than was there."""
    if element.control or element.code in ("", "*"):
        return b""
    mark = MARK + element.code.encode()
    pattern = element.value
    if pattern is None or pattern.regex or "|" in pattern.text:
        return mark
    first, *others = (marks_meant(composed(piece)) for piece in pattern.text.split("*"))
    best, needle = 0, mark
    for number, piece in enumerate((first, *others)):
        if len(piece) > best and is_plain(piece):
            best, needle = len(piece), (mark if number == 0 else b"") + piece.encode()
    return needle


def indicator_test(element: Element) -> Callable[[bytes], bool] | None:
    """Whether a field has the indicators asked for; None where any will do."""
    first, second = (one.encode() for one in element.indicators)
    if first and second:
        both = first + second
        return lambda data: data[:2] == both
    if first:
        return lambda data: data[:1] == first
    if second:
        return lambda data: data[1:2] == second
    return None


def indicators_wanted(element: Element) -> list[tuple[int, bytes]]:
    return [(at, value.encode()) for at, value in enumerate(element.indicators) if value]


def field_count(element: Element) -> Callable[[bytes], int]:
    """How often an element is found in one field's data: subfields where a code is named."""
    if element.control:
        test_control = control_test(element)
        return lambda data: int(test_control(data))
    wanted = indicators_wanted(element)
    test = whole_value(element.value)
    code = element.code.encode()

    def count(data: bytes) -> int:
        for at, value in wanted:
            if data[at : at + 1] != value:
                return 0
        if not code:
            return 1
        return sum(
            (code == b"*" or part[:1] == code) and test(part[1:]) for part in data.split(MARK)[1:]
        )

    return count


def subfield_values(element: Element, left_out: str = "") -> Callable[[bytes], list[bytes]]:
    """The values that an element finds in one field's data, in order and composed, without the
    characters left out."""
    wanted = indicators_wanted(element)
    test = whole_value(element.value)
    code = element.code.encode()

    def values(data: bytes) -> list[bytes]:
        if any(data[at : at + 1] != value for at, value in wanted):
            return []
        return [
            composed_bytes(part[1:])
            for part in data.split(MARK)[1:]
            if (code == b"*" or part[:1] == code) and test(part[1:])
        ]

    if not left_out:
        return values
    gone = dict.fromkeys(map(ord, composed(left_out)))
    return lambda data: [
        value.decode("utf-8", STRAY).translate(gone).encode("utf-8", STRAY)
        for value in values(data)
    ]


def plain_text(pattern: Pattern | None) -> bytes | None:
    """The ASCII text that a pattern is, if it is nothing more."""
    if pattern is None or pattern.regex or "*" in pattern.text or "|" in pattern.text:
        return None
    text = marks_meant(pattern.text)
    return text.encode() if text.isascii() else None


def control_test(element: Element) -> Callable[[bytes], bool]:
    test = whole_value(element.value)
    if element.start is None or element.length is None:
        return test
    start, end = element.start, element.start + element.length

    def found(data: bytes) -> bool:
        if data.isascii():
            return len(data) >= end and test(data[start:end])
        text = data.decode("utf-8", STRAY)
        return len(text) >= end and test(text[start:end].encode("utf-8", STRAY))

    exactly = plain_text(element.value)
    if exactly is None or len(exactly) != end - start:
        return found
    return lambda data: data[start:end] == exactly if data.isascii() else found(data)
