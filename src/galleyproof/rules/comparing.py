"""Comparisons in conditions, of our dialect: two places of a record, counts, tables, and the field
just added.

    compare "008.{7,4}" "=" "264.c"      some value of the one and of the other compare so
    count "650" ">" "3"                  how many there are, beside a number or another count
    count "490" "=" "800,810,830"        of several tags together
    inTable "336.b" "content-types"      a value is a code or a term of the table
    justAdded "650"                      the field was made by the action before
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from galleyproof.marc.errors import Wrong
from galleyproof.rules.elements import LEADER, Element, parse_element
from galleyproof.rules.field_tests import (
    Fitting,
    Readable,
    control_test,
    field_count,
    places,
    subfield_values,
)
from galleyproof.rules.lists import Table
from galleyproof.rules.values import STRAY

OUR_TESTS = {name.lower(): name for name in ("compare", "count", "inTable", "justAdded")}
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


@dataclass(frozen=True, slots=True)
class Compare:
    """One such test. sign: one of SIGNS, or "in". other: the second place; number: what a count is
    compared with; table: where values are looked for. more, more_others: further elements that are
    counted with the first, or the second."""

    how: str
    element: Element
    sign: str = "="
    other: Element | None = None
    number: int | None = None
    table: Table | None = None
    line: int = 1
    column: int = 1
    more: tuple[Element, ...] = ()
    more_others: tuple[Element, ...] = ()

    @property
    def elements(self) -> tuple[Element, ...]:
        """Every place that it looks at."""
        second = (self.other,) if self.other is not None else ()
        return (self.element, *self.more, *second, *self.more_others)


def read_comparison(
    how: str, texts: Sequence[str], regex: bool, tables: Mapping[str, Table], place: tuple[int, int]
) -> Compare:
    """Raises Wrong."""
    forms = {
        "compare": (3, 'compare "ELEMENT" "=" "ELEMENT"'),
        "count": (3, 'count "ELEMENT" ">" "1", or count "ELEMENT" "=" "ELEMENT"'),
        "inTable": (2, 'inTable "ELEMENT" "TABLE"'),
        "justAdded": (1, 'justAdded "TAG"'),
    }
    how_many, form = forms[how]
    if len(texts) != how_many:
        raise Wrong(f"it is written {form}")
    element, *more = several_elements(texts[0], regex, how)
    if how == "justAdded":
        if element.control:
            raise Wrong(f"“{texts[0]}” is a control field; expected {form}")
        return Compare(how, element, line=place[0], column=place[1])
    if how != "count":
        names_a_value(element, texts[0], form)
    if how == "inTable":
        return Compare(
            how, element, table=named_table(texts[1], tables), line=place[0], column=place[1]
        )
    sign = texts[1].strip()
    if sign not in SIGNS and not (sign == "in" and how == "compare"):
        every = [*SIGNS, "in"] if how == "compare" else list(SIGNS)
        raise Wrong(f"“{texts[1]}” compares nothing; expected {', '.join(every)}")
    if how == "count" and texts[2].strip().isdecimal():
        number = int(texts[2][:9])
        return Compare(
            how, element, sign, number=number, line=place[0], column=place[1], more=tuple(more)
        )
    other, *more_others = several_elements(texts[2], regex, how)
    if how == "compare":
        names_a_value(other, texts[2], form)
    return Compare(
        how,
        element,
        sign,
        other,
        line=place[0],
        column=place[1],
        more=tuple(more),
        more_others=tuple(more_others),
    )


SEVERAL = re.compile(
    r"[0-9A-Za-z*]{3}(?:\.\{[^{}]*\})?(?:\s*,\s*[0-9A-Za-z*]{3}(?:\.\{[^{}]*\})?)+"
)


def several_elements(text: str, regex: bool, how: str) -> list[Element]:
    """One element; of `count` also fields with several tags, commas between."""
    if how != "count" or SEVERAL.fullmatch(text.strip()) is None:
        return [parse_element(text, regex)]
    return [parse_element(one.strip(), regex) for one in re.split(r",(?![^{]*\})", text)]


def names_a_value(element: Element, text: str, form: str) -> None:
    if not element.control and not element.code:
        raise Wrong(f"“{text}” names no subfield; expected {form}")


def named_table(name: str, tables: Mapping[str, Table]) -> Table:
    table = tables.get(name)
    if table is None:
        there = ", ".join(f"“{one}”" for one in tables)
        raise Wrong(f"there is no table “{name}”; there are {there}")
    return table


# ---- values


MARKS_AT_END = re.compile(r"[\s.,;:/=+]+$")
NUMBER = re.compile(r"([0-9]+)")


def normal_form(value: str) -> str:
    """A value as it is compared: composed, without regard to case, blanks around and doubled, and
    to punctuation at its end."""
    text = unicodedata.normalize("NFC", value).casefold()
    return " ".join(MARKS_AT_END.sub("", text).split())


def natural(value: str) -> tuple[tuple[int, int, str], ...]:
    """A value as it is sorted: its runs of digits as numbers."""
    found = []
    for number, part in enumerate(NUMBER.split(normal_form(value))):
        if number % 2:
            digits = part.lstrip("0")
            found.append((0, len(digits), digits))
        elif part:
            found.append((1, 0, part))
    return tuple(found)


def values_of(element: Element) -> Callable[[Readable], list[str]]:
    """The values that an element finds in a record, in order."""
    test = control_test(element) if element.control else None

    def of_control(data: bytes) -> list[str]:
        if test is None or not test(data):
            return []
        text = data.decode("utf-8", STRAY)
        if element.start is not None and element.length is not None:
            text = text[element.start : element.start + element.length]
        return [text]

    if element.tag == LEADER:
        return lambda record: of_control(record.leader)
    find = places(element)
    if element.control:
        return lambda record: [one for at in find(record) for one in of_control(record.data[at])]
    take = subfield_values(element)
    return lambda record: [
        value.decode("utf-8", STRAY) for at in find(record) for value in take(record.data[at])
    ]


def count_of(*elements: Element) -> Callable[[Readable], int]:
    """How many there are of the elements together."""
    if len(elements) > 1:
        counts = [count_of(one) for one in elements]
        return lambda record: sum(count(record) for count in counts)
    (element,) = elements
    count = field_count(element)
    if element.tag == LEADER:
        return lambda record: count(record.leader)
    find = places(element)
    return lambda record: sum(count(record.data[at]) for at in find(record))


# ---- compiling


def compile_comparison(test: Compare) -> Callable[[Readable, Readable], bool]:
    """Whether it holds: of the first record for its element, of the second for the other."""
    if test.how == "justAdded":
        return was_just_added(test.element)
    if test.how == "inTable":
        assert test.table is not None
        values, terms, codes = (
            values_of(test.element),
            test.table.terms,
            test.table.codes(normal_form),
        )
        return lambda record, _: any(
            one in terms or normal_form(one) in codes for one in values(record)
        )
    if test.how == "count":
        return compile_count(test)
    assert test.other is not None
    one, other = values_of(test.element), values_of(test.other)
    if test.sign == "in":
        return lambda record, second: any(
            a in b
            for a in map(normal_form, one(record))
            if a
            for b in map(normal_form, other(second))
        )
    sign = SIGNS[test.sign]
    return lambda record, second: any(
        sign(a, b) for a in map(natural, one(record)) for b in map(natural, other(second))
    )


def compile_count(test: Compare) -> Callable[[Readable, Readable], bool]:
    sign, count = SIGNS[test.sign], count_of(test.element, *test.more)
    if test.other is None:
        number = test.number or 0
        return lambda record, _: sign(count(record), number)
    others = count_of(test.other, *test.more_others)
    return lambda record, second: sign(count(record), others(second))


def was_just_added(element: Element) -> Callable[[Readable, Readable], bool]:
    find, count = places(element), field_count(element)

    def added(record: Readable, _: Readable) -> bool:
        fresh = getattr(record, "fresh", ())
        return any(
            count(record.data[at]) > 0 and any(record.data[at] is one for one in fresh)
            for at in find(record)
        )

    return added


class OneField:
    """A field by itself, looked at as a record. fresh: as in the draft that it is of."""

    __slots__ = ("data", "fresh", "leader", "tags")

    def __init__(self, tag: bytes, data: bytes, fresh: Sequence[bytes]):
        self.tags = [tag]
        self.data = [data]
        self.fresh = fresh
        self.leader = b""

    @property
    def positions(self) -> Callable[[bytes], Sequence[int]]:
        return lambda tag: (0,) if tag == self.tags[0] else ()

    def positions_like(self, pattern: str, fits: Mapping[bytes, bool]) -> Sequence[int]:
        return (0,) if Fitting(pattern)[self.tags[0]] else ()
