"""A record while rules work on it: edited in place, and made a Record again at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from galleyproof.marc.record import Record, made
from galleyproof.rules.limits import FIELD_WEIGHT, ROOM, GrewTooMuch


class Draft:
    """tags and data as in Record. tags_came: tags of fields that were made. text: the record as it
    came and all that was written since, so that what does not stand in it stands in no field."""

    __slots__ = (
        "data",
        "leader",
        "own",
        "places",
        "record",
        "room",
        "shape_kept",
        "tags",
        "tags_came",
        "text",
    )

    def __init__(self, record: Record):
        self.record = record
        self.leader = record.leader
        self.tags = record.tags
        self.data = record.data
        self.tags_came: list[bytes] = []
        self.text = bytearray(record.body)
        self.places: dict[bytes | str, Sequence[int]] = {}
        self.own = False
        self.shape_kept = True
        self.room = ROOM

    def positions(self, tag: bytes) -> Sequence[int]:
        """Indexes of the fields with this tag, in order."""
        found = self.places.get(tag)
        if found is None:
            found = self.places[tag] = self.looked_up(tag)
        return found

    def looked_up(self, tag: bytes) -> Sequence[int]:
        tags = self.tags
        count = tags.count(tag)
        if count == 0:
            return ()
        first = tags.index(tag)
        if count == 1:
            return (first,)
        if tags[first : first + count].count(tag) == count:
            return range(first, first + count)
        return [at for at, one in enumerate(tags) if one == tag]

    def positions_like(self, pattern: str, fits: Mapping[bytes, bool]) -> Sequence[int]:
        """Indexes of the fields whose tags fit a pattern, in order."""
        found = self.places.get(pattern)
        if found is None:
            found = self.places[pattern] = [at for at, tag in enumerate(self.tags) if fits[tag]]
        return found

    # ---- editing

    def set(self, at: int, data: bytes) -> None:
        """Replaces the data of one field."""
        if not self.own:
            self.data = self.data.copy()
            self.own = True
        self.grow(len(data) - len(self.data[at]))
        self.data[at] = data
        self.text += data

    def grow(self, more: int) -> None:
        """Takes room for this many bytes more; raises GrewTooMuch where there is none left."""
        self.room -= more
        if self.room < 0:
            raise GrewTooMuch()

    def reshape(self) -> None:
        """Before fields come, go or move."""
        self.places.clear()
        if self.shape_kept:
            self.tags = self.tags.copy()
            if not self.own:
                self.data = self.data.copy()
                self.own = True
            self.shape_kept = False

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
        self.text += b"".join(several)
        self.tags_came.append(tag)

    def insert_at(self, at: int, tag: bytes, data: bytes) -> None:
        self.grow(weight(data))
        self.reshape()
        self.tags.insert(at, tag)
        self.data.insert(at, data)
        self.text += data
        self.tags_came.append(tag)

    def remove(self, places: Iterable[int]) -> None:
        gone = set(places)
        if not gone:
            return
        self.reshape()
        self.room += sum(weight(self.data[at]) for at in gone)
        self.tags = [tag for at, tag in enumerate(self.tags) if at not in gone]
        self.data = [data for at, data in enumerate(self.data) if at not in gone]

    def rename(self, places: Sequence[int], tag: bytes) -> None:
        """Gives fields another tag; they move to where it belongs, in the order they had."""
        moved = [self.data[at] for at in places]
        self.remove(places)
        self.grow(sum(weight(data) for data in moved))
        at = place_for(self.tags, tag)
        self.tags[at:at] = [tag] * len(moved)
        self.data[at:at] = moved
        self.places.clear()
        self.tags_came.append(tag)

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
                self.text += b"".join(new[at])
            else:
                moved += new[at]
                self.text += b"".join(new[at])
        at = place_for(tags, tag)
        tags[at:at] = [tag] * len(moved)
        fields[at:at] = moved
        self.tags, self.data = tags, fields
        self.tags_came.append(tag)

    def arrange(self, order: Sequence[int]) -> None:
        """Puts the fields in another order: the old index of each, in turn."""
        self.reshape()
        self.tags = [self.tags[at] for at in order]
        self.data = [self.data[at] for at in order]

    # ---- the end

    def finished(self) -> Record:
        """The record as it is now; the very record it was made from where nothing changed."""
        record = self.record
        if self.shape_kept and self.leader == record.leader:
            if not self.own:
                return record
            old = record.data
            edits = {at: data for at, data in enumerate(self.data) if data is not old[at]}
            edits = {at: data for at, data in edits.items() if data != old[at]}
            return record.with_many(edits) if edits else record
        if self.tags == record.tags and self.data == record.data and self.leader == record.leader:
            return record
        return made(self.leader, self.tags, self.data)


def weight(data: bytes) -> int:
    """What a field takes of the room that rules have."""
    return len(data) + FIELD_WEIGHT


def place_for(tags: Sequence[bytes], tag: bytes) -> int:
    if tag in tags:
        return len(tags) - tags[::-1].index(tag)
    return next((at for at, one in enumerate(tags) if one > tag), len(tags))
