"""From a rule set to one function on a record.

Every rule becomes a test and a list of acts on a draft; what it looks for is known beforehand, so
a record without any of those tags is handed back unread, and a rule without work on a record costs
one set operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from galleyproof.marc.record import Record
from galleyproof.marc.tags import Need
from galleyproof.rules.conditions import Always, compile_condition, need
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import LEADER, Element, Readable
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


@dataclass(frozen=True, slots=True)
class Step:
    """A rule, ready to work. tags: it does nothing on a record that has none of them; None where
    that cannot be said."""

    when: Callable[[Readable], bool] | None
    acts: tuple[tuple[Act, Applied], ...]
    tags: frozenset[bytes] | None


@dataclass(frozen=True)
class Compiled:
    """A normalization rule set as a function. need: what a record must have to be touched."""

    rules: RuleSet
    steps: tuple[Step, ...]
    need: Need
    tags: frozenset[bytes] | None

    def __call__(self, record: Record) -> Record:
        return self.run(record).record

    def run(self, record: Record) -> Result:
        """Raises GrewTooMuch."""
        present = set(record.tags)
        if self.tags is not None and self.tags.isdisjoint(present):
            return Result(record, ())
        draft = Draft(record, present)
        applied: list[Applied] = []
        for step in self.steps:
            if step.tags is not None and step.tags.isdisjoint(draft.present):
                continue
            if step.when is not None and not step.when(draft):
                continue
            for act, name in step.acts:
                if act(draft):
                    applied.append(name)
        return Result(draft.finished(), tuple(applied))


def compile_rules(rules: RuleSet) -> Compiled:
    """Normalization rules as a function on a record."""
    steps = tuple(step_of(rule) for rule in rules.in_order() if rule.actions)
    tags: frozenset[bytes] | None = frozenset()
    for step in steps:
        tags = None if tags is None or step.tags is None else tags | step.tags
    return Compiled(rules, steps, need_of(rules), tags)


def step_of(rule: Rule) -> Step:
    acts = tuple(
        (VERBS[action.verb].compile(action), Applied(rule.name, action.number))
        for action in rule.actions
    )
    when = None if isinstance(rule.condition, Always) else compile_condition(rule.condition)
    return Step(when, acts, tags_needed(rule))


def tags_needed(rule: Rule) -> frozenset[bytes] | None:
    """Tags of which a record must have one for the rule to do anything, if they can be told."""
    tags = set()
    for action in rule.actions:
        for element in elements_needed(action):
            if element is None or element.wild or element.tag == LEADER:
                return None
            tags.add(element.tag.encode())
    return frozenset(tags)


def elements_needed(action: Action) -> Iterable[Element | None]:
    """The elements of which an action must find one; None where it needs nothing."""
    if action.verb in ("addField", "addControlField"):
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
