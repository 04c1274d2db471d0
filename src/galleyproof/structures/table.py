"""Every structure by its kind, and what its records can be found by."""

from __future__ import annotations

from msgspec.structs import astuple

from galleyproof.marc.keys import canonical
from galleyproof.structures.circulation import Loan, Request
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.places import Code, LibraryPlace, LocationPlace
from galleyproof.structures.portfolio import Portfolio
from galleyproof.structures.structure import Structure, decode
from galleyproof.structures.work_order import WorkOrder

STRUCTURES: dict[str, type[Structure]] = {
    one.kind: one
    for one in (
        LibraryPlace,
        LocationPlace,
        Code,
        Item,
        Portfolio,
        OrderLine,
        WorkOrder,
        Loan,
        Request,
    )
}


def structure_keys(structure: Structure) -> list[tuple[str, str]]:
    """(scheme, value) of all that the record can be found by."""
    if isinstance(structure, LocationPlace):
        return [("location", f"{structure.library}/{structure.code}")]
    if isinstance(structure, Code):
        return [("code", f"{structure.table}/{structure.code}")]
    found = [(scheme, getattr(structure, field)) for scheme, field in structure.keyed.items()]
    return [(scheme, canonical(value)) for scheme, value in found if value]


def set_fields(structure: Structure) -> str:
    """The names of the fields that hold something, sorted, separated by one space."""
    pairs = zip(structure.__struct_fields__, astuple(structure), strict=True)
    return " ".join(sorted(name for name, value in pairs if value))


def structure(kind: str, body: bytes) -> Structure:
    """The structure of a body. Raises Wrong."""
    found: Structure = decode(STRUCTURES[kind], body)
    return found
