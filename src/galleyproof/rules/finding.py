"""Looking for an element in a record: whether a field has it, and which fields do.

Rules spend their time in these loops, so there is one for each thing that most elements ask for:
bytes that must stand in the field (`"020.c"`), indicators (`"830.{*,-}"`), or both and more. What
an element means is said in field_tests.py alone; here it is only asked in the cheapest order.

`data.find(needle) >= 0` rather than `needle in data`: of bytes that first tries whether the needle
is a number, and makes an error, which takes longer than the search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import Element
from galleyproof.rules.field_tests import Readable, field_test, needed, places

DataTest = Callable[[bytes], bool]


def exists_in(element: Element) -> Callable[[Readable], bool]:
    """Whether a field of a record has what the element asks for; not for the leader."""
    find = places(element)
    if element.tag_alone:
        return lambda record: len(find(record)) > 0
    needle, test = needed(element), field_test(element)
    if needle_says_all(element):

        def has_bytes(record: Readable) -> bool:
            data = record.data
            for at in find(record):
                if data[at].find(needle) >= 0:
                    return True
            return False

        return has_bytes
    if indicators_say_all(element):
        stretch, wanted = indicators_of(element)

        def has_indicators(record: Readable) -> bool:
            data = record.data
            for at in find(record):
                if data[at][stretch] == wanted:
                    return True
            return False

        return has_indicators

    def has(record: Readable) -> bool:
        data = record.data
        for at in find(record):
            if data[at].find(needle) >= 0 and test(data[at]):
                return True
        return False

    return has


class Wanted(NamedTuple):
    """A field is wanted where it is among those that `find` gives, the needle stands in it and the
    test, if there is one, holds."""

    find: Callable[[Readable], Sequence[int]]
    needle: bytes
    test: DataTest | None


def wanted(element: Element, also: DataTest | None = None, needle: bytes = b"") -> Wanted:
    """The fields that have what the element asks for.

    also: a further test of a field's data. needle: bytes that must stand in it too.
    """
    test = None if element.tag_alone else field_test(element)
    if not needle:
        needle = needed(element)
        if needle_says_all(element):
            test = None
    if test is None:
        test = also
    elif also is not None:
        test = both_of(test, also)
    return Wanted(places(element), needle, test)


def both_of(one: DataTest, other: DataTest) -> DataTest:
    return lambda data: one(data) and other(data)


def fields_with(
    element: Element, also: DataTest | None = None, needle: bytes = b""
) -> Callable[[Draft], Sequence[int]]:
    """The places of the fields that are `wanted`, in order."""
    find, needle, test = wanted(element, also, needle)
    if not needle and test is None:
        return find

    def fields(draft: Draft) -> Sequence[int]:
        data = draft.data
        found = []
        for at in find(draft):
            one = data[at]
            if one.find(needle) >= 0 and (test is None or test(one)):
                found.append(at)
        return found

    return fields


def needle_says_all(element: Element) -> bool:
    """Whether a field has what is asked for exactly where `needed` stands in it."""
    return (
        not element.control
        and element.code not in ("", "*")
        and element.value is None
        and element.indicators == ("", "")
    )


def indicators_say_all(element: Element) -> bool:
    return not element.control and not element.code and element.indicators != ("", "")


def indicators_of(element: Element) -> tuple[slice, bytes]:
    """Where in a field's data the indicators asked for stand, and what they are."""
    first, second = (one.encode() for one in element.indicators)
    return slice(0 if first else 1, 2 if second else 1), first + second
