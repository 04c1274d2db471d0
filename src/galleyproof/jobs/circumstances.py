"""What hangs around an item when a job asks whether it may go: taken once for a group."""

from __future__ import annotations

from dataclasses import dataclass, field

from galleyproof.jobs.job import Group
from galleyproof.jobs.order_lines import is_open
from galleyproof.marc.record import Record
from galleyproof.structures.circulation import Loan, Request
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.work_order import WorkOrder

LOOKED_AT = ("bib", "holding", "item", "loan", "request", "work-order", "order-line")
"""The kinds of relatives that a job needs for `circumstances`."""


@dataclass(slots=True)
class Circumstances:
    """An item and what hangs around it. requests: those for this very item; lines: order lines
    that it is linked to; bib: the number of the bib above, title: the bib. Only what is open is in
    them."""

    id: int
    item: Item
    bib: int
    title: Record | None = None
    holding: Record | None = None
    loans: list[Loan] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    work_orders: list[WorkOrder] = field(default_factory=list)
    lines: list[OrderLine] = field(default_factory=list)


def circumstances(group: Group) -> dict[int, Circumstances]:
    """Of every item of a group, by its number."""
    holdings = {held.id: held.record for held in group.of_kind("holding")}
    titles = {held.id: held.record for held in group.of_kind("bib")}
    found: dict[int, Circumstances] = {}
    by_line: dict[str, list[Circumstances]] = {}
    for held in group.of_kind("item"):
        item: Item = held.record
        one = Circumstances(
            held.id, item, held.root, titles.get(held.root), holdings.get(item.holding)
        )
        found[held.id] = one
        if item.order_line:
            by_line.setdefault(item.order_line, []).append(one)
    for held in group.of_kind("loan"):
        loan: Loan = held.record
        if loan.is_open and loan.item in found:
            found[loan.item].loans.append(loan)
    for held in group.of_kind("request"):
        request: Request = held.record
        if request.is_open and request.item in found:
            found[request.item].requests.append(request)
    for held in group.of_kind("work-order"):
        work_order: WorkOrder = held.record
        if work_order.is_open and work_order.item in found:
            found[work_order.item].work_orders.append(work_order)
    for held in group.of_kind("order-line"):
        line: OrderLine = held.record
        if is_open(line, group.around):
            linked = {one.id: one for one in by_line.get(line.number, [])}
            linked.update({id: found[id] for id in line.items if id in found})
            for one in linked.values():
                one.lines.append(line)
    return found
