"""Notes put into holdings: 852 $z (public) and $x (staff), and the action note 583."""

from __future__ import annotations

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


def with_action(record: Record, action: str, day: str, source: str, institution: str) -> Record:
    """The record with a 583 ($a action, $c day as yyyymmdd, $2 source of the term, $5 institution)
    in the order of the tags, where it does not have just this one already."""
    parts = [("a", action), ("c", day), ("2", source), ("5", institution)]
    data = join(" ", " ", [pair for pair in parts if pair[1]])
    if any(record.data[at][2:] == data[2:] for at in record.positions(b"583")):
        return record
    at = next((at for at, tag in enumerate(record.tags) if tag > b"583"), len(record.tags))
    return record.with_inserted(at, b"583", data)
