"""Holdings that lose their last item, and what then becomes of them.

Emptied means more than no items: a holding with 863 to 868 statements (MARC 21 Holdings), with a
583, with a linked open order, or coded as received or on order (008/06) is never deleted as
emptied; it is kept and listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from galleyproof.jobs.around import Around
from galleyproof.jobs.job import Group, Held, Proposal
from galleyproof.jobs.order_lines import is_continuous, is_open
from galleyproof.jobs.outcome import Changed, Said, Unchanged
from galleyproof.marc.holdings_008 import ON_ORDER, RECEIVED, status_of
from galleyproof.marc.record import Record
from galleyproof.structures.order_line import OrderLine

EMPTYING = {
    "holding-emptied": "a holding left without items",
    "holding-kept": "a holding left without items, and kept for a reason of its own",
    "holding-suppressed": "a holding suppressed, without items",
    "holding-deleted": "a holding deleted",
    "order-line-unlinked": "a PO line no longer linked to a holding that was deleted",
    "order-line-without-items": "an open continuous order whose holding has no items any more",
}
"""Codes and meanings of what may follow when a holding loses its last item."""

Policy = Literal["keep", "suppress", "delete"]
SINGLE_PART = b"x"
"""Leader/06 of a holding of one part, to which nothing more comes whatever its 008 says."""
STATEMENTS = (b"863", b"864", b"865", b"866", b"867", b"868")


def emptied(group: Group, leaving: Mapping[int, int | None], policy: Policy) -> Iterator[Proposal]:
    """What becomes of holdings whose last item leaves, and of the order lines linked to them.

    leaving: number of an item -> the holding it comes under, or None where it goes altogether.
    """
    items = [one for one in group.of_kind("item") if one.status not in ("withdrawn", "deleted")]
    left = {one.parent for one in items if one.id in leaving}
    for holding in group.of_kind("holding"):
        if holding.id not in left or holding.status == "deleted":
            continue
        if any(leaving.get(one.id, one.parent) == holding.id for one in items):
            continue
        yield from of_holding(holding, linked_lines(group, holding), policy, group.around)


def linked_lines(group: Group, holding: Held) -> list[tuple[Held, OrderLine]]:
    """The order lines that name a holding."""
    found = []
    for held in group.of_kind("order-line"):
        line: OrderLine = held.record
        if holding.id in line.holdings:
            found.append((held, line))
    return found


def of_holding(
    holding: Held, lines: Sequence[tuple[Held, OrderLine]], policy: Policy, around: Around
) -> Iterator[Proposal]:
    record: Record = holding.record
    kept = why_kept(record, lines, around) if policy == "delete" else ""
    if policy == "delete" and not kept:
        yield Proposal(holding, Changed(record, "deleted", (DELETED,)))
        for held, line in lines:
            without = tuple(one for one in line.holdings if one != holding.id)
            yield Proposal(held, Changed(line.changed(holdings=without), None, (UNLINKED,)))
        return
    if policy == "suppress" and holding.status != "suppressed":
        yield Proposal(holding, Changed(record, "suppressed", (SUPPRESSED,)))
    else:
        said = Said("holding-kept", f"kept, without items: {kept}") if kept else EMPTIED
        yield Proposal(holding, Unchanged((said,)))
    for held, line in lines:
        if is_open(line, around) and is_continuous(line, around):
            yield Proposal(held, Unchanged((LINK_BREAKS,)))


def why_kept(record: Record, lines: Sequence[tuple[Held, OrderLine]], around: Around) -> str:
    """Why a holding stays though it is empty of items; "" if nothing speaks for it."""
    if any(tag in STATEMENTS for tag in record.tags):
        return "it has statements of what is held (863 to 868)"
    if b"583" in record.tags:
        return "it has an action note (583)"
    return why_awaited(record, lines, around)


def why_awaited(record: Record, lines: Sequence[tuple[Held, OrderLine]], around: Around) -> str:
    """Why more is to come to a holding; "" if nothing says so."""
    if any(is_open(line, around) for _, line in lines):
        return "an open order is linked to it"
    if record.leader[6:7] != SINGLE_PART:
        if status_of(record) == RECEIVED:
            return "it is coded as currently received (008/06 = 4)"
        if status_of(record) == ON_ORDER:
            return "it is coded as on order (008/06 = 3)"
    return ""


EMPTIED = Said("holding-emptied", "left without items")
SUPPRESSED = Said("holding-suppressed", "left without items, and suppressed")
DELETED = Said("holding-deleted", "left without items, and deleted")
LINK_BREAKS = Said(
    "order-line-without-items", "an open continuous order whose holding has no items"
)
UNLINKED = Said("order-line-unlinked", "no longer linked to the holding that was deleted")
