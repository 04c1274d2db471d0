"""From a rule set to one function on a record.

Every rule becomes a test and a list of acts on a draft; what it looks for is known beforehand, so
a record without any of those tags is handed back unread, and a rule that asks for tags which a
record does not have costs nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from galleyproof.marc.record import Record
from galleyproof.marc.tags import Need
from galleyproof.rules.chances import (
    Chances,
    asked_by,
    elements_needed,
)
from galleyproof.rules.conditions import (
    Always,
    And,
    Condition,
    Test,
    compile_condition,
    need,
)
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import LEADER
from galleyproof.rules.field_tests import Readable
from galleyproof.rules.footprint import Named, overlap, written_by
from galleyproof.rules.limits import GrewTooMuch
from galleyproof.rules.merging import compile_merge
from galleyproof.rules.selecting import bare
from galleyproof.rules.tree import Action, Rule, RuleSet
from galleyproof.rules.verbs.table import VERBS
from galleyproof.rules.verbs.verb import Act


class Applied(NamedTuple):
    """One action of one rule that did something: the rule's name, the action's number in it."""

    rule: str
    action: int


class Result(NamedTuple):
    """What rules made of a record; applied in the order in which it happened. unseen: (tag, data)
    of the malformed fields on which they might have done something."""

    record: Record
    applied: tuple[Applied, ...]
    unseen: tuple[tuple[bytes, bytes], ...] = ()


class Step(NamedTuple):
    """A rule, ready to work. watched: whether a later step asks for something that this one may
    write."""

    when: Callable[[Readable], bool] | None
    acts: tuple[tuple[Act, Applied], ...]
    watched: bool


class Going:
    """A record on its way through the steps. found: what Chances says of it by now. error: why it
    goes no further."""

    __slots__ = ("applied", "draft", "error", "found")

    def __init__(self, draft: Draft, found: int):
        self.draft = draft
        self.found = found
        self.applied: list[Applied] = []
        self.error: GrewTooMuch | None = None

    def result(self) -> Result:
        draft = self.draft
        return Result(draft.finished(), tuple(self.applied), tuple(draft.hidden.values()))


class Numbers(dict[int, tuple[int, ...]]):
    """The steps whose bits are set, by their numbers and in order; many records wait for the
    same."""

    MOST = 2_000

    def __missing__(self, waiting: int) -> tuple[int, ...]:
        if len(self) > self.MOST:
            self.clear()
        numbers = []
        left = waiting
        while left:
            first = left & -left
            left ^= first
            numbers.append(first.bit_length() - 1)
        self[waiting] = tuple(numbers)
        return self[waiting]


@dataclass(frozen=True)
class Compiled:
    """A normalization rule set as a function. need: what a record must have to be touched."""

    rules: RuleSet
    need: Need
    steps: tuple[Step, ...]
    chances: Chances
    numbers: Numbers
    named: Named

    def __call__(self, record: Record) -> Record:
        return self.run(record).record

    def run(self, record: Record) -> Result:
        """Raises GrewTooMuch."""
        found, places = self.chances.found_in(record)
        waiting = self.chances.steps(found)
        if not waiting:
            return Result(record, ())
        one = Going(Draft(record, places, self.named.malformed(record)), found)
        while waiting:
            first = waiting & -waiting
            waiting ^= first
            waiting |= self.step(first.bit_length() - 1, one)
        return one.result()

    def run_all(self, records: Sequence[Record]) -> list[Result | GrewTooMuch]:
        """What `run` gives for each, or raises.

        They go through it together, first all through the look, then all through one step after
        the other: a quarter faster than record by record, as each stage fills the processor's
        caches with what it needs. A few dozen at once are best.
        """
        looked = [self.chances.found_in(one) for one in records]
        every: list[Going | None] = []
        waiting: defaultdict[int, list[Going]] = defaultdict(list)
        pending = 0
        for record, (found, places) in zip(records, looked, strict=True):
            steps = self.chances.steps(found)
            if not steps:
                every.append(None)
                continue
            going = Going(Draft(record, places, self.named.malformed(record)), found)
            every.append(going)
            pending |= steps
            for number in self.numbers[steps]:
                waiting[number].append(going)
        while pending:
            first = pending & -pending
            pending ^= first
            number = first.bit_length() - 1
            for one in waiting[number]:
                if one.error is not None:
                    continue
                try:
                    more = self.step(number, one)
                except GrewTooMuch as error:
                    one.error = error
                    continue
                if more:
                    pending |= more
                    for later in self.numbers[more]:
                        waiting[later].append(one)
        return [
            Result(record, ()) if one is None else one.error or one.result()
            for record, one in zip(records, every, strict=True)
        ]

    def step(self, number: int, one: Going) -> int:
        """Does a step to a record. The steps behind it that may do something only now."""
        when, acts, watched = self.steps[number]
        draft = one.draft
        if when is not None and not when(draft):
            return 0
        for act, name in acts:
            if act(draft):
                one.applied.append(name)
        came = draft.came
        if not (watched and came):
            return 0
        before = one.found
        one.found = found = self.chances.found_too(came, number, before)
        came.clear()
        if found == before:
            return 0
        return self.chances.steps(found) & ~self.chances.steps(before) & -(2 << number)


def compile_rules(rules: RuleSet) -> Compiled:
    """Normalization rules as a function on a record."""
    in_order = [rule for rule in rules.in_order() if rule.actions]
    asks = []
    leader_stands = True
    for rule in in_order:
        asked = asked_by(rule)
        asks.append(asked if leader_stands else asked._replace(leader=None))
        if any(overlap(tag, LEADER) for action in rule.actions for tag in written_by(action)):
            leader_stands = False  # the rules behind it may find another than the record came with
    chances = Chances(asks)
    steps = tuple(step_of(number, rule, chances) for number, rule in enumerate(in_order))
    return Compiled(rules, need_of(rules), steps, chances, Numbers(), Named(rules))


def step_of(number: int, rule: Rule, chances: Chances) -> Step:
    acts = tuple(
        (VERBS[action.verb].compile(action), Applied(rule.name, action.number))
        for action in rule.actions
    )
    left = what_is_left(rule)
    when = None if isinstance(left, Always) else compile_condition(left)
    writes = set().union(*map(written_by, rule.actions))
    watched = any(chances.asks_later(tag, number) for tag in writes)
    return Step(when, acts, watched)


def what_is_left(rule: Rule) -> Condition:
    """A rule's condition without what its only action asks for by itself: nothing of
    `when exists "245.h" then removeSubField "245.h"`."""
    condition = rule.condition
    if len(rule.actions) != 1:
        return condition
    action = rule.actions[0]
    if isinstance(condition, Test):
        return Always() if says_no_more(condition, action) else condition
    if isinstance(condition, And):
        parts = tuple(
            part
            for part in condition.of
            if not (isinstance(part, Test) and says_no_more(part, action))
        )
        return And(parts) if len(parts) > 1 else parts[0] if parts else Always()
    return condition


def says_no_more(test: Test, action: Action) -> bool:
    """Whether every field on which the action can do anything is one that the test finds."""
    asked = test.element
    if test.how != "exists" or asked.value is not None or asked.start is not None:
        return False
    return all(
        element is not None
        and element.tag == asked.tag != LEADER
        and (asked.tag_alone or bare(element) == asked)
        for element in elements_needed(action)
    )


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


# ---- the other kinds


def last_word(rules: RuleSet) -> Callable[[Record], Rule | None]:
    """Of indication and brief-level rules, the one that has the last word on a record; None where
    none holds. All that hold run in their order, and the last that sets a value stands: of rules
    without priorities the topmost. A rule with nothing after `then` sets none."""
    tests = [
        (compile_condition(rule.condition), rule)
        for rule in reversed(rules.in_order())
        if rule.sets
    ]
    named = Named(rules)

    def last(record: Record) -> Rule | None:
        if malformed := named.malformed(record):
            record = record.without(malformed)
        return next((rule for test, rule in tests if test(record)), None)

    return last


def compile_filter(rules: RuleSet) -> Callable[[Record], bool]:
    """Indication rules: what the last rule that holds sets; false where none does."""
    last = last_word(rules)
    return lambda record: (rule := last(record)) is not None and rule.sets == "true"


def compile_level(rules: RuleSet) -> Callable[[Record], int | None]:
    """Brief-level rules: 1 to 10, or None where no rule says."""
    last = last_word(rules)
    return lambda record: None if (rule := last(record)) is None else int(rule.sets)


def compile_merger(rules: RuleSet) -> Callable[[Record, Record], Record]:
    """Merge rules: (primary, secondary) to the merged record."""
    return compile_merge(rules.merges_in_order())
