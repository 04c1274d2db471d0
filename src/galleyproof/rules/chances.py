"""Which rules may do something to a record, found in one pass over its fields.

Every rule asks for two things: a field that its condition needs, and a field for its actions. An
`Ask` says it so that a look at the field's bytes answers: a tag, indicators, and bytes that must
stand in the field. `when exists "245.h" then removeSubField "245.h"` asks twice for a 245 in which
`$h` stands. A record without it, and most records are, costs that rule one look at its 245.

An ask may let too much through, never too little; the rule itself still decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from galleyproof.marc.record import Record
from galleyproof.rules.conditions import And, Condition, Or, Test
from galleyproof.rules.draft import Places
from galleyproof.rules.elements import LEADER, Element
from galleyproof.rules.field_tests import field_test, needed, tag_test
from galleyproof.rules.selecting import bare
from galleyproof.rules.tree import Action, Rule


class Ask(NamedTuple):
    """A field with a tag (* for any character), indicators ("" for any) and a needle in it."""

    tag: str
    indicators: tuple[str, str]
    needle: bytes

    @property
    def strictness(self) -> tuple[bool, bool, bool]:
        return bool(self.needle), self.indicators != ("", ""), "*" not in self.tag


Asks = frozenset[Ask]


def ask_for(element: Element) -> Ask:
    return Ask(element.tag, element.indicators, needed(element))


def asked_by_condition(condition: Condition) -> Asks | None:
    """A record needs one of these for the condition to hold; None where that cannot be said."""
    if isinstance(condition, Test):
        element = condition.element
        return None if element.tag == LEADER else frozenset((ask_for(element),))
    if isinstance(condition, Or):
        some = [asked_by_condition(one) for one in condition.of]
        return None if None in some else frozenset().union(*(one for one in some if one))
    if isinstance(condition, And):
        told = [one for part in condition.of if (one := asked_by_condition(part)) is not None]
        return max(told, key=strictness, default=None)
    return None


def strictness(asks: Asks) -> tuple[tuple[bool, bool, bool], int]:
    return min(ask.strictness for ask in asks), -len(asks)


def asked_by_actions(rule: Rule) -> Asks | None:
    """A record needs one of these for any action to do anything: the first that does something
    finds the record as it was. What values its element names each verb takes in its own way, so
    they are not asked for."""
    asks: set[Ask] = set()
    for action in rule.actions:
        for element in elements_needed(action):
            if element is None or element.tag == LEADER:
                return None
            asks.add(ask_for(bare(element)))
    return frozenset(asks)


def leader_needed(condition: Condition) -> Element | None:
    """What the leader must have for the condition to hold, if that can be said."""
    if isinstance(condition, Test) and condition.element.tag == LEADER:
        return condition.element
    if isinstance(condition, And):
        return next((one for part in condition.of if (one := leader_needed(part))), None)
    return None


class Asked(NamedTuple):
    """What a rule asks for: for its condition, for its actions as far as that says more, and of
    the leader; None where nothing is asked for."""

    condition: Asks | None
    actions: Asks | None
    leader: Element | None


def asked_by(rule: Rule) -> Asked:
    first, second = asked_by_condition(rule.condition), asked_by_actions(rule)
    if first and second:
        tags = {ask.tag for ask in second if ask.indicators == ("", "")}
        if first <= second or all(ask.tag in tags for ask in first):
            second = None
    return Asked(first, second, leader_needed(rule.condition))


NEEDS_NOTHING = ("addField", "addControlField", "sortFields", "addWholeField")
"""Verbs that act on a record whatever it has."""


def elements_needed(action: Action) -> Iterable[Element | None]:
    """The elements of which an action must find one; None where it needs nothing."""
    if action.verb in NEEDS_NOTHING:
        return (None,)
    return action.elements or (action.element,)


Needles = tuple[tuple[bytes, int], ...]
"""What to look for in a field, each with its bits."""


class Look(NamedTuple):
    """What to look for in the fields of one tag.

    last: the number of the last step that asks for one. bits: of the asks that the tag answers by
    itself. by_indicators: both again with what is asked for beside them, where indicators matter.
    """

    last: int
    bits: int
    needles: Needles
    by_indicators: ByIndicators | None


class ByIndicators(dict[bytes, tuple[int, Needles]]):
    """(bits, needles) of the asks for these indicators, gone through once."""

    MOST = 300

    def __init__(self, asks: list[tuple[Ask, int]]):
        super().__init__()
        self.asks = asks

    def __missing__(self, found: bytes) -> tuple[int, Needles]:
        one, two = found[:1], found[1:2]
        fitting = [
            (ask, bit)
            for ask, bit in self.asks
            if ask.indicators[0].encode() in (b"", one) and ask.indicators[1].encode() in (b"", two)
        ]
        if len(self) > self.MOST:
            self.clear()
        answer = self[found] = bits_and_needles(fitting)
        return answer


def bits_and_needles(asks: Iterable[tuple[Ask, int]]) -> tuple[int, Needles]:
    bits = 0
    needles: dict[bytes, int] = {}
    for ask, bit in asks:
        if ask.needle:
            needles[ask.needle] = needles.get(ask.needle, 0) | bit
        else:
            bits |= bit
    return bits, tuple(needles.items())


class ByTag(dict[bytes, Look | None]):
    """What to look for in the fields of a tag; None for nothing. Each tag is looked up once."""

    MOST = 1_000

    def __init__(self, asks: Sequence[tuple[Ask, int, int]]):
        super().__init__()
        self.asks = [(tag_test(ask.tag), ask, bit, number) for ask, bit, number in asks]

    def __missing__(self, tag: bytes) -> Look | None:
        some = [(ask, bit, number) for fits, ask, bit, number in self.asks if fits(tag)]
        if len(self) > self.MOST:
            self.clear()
        look = self[tag] = look_for(some) if some else None
        return look


def look_for(some: Sequence[tuple[Ask, int, int]]) -> Look:
    asks = [(ask, bit) for ask, bit, _ in some]
    any_indicators = [(ask, bit) for ask, bit in asks if ask.indicators == ("", "")]
    return Look(
        max(number for _, _, number in some),
        *bits_and_needles(any_indicators),
        ByIndicators(asks) if len(any_indicators) < len(asks) else None,
    )


class Chances:
    """The steps that may do something to a record, as the bits of a number.

    A step that asks for nothing or finds what it asks for may do something. Each has two bits of
    another number, `found`, one for each thing that it asks for. The leader is asked where one of
    the two is free.
    """

    def __init__(self, asks: Sequence[Asked]):
        self.half = len(asks)
        self.every = (1 << self.half) - 1
        self.always = 0
        wanted: list[tuple[Ask, int, int]] = []
        of_leader: dict[Element, int] = {}
        for number, (condition, actions, leader) in enumerate(asks):
            for some, bit in ((condition, 1 << number), (actions, 1 << number + self.half)):
                if some is not None:
                    wanted += [(ask, bit, number) for ask in sorted(some)]
                elif leader is not None:
                    of_leader[leader] = of_leader.get(leader, 0) | bit
                else:
                    self.always |= bit
        self.of_leader = [(field_test(leader), bits) for leader, bits in of_leader.items()]
        self.by_tag = ByTag(wanted)
        self.look_of = self.by_tag.__getitem__
        tags = {ask.tag for ask, _, _ in wanted}
        wild = any("*" in tag for tag in tags)
        self.tags = None if wild else frozenset(tag.encode() for tag in tags)

    def found_in(self, record: Record) -> tuple[int, Places]:
        """What a record has of what is asked for, and where its fields are that are asked for."""
        tags = record.tags
        places = Places(tags)
        found = self.always
        for test, bits in self.of_leader:
            if test(record.leader):
                found |= bits
        if self.tags is not None and self.tags.isdisjoint(tags):
            return found, places
        fields = record.data
        # Fields of one tag mostly stand together, so that its list is at hand.
        last = b""
        here: list[int] = []
        for at, look in enumerate(map(self.look_of, tags)):
            if look is not None:
                data, tag = fields[at], tags[at]
                _, bits, needles, by_indicators = look
                if by_indicators is not None:
                    bits, needles = by_indicators[data[:2]]
                if bits:
                    found |= bits
                for needle, bits in needles:
                    # `needle in data` makes an error first, and takes twice as long.
                    if data.find(needle) >= 0:
                        found |= bits
                if tag == last:
                    here.append(at)
                elif tag in places:
                    last, here = tag, places[tag]
                    here.append(at)
                else:
                    last = tag
                    places[tag] = here = [at]
        return found, places

    def found_too(self, came: Sequence[tuple[bytes, bytes]], number: int, found: int) -> int:
        """What is found with some fields more, of what steps after this one ask for."""
        for tag, data in came:
            look = self.look_of(tag)
            if look is not None and look.last > number:
                _, bits, needles, by_indicators = look
                if by_indicators is not None:
                    bits, needles = by_indicators[data[:2]]
                found |= bits
                for needle, more in needles:
                    if data.find(needle) >= 0:
                        found |= more
        return found

    def asks_later(self, tag: str, number: int) -> bool:
        """Whether a step after this one may ask for a field with such a tag (* any character)."""
        if "*" in tag:
            return number < self.half - 1
        look = self.look_of(tag.encode())
        return look is not None and look.last > number

    def steps(self, found: int) -> int:
        """The steps that found all they ask for: bit n for step n."""
        return found & (found >> self.half) & self.every
