"""Elements: what a rule names in a record, and how it is found there.

`"TAG"` · `"TAG.c"` · `"TAG.c.value"` · `"TAG.{i1,i2}"` · `"TAG.{i1,i2}.c.value"`; control fields
and the leader (`LDR`): `"TAG"` · `"TAG.value"` · `"TAG.{start,length}.value"`.

In an element that is matched, what follows the subfield's full stop is a pattern (values.py); in
one that is written it is the text itself, further full stops, bars and asterisks included.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import methodcaller
from typing import Protocol

from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import MARK
from galleyproof.rules.limits import MOST_TEXT
from galleyproof.rules.values import (
    STRAY,
    Pattern,
    composed,
    composed_bytes,
    escapes_marked,
    is_plain,
    marks_meant,
    whole_value,
)

LEADER = "LDR"
BRACES = re.compile(r"\{\s*([^,{}\s]*)\s*,\s*([^,{}\s]*)\s*\}")


@dataclass(frozen=True, slots=True)
class Element:
    """One element.

    tag: three characters, * for any. indicators: two, each a character or "" for any. code: a
    subfield's, "*" for any, "" for none named. start, length: positions of a control field, in
    characters. value: the pattern, None for none. An element that is no control field's never
    finds one, whatever its wildcards.
    """

    tag: str
    indicators: tuple[str, str] = ("", "")
    code: str = ""
    start: int | None = None
    length: int | None = None
    value: Pattern | None = None

    @property
    def control(self) -> bool:
        return is_control_tag(self.tag)

    @property
    def wild(self) -> bool:
        """Whether it stands for more than one tag."""
        return "*" in self.tag

    @property
    def tag_alone(self) -> bool:
        """Whether the element asks for nothing but a field with this tag."""
        return (
            self.indicators == ("", "")
            and not self.code
            and self.start is None
            and self.value is None
        )

    def __str__(self) -> str:
        parts = [self.tag]
        if self.start is not None:
            parts.append(f"{{{self.start},{self.length}}}")
        elif self.indicators != ("", ""):
            shown = ("*" if one == "" else "-" if one == " " else one for one in self.indicators)
            parts.append("{" + ",".join(shown) + "}")
        if self.code:
            parts.append(self.code)
        if self.value is not None:
            parts.append(marks_meant(self.value.text))
        return ".".join(parts)


@dataclass(frozen=True, slots=True)
class Written:
    """An element that is written: indicators as asked for, "" where nothing was said; text None
    where none was given."""

    tag: str
    indicators: tuple[str, str] = ("", "")
    code: str = ""
    text: str | None = None

    @property
    def control(self) -> bool:
        return is_control_tag(self.tag)


def is_control_tag(tag: str) -> bool:
    return tag == LEADER or tag.startswith("00")


# ---- reading


def parse_element(text: str, regex: bool = False) -> Element:
    """An element that is matched. Raises Wrong with what was found and what could stand there."""
    tag, first, second, rest = taken_apart(text)
    control = is_control_tag(tag)
    if control and first is not None:
        return positions(tag, text, first, second or "", rest, regex)
    if control:
        return Element(tag, value=pattern(rest, text, regex))
    indicators = (indicator(first or "", text), indicator(second or "", text))
    if rest is None:
        return Element(tag, indicators)
    code, stop, value = rest.partition(".")
    return Element(
        tag,
        indicators,
        checked_code(code, text),
        value=pattern(value if stop else None, text, regex),
    )


def parse_written(text: str, *, into_existing: bool = False) -> Written:
    """An element that is written; into_existing: tag and indicators say into which fields."""
    tag, first, second, rest = taken_apart(text)
    if "*" in tag and not into_existing:
        raise Wrong(f"“{text}”: a field that is made needs a tag without wildcards, not {tag}")
    if is_control_tag(tag):
        if first is not None:
            raise Wrong(f"“{text}”: positions cannot be made; replaceControlContents changes them")
        return Written(tag, text=None if rest is None else marks_meant(rest))
    indicators = (indicator(first or "", text), indicator(second or "", text))
    if rest is None:
        return Written(tag, indicators)
    code, stop, value = rest.partition(".")
    if code == "*":
        raise Wrong(f"“{text}”: a subfield that is made needs a code, not *")
    return Written(tag, indicators, checked_code(code, text), marks_meant(value) if stop else None)


def taken_apart(text: str) -> tuple[str, str | None, str | None, str | None]:
    """(tag, what stands in the braces before and after the comma, the rest after the full stop);
    None for what is not there. Escapes come as marks."""
    if len(text) > MOST_TEXT:
        raise Wrong(f"“{text[:20]}…” has more than {MOST_TEXT:,} characters")
    plain = escapes_marked(text)
    tag, rest = plain[:3], plain[3:]
    if not re.fullmatch(r"[0-9A-Za-z*]{3}", tag):
        raise Wrong(f"“{text}” does not begin with a tag: expected three characters, e.g. 830")
    if tag.upper() == LEADER:
        tag = LEADER
    if not rest:
        return tag, None, None, None
    if not rest.startswith("."):
        raise Wrong(f"“{text}”: after the tag {tag} a full stop or nothing is expected")
    rest = rest[1:]
    if not rest.startswith("{"):
        return tag, None, None, rest
    braces = BRACES.match(rest)
    if braces is None:
        meant = "start,length" if is_control_tag(tag) else "first indicator,second indicator"
        raise Wrong(f"“{text}”: expected {{{meant}}}")
    rest = rest[braces.end() :]
    if rest and not rest.startswith("."):
        raise Wrong(f"“{text}”: after the braces a full stop or nothing is expected")
    # Blanks are taken off around the comma; a blank alone is an indicator.
    first, second = braces[0][1:-1].split(",")
    both = (braces[1] or (" " if " " in first else ""), braces[2] or (" " if " " in second else ""))
    return tag, *both, rest[1:] if rest else None


def pattern(value: str | None, text: str, regex: bool) -> Pattern | None:
    if value is None:
        return None
    if value == "":
        raise Wrong(
            f"“{text}” ends with a full stop and no value; leave the full stop out, or write "
            "the value"
        )
    return Pattern(value, regex)


def checked_code(code: str, text: str) -> str:
    if len(code) != 1 or not (code.isascii() and code.isprintable()) or code == " ":
        raise Wrong(f"“{text}”: “{code}” is not a subfield code; it is one character, or *")
    return code


def positions(
    tag: str, text: str, first: str, second: str, rest: str | None, regex: bool
) -> Element:
    numbers = first.isdecimal() and second.isdecimal() and len(first + second) <= 10
    if not numbers or int(second) < 1:
        raise Wrong(f"“{text}”: expected {{start,length}} in numbers, e.g. LDR.{{06,1}}.a")
    if tag == LEADER and int(first) + int(second) > 24:
        raise Wrong(f"“{text}”: the leader ends at position 23")
    # MARC's documentation, and so rules, write # for a blank among coded positions.
    value = rest if rest is None or regex else rest.replace("#", " ")
    return Element(tag, start=int(first), length=int(second), value=pattern(value, text, regex))


def indicator(written: str, text: str) -> str:
    """Blank is written -, # or a blank; any is * or nothing."""
    if written in ("*", ""):
        return ""
    if written in ("-", "#", " "):
        return " "
    if len(written) != 1 or not (written.isascii() and written.isprintable()):
        raise Wrong(f"“{text}”: “{written}” is not an indicator; it is one character, or *")
    return written


# ---- finding


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


def subfield_values(element: Element) -> Callable[[bytes], list[bytes]]:
    """The values that an element finds in one field's data, in order and composed."""
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

    return values


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
