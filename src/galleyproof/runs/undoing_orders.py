"""Undoing the making of work orders: an item stays in process while an order for it is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from galleyproof.catalog.reading import held_under_roots
from galleyproof.runs.past import Past
from galleyproof.structures.work_order import WorkOrder


def still_in_process(cursor: psycopg.Cursor[Any], past: Sequence[Past]) -> dict[int, str]:
    """Number of an item -> the open work order that it keeps after the undo, for a sentence. A
    query where the run made work orders, else none."""
    made = {one.id: one for one in past if one.kind == "work-order" and one.before_version is None}
    if not made:
        return {}
    found: dict[int, str] = {}
    roots = sorted({one.root for one in made.values()})
    for held in held_under_roots(cursor, ("work-order",), roots):
        order: WorkOrder = held.record
        goes = held.id in made and made[held.id].untouched
        if order.is_open and not goes:
            found.setdefault(order.item, order.number or str(held.id))
    return found
