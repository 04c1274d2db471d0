"""The kinds of record, and the id types by which a file may name them."""

from __future__ import annotations

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
    """An id type as the first line of a file states it."""

    header: str
    kind: str
    scheme: str


ID_TYPES = (
    IdType("MMS ID", "bib", "mms"),
    IdType("Holding ID", "holding", "holding"),
    IdType("Item ID", "item", "item"),
    IdType("Barcode", "item", "barcode"),
    IdType("PO line reference", "order-line", "order-line"),
    IdType("Portfolio ID", "portfolio", "portfolio"),
    IdType("Authority ID", "authority", "authority"),
    IdType("OCLC number", "bib", "oclc"),
    IdType("ISBN", "bib", "isbn"),
    IdType("ISSN", "bib", "issn"),
    IdType("035", "", "035"),
)


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
