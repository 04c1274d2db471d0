"""The kinds of record, and the id types by which a file may name them."""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.marc.errors import Wrong

ENVIRONMENTS = ("sandbox", "production")


class Kind(NamedTuple):
    """One kind of record.

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
        Kind("bib", "bibs", "mms"),
        Kind("holding", "holdings", "holding", above="bib"),
        Kind("authority", "authorities", "authority"),
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
