"""Delete bibliographic records. What is deleted stays in the catalogue and can be restored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from galleyproof.jobs.around import Around
from galleyproof.jobs.bound_with import BOUND_WITH, NOT_HERE, bound_elsewhere
from galleyproof.jobs.circumstances import LOOKED_AT, circumstances
from galleyproof.jobs.codes import some_of
from galleyproof.jobs.emptying import EMPTYING
from galleyproof.jobs.job import Group, Held, Job, Parameters, Proposal
from galleyproof.jobs.linked import LINKED_BY, LINKED_ELSEWHERE, linked
from galleyproof.jobs.order_lines import is_open, status_of
from galleyproof.jobs.outcome import Changed, Refused, Said
from galleyproof.jobs.refusing_items import (
    ITEM_REFUSALS,
    ITEM_SETTINGS,
    commitment,
    first_refusal,
    request_refusal,
    title_requests,
)
from galleyproof.marc.field import subfield_values, subfields
from galleyproof.marc.keys import keys
from galleyproof.marc.record import Record
from galleyproof.structures.order_line import OrderLine

BELOW = ("holding", "item", "portfolio")
"""What is a title's inventory."""
WITHDRAW = "withdraw-items"
"""The job that deleting a title's items stands for."""
KEEPS_COPY = {
    "order-line-keeps-copy": "a closed PO line that keeps title, author and identifiers",
}


class DeleteBibsParameters(Parameters):
    if_related: Literal["refuse", "ignore"] = Field(
        default="refuse",
        description="Bibs that another bib of the catalogue is linked with (76X to 78X $w).",
    )
    inventory: Literal["refuse", "delete-too"] = Field(
        default="refuse",
        description="Bibs with holdings, items or portfolios: refuse them, or delete these too.",
    )
    linked_only: bool = Field(
        default=False,
        description="Only bibs that are linked to a community or network zone and have no "
        "inventory; without it, linked ones are refused.",
    )


class DeleteBibs(Job):
    code = "delete-bibs"
    title = "Delete bibliographic records"
    office_names = (
        "delete bibs",
        "delete bib records",
        "batch delete bibliographic records",
        "batch delete bibs",
        "bib deletion",
    )
    restrictions: ClassVar[Mapping[str, tuple[str, Any]]] = {
        "for CZ/IZ issue": ("linked_only", True),
        "CZ/IZ issue": ("linked_only", True),
    }
    scope = "Bib changes"
    kinds = ("bib",)
    does = "Deletes bibs; with inventory=delete-too their holdings, items and portfolios as well."
    dangers = (
        "Readers no longer find the title, nor what is deleted under it.",
        "Withdrawing it from a union catalogue is a step of its own.",
    )
    refuses = {
        "not-linked": "a bib that is not linked to a zone, where only linked ones are asked for",
        **LINKED_ELSEWHERE,
        "has-inventory": "a bib with holdings, items or portfolios",
        "open-order": "a bib with a PO line that is neither closed nor cancelled",
        **some_of(ITEM_REFUSALS, "bound-with"),
        "related": "a bib that another bib of the catalogue is linked with (76X to 78X $w)",
        "not-permitted": "a record whose consequence needs a permit for a job of its own",
        **{code: says for code, says in ITEM_REFUSALS.items() if code != "order-line-open"},
    }
    follows = {
        **some_of(EMPTYING, "holding-deleted"),
        "item-deleted": "an item deleted with its bib",
        "portfolio-deleted": "a portfolio deleted with its bib",
        **KEEPS_COPY,
    }
    lists = NOT_HERE
    library_role = "catalog manager"
    revision = 3
    settings = (LINKED_BY, BOUND_WITH, *ITEM_SETTINGS)
    parameters = DeleteBibsParameters
    relatives = (*LOOKED_AT, "portfolio")
    looks_around = True
    looks_for_hosts = True
    looks_for_relations = True

    def stands_for(self, parameters: DeleteBibsParameters) -> tuple[str, ...]:
        return (WITHDRAW,) if parameters.inventory == "delete-too" else ()

    def decide(self, group: Group, parameters: DeleteBibsParameters) -> Iterator[Proposal]:
        for held in group.members:
            refused = refusal(held, group, parameters)
            if refused is not None:
                yield Proposal(held, refused)
                continue
            notes = tuple(bound_elsewhere(group))
            yield Proposal(held, Changed(held.record, "deleted", notes))
            for one in inventory(group):
                yield Proposal(one, Changed(one.record, "deleted", (GONE[one.kind],)))
            yield from copies(held.record, group)


def inventory(group: Group) -> list[Held]:
    """What hangs under the bib and would go with it, those below first. Withdrawn items have gone
    already, and stay what they are."""
    return [
        one
        for kind in reversed(BELOW)
        for one in group.of_kind(kind)
        if one.status not in ("withdrawn", "deleted")
    ]


def refusal(held: Held, group: Group, parameters: DeleteBibsParameters) -> Refused | None:
    """Why a bib stays, or None."""
    around, bib = group.around, held.record
    shared = linked(bib, around)
    if parameters.linked_only and not shared:
        return Refused("not-linked", "not linked to a community or network zone")
    if shared and not parameters.linked_only:
        return Refused(
            "linked-elsewhere",
            "shared with a community or network zone; linked-only is for such ones",
        )
    below = inventory(group)
    if below and (parameters.inventory == "refuse" or parameters.linked_only):
        return Refused("has-inventory", f"it has {counted(below)}")
    return (
        refused_as_title(held, group, parameters)
        or request_refusal([request for _, request in title_requests(group)])
        or of_items(group, around)
    )


def refusal_without_inventory(held: Held, group: Group) -> Refused | None:
    """Why a bib stays that has lost its inventory and would go as a consequence."""
    if linked(held.record, group.around):
        return Refused("linked-elsewhere", "it is shared with a community or network zone")
    return refused_as_title(held, group, DeleteBibsParameters())


def refused_as_title(held: Held, group: Group, parameters: DeleteBibsParameters) -> Refused | None:
    """What speaks against deleting a title, whatever hangs under it."""
    around, bib = group.around, held.record
    lines: list[OrderLine] = [one.record for one in group.of_kind("order-line")]
    for line in lines:
        if is_open(line, around):
            said = status_of(line, around)
            return Refused("open-order", f"its PO line {line.number} is open ({said})")
    if held.id in around.bound_with:
        return Refused("bound-with", f"bound with another title: {around.bound_with[held.id]}")
    if parameters.if_related == "refuse" and held.id in around.related:
        return Refused("related", around.related[held.id])
    return retained(bib, group)


def counted(below: list[Held]) -> str:
    """`1 holding and 3 items`."""
    parts = []
    for kind in BELOW:
        count = sum(1 for one in below if one.kind == kind)
        if count:
            parts.append(f"{count:,} {kind}{'s' if count > 1 else ''}")
    return " and ".join(parts)


def retained(bib: Record, group: Group) -> Refused | None:
    """A commitment to retain, in the bib or in one of its holdings."""
    found = commitment(bib, "its 583", group.around)
    for one in group.of_kind("holding"):
        found = found or commitment(one.record, f"583 of holding {one.id}", group.around)
    return found


def of_items(group: Group, around: Around) -> Refused | None:
    """What speaks against withdrawing its items speaks against deleting it; and who may not
    withdraw items may not delete them with their title either."""
    beside = circumstances(group)
    going = [one for one in inventory(group) if one.kind == "item"]
    for one in going:
        refused = first_refusal(beside[one.id], around)
        if refused is not None:
            return Refused(refused.code, f"item {one.id}: {refused.sentence}")
    if going and WITHDRAW not in around.also:
        return Refused(
            "not-permitted",
            f"its items would be deleted with it, and that needs a permit for {WITHDRAW}",
        )
    return None


def copies(bib: Record, group: Group) -> Iterator[Proposal]:
    """Closed order lines keep what they were for."""
    kept = {
        "title": titled(bib),
        "author": author(bib),
        "identifiers": tuple(identifiers(bib)),
    }
    for held in group.of_kind("order-line"):
        line: OrderLine = held.record
        new = {name: value for name, value in kept.items() if not getattr(line, name)}
        after = line.changed(**new)
        if after != line:
            yield Proposal(held, Changed(after, notes=(KEPT,)))


def titled(bib: Record) -> str:
    """245 $a $b $n $p without the punctuation at its end."""
    data = bib.first(b"245") or b""
    parts = [value for code, value in subfields(data) if code in "abnp"]
    return " ".join(parts).strip(" /:;,=")


def author(bib: Record) -> str:
    for tag in (b"100", b"110", b"111"):
        data = bib.first(tag)
        if data is not None:
            parts = [value for code, value in subfields(data) if code in "abcdnq"]
            return " ".join(parts).strip(" ,")
    return ""


def identifiers(bib: Record) -> list[str]:
    """Its own number, ISBN, ISSN and OCLC numbers, each with what it is."""
    named = {"mms": "MMS ID", "isbn": "ISBN", "issn": "ISSN", "oclc": "OCLC"}
    found = [f"{named[scheme]} {value}" for scheme, value in keys(bib, "bib") if scheme in named]
    lccn = [
        f"LCCN {value.strip()}"
        for at in bib.positions(b"010")
        for value in subfield_values(bib.data[at], "a")
    ]
    return list(dict.fromkeys(found + lccn))


GONE = {
    "holding": Said("holding-deleted", "deleted with its bib"),
    "item": Said("item-deleted", "deleted with its bib"),
    "portfolio": Said("portfolio-deleted", "deleted with its bib"),
}
KEPT = Said("order-line-keeps-copy", "keeps title, author and identifiers of the bib")
