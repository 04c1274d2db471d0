"""Indication and brief-level rules as tests in a query: `rule "NAME"`, `brief-level "NAME" > 4`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from galleyproof.marc.errors import Wrong
from galleyproof.marc.record import Record
from galleyproof.rules.compiling import compile_filter, compile_level
from galleyproof.rules.conditions import Always, And, Condition, Not, Or
from galleyproof.rules.parsing import parse_rules
from galleyproof.rules.tree import BRIEF_LEVEL, INDICATION, RuleSet


@dataclass(frozen=True, slots=True)
class Said:
    """What rules say of a record. upper is true of every record that it is true of; it is true of
    every record that lower is true of. None stands for a condition that nothing meets."""

    binding: str
    test: Callable[[Record], bool] = field(compare=False)
    upper: Condition | None
    lower: Condition | None


def said_true(binding: str, text: str) -> Said:
    """Raises Wrong where the rules are no indication rules."""
    rules = parse_rules(text)
    if rules.kind != INDICATION:
        raise Wrong(
            f"“{binding}” is of {rules.kind} rules; a query asks indication rules "
            '(set indication."true") by rule'
        )
    return Said(binding, compile_filter(rules), *between(rules, lambda sets: sets == "true"))


def said_level(
    binding: str, text: str, sign: str, compared: Callable[[Any, Any], bool], level: int
) -> Said:
    """Where the level that the rules give compares so; a record without one never does. Raises
    Wrong where the rules are no brief-level rules."""
    rules = parse_rules(text)
    if rules.kind != BRIEF_LEVEL:
        raise Wrong(
            f"“{binding}” is of {rules.kind} rules; a query asks brief-level rules "
            '(set brief_level."04") by brief-level'
        )
    given = compile_level(rules)

    def test(record: Record) -> bool:
        found = given(record)
        return found is not None and compared(found, level)

    upper, lower = between(rules, lambda sets: compared(int(sets), level))
    return Said(f"{binding} {sign} {level}", test, upper, lower)


def between(
    rules: RuleSet, wanted: Callable[[str], bool]
) -> tuple[Condition | None, Condition | None]:
    """Some rule says what is wanted, at least; and at the most, with none that says otherwise."""
    some = [rule.condition for rule in rules.rules if rule.sets and wanted(rule.sets)]
    others = [rule.condition for rule in rules.rules if rule.sets and not wanted(rule.sets)]
    if not some:
        return None, None
    upper = either(some)
    return upper, And((upper, Not(either(others)))) if others else upper


def either(conditions: list[Condition]) -> Condition:
    if any(isinstance(one, Always) for one in conditions):
        return Always()
    return conditions[0] if len(conditions) == 1 else Or(tuple(conditions))
