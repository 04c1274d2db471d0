"""The work order: an item is away in a department. It hangs under the item."""

from __future__ import annotations

from typing import Annotated

from galleyproof.structures.structure import Day, Flag, Structure, Text, code, link


class WorkOrder(Structure, frozen=True):
    """opened and closed are days; without `closed` it is open. process_before is the item's
    process type when it was made, which closing gives back."""

    kind = "work-order"
    keyed = {"work-order": "number"}
    shown_by = ("type", "department")
    above = "item"
    aliases = {"work order id": "number", "managing department": "department"}

    item: Annotated[int, link("item")] = 0
    number: Text = ""
    type: Annotated[str, code("work-order-type")] = ""
    department: Annotated[str, code("department")] = ""
    status: Annotated[str, code("work-order-status")] = ""
    note: Text = ""
    do_not_pick: Flag = False
    process_before: Annotated[str, code("process-type")] = ""
    opened: Day = None
    closed: Day = None

    @property
    def is_open(self) -> bool:
        return self.closed is None
