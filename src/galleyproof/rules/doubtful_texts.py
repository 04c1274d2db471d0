"""Texts in rules that are likely to mean something else than they say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from galleyproof.rules.conditions import Always, Condition, place_of, tests_of
from galleyproof.rules.elements import CODED, Element
from galleyproof.rules.escapes import ESCAPED, marks_meant
from galleyproof.rules.parsing import (
    BEGINS,
    DIALECT,
    ENDS,
    STRINGS_AND_COMMENTS,
    SWITCH,
    Fault,
    blanked,
)
from galleyproof.rules.tree import MERGE, RuleSet

REGEX_SIGNS = re.compile(
    r"\.\*|\.\+|\[\^|\[(?:\w-\w)+\w*\]|\[(?i:([a-z])\1)\]|[\])][+?{]|\(\?|\\+[dws]|^\^"
)
"""Texts in square brackets are common in records, and no sign by themselves; [0-9] and [Ii] are."""


LITERAL_GROUP = re.compile(rf"(?<![\\{ESCAPED}])\((?!\?)[^()|*+?\[\]{{}}.$^\\]{{2,}}\)(?![+?{{])")


def of_values(condition: Condition, regex: bool) -> Iterator[Fault]:
    if isinstance(condition, Always):
        return
    for test in tests_of(condition):
        place = (test.line, test.column)
        yield from of_value(test.element, place, regex)
        value = test.element.value
        if value is not None and value.text == "*." and not regex:
            yield Fault(
                *place,
                "“*.” is a value that ends with a full stop; for any value leave it out, full "
                f'stop and all: "{test.element.tag}.{test.element.code}"',
            )
        if any(char.isalnum() for char in test.left_out):
            yield Fault(
                *place,
                f"“{test.left_out}” is no value: its characters are left out where the values are "
                "compared",
            )


def of_value(
    element: Element, place: tuple[int, int], regex: bool, groups_used: bool = False
) -> Iterator[Fault]:
    if element.value is None:
        return
    text = element.value.text
    if regex:
        group = LITERAL_GROUP.search(text)
        if group is not None and not groups_used:
            yield Fault(
                *place,
                f"with regex on, the parentheses of “{group[0]}” are a group and stand for no "
                f"character; as text: \\\\\\\\{group[0][:-1]}\\\\\\\\)",
            )
        return
    sign = REGEX_SIGNS.search(text)
    if sign is not None:
        yield Fault(
            *place,
            f"“{marks_meant(text)}” looks like a regular expression; it is taken "
            "literally (* alone is a wildcard) unless the file says: # dialect: regex=on. A full "
            "stop that is meant as one can be written \\\\\\\\.",
        )
    yield from never_fitting(element, place)


def never_fitting(element: Element, place: tuple[int, int]) -> Iterator[Fault]:
    """Alternatives that are longer or shorter than the positions that they are to fill."""
    if element.length is None or element.value is None:
        return
    for one in element.value.text.split("|"):
        length = len(marks_meant(one.replace("*", "")))
        if length > element.length or ("*" not in one and length < element.length):
            shown = marks_meant(one)
            yield Fault(
                *place,
                f"“{shown}” can never be there: it has {len(shown)} "
                f"character{'' if len(shown) == 1 else 's'}, and {element.length} "
                f"position{' is' if element.length == 1 else 's are'} named",
            )


HASHES_IN_BRACES = re.compile(r"[0-9A-Za-z*]{3}\.\{[^}]*#[^}]*\}")
POSITIONS = re.compile(r"00\w\.\{[^}]*\}\..*#")
SET_BEFORE = re.compile(
    r'(change(First|Second)Indicator\s+"[^"]*"|\w+\s+"(LDR|00[678])\b[^"]*")\s+(to|with)\s+$',
    re.IGNORECASE,
)


def hashes(rules: RuleSet) -> Iterator[Fault]:
    """The first # that is taken for a blank, with the number of those behind it."""
    text = rules.text
    places = [
        found.start()
        for found in STRINGS_AND_COMMENTS.finditer(text)
        if found[0][0] == '"' and "#" in found[0]
        if is_blank(found[0][1:-1], text[max(0, found.start() - 200) : found.start()], rules.kind)
    ]
    if places:
        more = f", and in {len(places) - 1} more places" if len(places) > 1 else ""
        yield Fault(
            *place_of(text, places[0]),
            f"# is taken for a blank here{more}; write - for a blank indicator and a blank among "
            "positions",
        )


def is_blank(inner: str, before: str, kind: str) -> bool:
    """Whether the # of a string in a rule is a blank. before: what stands before the string."""
    if kind == MERGE:
        return inner.strip() == "#"
    coded = inner[:3].upper() in CODED and inner[3:4] == "."
    if coded or HASHES_IN_BRACES.match(inner) or POSITIONS.match(inner):
        return True
    return SET_BEFORE.search(before) is not None


def dialects_between(text: str) -> Iterator[Fault]:
    """Dialect comments behind the first rule that are in none, and so are not read."""
    bare = STRINGS_AND_COMMENTS.sub(blanked, text)
    begins = [found.start() for found in BEGINS.finditer(bare)]
    ends = [found.start() for found in ENDS.finditer(bare)]
    for found in STRINGS_AND_COMMENTS.finditer(text):
        at = found.start()
        said = None if found[0][0] == '"' else DIALECT.match(found[0].lstrip("#/"))
        if said is None or not (SWITCH.search(said[1]) or said[1].strip().lower() == "galley"):
            continue
        begun = [one for one in begins if one < at]
        if begun and any(begun[-1] < end < at for end in ends):
            yield Fault(
                *place_of(text, at),
                "this is not read: a dialect is said in the comment that the file begins with, or "
                "inside the rule that it is for",
            )
