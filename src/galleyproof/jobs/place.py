"""Where a record belongs: its library and location. Pure.

Holdings: MARC 21 Holdings 852 $b (sublocation: the library) and $c (shelving location). Bibs and
authorities belong to the whole institution.
"""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.marc.field import subfield_values
from galleyproof.marc.record import Record


class Place(NamedTuple):
    """A library's code and a location's within it; "" where the record does not say."""

    library: str
    location: str

    def __str__(self) -> str:
        return f"{self.library}/{self.location}" if self.location else self.library


def place_of(kind: str, body: bytes) -> Place | None:
    """The place of a record, or None for a kind that has none."""
    if kind != "holding":
        return None
    data = Record(body).first(b"852") or b""
    library = subfield_values(data, "b")[:1] or [""]
    location = subfield_values(data, "c")[:1] or [""]
    return Place(library[0].strip(), location[0].strip())
