"""Elements: what a condition names in a record, and how it is found there.

`"TAG"` · `"TAG.c"` · `"TAG.c.value"` · `"TAG.{i1,i2}"` · `"TAG.{i1,i2}.c.value"`; control fields
and the leader (`LDR`): `"TAG"` · `"TAG.value"` · `"TAG.{start,length}.value"`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from galleyproof.marc.errors import Wrong
from galleyproof.marc.record import Record

LEADER = "LDR"
FULL_STOP, BAR = "\ue000", "\ue001"
"""Stand for an escaped full stop and bar while an element is taken apart (private use)."""
BRACES = re.compile(r"\{\s*([^,{}]*?)\s*,\s*([^,{}]*?)\s*\}")


@dataclass(frozen=True, slots=True)
class Element:
    """One element.

    tag: three characters, * for any. indicators: two, each a character or "" for any. code: a
    subfield's, "*" for any, "" for none named. start, length: positions of a control field.
    value: the pattern as written, None for none.
    """

    tag: str
    indicators: tuple[str, str] = ("", "")
    code: str = ""
    start: int | None = None
    length: int | None = None
    value: str | None = None

    @property
    def control(self) -> bool:
        return self.tag == LEADER or self.tag.startswith("00")

    @property
    def tag_alone(self) -> bool:
        """Whether the element asks for nothing but a field with this tag."""
        return (
            self.indicators == ("", "")
            and not self.code
            and self.start is None
            and self.value is None
        )


def parse_element(text: str) -> Element:
    """An element from its text. Raises Wrong with what was found and what could stand there."""
    plain = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), text)
    plain = re.sub(r"\\{1,4}\.", FULL_STOP, plain)
    plain = re.sub(r"\\{1,4}\|", BAR, plain)
    tag, rest = plain[:3], plain[3:]
    if len(tag) != 3 or not re.fullmatch(r"[0-9A-Za-z*]{3}", tag):
        raise Wrong(f"“{text}” does not begin with a tag: expected three characters, e.g. 830")
    if tag.upper() == LEADER:
        tag = LEADER
    if rest and not rest.startswith("."):
        raise Wrong(f"“{text}”: after the tag {tag} a full stop or nothing is expected")
    rest = rest[1:]
    control = tag == LEADER or tag.startswith("00")
    first: str = ""
    second: str = ""
    if rest.startswith("{"):
        braces = BRACES.match(rest)
        if braces is None:
            raise Wrong(
                f"“{text}”: expected "
                + ("{start,length}" if control else "{first indicator,second indicator}")
            )
        first, second = braces[1], braces[2]
        rest = rest[braces.end() :]
        if rest and not rest.startswith("."):
            raise Wrong(f"“{text}”: after the braces a full stop or nothing is expected")
        rest = rest[1:]
        if control:
            return positions(tag, text, first, second, rest)
    elif control:
        return Element(tag, value=rest or None)
    code, _, value = rest.partition(".")
    if len(code) > 1:
        raise Wrong(f"“{text}”: “{code}” is not a subfield code; it is one character, or *")
    has_value = "." in rest
    return Element(
        tag,
        (indicator(first, text), indicator(second, text)),
        code,
        value=value if has_value else None,
    )


def positions(tag: str, text: str, first: str, second: str, rest: str) -> Element:
    if not (first.isdigit() and second.isdigit() and int(second) > 0):
        raise Wrong(f"“{text}”: expected {{start,length}} in numbers, e.g. LDR.{{06,1}}.a")
    return Element(tag, start=int(first), length=int(second), value=rest or None)


def indicator(written: str, text: str) -> str:
    """Blank is written -, # or a blank; any is * or nothing."""
    if written in ("*", ""):
        return ""
    if written in ("-", "#"):
        return " "
    if len(written) != 1:
        raise Wrong(f"“{text}”: “{written}” is not an indicator; it is one character, or *")
    return written


# ---- matching


def composed(text: str) -> str:
    """Canonically equivalent Unicode compares equal."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def value_test(pattern: str) -> Callable[[str], bool]:
    """Whether a value fits one of the alternatives: whole values, * for any run of characters."""
    parts = []
    for one in pattern.split("|"):
        meant = composed(one.replace(FULL_STOP, ".").replace(BAR, "|"))
        parts.append(".*".join(re.escape(piece) for piece in meant.split("*")))
    fits = re.compile("|".join(parts), re.DOTALL).fullmatch
    return lambda value: fits(composed(value)) is not None


def tag_test(tag: str) -> Callable[[bytes], bool]:
    if "*" not in tag:
        wanted = tag.encode()
        return lambda found: found == wanted
    fits = re.compile(tag.replace("*", ".").encode(), re.DOTALL).fullmatch
    return lambda found: fits(found) is not None


def places(element: Element) -> Callable[[Record], list[int]]:
    """The fields of a record that have the element's tag."""
    if "*" not in element.tag:
        wanted = element.tag.encode()
        return lambda record: record.positions(wanted)
    fits = tag_test(element.tag)
    return lambda record: [at for at, tag in enumerate(record.tags) if fits(tag)]


def field_count(element: Element) -> Callable[[bytes], int]:
    """How often an element is found in one field's data: subfields where a code is named."""
    if element.control:
        return control_count(element)
    wanted = [(at, value.encode()) for at, value in enumerate(element.indicators) if value]
    test = value_test(element.value) if element.value is not None else None
    code = element.code.encode()

    def count(data: bytes) -> int:
        for at, value in wanted:
            if data[at : at + 1] != value:
                return 0
        if not code:
            return 1
        found = 0
        for part in data.split(b"\x1f")[1:]:
            if code in (b"*", part[:1]) and (
                test is None or test(part[1:].decode("utf-8", "replace"))
            ):
                found += 1
        return found

    return count


def control_count(element: Element) -> Callable[[bytes], int]:
    test = value_test(element.value) if element.value is not None else None
    start, length = element.start, element.length

    def count(data: bytes) -> int:
        text = data.decode("utf-8", "replace")
        if start is not None and length is not None:
            if len(text) < start + length:
                return 0
            text = text[start : start + length]
        return int(test is None or test(text))

    return count
