"""From a rule set to one function on a record.

Every rule becomes a test and a list of acts on a draft; what it looks for is known beforehand, so
a record without any of those tags is handed back unread, and a rule that asks for tags which a
record does not have costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from galleyproof.marc.record import Record
from galleyproof.marc.tags import Need
from galleyproof.rules.conditions import (
    Always,
    And,
    Condition,
    Or,
    Test,
    compile_condition,
    need,
)
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import LEADER, Element, Readable, tag_test
from galleyproof.rules.merging import compile_merge
from galleyproof.rules.parsing import parse_rules
from galleyproof.rules.tree import Action, Rule, RuleSet
from galleyproof.rules.verbs.table import VERBS
from galleyproof.rules.verbs.verb import Act


class Applied(NamedTuple):
    """One action of one rule that did something: the rule's name, the action's number in it."""

    rule: str
    action: int


class Result(NamedTuple):
    """What rules made of a record; applied in the order in which it happened."""

    record: Record
    applied: tuple[Applied, ...]


class Step(NamedTuple):
    """A rule, ready to work, and its place in the order."""

    number: int
    when: Callable[[Readable], bool] | None
    acts: tuple[tuple[Act, Applied], ...]


class Bits(dict[bytes, int]):
    """The bits of a tag, looked up once."""

    MOST = 20_000

    def __init__(self, tests: list[tuple[int, list[Callable[[bytes], bool]]]]):
        super().__init__()
        self.tests = tests

    def __missing__(self, tag: bytes) -> int:
        if len(self) > self.MOST:
            self.clear()
        bits = sum(bit for bit, tests in self.tests if any(test(tag) for test in tests))
        self[tag] = bits
        return bits


class Chances:
    """Which steps may do something, by the tags that a record has.

    asks: for each step, sets of tag patterns; it does nothing on a record that has no tag of each
    of them. A set is a bit of a number, and a tag has the bits of all sets that it fits, looked
    up once.
    """

    MOST = 20_000

    def __init__(self, steps: Sequence[Step], asks: Sequence[Sequence[frozenset[str]]]):
        self.steps = steps
        self.half = len(steps)
        self.every = (1 << self.half) - 1
        self.always = 0
        self.tests: list[tuple[int, list[Callable[[bytes], bool]]]] = []
        for number, sets in enumerate(asks):
            for which in (0, 1):
                bit = 1 << number + which * self.half
                if which < len(sets):
                    self.tests.append((bit, [tag_test(one) for one in sorted(sets[which])]))
                else:
                    self.always |= bit
        self.of_tag = Bits(self.tests)
        self.listed: dict[int, tuple[Step, ...]] = {}

    def bits(self, tags: Iterable[bytes], bits: int = 0) -> int:
        """The sets of which these tags are, besides those known already."""
        for known in map(self.of_tag.__getitem__, tags):
            bits |= known
        return bits

    def steps_for(self, bits: int, first: int = 0) -> tuple[Step, ...]:
        """The steps, from the first on, that may do something on a record that has these."""
        bits |= self.always
        bits = (bits & (bits >> self.half) & self.every) >> first << first
        found = self.listed.get(bits)
        if found is None:
            if len(self.listed) > self.MOST // (1 + self.half):
                self.listed.clear()
            found = tuple(step for step in self.steps if bits >> step.number & 1)
            self.listed[bits] = found
        return found


@dataclass(frozen=True)
class Compiled:
    """A normalization rule set as a function. need: what a record must have to be touched."""

    rules: RuleSet
    need: Need
    chances: Chances

    def __call__(self, record: Record) -> Record:
        return self.run(record).record

    def run(self, record: Record) -> Result:
        """Raises GrewTooMuch."""
        bits = self.chances.bits(record.tags)
        steps = self.chances.steps_for(bits)
        if not steps:
            return Result(record, ())
        draft = Draft(record)
        applied: list[Applied] = []
        while steps:
            for number, when, acts in steps:
                if when is not None and not when(draft):
                    continue
                for act, name in acts:
                    if act(draft):
                        applied.append(name)
                if draft.tags_came:
                    # Steps that are still to come may find what this one made.
                    more = self.chances.bits(draft.tags_came, bits)
                    draft.tags_came.clear()
                    if more != bits:
                        bits = more
                        steps = self.chances.steps_for(bits, number + 1)
                        break
            else:
                break
        return Result(draft.finished(), tuple(applied))


def compile_rules(rules: RuleSet) -> Compiled:
    """Normalization rules as a function on a record."""
    in_order = [rule for rule in rules.in_order() if rule.actions]
    steps = tuple(step_of(number, rule) for number, rule in enumerate(in_order))
    asks = [
        [one for one in (tags_asked(rule.condition), tags_acted_on(rule)) if one is not None]
        for rule in in_order
    ]
    return Compiled(rules, need_of(rules), Chances(steps, asks))


def step_of(number: int, rule: Rule) -> Step:
    acts = tuple(
        (VERBS[action.verb].compile(action), Applied(rule.name, action.number))
        for action in rule.actions
    )
    when = None if isinstance(rule.condition, Always) else compile_condition(rule.condition)
    return Step(number, when, acts)


def tags_asked(condition: Condition) -> frozenset[str] | None:
    """Tags of which a record must have one for the condition to hold; None where that cannot be
    said."""
    if isinstance(condition, Test):
        return None if condition.element.tag == LEADER else frozenset((condition.element.tag,))
    if isinstance(condition, Or):
        some = [tags_asked(one) for one in condition.of]
        return None if None in some else frozenset().union(*(one for one in some if one))
    if isinstance(condition, And):
        told = [one for part in condition.of if (one := tags_asked(part)) is not None]
        return min(told, key=lambda tags: ("*" in "".join(tags), len(tags)), default=None)
    return None


def tags_acted_on(rule: Rule) -> frozenset[str] | None:
    """Tags of which a record must have one for the actions to do anything. What the rule itself
    makes, a later action of it may find."""
    tags: set[str] = set()
    for action in rule.actions:
        for element in elements_needed(action):
            if element is None or element.tag == LEADER:
                return None
            tags.add(element.tag)
    return frozenset(tags)


def elements_needed(action: Action) -> Iterable[Element | None]:
    """The elements of which an action must find one; None where it needs nothing."""
    if action.verb in ("addField", "addControlField", "sortFields"):
        return (None,)
    return action.elements or (action.element,)


def need_of(rules: RuleSet) -> Need:
    """What a record must have for any rule to touch it. The first action that does something
    finds the record as it came, so what rules make for one another need not be looked at."""
    needs = []
    for rule in rules.rules:
        if not rule.actions:
            continue
        wanted = [
            Need.always() if element is None or element.tag == LEADER else Need.tag(element.tag)
            for action in rule.actions
            for element in elements_needed(action)
        ]
        needs.append(Need.all([need(rule.condition), Need.any(wanted)]))
    return Need.any(needs)


@lru_cache(64)
def compiled(text: str, order: str, regex: bool) -> Compiled:
    """The same rules are compiled once."""
    return compile_rules(parse_rules(text, order, regex))


# ---- the other kinds


def compile_filter(rules: RuleSet) -> Callable[[Record], bool]:
    """Indication rules: the first rule, in their order, whose condition holds says; false where
    none does. A rule with nothing after `then` says nothing."""
    tests = [
        (compile_condition(rule.condition), rule.sets == "true")
        for rule in rules.in_order()
        if rule.sets
    ]
    return lambda record: next((value for test, value in tests if test(record)), False)


def compile_level(rules: RuleSet) -> Callable[[Record], int | None]:
    """Brief-level rules: 1 to 10, or None where no rule says."""
    tests = [
        (compile_condition(rule.condition), int(rule.sets))
        for rule in rules.in_order()
        if rule.sets
    ]
    return lambda record: next((value for test, value in tests if test(record)), None)


def compile_merger(rules: RuleSet) -> Callable[[Record, Record], Record]:
    """Merge rules: (primary, secondary) to the merged record."""
    return compile_merge(rules.merges_in_order())
