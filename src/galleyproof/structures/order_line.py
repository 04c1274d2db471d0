"""The order line: as much of it as jobs on inventory refuse on and unlink. It hangs under a bib."""

from __future__ import annotations

from typing import Annotated

from galleyproof.structures.item import Library
from galleyproof.structures.structure import Structure, Text, code, link


class OrderLine(Structure, frozen=True):
    """number is the PO line reference. What type and status mean is said by their code tables
    (structures.meanings), never by the words themselves. holdings and items are the numbers of the
    records it is for. title, author and identifiers are a copy that a closed line keeps when its
    bib goes."""

    kind = "order-line"
    keyed = {"order-line": "number"}
    shown_by = ("type", "status", "vendor")
    above = "bib"
    told_by = "owner_library"
    aliases = {
        "po line reference": "number",
        "reference": "number",
        "owner": "owner_library",
        "holding": "holdings",
        "item": "items",
    }

    bib: Annotated[int, link("bib")] = 0
    number: Text = ""
    type: Annotated[str, code("order-line-type")] = ""
    status: Annotated[str, code("order-line-status")] = ""
    owner_library: Library = ""
    vendor: Text = ""
    holdings: tuple[Annotated[int, link("holding")], ...] = ()
    items: tuple[Annotated[int, link("item")], ...] = ()
    title: Text = ""
    author: Text = ""
    identifiers: tuple[Text, ...] = ()
    note: Text = ""
