"""One record edited by hand: a holding carries its items along, an item stays where its holding
is."""

from __future__ import annotations

from collections.abc import Iterator

from galleyproof.jobs.amounts import currency_of
from galleyproof.jobs.job import Group, Held, Proposal
from galleyproof.jobs.one_place import holding_place, item_place, with_items
from galleyproof.jobs.outcome import Changed, Refused
from galleyproof.marc.record import Record
from galleyproof.structures.faults import new_faults
from galleyproof.structures.item import Item
from galleyproof.structures.structure import Structure

HOLDINGS = b"uvxy"
"""Leader/06 of holdings (MARC 21 Holdings)."""


def placed_with(body: bytes) -> tuple[str, ...]:
    """The kinds of records that one of this body is judged by: those above it, and those that stand
    in one place with it."""
    if body[:1] == b"{":
        return ("holding",) if b'"holding":' in body else ()
    return ("bib", "item") if body[6:7] in HOLDINGS else ()


def in_its_place(held: Held, answer: Changed, group: Group) -> Iterator[Proposal]:
    """What becomes of an edited record, and of what shares its place."""
    if held.kind == "holding":
        items = group.of_kind("item")
        yield from with_items(held, answer, items, group.around, batch=False)
        return
    after = answer.record
    if isinstance(after, Structure):
        faults = new_faults(held.record, after, currency_of(group.around))
        if faults:
            yield Proposal(held, Refused("wrong-value", "; ".join(faults)))
            return
    if isinstance(after, Item):
        refused = apart(held.record, after, group)
        if refused is not None:
            yield Proposal(held, refused)
            return
    yield Proposal(held, answer)


def apart(before: Item, after: Item, group: Group) -> Refused | None:
    """Refused where an edit takes an item away from where its holding stands."""
    shelves: dict[int, Record] = {one.id: one.record for one in group.of_kind("holding")}
    if after.holding not in shelves:
        return None
    place, shelf = item_place(after), holding_place(shelves[after.holding])
    same_as_before = before.holding == after.holding and item_place(before) == place
    if place == shelf or same_as_before or not any(shelf):
        return None
    return Refused(
        "not-where-its-holding-is",
        f"it would be at {place if any(place) else 'no place'}, and its holding {after.holding} is "
        f"at {shelf}; change-physical-items moves an item with its holding",
    )
