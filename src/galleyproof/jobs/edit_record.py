"""Edit one record by hand, given back as .mrk, MARC-in-JSON or MARCXML."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from galleyproof.jobs.job import Group, Job, Parameters, Proposal
from galleyproof.jobs.outcome import Changed, Refused
from galleyproof.marc.record import Record


class EditRecordParameters(Parameters):
    body: str = Field(description="The record as it should be: checked UTF-8 ISO 2709.")
    opened_at: int | None = Field(
        default=None,
        description="The version that was opened; another one now is refused, not overwritten.",
    )


class EditRecord(Job):
    code = "edit-record"
    title = "Edit a record"
    scope = "Any record"
    kinds = ("bib", "holding", "authority")
    does = "Replaces one record by the form you give."
    dangers = ("What is not in the form you give is taken out of the record.",)
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
                yield Proposal(held, Changed(Record(parameters.body.encode())))
