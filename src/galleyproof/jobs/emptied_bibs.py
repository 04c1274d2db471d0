"""Bibs that lose their last item, and what then becomes of them.

A bib is left with something while any holding of it is kept: it is neither suppressed nor deleted
then, and is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from galleyproof.jobs.delete_bibs import KEEPS_COPY, copies, refusal_without_inventory
from galleyproof.jobs.emptying import Policy, linked_lines, why_awaited, why_kept
from galleyproof.jobs.job import Group, Held, Proposal
from galleyproof.jobs.order_lines import is_open, status_of
from galleyproof.jobs.outcome import Changed, Refused, Said, Unchanged
from galleyproof.marc.keys import keys
from galleyproof.structures.order_line import OrderLine

BIB_EMPTYING = {
    "bib-emptied": "a bib left without inventory",
    "bib-suppressed": "a bib suppressed, without inventory",
    "bib-deleted": "a bib deleted, without inventory",
    "bib-kept": "a bib left without items, and kept: with a holding, or for a reason of its own",
    "title-without-holdings": "a title left without holdings, with its OCLC numbers",
    **KEEPS_COPY,
}
"""Codes and meanings of what may follow when a bib loses its last item."""
DELETE_BIBS = "delete-bibs"
"""The job that deleting a bib stands for."""


def of_bib(
    group: Group, leaving: Mapping[int, int | None], above: Sequence[Proposal], policy: Policy
) -> Iterator[Proposal]:
    """What becomes of a bib whose last items go. leaving: numbers of the items that go; above:
    what becomes of the holdings they leave."""
    bib = next(iter(group.of_kind("bib")), None)
    if bib is None or left_with_something(group, leaving):
        return
    after = {
        one.about.id: one.answer.status
        for one in above
        if one.about.kind == "holding" and isinstance(one.answer, Changed)
    }
    standing = [
        one._replace(status=after.get(one.id) or one.status)
        for one in group.of_kind("holding")
        if (after.get(one.id) or one.status) != "deleted"
    ]
    if not standing:
        yield Proposal(bib, Unchanged((without_holdings(bib),)))
    kept = holding_left(group, standing)
    if policy != "keep":
        kept = kept or order_left(group)
    if kept:
        yield Proposal(bib, Unchanged((Said("bib-kept", f"kept, without items: {kept}"),)))
    elif policy == "keep":
        yield Proposal(bib, Unchanged((EMPTIED,)))
    elif policy == "suppress":
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


def left_with_something(group: Group, leaving: Mapping[int, int | None]) -> bool:
    """Whether items or portfolios stay under the bib."""
    return any(
        one.status not in ("withdrawn", "deleted") and one.id not in leaving
        for one in group.of_kind("item")
    ) or any(one.status != "deleted" for one in group.of_kind("portfolio"))


def holding_left(group: Group, standing: Sequence[Held]) -> str:
    """Which holding a bib without items is left with, as a reason for keeping it; "" for none.

    standing: its holdings as they are afterwards. One that readers do not see (suppressed) keeps
    the bib only while something is still to come to it.
    """
    for holding in standing:
        lines = linked_lines(group, holding)
        if holding.status == "suppressed":
            why = why_awaited(holding.record, lines, group.around)
        else:
            why = why_kept(holding.record, lines, group.around) or "it is kept as it is"
        if why:
            return f"its holding {holding.id} stays: {why}"
    return ""


def order_left(group: Group) -> str:
    """Which open order a bib without items is left with, as a reason for keeping it."""
    for held in group.of_kind("order-line"):
        line: OrderLine = held.record
        if is_open(line, group.around):
            return f"its PO line {line.number} is open ({status_of(line, group.around)})"
    return ""


def why_not_deleted(bib: Held, group: Group, standing: Sequence[Held]) -> Refused | None:
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


EMPTIED = Said("bib-emptied", "left without inventory")
SUPPRESSED = Said("bib-suppressed", "left without inventory, and suppressed")
DELETED = Said("bib-deleted", "left without inventory, and deleted")
