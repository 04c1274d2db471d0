"""Edit one record by hand: MARC given back as .mrk, MARC-in-JSON or MARCXML, the rest as lines or
JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import Field

from galleyproof.jobs.amounts import CURRENCY
from galleyproof.jobs.codes import shared, some_of
from galleyproof.jobs.edit_checks import checked
from galleyproof.jobs.edited_place import in_its_place, placed_with
from galleyproof.jobs.job import Group, Held, Job, Parameters, Proposal
from galleyproof.jobs.linked import LINKED_BY, linked
from galleyproof.jobs.one_place import MOVED_HOLDINGS, PLACE_FOLLOWS, PLACE_REFUSALS
from galleyproof.jobs.outcome import Answer, Changed, Refused, Said
from galleyproof.marc.keys import canonical
from galleyproof.structures.forms import form_of
from galleyproof.structures.table import STRUCTURES


class EditRecordParameters(Parameters):
    body: str = Field(
        description="The record's body as it should be: checked UTF-8 ISO 2709, or JSON."
    )
    opened_at: int | None = Field(
        default=None,
        description="The version that was opened; another one now is refused, not overwritten.",
    )


class EditRecord(Job):
    code = "edit-record"
    title = "Edit a record"
    office_names = ("edit one record", "edit records")
    scope = "Any record"
    kinds = ("bib", "holding", "authority", *STRUCTURES)
    does = "Replaces one record by the form you give."
    dangers = ("What is not in the form you give is taken out of the record.",)
    refuses = {
        "changed-since": "a record that is not at the version that was opened any more",
        "not-valid": (
            "an edited record in which something is wrong that was not so before: its number, a "
            "fixed field, a field without subfields, a code in no table, the number of a record "
            "that is not there"
        ),
        **some_of(PLACE_REFUSALS, "wrong-place", "items-stay"),
        "not-where-its-holding-is": (
            "an item that an edit would take away from where its holding is"
        ),
        **shared("wrong-value"),
    }
    follows = PLACE_FOLLOWS
    lists = {
        "doubtful": "something in an edited record that was wrong before, or is unlikely",
    }
    library_role = "catalog manager"
    revision = 2
    parameters = EditRecordParameters
    relatives = ("bib", "holding", "item")
    settings = (LINKED_BY, MOVED_HOLDINGS, CURRENCY)
    looks_around = True

    def relatives_for(self, parameters: EditRecordParameters) -> tuple[str, ...]:
        return placed_with(parameters.body.encode())

    def looks_up(
        self, parameters: EditRecordParameters, lines: Iterable[Mapping[str, str]]
    ) -> Iterator[tuple[str, str, str]]:
        line = (
            json.loads(parameters.body).get("order_line") if is_structure(parameters.body) else ""
        )
        if isinstance(line, str) and line.strip():
            yield "order-line", "order-line", canonical(line.strip())

    def decide(self, group: Group, parameters: EditRecordParameters) -> Iterator[Proposal]:
        for held in group.members:
            if parameters.opened_at is not None and held.version != parameters.opened_at:
                yield Proposal(
                    held,
                    Refused(
                        "changed-since",
                        f"version {parameters.opened_at} was opened, but the record is at "
                        f"version {held.version} now; open it again",
                    ),
                )
            else:
                after = form_of(held.kind).read(parameters.body.encode())
                answer = edited(held, after, group)
                if isinstance(answer, Changed):
                    yield from in_its_place(held, answer, group)
                else:
                    yield Proposal(held, answer)


def edited(held: Held, after: Any, group: Group) -> Answer:
    """What becomes of a record that somebody has given a new form."""
    before = held.record
    above = [one for one in group.relatives if one.kind == "bib" and one.id == held.parent]
    parent = above[0].record if held.kind == "holding" and above else None
    found = checked(held.kind, before, after, parent, group.around)
    if found.errors:
        return Refused("not-valid", "; ".join(found.errors))
    doubts = found.doubts
    if held.kind == "bib" and linked(before, group.around):
        doubts = [
            "it is shared with a community or network zone, which may change it again",
            *doubts,
        ]
    return Changed(after, notes=tuple(Said("doubtful", one) for one in doubts))


def is_structure(body: str) -> bool:
    """Whether a body is JSON; a MARC record begins with the digits of its length."""
    return body[:1] == "{"
