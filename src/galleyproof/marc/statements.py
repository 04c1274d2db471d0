"""Textual holdings statements (MARC 21 Holdings 866 to 868 $a): which are open, which closed.

A statement is a list of issues and ranges, with a note behind it at most. It is open where its last
range has no end: `v.1-`, `v.1(1990)-`, `1990-`, `v.1-10,v.12-`, `v.1- (1990- )`; closed where all
of it is read and it ends in an issue. All else is unclear, and for a person: `1990 to present`,
`v.1-<35>`, `latest 5 years`. Only what is plainly open is ever edited (closing.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from galleyproof.marc.chronology import Chronology
from galleyproof.marc.designations import BOTH, Designation
from galleyproof.marc.scanning_ranges import NotRead, Range, backward, ranges_of, shortened
from galleyproof.marc.statement_notes import is_note, is_note_alone

OPEN, CLOSED, UNCLEAR = "open", "closed", "unclear"

MOST = 20_000
"""Characters of a statement that is still read."""

NOT_SEEN = re.compile("[\ufffd\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class OpenStatement:
    """A statement that is plainly open. before: all up to its last hyphen, with `first` at its end;
    dash: with the blanks that belong to it; chronology: of `v.1- (1990- )` the year, with the gap
    before the parenthesis; note: what follows."""

    before: str
    first: Designation
    dash: str
    note: str = ""
    chronology: Chronology | None = None
    gap: str = ""


class Classified(NamedTuple):
    """state: open, closed or unclear; why: of what is unclear, what is in the way. may_run: whether
    what is unclear may be a range without an end, and not only a note."""

    state: str
    statement: OpenStatement | None = None
    why: str = ""
    may_run: bool = False


def classify(text: str, notes: bool = True) -> Classified:
    """Whether a statement is open, closed, or not plainly either. notes: whether one may follow."""
    if not text.strip():
        return Classified(UNCLEAR, why="it says nothing")
    if len(text) > MOST:
        return unclear("it is too long to be read")
    hidden = NOT_SEEN.search(text)
    if hidden:
        return unclear(f"a character that is not seen is in it (U+{ord(hidden[0]):04X})")
    found = ranges_of(text, len(text) - len(text.lstrip()))
    if isinstance(found, NotRead):
        if notes and is_note_alone(text, closed):
            return Classified(UNCLEAR, why="it is a note without an issue")
        return unclear(found.why)
    *others, last = found.ranges
    if any(one.last is None for one in others):
        return unclear("more than one of its ranges is open")
    note = text[found.end :].rstrip()
    noted = notes and not last.uneven and is_note(note, closed)
    if last.last is not None and (noted or note.strip() in ("", ".", ";")):
        return Classified(CLOSED)
    if note and not noted:
        sign = "end" if last.last else "hyphen"
        said = f"“{shortened(note)}” follows its {sign}, and is no issue and not plainly a note"
        return unclear(found.stopped.why if found.stopped else said)
    if others and found.signs[-1] == "," and mixed(others[-1], last.first):
        return unclear("enumeration and chronology are given one after the other")
    start, stop = last.dash
    statement = OpenStatement(
        text[:start], last.first, text[start:stop], note, last.chronology, last.gap
    )
    return Classified(OPEN, statement)


def parse_range(text: str) -> Designation | None:
    """The issue in which a text ends that is one issue or closed ranges in order, `v.34-35
    (2023-2024)`, with a note at most; None where it is not plainly that."""
    text = text.strip()
    found = ranges_of(text, 0)
    if isinstance(found, NotRead) or classify(text).state != CLOSED:
        return None
    last, ends = found.ranges[-1], [one.last for one in found.ranges if one.last]
    end = ends[-1]
    if any(one.units != end.units or backward(one, end) for one in ends):
        return None
    return end if last.last is last.first else end.only_its_end()


def unclear(why: str) -> Classified:
    return Classified(UNCLEAR, why=why, may_run=True)


def closed(text: str) -> bool:
    return classify(text, notes=False).state == CLOSED


def mixed(before: Range, first: Designation) -> bool:
    """Whether the range before a comma is of another kind: then the two may be areas of one
    statement (`1-10, 1990-`) and not ranges."""
    if first.kind == BOTH:
        return False
    return before.last is None or before.last.kind not in (BOTH, first.kind)
