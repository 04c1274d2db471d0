"""Which tags a rule set reads and writes."""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.rules.chances import NEEDS_NOTHING
from galleyproof.rules.conditions import tags_of
from galleyproof.rules.tree import MERGE, Action, Rule, RuleSet
from galleyproof.rules.verbs.table import VERBS


class Footprint(NamedTuple):
    """Tags, sorted; * stands for any character."""

    reads: tuple[str, ...]
    writes: tuple[str, ...]


def footprint(rules: RuleSet) -> Footprint:
    reads: set[str] = set()
    writes: set[str] = set()
    for rule in rules.rules:
        reads |= read_by_rule(rule)
        for action in rule.actions:
            reads |= read_by(action)
            writes |= written_by(action)
    if rules.kind == MERGE:
        for merge in rules.merges:
            for step in merge.actions:
                tags = {element.tag for element in step.elements}
                writes |= tags
                reads |= tags | ({step.when.element.tag} if step.when else set())
    return Footprint(tuple(sorted(reads)), tuple(sorted(writes)))


def read_by_rule(rule: Rule) -> set[str]:
    return tags_of(rule.condition)


def read_by(action: Action) -> set[str]:
    """What an action looks at: the field it acts on, its `if`, the content it uses."""
    tags = {element.tag for element in action.elements}
    tags |= {element.tag for element in action.others}
    if not action.elements and action.verb not in NEEDS_NOTHING:
        tags.add(action.element.tag)
    if action.other is not None:
        tags.add(action.other.tag)
    if action.condition is not None:
        tags |= tags_of(action.condition)
    return tags


def written_by(action: Action) -> set[str]:
    return set(VERBS[action.verb].writes(action))


def overlap(one: str, other: str) -> bool:
    """Whether two tag patterns can stand for one tag."""
    return all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=True))
