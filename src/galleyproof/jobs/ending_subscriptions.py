"""What ending a print subscription does to a holding, whether library or publisher ended it.

MARC 21 Holdings: 008/06, 008/08-11 and 008/26-31; the last open 866 (867 and 868 when asked) is
closed with the last issue, and with it the open 863 that it is paired with; notes in 852 and 583.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, NamedTuple

from galleyproof.jobs.around import Around
from galleyproof.jobs.closing_statements import COLUMNS, Beside, Closing
from galleyproof.jobs.codes import some_of
from galleyproof.jobs.ending_parameters import EndingParameters
from galleyproof.jobs.holding_notes import Action, place_of_852, with_action, with_notes
from galleyproof.jobs.job import Group, Held, Job, Proposal
from galleyproof.jobs.last_issue import last_issue_fault
from galleyproof.jobs.order_lines import is_continuous, is_open
from galleyproof.jobs.outcome import Answer, Changed, Refused, Said, Unchanged
from galleyproof.jobs.refusing_items import ITEM_REFUSALS
from galleyproof.marc import holdings_008
from galleyproof.marc.designations import Designation
from galleyproof.marc.record import Record
from galleyproof.structures.order_line import OrderLine

SERIAL = b"bis"
"""Leader/07 of bibs that go on: serial component part, integrating resource, serial."""


class Ended(NamedTuple):
    """What becomes of one holding, and the last issue that was used, if any. anew: whether it is
    coded or closed by this, and not only given a note."""

    answer: Answer
    last: Designation | None = None
    anew: bool = False


class EndSubscription(Job):
    """status: 008/06 of what has ended."""

    scope = "Holding changes"
    kinds = ("holding",)
    refuses = {
        "not-serial": "a holding that is no subscription: by leader/06, or by its bib's leader/07",
        "no-008": "a holding without an 008",
        "bad-008": "a holding whose 008 does not have 32 positions; it is never padded",
        **some_of(ITEM_REFUSALS, "order-line-open"),
        "no-last-issue": (
            "a holding whose open statement is to be closed, without a last issue for it"
        ),
        "last-issue-unfit": (
            "a last issue that does not close the open 866: it counts otherwise, has fewer "
            "levels, lacks the year, or lies before the first one"
        ),
        "item-unclear": (
            "a holding with an item of which it is not plain which issue it is, or whether it is "
            "the last, where the last issue is to come from its items"
        ),
        "paired-statement": (
            "a holding whose open 866 is paired by $8 with an 863 that cannot be closed too, or "
            "is not to be"
        ),
    }
    lists: ClassVar[Mapping[str, str]] = {
        "coded-otherwise": "leader/06 is u or x, and the bib is a serial",
        "no-statement": "a holding without an 866",
        "statement-unclear": (
            "a statement that is neither plainly open nor plainly closed, left as it is"
        ),
        "other-open-statement": "another open statement beside the last one",
        "statement-left-open": (
            "a supplement's or index's statement that the last issue does not fit, or that has "
            "none among the items"
        ),
        "enumeration-left-open": "an open 863, 864 or 865 that no statement was closed with",
        "no-852": "notes were asked for, and there is no 852 for them",
    }
    library_role = "physical inventory operator"
    revision = 2
    columns = tuple(COLUMNS.values())
    relatives = ("bib", "order-line")
    looks_around = True
    status: ClassVar[bytes]

    def relatives_for(self, parameters: Any) -> tuple[str, ...]:
        # Order lines name items as well as holdings.
        return (*self.relatives, "item")

    def check(self, parameters: Any, around: Around) -> list[str]:
        found: list[str] = parameters.at_odds()
        return found

    def line_faults(self, line: Mapping[str, str], parameters: Any, around: Around) -> list[str]:
        return [
            f"{column}: {fault}, not “{line[column]}”"
            for column in self.columns
            if (fault := last_issue_fault(line.get(column, "")))
        ]

    def decide(self, group: Group, parameters: Any) -> Iterator[Proposal]:
        for held, ended in self.ends(group, parameters):
            yield Proposal(held, ended.answer)

    def ends(self, group: Group, parameters: Any) -> Iterator[tuple[Held, Ended]]:
        bib = next((held.record for held in group.of_kind("bib")), None)
        items: dict[int | None, list[Held]] = {}
        for item in group.of_kind("item"):
            if item.status != "withdrawn":
                items.setdefault(item.parent, []).append(item)
        around = group.around
        lines = [one.record for one in group.of_kind("order-line") if is_open(one.record, around)]
        for held in group.members:
            own = items.get(held.id, [])
            beside = Beside(
                bib,
                own,
                lines_of(held, {one.id for one in own}, lines, around),
                group.given.get(held.id, {}),
            )
            yield held, self.end(held.record, beside, parameters, group.around.today)

    def end(self, record: Record, beside: Beside, parameters: Any, today: date) -> Ended:
        """What becomes of one holding."""
        notes: list[Said] = []
        refused = not_to_be_ended(record, beside, parameters, notes)
        if refused:
            return Ended(refused)
        closing = Closing(record, beside, parameters, notes=notes)
        refused = closing.close_all()
        if refused:
            return Ended(refused)
        fixed = record.first(b"008") or b""
        stays = self.stays(fixed, notes)
        anew = closing.at is not None or not (stays or fixed[holdings_008.STATUS] == self.status)
        if anew:
            closing.edits[record.positions(b"008")[0]] = (
                holdings_008.reported(fixed, today)
                if stays
                else holdings_008.ended(fixed, self.status, parameters.end(today), today)
            )
        after = noted(record, closing, parameters, today, anew)
        if after.body == record.body:
            return Ended(Unchanged(tuple(notes)))
        return Ended(Changed(after, notes=tuple(notes)), closing.last, anew)

    def stays(self, fixed: bytes, notes: list[Said]) -> bool:
        """Whether the record says already what says more than this job would."""
        return False


def lines_of(
    held: Held, items: set[int], lines: Sequence[OrderLine], around: Around
) -> list[OrderLine]:
    """The order lines that are for a holding: those that name it or an item of it, and those for
    a continuous order that name nothing below the bib."""
    return [
        line
        for line in lines
        if held.id in line.holdings
        or items.intersection(line.items)
        or (is_continuous(line, around) and not line.holdings and not line.items)
    ]


def not_to_be_ended(
    record: Record, beside: Beside, parameters: EndingParameters, notes: list[Said]
) -> Refused | None:
    """Why a holding is left alone, whatever its statements say."""
    kind = record.leader[6:7]
    if kind not in (b"v", b"y"):
        level = beside.bib.leader[7:8] if beside.bib is not None else b""
        if kind not in (b"u", b"x") or not level or level not in SERIAL:
            return Refused("not-serial", not_serial(kind, level))
        notes.append(
            Said(
                "coded-otherwise",
                f"leader/06 is {kind.decode()}, not y or v; taken by leader/07 of its bib",
            )
        )
    places = record.positions(b"008")
    if not places:
        return Refused("no-008", "it has no 008")
    length = len(record.data[places[0]])
    if length != holdings_008.LENGTH or not record.data[places[0]].isascii():
        return Refused(
            "bad-008", f"its 008 has {length} bytes; a holding's has {holdings_008.LENGTH}"
        )
    if beside.lines and not parameters.even_if_ordered:
        line = beside.lines[0]
        return Refused(
            "order-line-open", f"its PO line {line.number} is still open ({line.status})"
        )
    return None


def not_serial(kind: bytes, level: bytes) -> str:
    said = f"leader/06 is “{kind.decode('ascii', 'replace')}”"
    if kind in (b"u", b"x"):
        bib = f"its bib's leader/07 is “{level.decode('ascii', 'replace')}”" if level else ""
        return f"{said}, and {bib or 'it has no bib'}: this is no subscription"
    return f"{said}; a subscription's is y, or v"


def noted(
    record: Record, closing: Closing, parameters: EndingParameters, today: date, anew: bool
) -> Record:
    """The record with its edits and the notes asked for. anew: whether more than notes changes;
    else an action that is there already, of whatever day, is not written once more for today."""
    edits = closing.edits
    if parameters.public_note or parameters.staff_note:
        at = place_of_852(record, closing.at)
        if at is None:
            closing.notes.append(Said("no-852", "it has no 852, so the notes were not added"))
        else:
            edits[at] = with_notes(
                edits.get(at, record.data[at]), parameters.staff_note, parameters.public_note
            )
    after = record.with_many(edits)
    if parameters.action:
        action = Action(
            parameters.action,
            parameters.action_date or f"{today:%Y%m%d}",
            parameters.action_source,
            parameters.action_institution,
        )
        after = with_action(after, action, of_any_day=not (anew or parameters.action_date))
    return after
