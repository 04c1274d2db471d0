"""Where a record belongs: its library and location. Pure.

Holdings: MARC 21 Holdings 852 $b (sublocation: the library) and $c (shelving location). Items: the
permanent library and location, wherever they stand just now. Portfolios and order lines: their
library. Bibs and authorities belong to the whole institution.
"""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.marc.field import subfield_values
from galleyproof.marc.record import Record
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.portfolio import Portfolio
from galleyproof.structures.table import STRUCTURES, structure


class Place(NamedTuple):
    """A library's code and a location's within it; "" where the record does not say."""

    library: str
    location: str

    def __str__(self) -> str:
        return f"{self.library}/{self.location}" if self.location else self.library


PLACED_BY_ABOVE = {"work-order": "item"}
"""Kinds that belong where the record belongs that they hang under."""


def place_of(kind: str, body: bytes) -> Place | None:
    """The place of a record, or None for a kind that has none."""
    if kind in STRUCTURES:
        match structure(kind, body):
            case Item(library=library, location=location):
                return Place(library.strip(), location.strip())
            case Portfolio(library=library) | OrderLine(owner_library=library):
                return Place(library.strip(), "")
        return None
    if kind != "holding":
        return None
    data = Record(body).first(b"852") or b""
    first = [(subfield_values(data, code) or [""])[0].strip() for code in "bc"]
    return Place(*first)
