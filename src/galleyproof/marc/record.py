"""A MARC 21 record as checked bytes: read where it is looked at, spliced where it is changed.

A checked body has its fields contiguous, in the order of the directory, each ended by exactly
one field terminator (ISO 2709; MARC 21 Specifications for Record Structure). So one split gives
every field, and what no edit touches is copied as it is.

The wide form holds what ISO 2709 cannot (a record over 99,999 bytes, a field over 9,999): its
leader says 99999, leader/20-21 is `99`, and directory entries have nine digits for length and
start. It lives in the catalogue only; see writing.py for what goes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from galleyproof.marc.directory import (
    FIVE,
    NARROW_ENTRY,
    WIDE_ENTRY,
    directory_tags,
    narrow_directory,
    wide_directory,
)
from galleyproof.marc.errors import Wrong

FIELD_END = b"\x1e"
RECORD_END = b"\x1d"
MOST_BYTES = 99_999
MOST_FIELD = 9_999
NARROW = b"45"
WIDE = b"99"


class Record:
    """One record. Edits return new records; the old one stays as it was.

    tags and data are parallel lists, one entry a field; data is without the terminator. Whoever
    needs few of the fields asks by `positions`, `tag` and `field`, which do not take all apart.
    """

    __slots__ = ("_body", "_data", "_leader", "_tags")

    def __init__(self, body: bytes):
        self._body: bytes | None = body
        self._leader: bytes | None = None
        self._tags: list[bytes] | None = None
        self._data: list[bytes] | None = None

    @classmethod
    def build(cls, leader: bytes, fields: Iterable[tuple[bytes, bytes]]) -> Record:
        """A record from its parts; the leader's computed positions are filled in."""
        pairs = list(fields)
        return made(leader, [tag for tag, _ in pairs], [data for _, data in pairs])

    # ---- reading

    @property
    def body(self) -> bytes:
        """ISO 2709, narrow or wide; the very same object where nothing was changed."""
        assert self._body is not None
        return self._body

    @property
    def leader(self) -> bytes:
        """24 bytes, as stored."""
        if self._leader is None:
            self._leader = self.body[:24]
        return self._leader

    @property
    def tags(self) -> list[bytes]:
        if self._tags is None:
            self._tags = tags_of(self.body)
        return self._tags

    @property
    def data(self) -> list[bytes]:
        if self._data is None:
            data = self.body.split(FIELD_END)
            del data[0], data[-1]  # the directory, the record terminator
            self._data = data
        return self._data

    def tag(self, at: int) -> bytes:
        """The tag of one field."""
        if self._tags is None:
            body = self.body
            if body[20:22] != WIDE:
                return body[24 + 12 * at : 27 + 12 * at]
        return self.tags[at]

    def field(self, at: int) -> bytes:
        """The data of one field."""
        if self._data is None:
            body = self.body
            if body[20:22] != WIDE:
                entry = 24 + 12 * at
                start = int(body[12:17]) + int(body[entry + 7 : entry + 12])
                return body[start : start + int(body[entry + 3 : entry + 7]) - 1]
        return self.data[at]

    def positions(self, tag: bytes) -> list[int]:
        """Indexes of the fields with this tag, in order."""
        if self._tags is None and (found := in_directory(self.body, tag)) is not None:
            return found
        tags = self.tags
        count = tags.count(tag)
        if count == 0:
            return []
        if count == 1:
            return [tags.index(tag)]
        return [at for at, one in enumerate(tags) if one == tag]

    def place(self, tag: bytes) -> int | None:
        """Index of the first field with this tag, or None."""
        if self._tags is None and (found := in_directory(self.body, tag, 1)) is not None:
            return found[0] if found else None
        try:
            return self.tags.index(tag)
        except ValueError:
            return None

    def positions_like(self, pattern: str, fits: Mapping[bytes, bool]) -> list[int]:
        """Indexes of the fields whose tags fit a pattern, in order; fits says it of each tag."""
        return [at for at, tag in enumerate(self.tags) if fits[tag]]

    def first(self, tag: bytes) -> bytes | None:
        """The data of the first field with this tag, or None."""
        at = self.place(tag)
        return None if at is None else self.field(at)

    # ---- editing

    def with_data(self, at: int, data: bytes) -> Record:
        return self.with_many({at: data})

    def with_many(self, edits: Mapping[int, bytes]) -> Record:
        """The record with the data of some fields replaced."""
        for data in edits.values():
            refuse_marks(data)
        return Edited(self, edits)

    def body_with(self, at: int, data: bytes) -> bytes:
        """The bytes of `with_data`."""
        return self.with_data(at, data).body

    def with_inserted(self, at: int, tag: bytes, data: bytes) -> Record:
        """The record with a field more, before the field that is at this index now."""
        refuse_marks(data)
        tags, fields = self.tags.copy(), self.data.copy()
        tags.insert(at, tag)
        fields.insert(at, data)
        return made(self.leader, tags, fields)

    def without(self, places: Iterable[int]) -> Record:
        gone = set(places)
        return made(
            self.leader,
            [tag for at, tag in enumerate(self.tags) if at not in gone],
            [data for at, data in enumerate(self.data) if at not in gone],
        )

    def with_leader(self, leader: bytes) -> Record:
        return made(leader, self.tags, self.data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self.body == other.body

    def __hash__(self) -> int:
        return hash(self.body)

    def __repr__(self) -> str:
        return f"<Record {self.first(b'001')!r}, {len(self.tags)} fields>"


class Edited(Record):
    """Another record with the data of some fields replaced, and nothing else.

    origin: that record, whose bytes are there. edits: new data by place, in order of place.
    """

    __slots__ = ("edits", "origin")
    origin: Record
    edits: dict[int, bytes]

    def __init__(self, origin: Record, edits: Mapping[int, bytes]):
        self._body = self._leader = self._tags = self._data = None
        if isinstance(origin, Edited):
            # Edits on top of edits are edits of the first record.
            edits = {**origin.edits, **edits}
            origin = origin.origin
        self.origin = origin
        self.edits = dict(sorted(edits.items())) if len(edits) > 1 else dict(edits)

    @property
    def body(self) -> bytes:
        if self._body is None:
            body = spliced(self.origin.body, self.edits)
            self._body = body or serialised(self.origin.leader, self.tags, self.data)
        return self._body

    @property
    def tags(self) -> list[bytes]:
        return self.origin.tags

    @property
    def data(self) -> list[bytes]:
        if self._data is None:
            self._data = self.origin.data.copy()
            for at, new in self.edits.items():
                self._data[at] = new
        return self._data

    def body_with(self, at: int, data: bytes) -> bytes:
        # Every record that is written is stamped, in a 005 before its edits: none is made for it.
        if at < next(iter(self.edits), at):
            refuse_marks(data)
            if (body := spliced(self.origin.body, {at: data, **self.edits})) is not None:
                return body
        return super().body_with(at, data)

    def tag(self, at: int) -> bytes:
        return self.origin.tag(at)

    def field(self, at: int) -> bytes:
        new = self.edits.get(at)
        return self.origin.field(at) if new is None else new

    def positions(self, tag: bytes) -> list[int]:
        return self.origin.positions(tag)

    def place(self, tag: bytes) -> int | None:
        return self.origin.place(tag)


def spliced(body: bytes, edits: Mapping[int, bytes]) -> bytes | None:
    """A record's bytes with the data of some fields, in order of place, replaced by others of the
    same lengths, so that the directory stands; None where a length is another one."""
    if body[20:22] == WIDE:
        return None
    base = int(body[12:17])
    parts: list[bytes] = []
    done = 0
    for at, new in edits.items():
        entry = 24 + 12 * at
        if int(body[entry + 3 : entry + 7]) != len(new) + 1:
            return None
        start = base + int(body[entry + 7 : entry + 12])
        parts += (body[done:start], new)
        done = start + len(new)
    parts.append(body[done:])
    return b"".join(parts)


def in_directory(body: bytes, tag: bytes, most: int = 0) -> list[int] | None:
    """The places of a tag, or the first so many, found by searching the directory; None where
    that is no faster: its digits stand among lengths and starts, or the record is wide."""
    if body[20:22] == WIDE:
        return None
    found: list[int] = []
    end = int(body[12:17]) - 1
    misses = 0
    at = body.find(tag, 24, end)
    while at >= 0:
        place, beside = divmod(at - 24, 12)
        if not beside:
            found.append(place)
            if len(found) == most:
                return found
        else:
            misses += 1
            if misses > MOST_MISSES:
                return None
        at = body.find(tag, at + 1, end)
    return found


MOST_MISSES = 4


def tags_of(body: bytes) -> list[bytes]:
    """The tags of a checked record's directory, in its order."""
    size = WIDE_ENTRY if body[20:22] == WIDE else NARROW_ENTRY
    return list(directory_tags(body, (body.index(FIELD_END) - 24) // size, size))


def made(leader: bytes, tags: list[bytes], data: list[bytes], *, sound: bool = False) -> Record:
    """A record from its parts. sound: whether it is known that no data holds a terminator."""
    if len(leader) != 24:
        raise Wrong(f"a leader has 24 bytes, not {len(leader)}")
    if not sound:
        refuse_marks(b"".join(data))
    record = Record(serialised(leader, tags, data))
    record._tags = tags
    record._data = data
    return record


def refuse_marks(data: bytes) -> None:
    # Not with `in`, which for bytes takes twice as long.
    if data.find(FIELD_END) >= 0 or data.find(RECORD_END) >= 0:
        raise Wrong("a field cannot hold a field or record terminator (hex 1E, 1D)")


def serialised(leader: bytes, tags: list[bytes], data: list[bytes]) -> bytes:
    """The bytes of a record: wide where it must be, narrow where it can."""
    count = len(tags)
    lengths = [len(one) + 1 for one in data]
    base = 25 + NARROW_ENTRY * count
    total = base + sum(lengths) + 1
    if total <= MOST_FIELD or (total <= MOST_BYTES and max(lengths) <= MOST_FIELD):
        geometry = NARROW if leader[20:22] == WIDE else leader[20:22]
        head = FIVE[total] + leader[5:12] + FIVE[base] + leader[17:20] + geometry + leader[22:24]
        directory = narrow_directory(tags, lengths)
    else:
        base = min(25 + WIDE_ENTRY * count, MOST_BYTES)
        head = b"99999%b%05d%b%b%b" % (leader[5:12], base, leader[17:20], WIDE, leader[22:24])
        directory = wide_directory(tags, lengths)
    return FIELD_END.join((head + directory, *data, RECORD_END))
