"""A holding and its items are one place: 852 $b $c of the one, library and location of the others.

Whatever changes the 852 of a holding (MARC 21 Holdings: $b the library, $c the shelving location)
carries its items along, withdrawn ones too, so that they return to where their holding is. An item
that stood elsewhere before is left there and listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from galleyproof.jobs.around import Around
from galleyproof.jobs.job import Held, Proposal
from galleyproof.jobs.outcome import Answer, Changed, Refused, Said, Unchanged
from galleyproof.jobs.place import Place, place_of
from galleyproof.jobs.settings import CHOICE, Setting
from galleyproof.structures.forms import Body
from galleyproof.structures.item import Item

PLACE_REFUSALS = {
    "wrong-place": "a holding whose 852 $b $c would name no place that there is",
    "no-batch-moves": "an item in a location that is not moved in batches",
    "items-stay": (
        "a holding with items whose 852 $b $c would change, where the setting `moved-holdings` "
        "refuses that"
    ),
}
PLACE_FOLLOWS = {
    "item-moved": "an item moved with its holding, whose 852 $b $c has changed",
    "item-elsewhere": "an item that did not stand where its holding did, and is left there",
}
"""Codes and meanings of what a job may say that changes the 852 of holdings."""
MOVED_HOLDINGS = Setting(
    "moved-holdings",
    CHOICE,
    "items-follow",
    "What a changed 852 $b $c does where the holding has items: items-follow moves them along, "
    "refuse refuses the change.",
    only=r"items-follow|refuse",
    said="items-follow or refuse",
)


def holding_place(body: Body) -> Place:
    """Where a holding stands: its first 852 $b and $c, "" for what it does not say."""
    return place_of("holding", body.body) or Place("", "")


def item_place(item: Item) -> Place:
    """Where an item belongs, wherever it stands just now."""
    return Place(item.library.strip(), item.location.strip())


def goes_along(item: Item, old: Place) -> bool:
    """Whether an item stands where its holding does; one that says half of it, too."""
    place = item_place(item)
    return any(place) and all(one in ("", other) for one, other in zip(place, old, strict=True))


def at_place(item: Item, place: Place) -> Item:
    found: Item = item.changed(library=place.library, location=place.location)
    return found


def with_items(
    held: Held, answer: Answer, items: Iterable[Held], around: Around, *, batch: bool = True
) -> Iterator[Proposal]:
    """What becomes of a holding, and what follows on its items. items: those of its bib, whatever
    holding they are under; batch: as one of many, which not every location takes part in."""
    if not isinstance(answer, Changed):
        yield Proposal(held, answer)
        return
    old, new = holding_place(held.record), holding_place(answer.record)
    if old == new:
        yield Proposal(held, answer)
        return
    own = [one for one in items if one.parent == held.id and one.status != "deleted"]
    along = [one for one in own if goes_along(one.record, old) and item_place(one.record) != new]
    refused = why_not_moved(old, new, len(along), around, batch=batch)
    if refused is not None:
        yield Proposal(held, refused)
        return
    yield Proposal(held, answer)
    for one in along:
        yield Proposal(one, Changed(at_place(one.record, new), notes=(MOVED,)))
    for one in own:
        place = item_place(one.record)
        if any(place) and place != new and not goes_along(one.record, old):
            said = f"it stood at {place} and not where its holding did ({old}); left there"
            yield Proposal(one, Unchanged((Said("item-elsewhere", said),)))


def why_not_moved(
    old: Place, new: Place, items: int, around: Around, *, batch: bool
) -> Refused | None:
    """Why a holding does not go to another place. items: how many would go along."""
    if items and not (new.library and new.location):
        left = f"“{new}”" if any(new) else "nothing"
        return Refused(
            "wrong-place",
            f"its 852 $b $c would say {left} where {counted(items)} at {old} need a library and a "
            "location",
        )
    if new.library and new.location:
        fault = around.location_fault(new.library, new.location, "852 $b $c")
        if fault:
            return Refused("wrong-place", fault)
    for place in (old, new) if batch else ():
        known = around.locations.get(place)
        if known is not None and known.no_batch_moves:
            return Refused(
                "no-batch-moves",
                f"{place.location} of {place.library} takes no part in moves by batch job",
            )
    if items and "refuse" in around.setting(MOVED_HOLDINGS):
        return Refused(
            "items-stay",
            f"{counted(items)} at {old}, and in this environment none moves by a change of 852; "
            "move them with change-physical-items",
        )
    return None


def counted(items: int) -> str:
    return "its 1 item" if items == 1 else f"its {items:,} items"


MOVED = Said("item-moved", "moved with its holding, whose 852 $b $c has changed")
