"""Batch item withdrawals: withdrawn items stay as records, with their history, restorable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from galleyproof.jobs.around import Around
from galleyproof.jobs.delete_bibs import copies, refusal_without_inventory
from galleyproof.jobs.emptying import EMPTYING, Policy, emptied
from galleyproof.jobs.job import Group, Held, Job, Making, Parameters, Proposal
from galleyproof.jobs.outcome import Answer, Changed, Refused, Said, Unchanged
from galleyproof.jobs.refusing_items import (
    ITEM_REFUSALS,
    LOOKED_AT,
    Rule,
    circumstances,
    first_refusal,
    requested,
    requested_inactively,
    work_order,
)
from galleyproof.marc.keys import keys
from galleyproof.structures.circulation import Request
from galleyproof.structures.item import Item

DELETE_BIBS = "delete-bibs"


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
        description="Leave items that somebody has requested; without, the requests are cancelled.",
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
    follows = (
        *EMPTYING,
        "bib-emptied",
        "bib-suppressed",
        "bib-deleted",
        "bib-kept",
        "title-without-holdings",
        "request-cancelled",
        "work-order-closed",
        "order-line-keeps-copy",
    )
    library_role = "catalog manager"
    most_records = 1000
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
        beside = circumstances(group)
        leave_out = waved(parameters)
        leaving: dict[int, int | None] = {}
        for held in group.members:
            answer = self.of_item(held, beside, leave_out, parameters, group.around)
            if isinstance(answer, Changed):
                leaving[held.id] = None
            yield Proposal(held, answer)
        yield from ended(group, leaving)
        above = list(emptied(group, leaving, parameters.emptied_holding))
        yield from above
        if leaving:
            yield from of_bib(group, leaving, above, parameters)

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
        note = item.internal_note_3
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


def ended(group: Group, leaving: dict[int, int | None]) -> Iterator[Proposal]:
    """Requests and work orders of withdrawn items come to their end; so do requests for any item
    of a title that has none left."""
    today = group.around.today
    stay = [
        one
        for one in group.of_kind("item")
        if one.id not in leaving and one.status not in ("withdrawn", "deleted")
    ]
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


def of_bib(
    group: Group,
    leaving: dict[int, int | None],
    above: list[Proposal],
    parameters: WithdrawItemsParameters,
) -> Iterator[Proposal]:
    """What becomes of a bib that is left without inventory."""
    bib = next(iter(group.of_kind("bib")), None)
    if bib is None or left_with_something(group, leaving):
        return
    gone = {one.about.id for one in above if is_deleted(one)}
    standing = [one for one in group.of_kind("holding") if one.id not in gone]
    if not standing:
        yield Proposal(bib, Unchanged((without_holdings(bib),)))
    if parameters.emptied_bib == "keep":
        yield Proposal(bib, Unchanged((EMPTIED,)))
    elif parameters.emptied_bib == "suppress":
        if bib.status != "suppressed":
            yield Proposal(bib, Changed(bib.record, "suppressed", (SUPPRESSED,)))
    else:
        refused = why_not_deleted(bib, group, standing)
        if refused is not None:
            said = Said("bib-kept", f"kept, without inventory: {refused.sentence}")
            yield Proposal(bib, Unchanged((said,)))
        else:
            yield Proposal(bib, Changed(bib.record, "deleted", (DELETED,)))
            yield from copies(bib.record, group)


def left_with_something(group: Group, leaving: dict[int, int | None]) -> bool:
    """Whether items or portfolios stay under the bib."""
    return any(
        one.status not in ("withdrawn", "deleted") and one.id not in leaving
        for one in group.of_kind("item")
    ) or any(one.status != "deleted" for one in group.of_kind("portfolio"))


def is_deleted(proposal: Proposal) -> bool:
    return isinstance(proposal.answer, Changed) and proposal.answer.status == "deleted"


def why_not_deleted(bib: Held, group: Group, standing: list[Held]) -> Refused | None:
    """A bib that goes as a consequence meets every refusal of the job that deletes bibs."""
    if DELETE_BIBS not in group.around.also:
        return Refused("not-permitted", f"deleting it needs a permit for {DELETE_BIBS}")
    if standing:
        return Refused("has-inventory", "it still has a holding")
    return refusal_without_inventory(bib, group)


def without_holdings(bib: Held) -> Said:
    """What the union catalogue has to be told."""
    numbers = [value for scheme, value in keys(bib.record, "bib") if scheme == "oclc"]
    named = f"OCLC {', '.join(numbers)}" if numbers else "it has no OCLC number"
    return Said("title-without-holdings", f"left without holdings: {named}")


CANCELLED = Said("request-cancelled", "cancelled: the item is withdrawn")
CLOSED = Said("work-order-closed", "closed: the item is withdrawn")
EMPTIED = Said("bib-emptied", "left without inventory")
SUPPRESSED = Said("bib-suppressed", "left without inventory, and suppressed")
DELETED = Said("bib-deleted", "left without inventory, and deleted")
