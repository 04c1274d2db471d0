"""Closing the open statements of one holding with its last issue.

The last open 866, and 867 and 868 when asked; with it the open 863 (864, 865) that it is paired
with by $8. What is neither plainly open nor plainly closed is listed and never edited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from galleyproof.jobs.ending_parameters import EndingParameters
from galleyproof.jobs.issues_of_items import ISSUE, NoneHighest, highest
from galleyproof.jobs.job import Held
from galleyproof.jobs.last_issue import FROM_ITEMS, last_issue_fault, written
from galleyproof.jobs.outcome import Refused, Said
from galleyproof.marc.captions import INDEX, SUPPLEMENT
from galleyproof.marc.closing import Unfit, close
from galleyproof.marc.designations import Designation
from galleyproof.marc.field import MARK, subfield_values
from galleyproof.marc.paired_statements import (
    PAIRS,
    captions_of,
    close_pair,
    open_pairs,
    seems_open,
)
from galleyproof.marc.record import Record
from galleyproof.marc.statements import OPEN, UNCLEAR, Classified, OpenStatement, classify
from galleyproof.structures.order_line import OrderLine

COLUMNS = {b"866": "last-issue", b"867": "last-supplement", b"868": "last-index"}
"""Textual statement -> the column of the input file that holds its end."""
KINDS = {b"866": ISSUE, b"867": SUPPLEMENT, b"868": INDEX}
"""Textual statement -> what kind of item it speaks of."""


@dataclass(slots=True)
class Beside:
    """What a holding is judged by, beside itself: its bib, its items, its open order lines, and
    what its line of the input file gives."""

    bib: Record | None
    items: Sequence[Held]
    lines: Sequence[OrderLine]
    given: Mapping[str, str] = field(default_factory=dict)


def statements_asked(parameters: EndingParameters) -> list[bytes]:
    if parameters.statements == "leave":
        return []
    asked = [b"866"]
    if parameters.supplements:
        asked.append(b"867")
    if parameters.indexes:
        asked.append(b"868")
    return asked


def classified(data: bytes) -> Classified:
    """Whether a textual statement is open, by its $a."""
    texts = subfield_values(data, "a")
    if not texts:
        return Classified(UNCLEAR, why="it has no $a")
    if len(texts) > 1:
        return Classified(UNCLEAR, why="it has more than one $a", may_run=True)
    return classify(texts[0])


@dataclass(slots=True)
class Closing:
    """Closes the statements of one holding. at: the place of the one closed; last: with what."""

    record: Record
    beside: Beside
    parameters: EndingParameters
    edits: dict[int, bytes] = field(default_factory=dict)
    notes: list[Said] = field(default_factory=list)
    at: int | None = None
    last: Designation | None = None

    def close_all(self) -> Refused | None:
        """Closes what is asked for, and lists what is left."""
        asked = statements_asked(self.parameters)
        for tag in asked:
            refused = self.close(tag)
            if refused:
                return refused
        if asked:
            self.tell_what_is_open(asked)
        return None

    def close(self, tag: bytes) -> Refused | None:
        """Closes the last open statement of a tag, where none that may be open follows it."""
        name = tag.decode()
        found = [(at, classified(self.record.data[at])) for at in self.record.positions(tag)]
        last = next((at for at, one in reversed(found) if one.may_run or one.statement), None)
        for at, one in found:
            if one.state == UNCLEAR:
                self.say("statement-unclear", at, f"left as it is: {one.why}")
            elif one.state == OPEN and at != last:
                self.notes.append(
                    Said("other-open-statement", f"another open {name} was left: “{self.text(at)}”")
                )
        statement = next((one.statement for at, one in found if at == last), None)
        if last is None or statement is None:
            return None
        return self.close_one(last, tag, statement)

    def close_one(self, at: int, tag: bytes, statement: OpenStatement) -> Refused | None:
        last = self.last_issue(at, statement)
        if last is None or isinstance(last, Refused):
            return last
        text = close(statement, last)
        if isinstance(text, Unfit):
            if tag == b"866":
                return Refused("last-issue-unfit", f"“{self.text(at)}”: {text.why}")
            self.say("statement-left-open", at, text.why)
            return None
        refused = self.close_pairs(at, last.counting_as(statement.first.units))
        if refused:
            return refused
        self.edits[at] = with_text(self.record.data[at], text)
        if tag == b"866" or self.last is None:
            self.at, self.last = at, last
        return None

    def say(self, code: str, at: int, sentence: str) -> None:
        """Lists a statement with a sentence on it."""
        name, text = self.record.tags[at].decode(), self.text(at)
        self.notes.append(
            Said(code, f"{name} “{text}”: {sentence}" if text else f"{name}: {sentence}")
        )

    def text(self, at: int) -> str:
        return " | ".join(subfield_values(self.record.data[at], "a")).strip()

    def last_issue(self, at: int, statement: OpenStatement) -> Designation | Refused | None:
        """From the statement's own column, else the general one, the parameter, the items; None
        where a supplement's or index's statement is left open for want of one."""
        tag = self.record.tags[at]
        columns = dict.fromkeys((COLUMNS[tag], COLUMNS[b"866"]))
        column = next((one for one in columns if self.beside.given.get(one, "").strip()), "")
        text = self.beside.given.get(column, "").strip() or self.parameters.last_issue
        if not text:
            return Refused(
                "no-last-issue",
                f"its {tag.decode()} is open, and no last issue is given for it: neither in the "
                f"column “{COLUMNS[tag].replace('-', ' ').capitalize()}” nor as last-issue",
            )
        if text == FROM_ITEMS:
            return self.last_of_items(at, statement)
        found = written(text)
        if found is None:
            return Refused("last-issue-unfit", f"“{text}”: {last_issue_fault(text)}")
        return found

    def last_of_items(self, at: int, statement: OpenStatement) -> Designation | Refused | None:
        tag = self.record.tags[at]
        first = statement.first
        first = replace(first, chronology=first.chronology or statement.chronology)
        found = highest(self.beside.items, first, KINDS[tag])
        if not isinstance(found, NoneHighest):
            return found
        if tag == b"866":
            return Refused("item-unclear" if found.unclear else "no-last-issue", found.why)
        self.say("statement-left-open", at, found.why)
        return None

    def close_pairs(self, at: int, last: Designation) -> Refused | None:
        """Closes what the statement is paired with, in 863 (864, 865)."""
        captions = captions_of(self.record, at)
        for one in open_pairs(self.record, at):
            tag = PAIRS[self.record.tags[at]][1].decode()
            if self.parameters.paired_statements == "refuse":
                return Refused("paired-statement", f"it is paired by $8 with an open {tag}")
            closed = close_pair(self.record.data[one], captions or b"", last)
            if isinstance(closed, Unfit):
                return Refused(
                    "paired-statement",
                    f"the open {tag} with which it is paired by $8: {closed.why}",
                )
            self.edits[one] = closed
        return None

    def tell_what_is_open(self, asked: Sequence[bytes]) -> None:
        """Lists enumerations and statements that stay open, and the want of any statement."""
        if not self.record.positions(b"866"):
            self.notes.append(Said("no-statement", "it has no 866, so no statement was closed"))
        for text, (_, enumeration) in PAIRS.items():
            for at in self.record.positions(enumeration):
                if at not in self.edits and seems_open(self.record.data[at]):
                    name = enumeration.decode()
                    self.notes.append(
                        Said("enumeration-left-open", f"an open {name} was left as it is")
                    )
            if text in asked:
                continue
            for at in self.record.positions(text):
                if classified(self.record.data[at]).state == OPEN:
                    self.say("other-open-statement", at, "left open, for it was not asked for")


def with_text(data: bytes, text: str) -> bytes:
    """A textual statement with its (first) $a replaced."""
    parts = data.split(MARK)
    at = next(at for at, part in enumerate(parts) if at and part[:1] == b"a")
    parts[at] = b"a" + text.encode()
    return MARK.join(parts)
