"""What the jobs share that change records by a rule set: they differ in their kind of record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, Self

from galleyproof.jobs.codes import MALFORMED_LEFT
from galleyproof.jobs.job import Covered, EachRecord
from galleyproof.jobs.outcome import UNCHANGED, Answer, Changed, Said, Unchanged
from galleyproof.marc.errors import Wrong
from galleyproof.marc.malformed import why_malformed
from galleyproof.marc.record import Record
from galleyproof.marc.tags import Need
from galleyproof.rules.compiling import Compiled, compile_rules
from galleyproof.rules.footprint import footprint, overlap
from galleyproof.rules.parsing import parse_rules
from galleyproof.rules.tree import NORMALIZATION


class Ready(NamedTuple):
    """A rule set ready to work. coverage: each rule in the order written, then its actions.
    places: of the rule and the action, for each Applied by its identity, since two rules may have
    one name. writes: patterns of the tags that it may write."""

    compiled: Compiled
    coverage: tuple[Covered, ...]
    places: dict[int, tuple[int, int]]
    writes: tuple[str, ...] = ()

    def may_write(self, tag: str) -> bool:
        return any(overlap(pattern, tag) for pattern in self.writes)


class ByRules(EachRecord):
    """Normalizes records by the rule set that it is bound to."""

    scope = "Rules"
    binding = "rule-set"
    revision = 3
    library_role = "catalog manager"
    lists: ClassVar[Mapping[str, str]] = MALFORMED_LEFT
    dangers: ClassVar[tuple[str, ...]] = (
        "A rule does to every record of the set what it says, also where a person meant otherwise.",
    )
    rules: Ready | None = None

    def bound_to(self, text: str) -> Self:
        bound = type(self)()
        bound.rules = made_ready(text, self.code)
        return bound

    def ready(self) -> Ready:
        if self.rules is None:
            raise TypeError(f"{self.code} must be bound to a rule set first")
        return self.rules

    def need(self, parameters: Any) -> Need:
        return self.ready().compiled.need

    def coverage(self, parameters: Any) -> Sequence[Covered]:
        return self.ready().coverage

    def edit(self, record: Record, parameters: Any) -> Answer:
        """Raises GrewTooMuch, which fails this record alone."""
        ready = self.ready()
        after, applied, unseen = ready.compiled.run(record)
        notes = tuple(dict.fromkeys(said_of(*one) for one in unseen))
        if after is record:
            return Unchanged(notes) if notes else UNCHANGED
        places = {place for one in applied for place in ready.places[id(one)]}
        return Changed(after, notes=notes, applied=tuple(places))


def said_of(tag: bytes, data: bytes) -> Said:
    """What is said of a malformed field, which no rule sees."""
    why = why_malformed(data)
    return Said("no-indicators", f"a field {tag.decode('ascii', 'replace')} is left alone: {why}")


@lru_cache(64)
def made_ready(text: str, code: str) -> Ready:
    """The same rules are compiled once in a process. code: the job they are for."""
    rules = parse_rules(text)
    if rules.kind != NORMALIZATION:
        raise Wrong(f"{code} takes normalization rules, and these are {rules.kind} rules")
    compiled = compile_rules(rules)
    coverage: list[Covered] = []
    begins = {}
    for rule in rules.rules:
        begins[id(rule)] = len(coverage)
        coverage.append(Covered(rule.name, 0, "", rule.line))
        coverage += [
            Covered(rule.name, action.number, action.source, action.line) for action in rule.actions
        ]
    places = {}
    working = [rule for rule in rules.in_order() if rule.actions]
    for rule, step in zip(working, compiled.steps, strict=True):
        at = begins[id(rule)]
        places.update({id(applied): (at, at + applied.action) for _, applied in step.acts})
    return Ready(compiled, tuple(coverage), places, footprint(rules).writes)
