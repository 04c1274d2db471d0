"""Batch item withdrawals: withdrawn items stay as records, with their history, restorable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field

from galleyproof.jobs.around import Around
from galleyproof.jobs.bound_with import BOUND_WITH, NOT_HERE, bound_elsewhere
from galleyproof.jobs.circumstances import LOOKED_AT, circumstances
from galleyproof.jobs.emptied_bibs import BIB_EMPTYING, DELETE_BIBS, of_bib
from galleyproof.jobs.emptying import EMPTYING, Policy, emptied
from galleyproof.jobs.job import Group, Held, Job, Making, Parameters, Proposal
from galleyproof.jobs.linked import LINKED_BY
from galleyproof.jobs.outcome import Answer, Changed, Refused, Said, Unchanged
from galleyproof.jobs.refusing_items import (
    ITEM_REFUSALS,
    ITEM_SETTINGS,
    Rule,
    could_fill,
    first_refusal,
    last_to_fill,
    requested,
    requested_inactively,
    title_requests,
    work_order,
)
from galleyproof.structures.circulation import Request
from galleyproof.structures.item import Item


class WithdrawItemsParameters(Parameters):
    reason: str = Field(
        min_length=1,
        description="Why; added to internal note 3, after what is there.",
    )
    emptied_holding: Policy = Field(
        default="keep", description="What becomes of a holding that loses its last item."
    )
    emptied_bib: Policy = Field(
        default="keep", description="What becomes of a bib that is left without inventory."
    )
    skip_with_requests: bool = Field(
        default=True,
        description="Leave items that somebody has requested, and of a title that somebody has "
        "requested the last ones that could fill it; without, the requests are cancelled.",
    )
    skip_with_inactive_requests: bool = Field(
        default=True, description="The same for requests that are not active."
    )
    skip_with_work_orders: bool = Field(
        default=True, description="Leave items that are in a work order; without, it is closed."
    )


class WithdrawItems(Job):
    code = "withdraw-items"
    title = "Batch item withdrawals"
    office_names = (
        "withdraw items",
        "batch withdraw items",
        "item withdrawals",
        "batch item withdrawal",
        "withdraw physical items",
    )
    scope = "Items"
    kinds = ("item",)
    does = "Withdraws items; they stay as records of status withdrawn and can be restored."
    dangers = (
        "A bib left without holdings has to be withdrawn from the union catalogue as well; the "
        "report lists OCLC numbers.",
        "emptied-holding=delete and emptied-bib=delete take the records above with them.",
    )
    refuses = ITEM_REFUSALS
    follows = {
        **EMPTYING,
        **BIB_EMPTYING,
        "request-cancelled": "a request cancelled",
        "work-order-closed": "a work order closed",
    }
    lists = NOT_HERE
    library_role = "catalog manager"
    revision = 3
    most_records = 1000
    settings = (LINKED_BY, BOUND_WITH, *ITEM_SETTINGS)
    parameters = WithdrawItemsParameters
    relatives = (*LOOKED_AT, "portfolio")
    looks_around = True
    looks_for_hosts = True
    looks_for_relations = True

    def stands_for(self, parameters: WithdrawItemsParameters) -> tuple[str, ...]:
        return (DELETE_BIBS,) if parameters.emptied_bib == "delete" else ()

    def decide(
        self, group: Group, parameters: WithdrawItemsParameters
    ) -> Iterator[Proposal | Making]:
        answers = self.of_items(group, parameters)
        leaving: dict[int, int | None] = {
            held.id: None for held, answer in answers if isinstance(answer, Changed)
        }
        for held, answer in answers:
            yield Proposal(held, answer)
        yield from ended(group, leaving)
        above = list(emptied(group, leaving, parameters.emptied_holding))
        yield from above
        if leaving:
            yield from of_bib(group, leaving, above, parameters.emptied_bib)

    def of_items(
        self, group: Group, parameters: WithdrawItemsParameters
    ) -> list[tuple[Held, Answer]]:
        beside = circumstances(group)
        leave_out = waved(parameters)
        answers = [
            (held, self.of_item(held, beside, leave_out, parameters, group.around))
            for held in group.members
        ]
        going = {held.id for held, answer in answers if isinstance(answer, Changed)}
        guarding = guarding_requests(group, parameters)
        needed = last_to_fill(group, going, guarding)
        said = bound_elsewhere(group)
        return [
            (held, last_one(guarding))
            if held.id in needed
            else (held, answer._replace(notes=tuple(said)))
            if isinstance(answer, Changed)
            else (held, answer)
            for held, answer in answers
        ]

    def of_item(
        self,
        held: Held,
        beside: Any,
        leave_out: tuple[Rule, ...],
        parameters: WithdrawItemsParameters,
        around: Around,
    ) -> Answer:
        item: Item = held.record
        if held.status == "withdrawn":
            return Unchanged()
        refused = first_refusal(beside[held.id], around, leave_out=leave_out)
        if refused is not None:
            return refused
        note = item.internal_note_3.strip()
        said = f"{note} {parameters.reason}" if note else parameters.reason
        return Changed(item.changed(internal_note_3=said), "withdrawn")


def waved(parameters: WithdrawItemsParameters) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    if not parameters.skip_with_requests:
        rules.append(requested)
    if not parameters.skip_with_inactive_requests:
        rules.append(requested_inactively)
    if not parameters.skip_with_work_orders:
        rules.append(work_order)
    return tuple(rules)


def guarding_requests(group: Group, parameters: WithdrawItemsParameters) -> list[Request]:
    """Open requests for any item of the title, but those that the parameters wave."""
    return [
        request
        for _, request in title_requests(group)
        if (
            parameters.skip_with_requests
            if request.active
            else parameters.skip_with_inactive_requests
        )
    ]


def last_one(requests: Sequence[Request]) -> Refused:
    first = requests[0]
    kind = "" if first.active else " (inactively)"
    since = f" since {first.placed}" if first.placed else ""
    return Refused(
        "requested",
        f"its title is requested{kind}{since}, and no item that could fill it would stay",
    )


def ended(group: Group, leaving: Mapping[int, int | None]) -> Iterator[Proposal]:
    """Requests and work orders of withdrawn items come to their end; so do requests for any item
    of a title that has none left that could fill them."""
    today = group.around.today
    stay = any(
        one.id not in leaving and could_fill(one, group.around) for one in group.of_kind("item")
    )
    for held in group.of_kind("request"):
        request: Request = held.record
        of_title = not request.item and bool(leaving) and not stay
        if request.is_open and (request.item in leaving or of_title):
            after = request.changed(cancelled=today, cancellation_reason="item withdrawn")
            yield Proposal(held, Changed(after, notes=(CANCELLED,)))
    for held in group.of_kind("work-order"):
        order = held.record
        if order.is_open and order.item in leaving:
            yield Proposal(held, Changed(order.changed(closed=today), notes=(CLOSED,)))


CANCELLED = Said("request-cancelled", "cancelled: the item is withdrawn")
CLOSED = Said("work-order-closed", "closed: the item is withdrawn")
