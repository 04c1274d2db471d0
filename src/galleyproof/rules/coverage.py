"""How often each rule and each action applied; those that never did are counted too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from galleyproof.rules.compiling import Applied
from galleyproof.rules.tree import Rule, RuleSet


class ActionCount(NamedTuple):
    """records: how many the action did something to."""

    number: int
    line: int
    text: str
    records: int


class RuleCount(NamedTuple):
    """records: how many the rule did something to. Rules stand in the order in which they run."""

    name: str
    line: int
    records: int
    actions: tuple[ActionCount, ...]


class Coverage:
    """Counts over records of what `Compiled.run` says was applied. Rules are told apart by name;
    those of one name are counted as one. unseen: by tag, the records with malformed fields."""

    def __init__(self) -> None:
        self.actions: Counter[Applied] = Counter()
        self.rules: Counter[str] = Counter()
        self.unseen: Counter[str] = Counter()

    def add(self, applied: Iterable[Applied], unseen: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """What was applied to one record. unseen: its malformed fields, which no rule sees."""
        for tag in {tag for tag, _ in unseen}:
            self.unseen[tag.decode("ascii", "replace")] += 1
        once = set(applied)
        for one in once:
            self.actions[one] += 1
        for rule in {one.rule for one in once}:
            self.rules[rule] += 1

    def of(self, rules: RuleSet) -> list[RuleCount]:
        """Every rule of the set, in the order in which they run, with its counts."""
        return [self.of_rule(rule) for rule in rules.in_order()]

    def of_rule(self, rule: Rule) -> RuleCount:
        return RuleCount(
            rule.name,
            rule.line,
            self.rules[rule.name],
            tuple(
                ActionCount(
                    action.number,
                    action.line,
                    action.source,
                    self.actions[Applied(rule.name, action.number)],
                )
                for action in rule.actions
            ),
        )
