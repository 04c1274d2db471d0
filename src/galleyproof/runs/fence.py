"""Whose records a run may touch: the libraries and locations of its permit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from galleyproof.jobs.job import Held
from galleyproof.jobs.place import PLACED_BY_ABOVE, Place, place_of
from galleyproof.permits.limits import Limits


@dataclass(frozen=True, slots=True)
class Fence:
    """The limits that speak of libraries or locations; all of them must let a record through."""

    limits: tuple[Limits, ...]

    def outside(self, kind: str, body: bytes, above: Held | None = None) -> str:
        """Why the record is not to be touched, as a sentence; "" where it may be.

        above: the record it hangs under, for kinds that belong where that one does. A record of a
        kind without a place is let through; one of a kind with a place that does not say which is
        not.
        """
        if kind in PLACED_BY_ABOVE and above is not None:
            kind, body = above.kind, above.body
        place = Place("", "") if kind in PLACED_BY_ABOVE else place_of(kind, body)
        if place is None:
            return ""
        library, whole = place.library.casefold(), str(place).casefold()
        for limits in self.limits:
            libraries, locations = limits.envelope.libraries, limits.envelope.locations
            if libraries is not None and library not in map(str.casefold, libraries):
                return f"in {place.library or 'no library'}; {limits.said} is for " + ", ".join(
                    libraries
                )
            if locations is not None and whole not in map(str.casefold, locations):
                return f"in {str(place) or 'no location'}; {limits.said} is for " + ", ".join(
                    locations
                )
        return ""


def fence_of(limits: Sequence[Limits]) -> Fence | None:
    """None where no limit speaks of places, so that nobody need look."""
    found = tuple(
        one
        for one in limits
        if one.envelope.libraries is not None or one.envelope.locations is not None
    )
    return Fence(found) if found else None
