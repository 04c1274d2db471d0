"""Ceased print subscription: the publisher ended the title."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from galleyproof.jobs.around import Around
from galleyproof.jobs.ending_parameters import EndingParameters
from galleyproof.jobs.ending_subscriptions import SERIAL, EndSubscription
from galleyproof.jobs.job import Group, Held, Proposal
from galleyproof.jobs.linked import LINKED_BY, linked
from galleyproof.jobs.outcome import Answer, Changed, Said, Unchanged
from galleyproof.marc import holdings_008
from galleyproof.marc.field import subfield_values
from galleyproof.marc.record import Record

BIB_LENGTH = 40
"""Positions of a bib's 008."""


class CeaseParameters(EndingParameters):
    update_bib: bool = Field(
        default=False,
        description="Also the bib: 008/06 becomes d and 008/11-14 the end year. Off, because what "
        "ceased may be the print alone.",
    )
    end_year: str = Field(
        default="",
        pattern=r"^([0-9]{4})?$",
        description="The year for the bib's 008/11-14; else that of the last issue.",
    )

    def at_odds(self) -> list[str]:
        found = super().at_odds()
        if self.end_year and not self.update_bib:
            found.append("end-year is for the bib, which is not to be touched: give update-bib too")
        return found


class CeasePrintSubscription(EndSubscription):
    code = "cease-print-subscription"
    title = "Ceased print subscription"
    office_names = (
        "cease print subscription",
        "ceased print subscriptions",
        "print subscription ceased",
    )
    does = (
        "Codes holdings as complete (008/06 = 2) because the title has ceased, and closes their "
        "last open statement with the final issue."
    )
    dangers = (
        "With update-bib the title's record says that it has ceased, for every library that uses "
        "it: what ceased may be the print alone.",
    )
    follows = {
        "bib-ceased": "a bib coded as ceased, with its end year",
        "bib-dates-to-look-at": "a bib whose 362 and 264 $c a person should bring up to date",
        "bib-not-serial": "a bib left as it is: its leader/07 is none of b, i, s",
        "bib-linked-elsewhere": "a bib left as it is: shared with a zone",
        "bib-still-received": "a bib left as it is: another holding is still received",
        "bib-bad-008": "a bib left as it is: its 008 does not have 40 positions",
        "bib-other-date": "a bib left as it is: its 008/06 is not that of a serial",
        "bib-no-end-year": "a bib left as it is: its end year is not known",
    }
    settings = (LINKED_BY,)
    parameters = CeaseParameters
    status = holdings_008.CEASED

    def relatives_for(self, parameters: CeaseParameters) -> tuple[str, ...]:
        others = ("holding",) if parameters.update_bib else ()
        return (*super().relatives_for(parameters), *others)

    def decide(self, group: Group, parameters: CeaseParameters) -> Iterator[Proposal]:
        ceased, years = set(), []
        for held, ended in self.ends(group, parameters):
            yield Proposal(held, ended.answer)
            if ended.anew:
                ceased.add(held.id)
                years.append((ended.last.year if ended.last else None) or 0)
        if not (parameters.update_bib and ceased):
            return
        year = parameters.end_year or str(max(years) or "")
        for bib in group.of_kind("bib"):
            answer = update_of_bib(bib, received_beside(group, ceased), year, group.around)
            if answer is not None:
                yield Proposal(bib, answer)


def received_beside(group: Group, ceased: set[int]) -> bool:
    """Whether another holding of the title is still received."""
    for held in group.of_kind("holding"):
        fixed = held.record.first(b"008") or b""
        if held.id not in ceased and fixed[holdings_008.STATUS] == holdings_008.RECEIVED:
            return True
    return False


def update_of_bib(bib: Held, received: bool, year: str, around: Around) -> Answer | None:
    """The consequence on the bib: changed, or only told of; None where nothing is to be said."""
    record: Record = bib.record
    fixed = (record.first(b"008") or b"").decode("utf-8", "replace")
    if record.leader[7:8] not in SERIAL:
        return told("bib-not-serial", "left as it is: its leader/07 is none of b, i, s")
    if linked(record, around):
        return told("bib-linked-elsewhere", "left as it is: shared with a zone")
    if received:
        return told("bib-still-received", "left as it is: another holding is still received")
    if len(fixed) != BIB_LENGTH:
        return told("bib-bad-008", "left as it is: its 008 is not of 40 positions")
    if fixed[6] == "d":
        return None
    if fixed[6] not in "cu|":
        return told("bib-other-date", "left as it is: its 008/06 is not that of a serial")
    if not year:
        return told("bib-no-end-year", "left as it is: its end year is not known")
    after = f"{fixed[:6]}d{fixed[7:11]}{year}{fixed[15:]}"
    notes = [Said("bib-ceased", "its 008 says now that it has ceased, and when")]
    if b"362" in record.tags or dated(record):
        notes.append(
            Said("bib-dates-to-look-at", "its 362 and 264 $c are left for a person to bring up")
        )
    at = record.positions(b"008")[0]
    return Changed(record.with_data(at, after.encode()), notes=tuple(notes))


def dated(record: Record) -> bool:
    return any(
        subfield_values(record.data[at], "c")
        for tag in (b"260", b"264")
        for at in record.positions(tag)
    )


def told(code: str, sentence: str) -> Answer:
    return Unchanged((Said(code, sentence),))
