"""A rule set in its abstract form, each part with its place in the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from galleyproof.rules.conditions import Condition
from galleyproof.rules.elements import Element, Written
from galleyproof.rules.lists import Table
from galleyproof.rules.merging import MergeRule

NORMALIZATION, MERGE, INDICATION, BRIEF_LEVEL = (
    "normalization",
    "merge",
    "indication",
    "brief-level",
)
ORDERS = ("bottom-up", "top-down")
EVERY_FIELD = Element("***")


@dataclass(frozen=True, slots=True)
class Dialect:
    """order: how rules of equal priority follow each other. regex: whether patterns are regular
    expressions. galley: whether what is ours alone may be used."""

    order: str = "bottom-up"
    regex: bool = False
    galley: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """One line after `then`.

    verb: its name as the table has it. element: what it acts on. elements: where it takes several
    (correctDuplicateFields). made: the element written. other: a second element that is read.
    text: what is written (`with`), an indicator, or what a value is split at. codes: subfield
    codes. condition: its `if`. line, column: from 1; number: its place in the rule, from 1.

    Of verbs of ours: by: what fields are compared or sorted by. others: elements after `in`.
    before: what follows a subfield. table: where values are looked up.
    """

    verb: str
    element: Element = EVERY_FIELD
    elements: tuple[Element, ...] = ()
    made: Written | None = None
    other: Element | None = None
    text: str = ""
    codes: tuple[str, ...] = ()
    condition: Condition | None = None
    line: int = 1
    column: int = 1
    number: int = 1
    source: str = ""
    by: tuple[str, ...] = ()
    others: tuple[Element, ...] = ()
    before: tuple[str, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """sets: what an indication or brief-level rule says of a record ("true", "01" to "10"). regex:
    whether its patterns are regular expressions."""

    name: str
    priority: int
    prioritised: bool
    condition: Condition
    actions: tuple[Action, ...]
    sets: str = ""
    line: int = 1
    column: int = 1
    regex: bool = False


T = TypeVar("T", Rule, MergeRule)


@dataclass(frozen=True)
class RuleSet:
    """The rules of a file in the order written. kind: one of the four; merge rules are apart."""

    kind: str
    rules: tuple[Rule, ...] = ()
    merges: tuple[MergeRule, ...] = ()
    dialect: Dialect = field(default_factory=Dialect)
    text: str = ""
    tables: tuple[Table, ...] = ()

    def in_order(self) -> list[Rule]:
        """The order in which they run: higher priority first; equal ones, and those without,
        from the bottom of the file to the top (or as the dialect says)."""
        return self.ordered(self.rules)

    def merges_in_order(self) -> list[MergeRule]:
        return self.ordered(self.merges)

    def ordered(self, rules: Sequence[T]) -> list[T]:
        written = list(rules)
        if self.dialect.order == "bottom-up":
            written.reverse()
        return sorted(written, key=lambda rule: -rule.priority)

    def actions(self) -> Iterator[tuple[Rule, Action]]:
        for rule in self.rules:
            for action in rule.actions:
                yield rule, action
