"""A record while rules work on it: edited in place, and made a Record again at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import compress, count

from galleyproof.marc.record import Edited, Record, made
from galleyproof.rules.limits import FIELD_WEIGHT, ROOM, GrewTooMuch

GONE = b""
"""The tag of a field that was removed: it keeps its place until the end, so that those of the
others stand. No pattern fits it."""
UNSEEN = b"-%03d"
"""The tag of a malformed field while rules work: what a verb does to indicators and subfields means
nothing where there are none, so that it keeps its place and no pattern fits it."""


class Places(dict[bytes, list[int]]):
    """Indexes of the fields with a tag, in order, looked for once."""

    __slots__ = ("tags",)

    def __init__(self, tags: list[bytes]):
        self.tags = tags

    def __missing__(self, tag: bytes) -> list[int]:
        found = self[tag] = self.looked_up(tag)
        return found

    def looked_up(self, tag: bytes) -> list[int]:
        how_many = self.tags.count(tag)
        if how_many == 0:
            return []
        if how_many == 1:
            return [self.tags.index(tag)]
        return [at for at, one in enumerate(self.tags) if one == tag]


class Draft:
    """tags and data as in Record, and GONE where a field was removed.

    positions: indexes of the fields with a tag, in order. came: the fields that were made or
    edited. edited: places whose data was replaced; it says something as long as the
    fields are those that came (shape_kept). fresh: the data of the fields that were made last.
    hidden: the fields that no rule sees, by the tags that stand for them.
    """

    __slots__ = (
        "any_gone",
        "came",
        "data",
        "edited",
        "fresh",
        "hidden",
        "leader",
        "like",
        "own",
        "places",
        "positions",
        "record",
        "room",
        "shape_kept",
        "tags",
    )

    positions: Callable[[bytes], Sequence[int]]

    def __init__(self, record: Record, places: Places | None = None, malformed: Sequence[int] = ()):
        if places is None:
            places = Places(record.tags)
        self.record = record
        self.leader = record.leader
        self.tags = places.tags
        self.data = record.data
        self.hidden: dict[bytes, tuple[bytes, bytes]] = {}
        self.came: list[tuple[bytes, bytes]] = []
        self.edited: list[int] = []
        self.fresh: list[bytes] = []
        self.places = places
        self.positions = self.places.__getitem__
        self.like: dict[str, Sequence[int]] = {}
        self.own = False
        self.shape_kept = True
        self.any_gone = False
        self.room = ROOM
        if malformed:
            self.hide(malformed)

    def hide(self, malformed: Sequence[int]) -> None:
        tags, self.data = self.tags.copy(), self.data.copy()
        for at in malformed:
            mark = UNSEEN % at
            self.hidden[mark] = (tags[at], self.data[at])
            tags[at], self.data[at] = mark, b""
        self.own = True
        self.tags = tags
        self.places = Places(tags)
        self.positions = self.places.__getitem__

    def positions_like(self, pattern: str, fits: Mapping[bytes, bool]) -> Sequence[int]:
        """Indexes of the fields whose tags fit a pattern, in order."""
        found = self.like.get(pattern)
        if found is None:
            found = list(compress(count(), map(fits.__getitem__, self.tags)))
            self.like[pattern] = found
        return found

    # ---- editing

    def set(self, at: int, data: bytes) -> None:
        """Replaces the data of one field."""
        if not self.own:
            self.data = self.data.copy()
            self.own = True
        self.room -= len(data) - len(self.data[at])
        if self.room < 0:
            raise GrewTooMuch()
        if self.fresh:
            self.fresh = [data if one is self.data[at] else one for one in self.fresh]
        self.data[at] = data
        self.edited.append(at)
        self.came.append((self.tags[at], data))

    def grow(self, more: int) -> None:
        """Takes room for this many bytes more; raises GrewTooMuch where there is none left."""
        self.room -= more
        if self.room < 0:
            raise GrewTooMuch()

    def reshape(self) -> None:
        """Before fields come, go or move."""
        if self.shape_kept:
            self.tags = self.places.tags = self.tags.copy()
            if not self.own:
                self.data = self.data.copy()
                self.own = True
            self.shape_kept = False

    def moved(self) -> None:
        """After fields came or moved: no place is known any more."""
        self.places.tags = self.tags
        self.places.clear()
        self.like.clear()

    def insert(self, tag: bytes, data: bytes) -> None:
        """A field more, in tag order: after the last with its tag, or before the first with a
        greater one."""
        self.insert_at(place_for(self.tags, tag), tag, data)

    def insert_all(self, tag: bytes, several: Sequence[bytes]) -> None:
        """Fields more with one tag, where `insert` would put them one after the other."""
        if not several:
            return
        self.grow(sum(weight(data) for data in several))
        self.reshape()
        at = place_for(self.tags, tag)
        self.tags[at:at] = [tag] * len(several)
        self.data[at:at] = several
        self.moved()
        self.fresh = list(several)
        self.came += [(tag, data) for data in several]

    def insert_at(self, at: int, tag: bytes, data: bytes) -> None:
        self.grow(len(data) + FIELD_WEIGHT)
        self.reshape()
        self.tags.insert(at, tag)
        self.data.insert(at, data)
        self.moved()
        self.fresh = [data]
        self.came.append((tag, data))

    def insert_several(self, new: Sequence[tuple[int, bytes, bytes]]) -> None:
        """Fields more, each before the one at a place (where the fields stand now), several for
        one place in the order given. new: (place, tag, data), places ascending."""
        if not new:
            return
        self.grow(sum(weight(data) for _, _, data in new))
        self.reshape()
        for at, tag, data in reversed(new):
            self.tags.insert(at, tag)
            self.data.insert(at, data)
            self.came.append((tag, data))
        self.moved()

    def remove(self, places: Sequence[int]) -> None:
        if not places:
            return
        self.reshape()
        tags, data = self.tags, self.data
        known = self.places
        for at in places:
            self.room += len(data[at]) + FIELD_WEIGHT
            known.pop(tags[at], None)
            tags[at] = GONE
            data[at] = b""
        self.like.clear()
        self.any_gone = True

    def settle(self) -> None:
        """Takes out what was removed."""
        if self.any_gone:
            self.leave_out()
            self.moved()

    def leave_out(self) -> None:
        self.data = list(compress(self.data, self.tags))
        self.tags = list(filter(None, self.tags))
        self.any_gone = False

    def rename(self, places: Sequence[int], tag: bytes) -> None:
        """Gives fields another tag; they move to where it belongs, in the order they had."""
        moved = [self.data[at] for at in places]
        self.remove(places)
        self.grow(sum(weight(data) for data in moved))
        at = place_for(self.tags, tag)
        self.tags[at:at] = [tag] * len(moved)
        self.data[at:at] = moved
        self.moved()
        self.fresh = moved
        self.came += [(tag, data) for data in moved]

    def replace_fields(self, new: Mapping[int, Sequence[bytes]], tag: bytes) -> None:
        """Puts several fields with this tag in the place of one: where it stood if the tag is its
        own, otherwise where the tag belongs."""
        self.grow(
            sum(weight(data) for several in new.values() for data in several)
            - sum(weight(self.data[at]) for at in new)
        )
        self.reshape()
        tags: list[bytes] = []
        fields: list[bytes] = []
        moved: list[bytes] = []
        for at, (own, data) in enumerate(zip(self.tags, self.data, strict=True)):
            if at not in new:
                tags.append(own)
                fields.append(data)
            elif own == tag:
                tags += [tag] * len(new[at])
                fields += new[at]
            else:
                moved += new[at]
        at = place_for(tags, tag)
        tags[at:at] = [tag] * len(moved)
        fields[at:at] = moved
        self.tags, self.data = tags, fields
        self.moved()
        self.fresh = [data for several in new.values() for data in several]
        for several in new.values():
            self.came += [(tag, data) for data in several]

    def arrange(self, order: Sequence[int]) -> None:
        """Puts the fields in another order: the old index of each, in turn. Settle before."""
        self.reshape()
        self.tags = [self.tags[at] for at in order]
        self.data = [self.data[at] for at in order]
        self.moved()

    # ---- the end

    def finished(self) -> Record:
        """The record as it is now; the very record it was made from where nothing changed."""
        record = self.record
        # No rule can write a terminator (its text is refused with one in it, parsing.py), so that
        # none is looked for here.
        if self.shape_kept and self.leader == record.leader:
            old, data = record.data, self.data
            edits = {at: data[at] for at in self.edited if data[at] != old[at]}
            return Edited(record, edits) if edits else record
        if self.any_gone:
            self.leave_out()
        for mark, field in self.hidden.items():
            at = self.tags.index(mark)
            self.tags[at], self.data[at] = field
        if self.tags == record.tags and self.data == record.data and self.leader == record.leader:
            return record
        return made(self.leader, self.tags, self.data, sound=True)


def weight(data: bytes) -> int:
    """What a field takes of the room that rules have."""
    return len(data) + FIELD_WEIGHT


def place_for(tags: Sequence[bytes], tag: bytes) -> int:
    if tag in tags:
        return len(tags) - tags[::-1].index(tag)
    return next(compress(count(), map(tag.__lt__, tags)), len(tags))
