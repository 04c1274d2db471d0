"""The kinds of record, and the id types by which a file may name them."""

from __future__ import annotations

import re
from typing import NamedTuple

from galleyproof.marc.errors import Wrong

ENVIRONMENTS = ("sandbox", "production")


class Kind(NamedTuple):
    """One kind of record, in the order in which they are loaded: a kind after the one above it.

    scheme: the key scheme of its own number (for MARC the 001).
    above: the kind that a record of this kind hangs under, or "".
    """

    code: str
    plural: str
    scheme: str
    above: str = ""


KINDS = {
    kind.code: kind
    for kind in (
        Kind("library", "libraries", "library"),
        Kind("location", "locations", "location"),
        Kind("code", "codes", "code"),
        Kind("bib", "bibs", "mms"),
        Kind("holding", "holdings", "holding", above="bib"),
        Kind("authority", "authorities", "authority"),
        Kind("item", "items", "item", above="holding"),
        Kind("portfolio", "portfolios", "portfolio", above="bib"),
        Kind("order-line", "order lines", "order-line", above="bib"),
        Kind("work-order", "work orders", "work-order", above="item"),
        Kind("loan", "loans", "loan", above="item"),
        Kind("request", "requests", "request", above="bib"),
    )
}


class IdType(NamedTuple):
    """An id type as the first line of a file states it. also: other names of it, as `id_name`
    gives them, with which the field's systems head their tables."""

    header: str
    kind: str
    scheme: str
    also: tuple[str, ...] = ()


ID_TYPES = (
    IdType("MMS ID", "bib", "mms", ("mmsid", "mms", "bib id", "bib mms id", "bib pid", "bib")),
    IdType(
        "Holding ID",
        "holding",
        "holding",
        ("holdings id", "holding pid", "holding record id", "holdings record id", "mfhd id"),
    ),
    IdType("Item ID", "item", "item", ("item pid", "physical item id", "item record id", "pid")),
    IdType("Barcode", "item", "barcode", ("item barcode", "barcode number")),
    IdType(
        "PO line reference",
        "order-line",
        "order-line",
        ("po line", "pol", "pol reference", "pol number", "po line number", "po line id"),
    ),
    IdType("Portfolio ID", "portfolio", "portfolio", ("portfolio pid",)),
    IdType("Work order ID", "work-order", "work-order", ("work order number", "work order")),
    IdType("Loan ID", "loan", "loan", ("loan number",)),
    IdType("Request ID", "request", "request", ("request number",)),
    IdType("Authority ID", "authority", "authority", ("authority mms id", "authority record id")),
    IdType("OCLC number", "bib", "oclc", ("oclc", "oclc no", "oclc control number", "ocn")),
    IdType("ISBN", "bib", "isbn", ("isbn13", "isbn 13", "isbn10", "isbn 10")),
    IdType("ISSN", "bib", "issn"),
    IdType("035", "", "035", ("035a", "035 a", "system number", "system control number")),
)


BELOW_NAMED = {"work-order": "item"}
"""Kinds of which a file may also name the records above: what is open below each is meant."""


def id_name(header: str) -> str:
    """A header without what differs from system to system: `mms_id`, `MMS Id`, `mmsId:`."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return re.sub(r"[\s_.:$()\[\]#-]+", " ", parted).strip().casefold()


def id_type_of(header: str) -> IdType | None:
    """The id type that a header names, in the plural too; None where it names none."""
    name = id_name(header)
    names = {name, name.removesuffix(" s"), name.removesuffix("s")} - {""}
    return next((one for one in ID_TYPES if names & {id_name(one.header), *one.also}), None)


def kind_named(code: str) -> Kind:
    """The kind with this code; Wrong names the ones there are."""
    try:
        return KINDS[code]
    except KeyError:
        raise Wrong(f"“{code}” is not a kind of record; there are {', '.join(KINDS)}") from None


def environment_named(name: str) -> str:
    if name not in ENVIRONMENTS:
        raise Wrong(f"“{name}” is not an environment; there are sandbox and production")
    return name
