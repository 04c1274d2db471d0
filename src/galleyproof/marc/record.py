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
from functools import cache
from itertools import accumulate
from struct import Struct

from galleyproof.marc.check import FIVE, FOUR
from galleyproof.marc.errors import Wrong

FIELD_END = b"\x1e"
RECORD_END = b"\x1d"
MOST_BYTES = 99_999
MOST_FIELD = 9_999
NARROW = b"45"
WIDE = b"99"
four = FOUR.__getitem__
five = FIVE.__getitem__


class Record:
    """One record. Edits return new records; the old one stays as it was.

    tags and data are parallel lists, one entry a field; data is without the terminator.
    """

    __slots__ = ("_body", "_data", "_leader", "_origin", "_tags", "edited")

    def __init__(self, body: bytes):
        self._body: bytes | None = body
        self._leader: bytes | None = None
        self._tags: list[bytes] | None = None
        self._data: list[bytes] | None = None
        self._origin: Record | None = None
        self.edited: tuple[int, ...] | None = None
        """Of a record made by `with_many`: the only places in which it may differ."""

    @classmethod
    def build(cls, leader: bytes, fields: Iterable[tuple[bytes, bytes]]) -> Record:
        """A record from its parts; the leader's computed positions are filled in."""
        pairs = list(fields)
        return made(leader, [tag for tag, _ in pairs], [data for _, data in pairs])

    # ---- reading

    @property
    def body(self) -> bytes:
        """ISO 2709, narrow or wide; the very same object where nothing was changed."""
        if self._body is None:
            origin = self._origin
            if origin is not None and self.edited is not None and self.lengths_stand(origin):
                # The directory stands: only the edited fields' bytes change.
                self._body = origin.with_fields(self.data)
            else:
                self._body = serialised(self.leader, self.tags, self.data)
        return self._body

    def with_fields(self, data: list[bytes]) -> bytes:
        """Its bytes with the data of its fields replaced by others of the same lengths."""
        old = self.body
        base = 25 + (21 if old[20:22] == WIDE else 12) * len(data)
        return old[:base] + FIELD_END.join(data) + FIELD_END + RECORD_END

    def body_with(self, at: int, data: bytes) -> bytes:
        """The bytes of `with_data`, without making the record."""
        origin = self._origin
        if (
            self._body is None
            and origin is not None
            and len(data) == len(self.data[at])
            and self.lengths_stand(origin)
        ):
            new = self.data.copy()
            new[at] = data
            return origin.with_fields(new)
        return self.with_data(at, data).body

    def lengths_stand(self, origin: Record) -> bool:
        old, new = origin.data, self.data
        for at in self.edited or ():
            if len(old[at]) != len(new[at]):
                return False
        return True

    def made_from(self, other: Record) -> bool:
        """Whether this is `other` with nothing but the data of the fields in `edited` replaced."""
        return self._origin is other and self.edited is not None

    @property
    def leader(self) -> bytes:
        """24 bytes, as stored."""
        if self._leader is None:
            assert self._body is not None
            self._leader = self._body[:24]
        return self._leader

    @property
    def tags(self) -> list[bytes]:
        if self._tags is None:
            body = self._body
            assert body is not None
            self._tags = tags_of(body)
        return self._tags

    @property
    def data(self) -> list[bytes]:
        if self._data is None:
            body = self._body
            assert body is not None
            data = body.split(FIELD_END)
            del data[0], data[-1]  # the directory, the record terminator
            self._data = data
        return self._data

    def positions(self, tag: bytes) -> list[int]:
        """Indexes of the fields with this tag, in order."""
        tags = self.tags
        count = tags.count(tag)
        if count == 0:
            return []
        if count == 1:
            return [tags.index(tag)]
        return [at for at, one in enumerate(tags) if one == tag]

    def positions_like(self, pattern: str, fits: Mapping[bytes, bool]) -> list[int]:
        """Indexes of the fields whose tags fit a pattern, in order; fits says it of each tag."""
        return [at for at, tag in enumerate(self.tags) if fits[tag]]

    @property
    def text(self) -> bytes:
        """All its bytes: what does not stand in them stands in no field."""
        return self.body

    def first(self, tag: bytes) -> bytes | None:
        """The data of the first field with this tag, or None."""
        try:
            return self.data[self.tags.index(tag)]
        except ValueError:
            return None

    # ---- editing

    def with_data(self, at: int, data: bytes) -> Record:
        return self.with_many({at: data})

    def with_many(self, edits: Mapping[int, bytes]) -> Record:
        """The record with the data of some fields replaced."""
        new = self.data.copy()
        for at, data in edits.items():
            if FIELD_END in data or RECORD_END in data:
                refuse_marks(data)
            new[at] = data
        made = Record.__new__(Record)
        made._leader = self._leader or self.leader
        made._tags = self.tags
        made._data = new
        made._body = None
        if self._body is None and self.edited is not None:
            # Edits on top of edits are edits of the first record, whose bytes are there.
            made._origin = self._origin
            made.edited = tuple(sorted({*self.edited, *edits}))
        else:
            made._origin = self
            made.edited = tuple(sorted(edits)) if len(edits) > 1 else tuple(edits)
        return made

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


def tags_of(body: bytes) -> list[bytes]:
    """The tags of a checked record's directory, in its order."""
    end = body.index(FIELD_END)
    wide = body[20:22] == WIDE
    count = (end - 24) // (21 if wide else 12)
    if count > MOST_AT_ONCE:
        return [body[at : at + 3] for at in range(24, end, 21 if wide else 12)]
    return list(directory(count, wide).unpack_from(body, 24))


MOST_AT_ONCE = 500


@cache
def directory(count: int, wide: bool) -> Struct:
    """Takes the tags out of a directory of so many fields; several times as fast as slices."""
    return Struct(("3s18x" if wide else "3s9x") * count)


def made(leader: bytes, tags: list[bytes], data: list[bytes]) -> Record:
    if len(leader) != 24:
        raise Wrong(f"a leader has 24 bytes, not {len(leader)}")
    together = FIELD_END.join(data)
    if RECORD_END in together or together.count(FIELD_END) != max(len(data) - 1, 0):
        refuse_marks(together)
    record = Record.__new__(Record)
    record._tags = tags
    record._data = data
    record._body = serialised(leader, tags, data, together)
    record._origin = None
    record.edited = None
    record._leader = record._body[:24]
    return record


def refuse_marks(data: bytes) -> None:
    if FIELD_END in data or RECORD_END in data:
        raise Wrong("a field cannot hold a field or record terminator (hex 1E, 1D)")


def serialised(
    leader: bytes, tags: list[bytes], data: list[bytes], together: bytes | None = None
) -> bytes:
    """The bytes of a record: wide where it must be, narrow where it can. together: the data
    joined by field terminators, where that is done already."""
    if together is None:
        together = FIELD_END.join(data)
    content = together + FIELD_END + RECORD_END if data else RECORD_END
    count = len(tags)
    base = 25 + 12 * count
    lengths = [len(one) + 1 for one in data]
    total = base + len(content)
    if total <= MOST_FIELD or (total <= MOST_BYTES and max(lengths, default=0) <= MOST_FIELD):
        starts = list(accumulate(lengths, initial=0))
        starts.pop()
        geometry = NARROW if leader[20:22] == WIDE else leader[20:22]
        head = five(total) + leader[5:12] + five(base) + leader[17:20] + geometry + leader[22:24]
        # Every third part from the second on is a tag, and so on: one join writes it all.
        parts = [head] * (3 * count + 3)
        parts[1:-2:3] = tags
        parts[2:-2:3] = map(four, lengths)
        parts[3:-2:3] = map(five, starts)
        parts[-2] = FIELD_END
        parts[-1] = content
        return b"".join(parts)
    parts = []
    start = 0
    for tag, length in zip(tags, lengths, strict=True):
        parts.append(b"%b%09d%09d" % (tag, length, start))
        start += length
    base = min(25 + 21 * count, MOST_BYTES)
    head = b"99999%b%05d%b%b%b" % (leader[5:12], base, leader[17:20], WIDE, leader[22:24])
    return head + b"".join(parts) + FIELD_END + content
