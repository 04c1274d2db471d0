"""Move work orders to another department or status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, model_validator

from galleyproof.jobs.around import Around
from galleyproof.jobs.codes import shared
from galleyproof.jobs.create_work_orders import does_not_serve
from galleyproof.jobs.job import Group, Job, Parameters, Proposal
from galleyproof.jobs.outcome import UNCHANGED, Answer, Changed, Refused
from galleyproof.structures.item import Item
from galleyproof.structures.work_order import WorkOrder


class MoveWorkOrdersParameters(Parameters):
    department: str = Field(default="", description="The department that has them from now on.")
    status: str = Field(default="", description="Their status from now on.")

    @model_validator(mode="after")
    def says_something(self) -> MoveWorkOrdersParameters:
        if not (self.department or self.status):
            raise ValueError("say where to: department, status, or both")
        return self


class MoveWorkOrders(Job):
    code = "move-work-orders"
    title = "Move work orders"
    office_names = ("batch move work orders",)
    scope = "Work orders"
    kinds = ("work-order",)
    does = "Gives work orders to another department, or another status."
    refuses = {
        "closed": "a work order that is closed",
        **shared("does-not-serve"),
    }
    library_role = "repository manager"
    parameters = MoveWorkOrdersParameters
    relatives = ("item",)
    looks_around = True

    def check(self, parameters: MoveWorkOrdersParameters, around: Around) -> list[str]:
        found = [
            around.code_fault("department", parameters.department, "department"),
            around.code_fault("work-order-status", parameters.status, "status"),
        ]
        return [one for one in found if one]

    def decide(self, group: Group, parameters: MoveWorkOrdersParameters) -> Iterator[Proposal]:
        items: Mapping[int, Item] = {one.id: one.record for one in group.of_kind("item")}
        for held in group.members:
            order: WorkOrder = held.record
            yield Proposal(held, moved(order, items.get(order.item), parameters, group.around))


def moved(
    order: WorkOrder, item: Item | None, parameters: MoveWorkOrdersParameters, around: Around
) -> Answer:
    if not order.is_open:
        return Refused("closed", f"closed since {order.closed}")
    if parameters.department and item is not None:
        refused = does_not_serve(parameters.department, item.library, around)
        if refused is not None:
            return refused
    new: dict[str, Any] = {
        name: value
        for name in ("department", "status")
        if (value := getattr(parameters, name)) and value != getattr(order, name)
    }
    return Changed(order.changed(**new)) if new else UNCHANGED
