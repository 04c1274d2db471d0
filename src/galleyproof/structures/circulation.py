"""Loans and requests: as much of them as jobs refuse on."""

from __future__ import annotations

from typing import Annotated

from galleyproof.structures.structure import Day, Flag, Structure, Text, code, link


class Loan(Structure, frozen=True):
    """An item is lent out until it is returned. The borrower is not kept."""

    kind = "loan"
    keyed = {"loan": "number"}
    shown_by = ("due", "returned")
    above = "item"
    aliases = {"loan id": "number"}

    item: Annotated[int, link("item")] = 0
    number: Text = ""
    lent: Day = None
    due: Day = None
    returned: Day = None

    @property
    def is_open(self) -> bool:
        return self.returned is None


class Request(Structure, frozen=True):
    """Somebody waits for an item, or for any item of the title (then item is 0). requester is the
    code by which circulation finds who asked, so that they can be told; never a name."""

    kind = "request"
    keyed = {"request": "number"}
    shown_by = ("type", "placed")
    above = "bib"
    told_by = "requester"
    aliases = {"request id": "number", "requester id": "requester", "user id": "requester"}

    bib: Annotated[int, link("bib")] = 0
    item: Annotated[int, link("item")] = 0
    number: Text = ""
    type: Annotated[str, code("request-type")] = ""
    requester: Text = ""
    active: Flag = True
    placed: Day = None
    cancelled: Day = None
    cancellation_reason: Text = ""

    @property
    def is_open(self) -> bool:
        return self.cancelled is None
