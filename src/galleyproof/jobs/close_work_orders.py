"""Close work orders: the items are available again."""

from __future__ import annotations

from collections.abc import Iterator

from galleyproof.jobs.create_work_orders import IN_PROCESS
from galleyproof.jobs.job import Group, Job, Proposal
from galleyproof.jobs.outcome import Changed, Said, Unchanged
from galleyproof.structures.item import Item
from galleyproof.structures.work_order import WorkOrder


class CloseWorkOrders(Job):
    code = "close-work-orders"
    title = "Close work orders"
    office_names = ("batch close work orders",)
    scope = "Work orders"
    kinds = ("work-order",)
    does = "Closes work orders; each item gets back the process type that it had before."
    follows = {
        "item-back": "an item whose process ends with its work order",
    }
    library_role = "repository manager"
    relatives = ("item", "work-order")
    looks_around = True

    def decide(self, group: Group, parameters: object) -> Iterator[Proposal]:
        closing = {held.id for held in group.members}
        orders: list[tuple[int, WorkOrder]] = [
            (held.id, held.record) for held in group.of_kind("work-order")
        ]
        still = {one.item for id, one in orders if one.is_open and id not in closing}
        back: dict[int, str] = {}
        for held in group.members:
            order: WorkOrder = held.record
            if not order.is_open:
                yield Proposal(held, Unchanged())
                continue
            yield Proposal(held, Changed(order.changed(closed=group.around.today)))
            if order.item not in still:
                back.setdefault(order.item, order.process_before)
        for held in group.of_kind("item"):
            item: Item = held.record
            if held.id in back and item.process_type == IN_PROCESS:
                after = item.changed(process_type=back[held.id])
                yield Proposal(held, Changed(after, notes=(BACK,)))


BACK = Said("item-back", "no longer in process")
