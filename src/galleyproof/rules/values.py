"""Values in patterns: whether a value fits one, and what of it is replaced.

A pattern is one or more alternatives (`a|b`). Without `*` an alternative is the whole value (in a
replacement: a text that may stand anywhere in it); `*` is any run of characters. With the dialect
switch `regex` it is a regular expression in RE2's syntax (expressions.py).

Canonically equivalent Unicode (é composed or not) compares equal; what is not replaced keeps its
bytes. Nothing here takes more than linear time, whatever the pattern: `*` is matched by looking
for one piece after the other, and RE2 does not go back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from galleyproof.marc.errors import Wrong
from galleyproof.rules.escapes import marks_meant
from galleyproof.rules.expressions import compiled_expression
from galleyproof.rules.limits import MOST_GROUPS, check_growth

STRAY = "surrogateescape"
"""Bytes that are not UTF-8 are carried through unchanged."""

Test = Callable[[bytes], bool]
Edit = Callable[[bytes], bytes]
"""Both take a subfield's or control field's value. An Edit gives the same object where it changes
nothing."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """text: as written, escapes marked. regex: the dialect switch."""

    text: str
    regex: bool = False

    def __post_init__(self) -> None:
        if self.regex:
            regular(self)


class Found(NamedTuple):
    """A stretch to replace, in characters of the composed value, and what replaces it."""

    start: int
    end: int
    text: str


def composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


MADE_BY_COMPOSING = "K;`"
"""The ASCII characters into which others are composed: the Kelvin sign, the Greek question mark
and varia (Unicode, UAX #15)."""


def is_plain(text: str) -> bool:
    """Whether no other text composes to it."""
    return text.isascii() and not any(char in text for char in MADE_BY_COMPOSING)


def composed_bytes(value: bytes) -> bytes:
    if value.isascii():
        return value
    return composed(value.decode("utf-8", STRAY)).encode("utf-8", STRAY)


# ---- alternatives without regular expressions


@dataclass(frozen=True, slots=True)
class Pieces:
    """One alternative: what stands between its asterisks."""

    pieces: tuple[str, ...]

    @property
    def wild(self) -> bool:
        return len(self.pieces) > 1

    def fits(self, value: str) -> bool:
        return run_of_pieces(self.pieces, value)


def run_of_pieces(pieces: tuple[Any, ...], value: Any) -> bool:
    """Whether the pieces follow each other in the value, the first at its start and the last at
    its end. The leftmost place for each is as good as any other, so nothing is tried twice."""
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return bool(value == first)
    if len(value) < len(first) + len(last):
        return False
    if not (value.startswith(first) and value.endswith(last)):
        return False
    at, end = len(first), len(value) - len(last)
    for piece in pieces[1:-1]:
        at = value.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def alternatives(pattern: Pattern) -> list[Pieces]:
    return [
        Pieces(tuple(marks_meant(composed(piece)) for piece in one.split("*")))
        for one in pattern.text.split("|")
    ]


def whole_value(pattern: Pattern | None) -> Test:
    """Whether a value as a whole fits the pattern; None fits everything."""
    if pattern is None:
        return anything
    if pattern.regex:
        return whole_by_regex(pattern)
    every = alternatives(pattern)
    within_ascii = [one for one in every if all(piece.isascii() for piece in one.pieces)]
    words = frozenset(one.pieces[0].encode() for one in within_ascii if not one.wild)
    tests = [ascii_test(one.pieces) for one in within_ascii if one.wild]
    if len(words) > 1:
        tests.insert(0, words.__contains__)
    elif words:
        tests.insert(0, ascii_test((*map(bytes.decode, words),)))
    if not tests:
        simple: Test = nothing
    elif len(tests) == 1:
        simple = tests[0]
    else:
        simple = any_of(tests)

    def fits(value: bytes) -> bool:
        if value.isascii():
            return simple(value)
        text = composed(value.decode("utf-8", STRAY))
        return any(one.fits(text) for one in every)

    return fits


def anything(value: bytes) -> bool:
    return True


def nothing(value: bytes) -> bool:
    return False


def any_of(tests: list[Test]) -> Test:
    return lambda value: any(test(value) for test in tests)


def ascii_test(pieces: tuple[str, ...]) -> Test:
    """The test of one alternative on a value that is all ASCII."""
    raw = tuple(piece.encode() for piece in pieces)
    if len(raw) == 1:
        wanted = raw[0]
        return lambda value: value == wanted
    if len(raw) == 2:
        first, last = raw
        if not last:
            return lambda value: value.startswith(first)
        if not first:
            return lambda value: value.endswith(last)
    if len(raw) == 3 and not raw[0] and not raw[2]:
        within = raw[1]
        return lambda value: within in value
    return lambda value: run_of_pieces(raw, value)


# ---- regular expressions


def regular(pattern: Pattern, groups: bool = False) -> Any:
    """The compiled RE2 expression; groups: whether what its groups match is wanted. Raises Wrong
    with what it finds wrong."""
    return compiled_expression(composed(pattern.text), pattern.text, groups)


def whole_by_regex(pattern: Pattern) -> Test:
    expression = regular(pattern)
    return lambda value: (
        expression.fullmatch(composed(clean(value.decode("utf-8", STRAY)))) is not None
    )


def clean(text: str) -> str:
    """RE2 takes no stray bytes; each stands as one replacement character, so places stay."""
    return text if text.isascii() else re.sub("[\ud800-\udfff]", "\ufffd", text)


# ---- replacing


def replacement(pattern: Pattern | None, text: str) -> Edit:
    """What `replaceContents` does to one value.

    No pattern: the whole value. One full stop alone: the last character, if it is one. With `*`:
    the whole value that fits. Otherwise every place where the text stands, left to right.
    The edit raises GrewTooMuch.
    """
    raw = text.encode()
    if pattern is None:
        return lambda value: value if value == raw else raw
    if pattern.regex:
        return by_finding(regex_finder(pattern, text))
    if pattern.text == ".":
        return lambda value: value[:-1] + raw if value.endswith(b".") else value
    every = alternatives(pattern)
    wild = [one for one in every if one.wild]
    plain = [one.pieces[0] for one in every if not one.wild and one.pieces[0]]
    finders: list[Callable[[str], Iterable[Found]]] = []
    if wild:
        finders.append(lambda value: whole_finder(wild, value, text))
    if plain:
        expression = re.compile("|".join(re.escape(one) for one in plain))
        finders.append(
            lambda value: (Found(*found.span(), text) for found in expression.finditer(value))
        )

    def find(value: str) -> Iterable[Found]:
        for finder in finders:
            found = list(finder(value))
            if found:
                return found
        return ()

    slowly = by_finding(find)
    if wild or len(plain) != 1 or not plain[0].isascii():
        return slowly
    wanted = plain[0].encode()
    growth = len(raw) - len(wanted)

    plainly = is_plain(plain[0])

    def quickly(value: bytes) -> bytes:
        if not value.isascii():
            if plainly and value.find(wanted) < 0:
                return value
            if not unicodedata.is_normalized("NFC", value.decode("utf-8", STRAY)):
                return slowly(value)
        if value.find(wanted) < 0:
            return value
        if growth > 0:
            check_growth(growth * value.count(wanted))
        return value.replace(wanted, raw)

    return quickly


def stands_in(pattern: Pattern | None) -> Test:
    """Whether `replacement` would find something to replace in a value."""
    if pattern is None:
        return anything
    if pattern.regex:
        found = regex_finder(pattern, "")
        return lambda value: any(True for _ in found(composed(value.decode("utf-8", STRAY))))
    if pattern.text == ".":
        return lambda value: value.endswith(b".")
    every = alternatives(pattern)

    def stands(value: bytes) -> bool:
        text = composed(value.decode("utf-8", STRAY))
        return any(one.fits(text) if one.wild else one.pieces[0] in text for one in every)

    return stands


def whole_finder(wild: list[Pieces], value: str, text: str) -> Iterable[Found]:
    if any(one.fits(value) for one in wild):
        yield Found(0, len(value), text)


def regex_finder(pattern: Pattern, text: str) -> Callable[[str], Iterable[Found]]:
    """Every stretch that matches; $1 to $9 in the text stand for what the groups matched."""
    parts = re.split(r"\$([1-9])", text)
    expression = regular(pattern, groups=len(parts) > 1)
    if any(int(number) > expression.groups for number in parts[1::2]):
        raise Wrong(f"“{text}” names a group that the pattern does not have")
    if expression.groups > MOST_GROUPS:
        raise Wrong(f"a pattern whose groups are used has at most {MOST_GROUPS}")

    def find(value: str) -> Iterable[Found]:
        for found in expression.finditer(clean(value)):
            start, end = found.span()
            if start == end and len(value) > 0:
                continue  # an empty match replaces nothing
            filled = [
                (value[slice(*found.span(int(part)))] if found.span(int(part))[0] >= 0 else "")
                if number % 2
                else part
                for number, part in enumerate(parts)
            ]
            yield Found(start, end, "".join(filled))

    return find


def by_finding(find: Callable[[str], Iterable[Found]]) -> Edit:
    """An edit from a finder on composed text. Bytes outside of what is found stay as they are."""

    def edit(value: bytes) -> bytes:
        text = value.decode("utf-8", STRAY)
        whole = composed(text)
        found = list(find(whole))
        if not found:
            return value
        growth = sum(len(one.text.encode("utf-8", STRAY)) - one.end + one.start for one in found)
        check_growth(growth)
        made = spliced(text, whole, found).encode("utf-8", STRAY)
        return value if made == value else made

    return edit


def spliced(text: str, whole: str, found: list[Found]) -> str:
    """The text with what was found in its composed form replaced, the rest as it was written."""
    if text == whole:
        parts = []
        at = 0
        for start, end, new in found:
            parts += [text[at:start], new]
            at = end
        return "".join([*parts, text[at:]])
    gone = bytearray(len(whole))
    instead = {}
    for one in found:
        gone[one.start : one.end] = b"\x01" * (one.end - one.start)
        instead[one.start] = one.text
    parts = []
    at = 0
    for written in clusters(text):
        form = composed(written)
        places = range(at, at + len(form))
        at = places.stop
        if any(gone[place] for place in places):
            # Of a character and what combines with it, what stays is written composed.
            parts += [
                instead.get(place, "") if gone[place] else form[place - places.start]
                for place in places
            ]
        else:
            parts.append(written)
    return "".join(parts)


def clusters(text: str) -> list[str]:
    """A character with what combines with it. Where composing crosses these (Hangul letters),
    the text is one cluster."""
    found: list[str] = []
    for char in text:
        if found and unicodedata.combining(char):
            found[-1] += char
        else:
            found.append(char)
    together = "".join(composed(one) for one in found)
    return found if together == composed(text) else [text]
