"""Which images a run found and left: one entry for each version that it wrote, with the SHA-256 of
the whole body before and after. The ledger keeps them, and the log vouches for the ledger.

An entry is 83 bytes, big-endian: kind (1), number (8), version written (4), status by its first
letter (1), rekeyed (1), the version whose body it has again or 0 (4), SHA-256 before (32) and
after (32). Before is 32 zeros where the record was made; after is zeros in a plan, which writes
nothing. FIPS 180-4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import psycopg

from galleyproof.catalog.kinds import KINDS

if TYPE_CHECKING:
    from galleyproof.catalog.filling import NewRecord
    from galleyproof.catalog.writing import Write

ENTRY = struct.Struct(">BqiBBi32s32s")
NOTHING = bytes(32)
"""In place of a SHA-256 where there is no image."""
KIND_NUMBERS = {kind: place for place, kind in enumerate(KINDS, start=1)}
"""A kind added later comes last, so that older entries keep their meaning."""


class Image(NamedTuple):
    """An entry taken apart. status: its first letter, as a number."""

    kind: int
    id: int
    version: int
    status: int
    rekeyed: int
    same_as: int
    before: bytes
    after: bytes

    @property
    def kind_name(self) -> str:
        return KIND_NAMES[self.kind]


KIND_NAMES = {number: kind for kind, number in KIND_NUMBERS.items()}


def entries(blob: bytes) -> Iterator[Image]:
    """The entries of a chunk. Raises struct.error where it is no whole number of them."""
    return map(Image._make, ENTRY.iter_unpack(blob))


class Shown(NamedTuple):
    """What a dry run would do to a member. body: as it was judged, or None where it was not read;
    same_as: the version whose body it would have again; digest: SHA-256 of the body as it was
    judged, where that is known without it."""

    kind: str
    id: int
    version: int
    status: str
    body: bytes | None
    same_as: int | None = None
    digest: bytes | None = None


def of_shown(cursor: psycopg.Cursor, shown: Sequence[Shown]) -> bytes:
    """Entries of a plan: what it looked at, and nothing written."""
    unread = digests(
        cursor,
        [
            (one.kind, one.id, one.version)
            for one in shown
            if one.body is None and one.digest is None
        ],
    )
    return b"".join(
        ENTRY.pack(
            KIND_NUMBERS[one.kind],
            one.id,
            one.version + 1,
            ord(one.status[0]),
            0,
            one.same_as or 0,
            one.digest
            or (
                unread[one.kind, one.id, one.version]
                if one.body is None
                else sha256(one.body).digest()
            ),
            NOTHING,
        )
        for one in shown
    )


def of_writes(cursor: psycopg.Cursor, writes: Sequence[Write]) -> bytes:
    """Entries of new versions, where they have been written; bodies that are not at hand are
    hashed by the database."""
    unread = digests(
        cursor,
        [(w.kind, w.id, w.base) for w in writes if w.was is None and w.was_digest is None]
        + [(w.kind, w.id, w.same_as) for w in writes if w.same_as is not None and w.digest is None],
    )
    packed = []
    for w in writes:
        before = w.was_digest
        if before is None:
            before = unread[w.kind, w.id, w.base] if w.was is None else sha256(w.was).digest()
        after = w.digest
        if after is None:
            after = (
                sha256(w.body).digest()
                if w.body is not None
                else unread[w.kind, w.id, w.same_as or 0]
            )
        packed.append(
            ENTRY.pack(
                KIND_NUMBERS[w.kind],
                w.id,
                w.base + 1,
                ord(w.status[0]),
                w.rekeyed,
                w.same_as or 0,
                before,
                after,
            )
        )
    return b"".join(packed)


def of_new(kind: str, records: Iterable[NewRecord]) -> bytes:
    """Entries of records that were made, or loaded: two where one came in MARC-8."""
    number, active = KIND_NUMBERS[kind], ord("a")
    packed = []
    for record in records:
        before, version = NOTHING, 1
        for body in (record.original, record.body):
            if body is None:
                continue
            after = sha256(body).digest()
            packed.append(ENTRY.pack(number, record.id, version, active, 0, 0, before, after))
            before, version = after, version + 1
    return b"".join(packed)


def digests(
    cursor: psycopg.Cursor, wanted: Sequence[tuple[str, int, int]]
) -> dict[tuple[str, int, int], bytes]:
    """SHA-256 of the images of these (kind, number, version), in one query."""
    if not wanted:
        return {}
    kinds, ids, versions = (list(column) for column in zip(*wanted, strict=True))
    cursor.execute(
        "SELECT w.kind, w.id, w.version, sha256(coalesce(v.body, b.body))"
        " FROM unnest(%s::text[], %s::bigint[], %s::integer[]) AS w (kind, id, version)"
        " JOIN version AS v ON v.kind = w.kind AND v.id = w.id AND v.version = w.version"
        " LEFT JOIN version AS b ON b.kind = v.kind AND b.id = v.id AND b.version = v.same_as",
        (kinds, ids, versions),
        binary=True,
    )
    return {(kind, id, version): bytes(digest) for kind, id, version, digest in cursor}
