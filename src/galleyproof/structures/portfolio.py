"""The portfolio: a title in electronic form. It hangs under a bib."""

from __future__ import annotations

from typing import Annotated

from galleyproof.structures.item import Library
from galleyproof.structures.structure import Structure, Text, code, link


class Portfolio(Structure, frozen=True):
    """number is the Portfolio ID; coverage is written as the supplier gives it."""

    kind = "portfolio"
    keyed = {"portfolio": "number"}
    shown_by = ("collection", "url")
    above = "bib"
    aliases = {"portfolio id": "number"}

    bib: Annotated[int, link("bib")] = 0
    number: Text = ""
    library: Library = ""
    collection: Text = ""
    url: Text = ""
    coverage: Text = ""
    access_type: Annotated[str, code("access-type")] = ""
    order_line: Text = ""
    public_note: Text = ""
    internal_note: Text = ""
