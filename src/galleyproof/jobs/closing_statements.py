"""Closing the open statements of one holding with its last issue.

The last open 866, and 867 and 868 when asked; with it the open 863 (864, 865) that it is paired
with by $8. What is not plainly open is listed and never edited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from galleyproof.jobs.ending_parameters import EndingParameters
from galleyproof.jobs.job import Held
from galleyproof.jobs.last_issue import FROM_ITEMS, LastIssue, highest, written
from galleyproof.jobs.outcome import Refused, Said
from galleyproof.marc.field import MARK, subfield_values
from galleyproof.marc.paired_statements import PAIRS, close_pair, is_open, open_pairs
from galleyproof.marc.record import Record
from galleyproof.marc.statements import CLOSED, UNCLEAR, Classified, Unfit, classify, close
from galleyproof.structures.order_line import OrderLine

COLUMNS = {b"866": "last-issue", b"867": "last-supplement", b"868": "last-index"}
"""Textual statement -> the column of the input file that holds its end."""


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


def open_statements(record: Record, tag: bytes) -> list[tuple[int, Classified]]:
    """The fields of a tag whose $a is open, or may be, each with its place."""
    found = []
    for at in record.positions(tag):
        for text in subfield_values(record.data[at], "a")[:1]:
            classified = classify(text)
            if classified.state != CLOSED:
                found.append((at, classified))
    return found


@dataclass(slots=True)
class Closing:
    """Closes the statements of one holding. at: the place of the one closed; last: with what."""

    record: Record
    beside: Beside
    parameters: EndingParameters
    edits: dict[int, bytes]
    notes: list[Said]
    at: int | None = None
    last: LastIssue | None = None

    def close(self, tag: bytes, some: Sequence[tuple[int, Classified]]) -> Refused | None:
        name = tag.decode()
        at, (state, statement, why) = some[-1]
        self.notes += [
            Said("other-open-statement", f"another open {name} was left: “{self.text(one)}”")
            for one, _ in some[:-1]
        ]
        if state == UNCLEAR or statement is None:
            self.notes.append(
                Said("statement-unclear", f"{name} left as it is, “{self.text(at)}”: {why}")
            )
            return None
        last = self.last_issue(tag)
        if isinstance(last, Refused):
            return last
        closed = close(statement, last.issue)
        if isinstance(closed, Unfit):
            if tag == b"866":
                return Refused("last-issue-unfit", f"“{self.text(at)}”: {closed.why}")
            self.notes.append(
                Said("statement-left-open", f"{name} “{self.text(at)}”: {closed.why}")
            )
            return None
        refused = self.close_pairs(at, last)
        if refused:
            return refused
        self.edits[at] = with_text(self.record.data[at], closed)
        if tag == b"866" or self.last is None:
            self.at, self.last = at, last
        return None

    def text(self, at: int) -> str:
        return subfield_values(self.record.data[at], "a")[0].strip()

    def last_issue(self, tag: bytes) -> LastIssue | Refused:
        """From the statement's own column, else the general one, the parameter, the items."""
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
            found = highest(one.record for one in self.beside.items)
            if found is None:
                return Refused("no-last-issue", "none of its items says which volume or year it is")
            return found
        found = written(text)
        if found is None:
            return Refused(
                "last-issue-unclear",
                f"“{text}” is not plainly one issue; write it as in a statement, v.35(2024)",
            )
        return found

    def close_pairs(self, at: int, last: LastIssue) -> Refused | None:
        """Closes what the statement is paired with, in 863 (864, 865)."""
        for one in open_pairs(self.record, at):
            tag = PAIRS[self.record.tags[at]][1].decode()
            if self.parameters.paired_statements == "refuse":
                return Refused("paired-statement", f"it is paired by $8 with an open {tag}")
            closed = close_pair(self.record.data[one], last.values)
            if closed is None:
                return Refused(
                    "paired-statement",
                    f"“{last.issue.text}” does not have all that the open {tag} needs, with which "
                    "it is paired by $8",
                )
            self.edits[one] = closed
        return None

    def tell_what_is_open(self) -> None:
        """Lists enumerations that stay open, no open statement being paired with them."""
        if self.parameters.statements == "leave":
            return
        for at in self.record.positions(b"863"):
            if at not in self.edits and is_open(self.record.data[at]):
                self.notes.append(Said("enumeration-left-open", "an open 863 was left as it is"))


def with_text(data: bytes, text: str) -> bytes:
    """A textual statement with its (first) $a replaced."""
    parts = data.split(MARK)
    at = next(at for at, part in enumerate(parts) if at and part[:1] == b"a")
    parts[at] = b"a" + text.encode()
    return MARK.join(parts)
