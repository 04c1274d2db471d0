"""Edit one record by hand: MARC given back as .mrk, MARC-in-JSON or MARCXML, the rest as lines or
JSON."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from galleyproof.jobs.job import Group, Job, Parameters, Proposal
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
    office_names = ("edit one record", "edit records")
    scope = "Any record"
    kinds = ("bib", "holding", "authority", *STRUCTURES)
    does = "Replaces one record by the form you give."
    dangers = ("What is not in the form you give is taken out of the record.",)
    refuses = ("changed-since",)
    library_role = "catalog manager"
    parameters = EditRecordParameters

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
                yield Proposal(held, Changed(form_of(held.kind).read(parameters.body.encode())))
