"""Notes put into holdings: 852 $z (public) and $x (staff), and the action note 583."""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.marc.field import MARK, join, subfields
from galleyproof.marc.record import Record


def place_of_852(record: Record, before: int | None) -> int | None:
    """The 852 that a note goes to: the last one before a place, else the first of the record."""
    places = record.positions(b"852")
    if not places:
        return None
    above = [at for at in places if before is not None and at < before]
    return above[-1] if above else places[0]


def with_notes(data: bytes, staff: str, public: str) -> bytes:
    """An 852 with $x and $z more, where it does not have just these already.

    They come behind the location and call number, and before the control subfields at its end
    ($2, $6, $8 and local ones, whose codes are no letters).
    """
    there = subfields(data)
    new = [pair for pair in (("x", staff), ("z", public)) if pair[1] and pair not in there]
    if not new:
        return data
    parts = data.split(MARK)
    end = len(parts)
    while end > 2 and not parts[end - 1][:1].isalpha():
        end -= 1
    parts[end:end] = [code.encode() + value.encode() for code, value in new]
    return MARK.join(parts)


class Action(NamedTuple):
    """What a 583 says: $a the action, $c its day as yyyymmdd, $2 the source of the term, $5 the
    institution."""

    term: str
    day: str
    source: str = ""
    institution: str = ""

    def parts(self, day: str) -> list[tuple[str, str]]:
        parts = [("a", self.term), ("c", day), ("2", self.source), ("5", self.institution)]
        return [pair for pair in parts if pair[1]]


def with_action(record: Record, action: Action, of_any_day: bool = False) -> Record:
    """The record with a 583 in the order of the tags, where it does not have just this one already
    (of_any_day: or one that differs in its day only)."""
    for at in record.positions(b"583"):
        there = subfields(record.data[at])
        days = [value for code, value in there if code == "c"]
        if there == action.parts(days[0] if of_any_day and days else action.day):
            return record
    at = next((at for at, tag in enumerate(record.tags) if tag > b"583"), len(record.tags))
    return record.with_inserted(at, b"583", join(" ", " ", action.parts(action.day)))
