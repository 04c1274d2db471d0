"""Which tags a rule set reads and writes."""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.marc.field import MARK
from galleyproof.marc.malformed import is_malformed
from galleyproof.marc.record import Record
from galleyproof.rules.chances import NEEDS_NOTHING
from galleyproof.rules.conditions import tags_of
from galleyproof.rules.field_tests import tag_test
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


class Named(dict[bytes, bool]):
    """Whether rules read or write a tag of data fields; each is asked once."""

    MOST = 5_000

    def __init__(self, rules: RuleSet):
        super().__init__()
        reads, writes = footprint(rules)
        self.tests = [tag_test(tag) for tag in {*reads, *writes}]

    def __missing__(self, tag: bytes) -> bool:
        if len(self) > self.MOST:
            self.clear()
        answer = self[tag] = tag[:2] != b"00" and any(fits(tag) for fits in self.tests)
        return answer

    def malformed(self, record: Record) -> list[int]:
        """Indexes of the malformed fields with these tags: no rule sees them."""
        data = record.data
        return [
            at
            for at, named in enumerate(map(self.__getitem__, record.tags))
            # The first two look at all that is well-formed, or nearly, in half the time.
            if named
            and ((one := data[at]).find(MARK) != 2 or not one.isascii())
            and is_malformed(one)
        ]
