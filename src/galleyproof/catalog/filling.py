"""First filling: new records by COPY, with the keys they can be found by."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from galleyproof.catalog.kinds import KINDS
from galleyproof.catalog.writing import (
    COPY_END,
    COPY_START,
    NULL,
    PACK_LENGTH,
    Key,
    bump,
    copy_in,
    copy_versions,
)

POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
PACK_HEAD = struct.Struct(">IqIiIi").pack
PACK_PARENT = struct.Struct(">Iq").pack
PACK_TIMES = struct.Struct(">IqIq").pack


@dataclass(slots=True)
class NewRecord:
    """A record to be put in under a number that is its own.

    original: the bytes as they came where they were not UTF-8 (then version 1, and `body`
    version 2). above: the value of the key that names its parent, or None. root: the bib above,
    where it is known.
    """

    id: int
    body: bytes
    tags: str
    keys: Sequence[Key]
    original: bytes | None = None
    above: str | None = None
    parent: int | None = None
    root: int | None = None


def fill(
    cursor: psycopg.Cursor, kind: str, records: Sequence[NewRecord], run: int, at: datetime
) -> list[NewRecord]:
    """Puts new records in; returns the orphans: those whose parent was named and not found."""
    orphans = find_parents(cursor, kind, records)
    copy_heads(cursor, kind, records, at)
    copy_versions(cursor, kind, run, versions(records))
    copy_keys(cursor, kind, records)
    parents = Counter(record.parent for record in records if record.parent is not None)
    if parents:
        bump(cursor, KINDS[kind].above, parents)
    return orphans


def versions(
    records: Sequence[NewRecord],
) -> Iterator[tuple[int, int, str, int | None, bool, bytes]]:
    """The rows of `version`: one a record, two where it came in MARC-8."""
    for record in records:
        if record.original is None:
            yield record.id, 1, "active", None, False, record.body
        else:
            yield record.id, 1, "active", None, False, record.original
            yield record.id, 2, "active", None, False, record.body


def find_parents(
    cursor: psycopg.Cursor, kind: str, records: Sequence[NewRecord]
) -> list[NewRecord]:
    """Finds the record above of each, and with it the root; returns those without one."""
    above = KINDS[kind].above
    if not above:
        return []
    named = [record for record in records if record.above and record.parent is None]
    if named:
        cursor.execute(
            "SELECT value, array_agg(id) FROM key WHERE kind = %s AND scheme = %s"
            " AND value = ANY(%s) GROUP BY value",
            (above, KINDS[above].scheme, [record.above for record in named]),
        )
        found = {value: ids[0] for value, ids in cursor if len(ids) == 1}
        for record in named:
            record.parent = found.get(record.above)
    rootless = {r.parent for r in records if r.parent is not None and r.root is None}
    if rootless:
        cursor.execute(
            "SELECT id, root FROM record WHERE kind = %s AND id = ANY(%s) AND status <> 'deleted'",
            (above, list(rootless)),
        )
        roots: dict[int, int] = dict(cursor.fetchall())
        for record in records:
            if record.root is None and record.parent is not None:
                record.root = roots.get(record.parent)
                if record.root is None:
                    record.parent = None  # it names a number that nothing has
    return [record for record in records if record.parent is None]


def copy_heads(
    cursor: psycopg.Cursor, kind: str, records: Sequence[NewRecord], at: datetime
) -> None:
    code = kind.encode()
    head = struct.pack(">hI", 10, len(code)) + code
    status = PACK_LENGTH(6) + b"active"
    microseconds = round((at - POSTGRES_EPOCH).total_seconds() * 1_000_000)
    times = PACK_TIMES(8, microseconds, 8, microseconds)
    hangs = bool(KINDS[kind].above)
    parts = [COPY_START]
    add = parts.append
    for record in records:
        version = 1 if record.original is None else 2
        add(head)
        add(PACK_HEAD(8, record.id, 4, version, 4, version))
        parent = record.parent
        if parent is not None:
            add(PACK_PARENT(8, parent))
            add(PACK_PARENT(8, parent if record.root is None else record.root))
        else:
            add(NULL)
            add(PACK_PARENT(8, -record.id if hangs else record.id))
        add(status)
        add(times)
        tags = record.tags.encode()
        add(PACK_LENGTH(len(tags)))
        add(tags)
    add(COPY_END)
    copy_in(
        cursor,
        "COPY record (kind, id, version, body_version, parent, root, status, created, changed,"
        " tags) FROM STDIN (FORMAT binary)",
        b"".join(parts),
    )


def copy_keys(cursor: psycopg.Cursor, kind: str, records: Sequence[NewRecord]) -> None:
    code = kind.encode()
    head = struct.pack(">hI", 4, len(code)) + code
    schemes: dict[str, bytes] = {}
    parts = [COPY_START]
    add = parts.append
    for record in records:
        number = PACK_PARENT(8, record.id)
        for scheme, value in dict.fromkeys(record.keys):
            named = schemes.get(scheme)
            if named is None:
                named = schemes[scheme] = PACK_LENGTH(len(scheme)) + scheme.encode()
            coded = value.encode()
            add(head)
            add(named)
            add(PACK_LENGTH(len(coded)))
            add(coded)
            add(number)
    add(COPY_END)
    copy_in(
        cursor,
        "COPY key (kind, scheme, value, id) FROM STDIN (FORMAT binary)",
        b"".join(parts),
    )


def is_empty(cursor: psycopg.Cursor, kind: str) -> bool:
    cursor.execute("SELECT EXISTS (SELECT 1 FROM record WHERE kind = %s)", (kind,))
    row = cursor.fetchone()
    return not (row and row[0])
