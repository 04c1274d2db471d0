"""Edit one record by hand: MARC given back as .mrk, MARC-in-JSON or MARCXML, the rest as lines or
JSON."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from galleyproof.jobs.edited_place import in_its_place, placed_with
from galleyproof.jobs.job import Group, Job, Parameters, Proposal
from galleyproof.jobs.one_place import PLACE_FOLLOWS, PLACE_REFUSALS
from galleyproof.jobs.outcome import Changed, Refused
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
    scope = "Any record"
    kinds = ("bib", "holding", "authority", *STRUCTURES)
    does = "Replaces one record by the form you give."
    dangers = ("What is not in the form you give is taken out of the record.",)
    refuses = ("changed-since", *PLACE_REFUSALS, "not-where-its-holding-is", "wrong-value")
    follows = PLACE_FOLLOWS
    library_role = "catalog manager"
    revision = 2
    parameters = EditRecordParameters
    relatives = ("holding", "item")
    looks_around = True

    def relatives_for(self, parameters: EditRecordParameters) -> tuple[str, ...]:
        return placed_with(parameters.body.encode())

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
                yield from in_its_place(held, Changed(after), group)
