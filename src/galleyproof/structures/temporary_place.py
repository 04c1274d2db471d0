"""In a temporary location, whole or not at all: the place of an item, and the flag that it stands
there.

One rule for every way into the catalogue: a flag that is not said follows the place, and what is
half said all the same is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from galleyproof.structures.item import Item

PLACE = ("temporary_library", "temporary_location")
FLAG = "in_temporary_location"


def with_flag(before: Item, new: Mapping[str, Any]) -> dict[str, Any]:
    """New values of an item's fields, and the flag that their place calls for unless they say
    it."""
    found = dict(new)
    if FLAG in found or not any(name in found for name in PLACE):
        return found
    named = bool(found.get("temporary_location", before.temporary_location))
    if named != before.in_temporary_location:
        found[FLAG] = named
    return found


def half_temporary(item: Item) -> str:
    """A sentence where an item says half of being in a temporary location: the place without the
    flag, the flag without the place, the one part of the place without the other. Else ""."""
    if bool(item.temporary_library) != bool(item.temporary_location):
        missing = "temporary-location" if item.temporary_library else "temporary-library"
        return f"temporary-library and temporary-location go together, and {missing} is empty"
    if item.in_temporary_location and not item.temporary_location:
        return "in-temporary-location is yes, and no temporary-location says where"
    if item.temporary_location and not item.in_temporary_location:
        return (
            f"temporary-location is {item.temporary_location}, and in-temporary-location does not "
            "say yes"
        )
    return ""
