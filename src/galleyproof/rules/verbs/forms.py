"""The ways in which actions are written; each gives an action's parts or says what is missing."""

from __future__ import annotations

import re

from galleyproof.marc.errors import Wrong
from galleyproof.rules.elements import (
    LEADER,
    Element,
    Written,
    indicator,
    parse_element,
    parse_written,
)
from galleyproof.rules.escapes import ESCAPED, blanks_for_hashes, escapes_marked, marks_meant
from galleyproof.rules.limits import MOST_TEXT
from galleyproof.rules.verbs.verb import Given


def only(given: Given, *wanted: str, example: str) -> None:
    """Refuses what an action lacks and what it has too much of."""
    for name in ("first", "second", "joined", "excluding", "by", "within", "before"):
        there = getattr(given, name) is not None
        if there and name not in wanted and f"{name}?" not in wanted:
            raise Wrong(f"too much: it is written {example}")
        if not there and name in wanted:
            raise Wrong(f"too little: it is written {example}")


def field_of(given: Given, example: str) -> Element:
    """An element of data fields."""
    element = parse_element(given.first or "", given.regex)
    if element.control:
        raise Wrong(f"“{given.first}” is a control field; expected {example}")
    return element


def subfield_of(given: Given, example: str) -> Element:
    element = field_of(given, example)
    if not element.code:
        raise Wrong(f"“{given.first}” names no subfield; expected {example}")
    return element


def control_of(given: Given, example: str) -> Element:
    element = parse_element(given.first or "", given.regex)
    if not element.control:
        raise Wrong(f"“{given.first}” is no control field; expected {example}")
    return element


def text_of(written: str | None, *, blank_hashes: bool = False) -> str:
    """A text that is written: escapes as what they stand for; blank_hashes: # as a blank."""
    if written is not None and len(written) > MOST_TEXT:
        raise Wrong(f"“{written[:20]}…” has more than {MOST_TEXT:,} characters")
    text = escapes_marked(written or "")
    return marks_meant(blanks_for_hashes(text) if blank_hashes else text)


def indicator_of(written: str | None) -> str:
    """`""`, a blank, `-` and `#` are blank."""
    text = written or ""
    if text == "*":
        raise Wrong("an indicator cannot be set to *; give the character, or - for blank")
    return indicator(text.strip(), text) or " "


def codes_of(written: str | None, *, none: bool = False) -> tuple[str, ...]:
    """`c,a,d`, or one code; none: whether "" names no code."""
    text = written or ""
    if none and not text.strip():
        return ()
    codes = tuple(part.strip() for part in text.split(","))
    wrong = [one for one in codes if len(one) != 1 or not one.isascii() or not one.isprintable()]
    if wrong or "*" in codes:
        raise Wrong(f'“{text}” is not a list of subfield codes; expected e.g. "c,a,d"')
    return codes


def code_of(written: str | None, element: Element) -> str:
    """A subfield code; `856.x` is understood too where it names the same tag."""
    text = written or ""
    code = text.removeprefix(f"{element.tag}.")
    if len(code) != 1 or not code.isascii() or not code.isprintable() or code in "* ":
        raise Wrong(f"“{text}” is not a subfield code; expected one character")
    return code


def tag_of(written: str | None) -> str:
    text = written or ""
    if not re.fullmatch(r"[0-9A-Za-z]{3}", text) or text.upper() == LEADER:
        raise Wrong(f"“{text}” is not the tag of a field; expected three characters, e.g. 830")
    return text


def subfields_of(written: str | None, example: str) -> str:
    """`$aText$bmore` as a field's data without indicators; `\\$` is a dollar sign."""
    head, *parts = re.split(rf"(?<!{ESCAPED})\$", escapes_marked(written or ""))
    if len(written or "") > MOST_TEXT:
        raise Wrong(f"a text has at most {MOST_TEXT:,} characters")
    if head.strip() or not parts:
        raise Wrong(f"“{written}” does not begin with a subfield ($a…); expected {example}")
    for part in parts:
        if len(part) < 2 or not (
            part[0].isascii() and part[0].isprintable() and part[0] not in " *"
        ):
            raise Wrong(f"“${part}” is no subfield with a text; expected {example}")
    return "".join("\x1f" + marks_meant(part) for part in parts)


def fields_listed(given: Given) -> tuple[Element, ...]:
    """`610,630,650`: elements without subfields, commas between."""
    return fields_named(given.first, given.regex)


def fields_named(written: str | None, regex: bool, *, data: bool = False) -> tuple[Element, ...]:
    """data: whether control fields are refused."""
    elements = []
    for part in re.split(r",(?![^{]*\})", written or ""):
        element = parse_element(part.strip(), regex)
        if data and element.control:
            raise Wrong(f"“{part.strip()}” is a control field; expected fields with subfields")
        if element.code or element.value is not None:
            raise Wrong(f"“{part.strip()}”: whole fields are compared; name tags alone")
        elements.append(element)
    return tuple(elements)


def written_subfield(text: str | None, example: str) -> Written:
    """A subfield that is written into fields there are."""
    made = parse_written(text or "", into_existing=True)
    if made.control:
        raise Wrong(f"“{text}” is a control field; expected {example}")
    if not made.code:
        raise Wrong(f"“{text}” names no subfield; expected {example}")
    return made


def value_needed(element: Element, text: str | None, example: str) -> str:
    """What a value is split at: the element's value, taken as text."""
    if element.value is None:
        raise Wrong(f"“{text}” does not say at which character; expected {example}")
    return marks_meant(element.value.text)
