"""What a load says of records that it loads: they are odd, and there is something to be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from galleyproof.catalog.filling import NewRecord
from galleyproof.catalog.kinds import KINDS
from galleyproof.catalog.reading import held_with_ids
from galleyproof.jobs.one_place import goes_along, holding_place, item_place
from galleyproof.marc.malformed import why_malformed
from galleyproof.marc.reading import REORDERED, UNENDED, Loaded, Refused, place_of
from galleyproof.marc.record import Record
from galleyproof.marc.shapes import Shape
from galleyproof.runs.judging import Line
from galleyproof.structures.forms import form_of

REPEATED = "repeated: loaded all the same"
ABSENT = "absent: loaded all the same"
MALFORMED = "without indicators or subfields: loaded as it is"
ELSEWHERE = "not where its holding is: loaded all the same"
NO_LINE_END = "of the file without a line end: it may have been cut there"
IN_ORDER = "in another order than the fields: they stand in its order now"


@dataclass(slots=True)
class Prepared:
    """Some pieces of the files, ready to be written. ids and marks: one a piece, in order; shapes:
    what was counted of them."""

    records: list[NewRecord] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    marks: bytearray = field(default_factory=bytearray)
    lines: list[Line] = field(default_factory=list)
    shapes: Counter[Shape] = field(default_factory=Counter)

    def say(self, kind: str, id: int, tag: str, what: str, code: str, sentence: str) -> None:
        """Adds a line on a record that is loaded, and counts it among those that are like it."""
        self.lines.append(Line(kind, id, "changed", code, sentence))
        self.shapes[Shape(kind, tag, "", what)] += 1


def in_file(name: str, piece: Loaded | Refused) -> str:
    """Where a record stands. name: of its file, where there are several."""
    return f"{name}, {place_of(piece)}" if name else place_of(piece)


def say_odd(
    prepared: Prepared,
    kind: str,
    id: int,
    record: Record,
    piece: Loaded,
    name: str,
    malformed: Sequence[int],
) -> None:
    """What there is to be said of a record by itself. malformed: places of such fields."""
    if not (record.first(b"001") or b"").strip():
        said = f"{in_file(name, piece)}: it has no 001"
        prepared.say(kind, id, "001", ABSENT, "no-number", said)
    if REORDERED in piece.remarks:
        said = f"{in_file(name, piece)}: its directory was in another order than its fields"
        prepared.say(kind, id, "directory", IN_ORDER, "reordered", said)
    if UNENDED in piece.remarks:
        said = f"{in_file(name, piece)}: the last line of the file has no line end; is it whole?"
        prepared.say(kind, id, "last line", NO_LINE_END, "unended", said)
    tags: set[str] = set()
    for at in malformed:
        tag = record.tag(at).decode("ascii", "replace")
        if tag not in tags:
            tags.add(tag)
            said = f"{in_file(name, piece)}: field {tag}, {why_malformed(record.field(at))}"
            prepared.say(kind, id, tag, MALFORMED, "malformed-field", said)


def repeated(cursor: psycopg.Cursor[Any], kind: str, prepared: Prepared) -> None:
    """Says which of the records have a 001 that another record has already."""
    scheme = KINDS[kind].scheme
    mine: dict[str, list[int]] = {}
    for record in prepared.records:
        for named, value in record.keys:
            if named == scheme and value:
                mine.setdefault(value, []).append(record.id)
    cursor.execute(
        "SELECT value, min(id) FROM key WHERE kind = %s AND scheme = %s AND value = ANY(%s)"
        " GROUP BY value",
        (kind, scheme, list(mine)),
    )
    there: dict[str, int] = dict(cursor.fetchall())
    for value, ids in mine.items():
        first = there.get(value)
        for id in ids if first is not None else ids[1:]:
            said = f"{kind} {id}: its 001, {value}, is that of {kind} {first or ids[0]} too"
            prepared.say(kind, id, "001", REPEATED, "repeated", said)


def elsewhere(cursor: psycopg.Cursor[Any], prepared: Prepared) -> None:
    """Says which of the items stand at another library or location than the 852 $b $c of their
    holding; one query for all."""
    above = sorted({one.parent for one in prepared.records if one.parent})
    shelves = {one.id: holding_place(one.record) for one in held_with_ids(cursor, "holding", above)}
    read = form_of("item").read
    for record in prepared.records:
        shelf = shelves.get(record.parent or 0)
        if shelf is None or not any(shelf):
            continue
        item = read(record.body)
        if any(item_place(item)) and not goes_along(item, shelf):
            said = f"it is at {item_place(item)}, and its holding {record.parent} at {shelf}"
            prepared.say("item", record.id, "location", ELSEWHERE, "item-elsewhere", said)
