"""Create work orders: one for each item, which is then in process."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from galleyproof.jobs.around import Around
from galleyproof.jobs.circumstances import Circumstances, circumstances
from galleyproof.jobs.codes import shared, some_of
from galleyproof.jobs.job import Group, Held, Job, Making, Parameters, Proposal
from galleyproof.jobs.outcome import Changed, Made, Refused, Said
from galleyproof.jobs.refusing_items import ITEM_REFUSALS, PROCESSES, on_loan, requested
from galleyproof.structures.item import Item
from galleyproof.structures.work_order import WorkOrder

IN_PROCESS = "WORK_ORDER_DEPARTMENT"


class CreateWorkOrdersParameters(Parameters):
    type: str = Field(min_length=1, description="A code of the table work-order-type.")
    department: str = Field(
        min_length=1, description="The managing department: a code of the table department."
    )
    status: str = Field(default="", description="A code of the table work-order-status.")
    order_note: str = Field(default="", description="A note in each work order.")
    do_not_pick: bool = Field(
        default=False, description="The items come by themselves; nobody picks them from the shelf."
    )
    even_if_requested: bool = Field(
        default=False, description="Also for items that somebody has requested."
    )


class CreateWorkOrders(Job):
    code = "create-work-orders"
    title = "Batch create work orders"
    office_names = ("create work orders", "create physical item work orders", "batch work orders")
    scope = "Work orders"
    kinds = ("item",)
    does = "Makes a work order for each item and sets its process type."
    dangers = ("Readers see the items as not available until the work orders are closed.",)
    refuses = {
        **shared("withdrawn"),
        **some_of(ITEM_REFUSALS, "on-loan"),
        "already-in-process": "an item that is in a work order or another process already",
        **some_of(ITEM_REFUSALS, "requested"),
        **shared("does-not-serve"),
    }
    follows = {
        "work-order-made": "a work order made",
    }
    library_role = "repository manager"
    settings = tuple(PROCESSES.values())
    parameters = CreateWorkOrdersParameters
    relatives = ("item", "loan", "request", "work-order")
    looks_around = True

    def check(self, parameters: CreateWorkOrdersParameters, around: Around) -> list[str]:
        found = [
            around.code_fault("work-order-type", parameters.type, "type"),
            around.code_fault("department", parameters.department, "department"),
            around.code_fault("work-order-status", parameters.status, "status"),
        ]
        return [one for one in found if one]

    def decide(
        self, group: Group, parameters: CreateWorkOrdersParameters
    ) -> Iterator[Proposal | Making]:
        beside = circumstances(group)
        making: list[Making] = []
        for held in group.members:
            item: Item = held.record
            refused = why_refused(held, beside[held.id], parameters, group.around)
            if refused is not None:
                yield Proposal(held, refused)
                continue
            yield Proposal(held, Changed(item.changed(process_type=IN_PROCESS)))
            order = WorkOrder(
                item=held.id,
                type=parameters.type,
                department=parameters.department,
                status=parameters.status,
                note=parameters.order_note,
                do_not_pick=parameters.do_not_pick,
                process_before=item.process_type,
                opened=group.around.today,
            )
            stands_in = -1 - len(making)
            making.append(
                Making("work-order", held.id, stands_in, Made(order, (MADE,)), because=held.id)
            )
        yield from making


def why_refused(
    held: Held, one: Circumstances, parameters: CreateWorkOrdersParameters, around: Around
) -> Refused | None:
    if held.status == "withdrawn":
        return Refused("withdrawn", "the item is withdrawn; restore it first")
    refused = on_loan(one, around)
    if refused is not None:
        return refused
    for order in one.work_orders:
        return Refused("already-in-process", f"in a work order at {order.department} already")
    if one.item.process_type:
        return Refused("already-in-process", f"in process already ({one.item.process_type})")
    if not parameters.even_if_requested:
        refused = requested(one, around)
        if refused is not None:
            return refused
    return does_not_serve(parameters.department, one.item.library, around)


def does_not_serve(department: str, library: str, around: Around) -> Refused | None:
    """Refused where the department serves other libraries than the item's."""
    known = around.codes.get("department", {}).get(department)
    if known is not None and known.libraries and library not in known.libraries:
        return Refused(
            "does-not-serve",
            f"{department} does not serve {library or 'an item without a library'}; it serves "
            f"{', '.join(known.libraries)}",
        )
    return None


MADE = Said("work-order-made", "made for an item")
