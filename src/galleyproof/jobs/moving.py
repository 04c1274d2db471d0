"""A permanent move: items come under the holding of their new place, found or made.

A holding's place is 852 $b (library) and $c (location); its call number starts with $h (MARC 21
Holdings 852).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from galleyproof.jobs.job import Group, Held, Making, Proposal
from galleyproof.jobs.outcome import Made, Said, Unchanged
from galleyproof.marc import holdings_008
from galleyproof.marc.field import MARK, subfield_values, subfields
from galleyproof.marc.record import Record
from galleyproof.structures.item import Item

Match = Literal["bc", "bch"]
OTHER_CALL_NUMBER = {
    "other-call-number": "an item that comes under another call number than before",
}
LEADER = b"00000n%b  a2200000un 4500"
"""MARC 21 Holdings leader: new, of a type (06), encoding level unknown."""
TYPES = (b"u", b"v", b"x", b"y")
FIXED = b"      0u    0   4001uu   0000000"
"""008 of a holding of which nothing is known."""
MADE = Said("holding-made", "made for items that move, from the 852 of the holding they leave")


def call_number(record: Record) -> str:
    """The call number of a holding's first 852 (MARC 21: $k prefix, $h class, $i item part, $j
    shelving number, $m suffix), or ""."""
    data = record.first(b"852") or b""
    parts = [value.strip() for code, value in subfields(data) if code in "hijkm"]
    return " ".join(part for part in parts if part)


def place_of_holding(record: Record) -> tuple[str, str, str]:
    """(library, location, $h) of a holding's first 852; empty where it says nothing."""
    data = record.first(b"852") or b""
    first = [(subfield_values(data, code) or [""])[0] for code in "bch"]
    return first[0], first[1], first[2]


@dataclass
class Moves:
    """Where the items of one group come under. Holdings made once serve all that match."""

    group: Group
    library: str
    location: str
    match: Match
    making: dict[str, Making] = field(default_factory=dict)
    found: dict[int | str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.holdings = {one.id: one for one in self.group.of_kind("holding")}
        self.places = {id: place_of_holding(one.record) for id, one in self.holdings.items()}

    def elsewhere(self, held: Held, item: Item) -> bool:
        """Whether an item, or the holding that it hangs under, is not at the new place."""
        place = (self.library, self.location)
        shelf = self.places.get(held.parent or 0)
        return (item.library, item.location) != place or (shelf is not None and shelf[:2] != place)

    def target(self, item: Held) -> int:
        """The number of the holding that an item comes under; below zero where it is made."""
        old = self.holdings.get(item.parent or 0)
        shelf = self.places[old.id][2] if old is not None else ""
        wanted = shelf if self.match == "bch" else ""
        if wanted in self.found:
            return self.found[wanted]
        options = [
            one
            for one in self.holdings.values()
            if self.places[one.id][:2] == (self.library, self.location)
            and (self.match == "bc" or self.places[one.id][2] == shelf)
            and one.status != "deleted"
        ]
        if options:
            best = min(options, key=lambda one: (one.status != "active", one.id))
            self.found[wanted] = best.id
            return best.id
        return self.made(item, old, wanted)

    def made(self, item: Held, old: Held | None, wanted: str) -> int:
        stands_in = -1 - len(self.making)
        body = new_holding(
            old.record if old is not None else None,
            self.library,
            self.location,
            self.group.around.today,
        )
        self.making[wanted] = Making(
            "holding", item.root, stands_in, Made(body, (MADE,)), because=item.id
        )
        self.found[wanted] = stands_in
        return stands_in

    def made_ones(self) -> Iterator[Making]:
        yield from self.making.values()

    def told(self, item: Held, target: int) -> tuple[Said, ...]:
        """What is to be told of an item that goes to a holding: that its call number is another
        one there."""
        old = self.holdings.get(item.parent or 0)
        if old is None or target == old.id:
            return ()
        if target > 0:
            new: Record = self.holdings[target].record
        else:
            made = (one.made.record for one in self.making.values() if one.stands_in == target)
            new = next(one for one in made if isinstance(one, Record))
        before, after = call_number(old.record), call_number(new)
        if before == after:
            return ()
        there = f"holding {target}" if target > 0 else "the holding that is made"
        said = f"came from under “{before}”; {there} has “{after}”"
        return (Said("other-call-number", said),)


def new_holding(old: Record | None, library: str, location: str, today: date) -> Record:
    """A holding for a new place, with what the old one says of the title and the call number.

    Its leader/06 is the old one's. In its 008 are: entered and reported today (00-05, 26-31), how
    it came unknown (07 `u`), no end expected; and where the old one is currently received (06
    `4`), or on order, that stays said there alone.
    """
    above = old.first(b"004") if old is not None else None
    fixed = old.first(b"008") if old is not None else None
    shelf = old.first(b"852") if old is not None else None
    kind = old.leader[6:7] if old is not None and old.leader[6:7] in TYPES else b"u"
    fields = [(b"001", b"")]
    if above is not None:
        fields.append((b"004", above))
    model = fixed if fixed is not None and len(fixed) == holdings_008.LENGTH else FIXED
    fields.append((b"008", holdings_008.made(model, today)))
    fields.append((b"852", at_place(shelf or b"  ", library, location)))
    return Record.build(LEADER % kind, fields)


def at_place(shelf: bytes, library: str, location: str) -> bytes:
    """An 852 with its $b and $c set, the first of each; the rest of it stays (but $p, the
    barcode of a single piece, and notes, which are the old holding's own)."""
    parts = shelf.split(MARK)
    kept = [part for part in parts[1:] if part[:1] not in (b"b", b"c", b"p", b"x", b"z", b"8")]
    ahead = [part for part in kept if part[:1] == b"a"]
    rest = [part for part in kept if part[:1] != b"a"]
    new = [*ahead, b"b" + library.encode(), b"c" + location.encode(), *rest]
    return MARK.join([parts[0][:2].ljust(2), *new])


def all_temporary(group: Group, after: dict[int, bool]) -> Iterator[Proposal]:
    """Holdings all of whose items stand in a temporary place afterwards, and did not before.

    after: number of an item that changes -> whether it is in a temporary place then.
    """
    for holding in group.of_kind("holding"):
        items = [
            one
            for one in group.of_kind("item")
            if one.parent == holding.id and one.status not in ("withdrawn", "deleted")
        ]
        if not any(one.id in after for one in items):
            continue
        now = [one.record.in_temporary_location for one in items]
        then = [after.get(one.id, is_now) for one, is_now in zip(items, now, strict=True)]
        if all(then) and not all(now):
            yield Proposal(holding, Unchanged((ALL_TEMPORARY,)))


ALL_TEMPORARY = Said("all-in-temporary-location", "all its items are in a temporary location then")
