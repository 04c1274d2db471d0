"""Normalize holdings by a rule set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from galleyproof.jobs.by_rules import ByRules
from galleyproof.jobs.job import Group, Proposal
from galleyproof.jobs.one_place import MOVED_HOLDINGS, PLACE_FOLLOWS, PLACE_REFUSALS, with_items


class NormalizeHoldings(ByRules):
    code = "normalize-holdings"
    title = "Holdings normalization, choose a rule"
    office_names = (
        "holdings normalization",
        "normalize holdings",
        "holding normalization",
        "marc 21 holdings normalization",
    )
    scope = "Holding changes"
    kinds = ("holding",)
    does = (
        "Changes holdings as the normalization rules say that it is bound to (--binding NAME@N). "
        "Where a rule changes 852 $b or $c, the library and location of the items follow."
    )
    dangers = (
        *ByRules.dangers,
        "A changed 852 $b or $c moves the items of the holding as well, for readers too.",
    )
    refuses = PLACE_REFUSALS
    follows = PLACE_FOLLOWS
    library_role = "physical inventory operator"
    revision = 3
    relatives = ("item",)
    settings = (MOVED_HOLDINGS,)

    def moves(self) -> bool:
        """Whether its rules may change where holdings stand; others are decided each alone."""
        return self.ready().may_write("852")

    def alone(self, parameters: Any) -> bool:
        return not self.moves()

    def relatives_for(self, parameters: Any) -> tuple[str, ...]:
        return self.relatives if self.moves() else ()

    def looks_around_for(self, parameters: Any) -> bool:
        return self.moves()

    def decide(self, group: Group, parameters: Any) -> Iterator[Proposal]:
        if not self.moves():
            yield from super().decide(group, parameters)
            return
        items = group.of_kind("item")
        for held in group.members:
            answer = self.answer(held, held.record, parameters, group.around)
            yield from with_items(held, answer, items, group.around)
