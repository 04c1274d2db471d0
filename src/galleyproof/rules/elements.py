"""Elements: what a rule names in a record.

`"TAG"` · `"TAG.c"` · `"TAG.c.value"` · `"TAG.{i1,i2}"` · `"TAG.{i1,i2}.c.value"`; control fields
and the leader (`LDR`): `"TAG"` · `"TAG.value"` · `"TAG.{start,length}.value"`.

In an element that is matched, what follows the subfield's full stop is a pattern (values.py); in
one that is written it is the text itself, further full stops, bars and asterisks included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from galleyproof.marc.errors import Wrong
from galleyproof.rules.escapes import blanks_for_hashes, escapes_marked, marks_meant
from galleyproof.rules.limits import MOST_TEXT
from galleyproof.rules.values import Pattern

LEADER = "LDR"
CODED = (LEADER, "006", "007", "008")
"""Coded positions, among which no # stands in MARC 21: there it is a blank."""
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
        if rest is not None and tag in CODED:
            rest = blanks_for_hashes(rest)
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
        if rest is not None and tag in CODED:
            rest = blanks_for_hashes(rest)
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
    value = None if rest is None else blanks_for_hashes(rest)
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
