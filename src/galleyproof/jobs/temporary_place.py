"""What changes of items do to being in a temporary location, which is whole or not at all.

A change that names a place sets the flag, one that empties the place takes it away; what would
still be half said afterwards is refused (structures/temporary_place.py has the rule).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from galleyproof.jobs.around import Around
from galleyproof.jobs.field_change import FieldChange
from galleyproof.jobs.outcome import Refused
from galleyproof.structures.item import Item
from galleyproof.structures.temporary_place import FLAG, PLACE, half_temporary, with_flag

HALF = {
    "half-temporary": (
        "an item that would be half in a temporary location: the place without the flag, or the "
        "flag without a place"
    ),
}
SAYS = (*PLACE, FLAG)


def touched(asked: Mapping[str, Any]) -> bool:
    """Whether changes of these fields may put an item into a temporary location or take it out."""
    return any(name in asked for name in SAYS)


def contradictions(asked: Mapping[str, FieldChange]) -> list[str]:
    """What contradicts itself in the parameters, a sentence each."""
    shelf, flag = asked.get("temporary_location"), asked.get(FLAG)
    if shelf is None or flag is None:
        return []
    named = shelf.mode != "clear"
    says_yes = flag.mode != "clear" and flag.value.casefold() in ("yes", "true", "1", "y")
    if named == says_yes:
        return []
    if named:
        return [
            "temporary-location puts items there, and in-temporary-location says that they are not"
        ]
    return ["temporary-location is emptied, and in-temporary-location says that items are in one"]


def settled(before: Item, new: Mapping[str, Any], around: Around) -> dict[str, Any] | Refused:
    """The new values of an item's fields with the flag that its place calls for; refused where a
    change would leave half of it."""
    if not any(name in new for name in SAYS):
        return dict(new)
    found = with_flag(before, new)
    after: Item = before.changed(**found)
    half = half_temporary(after)
    if half:
        offer = "; clear-temporary-location takes items out of one" * bool(after.temporary_location)
        return Refused("half-temporary", f"it would be half in a temporary location: {half}{offer}")
    place = (after.temporary_library, after.temporary_location)
    if any(place) and place != (before.temporary_library, before.temporary_location):
        fault = around.location_fault(*place, "temporary-location")
        if fault:
            return Refused("wrong-value", fault)
    return found
