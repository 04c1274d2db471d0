"""The one writer of records: new versions, heads and keys, inside the caller's transaction.

A write is a new version on top of a known one. Bodies go in by COPY, heads by one UPDATE a
chunk. Nothing here decides anything and nothing here commits.
"""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import LiteralString

import psycopg

from galleyproof.catalog.kinds import KINDS
from galleyproof.structures.forms import form_of
from galleyproof.structures.structure import Structure

Key = tuple[str, str]
"""(scheme, value)"""

COPY_START = b"PGCOPY\n\xff\r\n\x00" + b"\x00" * 8
COPY_END = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
PACK_LENGTH = struct.Struct(">I").pack
PACK_BASE = struct.Struct(">IqIi").pack
PACK_RUN = struct.Struct(">Iq").pack
PACK_SAME = struct.Struct(">Ii").pack


class Moved(Exception):
    """A record read for a decision is not any more as it was read: decide again."""


@dataclass(slots=True)
class Write:
    """One new version: of record (kind, id), on top of version `base`.

    body: the new body, or None where the version has the body of version `same_as` again.
    status: after the write. tags: the new tag list, or None where it stays.
    gone, come: keys to take away and to add. A `rekeyed` version differs in tags or keys.
    parent: the record above, after the write. links: the structure that body is of, where it may
    name records that are not made yet. was: the body before, where it was read; was_digest,
    digest: SHA-256 of the whole body before and after, where they are known.
    """

    kind: str
    id: int
    base: int
    body: bytes | None
    status: str = "active"
    same_as: int | None = None
    tags: str | None = None
    gone: Sequence[Key] = ()
    come: Sequence[Key] = ()
    old_status: str = "active"
    parent: int | None = None
    old_parent: int | None = None
    links: Structure | None = None
    was: bytes | None = None
    was_digest: bytes | None = None
    digest: bytes | None = None

    @property
    def rekeyed(self) -> bool:
        return self.tags is not None or bool(self.gone) or bool(self.come)

    @property
    def moves(self) -> bool:
        """Whether the record comes under another one, or comes or goes where it is."""
        return self.parent != self.old_parent or (self.status == "deleted") != (
            self.old_status == "deleted"
        )

    def renumber(self, numbers: Mapping[int, int]) -> None:
        """Replaces numbers that stand in for records not made yet by others."""
        if self.links is None:
            return
        linked = form_of(self.kind).linked(self.links, numbers)
        if linked is not self.links:
            self.links = linked
            self.body = linked.body
            self.parent = form_of(self.kind).parent(linked)


def lock_and_check(
    cursor: psycopg.Cursor,
    read: dict[str, dict[int, int]],
    comings: Mapping[str, Mapping[int, int]] = MappingProxyType({}),
) -> None:
    """Locks every record read, in id order, and checks that each is at the version read, and
    that no record came under it or went where that was looked at.

    read: kind -> {id: version}; comings: kind -> {id: counter}. Raises Moved where one is not.
    """
    for kind in sorted(read):
        ids = sorted(read[kind])
        if not ids:
            continue
        cursor.execute(
            "SELECT array_agg(id), array_agg(version), array_agg(children)"
            " FROM (SELECT id, version, children FROM record"
            " WHERE kind = %s AND id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE) AS locked",
            (kind, array_of(ids)),
            binary=True,
        )
        found, at, counted = cursor.fetchone() or (None, None, None)
        if found != ids or at != [read[kind][id] for id in ids]:
            raise Moved(f"{kind} records are not as they were read")
        looked_at = comings.get(kind)
        if looked_at and any(
            looked_at.get(id, count) != count for id, count in zip(ids, counted, strict=True)
        ):
            raise Moved(f"records came under {kind} records, or went, since these were read")


def array_of(numbers: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes an array; psycopg would take each by itself."""
    return "{" + ",".join(map(str, numbers)) + "}"


def write(
    cursor: psycopg.Cursor,
    writes: Sequence[Write],
    read: dict[str, dict[int, int]],
    run: int,
    at: datetime,
    comings: Mapping[str, Mapping[int, int]] = MappingProxyType({}),
    *,
    checked: bool = False,
) -> bool:
    """Writes new versions, their heads and keys, only if everything read is as it was read.

    read: kind -> {id: version} of all that was read for these writes, themselves too. checked:
    it was locked and checked in this transaction already. Raises Moved with what is not; the
    caller's transaction must then be rolled back. Returns whether they are all alike, and change
    nothing but bodies.
    """
    alike = not checked and move_heads_alike(cursor, writes, read, at)
    if not alike:
        if not checked:
            lock_and_check(cursor, read, comings)
        for kind, some in kinds_of(writes).items():
            update_heads(cursor, kind, some, at)
            change_keys(cursor, kind, some)
        count_comings(cursor, writes)
    for kind, some in kinds_of(writes).items():
        copy_versions(
            cursor,
            kind,
            run,
            ((w.id, w.base + 1, w.status, w.same_as, w.rekeyed, w.body) for w in some),
        )
    return alike


def count_comings(cursor: psycopg.Cursor, writes: Sequence[Write]) -> None:
    """Tells the records above that something came under them, or went: who decided from all
    that hangs under one must notice."""
    above: dict[str, Counter[int]] = defaultdict(Counter)
    for w in writes:
        if w.moves:
            for parent in {w.parent, w.old_parent}:
                if parent is not None:
                    above[KINDS[w.kind].above][parent] += 1
    for kind, counted in above.items():
        bump(cursor, kind, counted)


def bump(cursor: psycopg.Cursor, kind: str, counted: Mapping[int, int]) -> None:
    """Counts comings and goings under records of a kind: number -> how many."""
    cursor.execute(
        "UPDATE record AS r SET children = r.children + n.count"
        " FROM unnest(%s::bigint[], %s::integer[]) AS n (id, count)"
        " WHERE r.kind = %s AND r.id = n.id",
        (list(counted), list(counted.values()), kind),
    )


def kinds_of(writes: Sequence[Write]) -> dict[str, list[Write]]:
    by_kind: dict[str, list[Write]] = defaultdict(list)
    for one in writes:
        by_kind[one.kind].append(one)
    return by_kind


def move_heads_alike(
    cursor: psycopg.Cursor,
    writes: Sequence[Write],
    read: dict[str, dict[int, int]],
    at: datetime,
) -> bool:
    """The usual chunk: records of one kind, all at one version, each decided on by itself. Then
    one guarded update locks, checks and moves their heads, in id order. False for any other."""
    first = writes[0]
    for w in writes:
        if (
            w.kind != first.kind
            or w.base != first.base
            or w.same_as != first.same_as
            or w.status != w.old_status
            or w.tags is not None
            or w.gone
            or w.come
            or w.parent != w.old_parent
        ):
            return False
    ids = read.get(first.kind, {})
    if len(read) != 1 or len(ids) != len(writes):
        return False
    cursor.execute(
        "UPDATE record SET version = version + 1, body_version = %s, changed = %s"
        " WHERE kind = %s AND id = ANY(%s::bigint[]) AND version = %s",
        (
            first.base + 1 if first.same_as is None else first.same_as,
            at,
            first.kind,
            array_of(sorted(ids)),
            first.base,
        ),
        binary=True,
    )
    if cursor.rowcount != len(writes):
        raise Moved(f"{len(writes) - cursor.rowcount} records are not as they were read")
    return True


def copy_versions(
    cursor: psycopg.Cursor,
    kind: str,
    run: int,
    rows: Iterable[tuple[int, int, str, int | None, bool, bytes | None]],
) -> None:
    """COPY in PostgreSQL's binary form, put together by hand: this is where a run's time goes.

    rows: (id, version, status, same_as, rekeyed, body).
    """
    code = kind.encode()
    head = struct.pack(">hI", 8, len(code)) + code
    run_part = PACK_RUN(8, run)
    tails: dict[tuple[str, int | None, bool], bytes] = {}
    parts = [COPY_START]
    add = parts.append
    for id, version, status, same_as, rekeyed, body in rows:
        tail = tails.get((status, same_as, rekeyed))
        if tail is None:
            tail = tails[status, same_as, rekeyed] = (
                run_part
                + PACK_LENGTH(len(status))
                + status.encode()
                + (NULL if same_as is None else PACK_SAME(4, same_as))
                + (b"\x00\x00\x00\x01\x01" if rekeyed else b"\x00\x00\x00\x01\x00")
            )
        if body is None:
            parts += (head, PACK_BASE(8, id, 4, version), tail, NULL)
        else:
            parts += (head, PACK_BASE(8, id, 4, version), tail, PACK_LENGTH(len(body)), body)
    add(COPY_END)
    copy_in(
        cursor,
        "COPY version (kind, id, version, run, status, same_as, rekeyed, body)"
        " FROM STDIN (FORMAT binary)",
        b"".join(parts),
    )


def copy_in(cursor: psycopg.Cursor, statement: LiteralString, data: bytes) -> None:
    with cursor.copy(statement) as copy:
        copy.write(data)


def update_heads(cursor: psycopg.Cursor, kind: str, writes: Sequence[Write], at: datetime) -> None:
    plain = [w.id for w in writes if w.same_as is None and is_plain(w)]
    if plain:
        cursor.execute(
            "UPDATE record SET version = version + 1, body_version = version + 1, changed = %s"
            " WHERE kind = %s AND id = ANY(%s::bigint[])",
            (at, kind, array_of(plain)),
            binary=True,
        )
    if len(plain) == len(writes):
        return
    rest = [w for w in writes if not (w.same_as is None and is_plain(w))]
    if all(is_plain(w) for w in rest):
        cursor.execute(
            "UPDATE record AS r SET version = r.version + 1, body_version = w.same_as,"
            " changed = %s FROM unnest(%s::bigint[], %s::integer[]) AS w (id, same_as)"
            " WHERE r.kind = %s AND r.id = w.id",
            (at, array_of([w.id for w in rest]), array_of([w.same_as or 0 for w in rest]), kind),
        )
        return
    cursor.execute(
        "UPDATE record AS r SET version = r.version + 1,"
        " body_version = coalesce(w.same_as, r.version + 1), status = w.status,"
        " tags = coalesce(w.tags, r.tags), parent = w.parent, changed = %s"
        " FROM unnest(%s::bigint[], %s::integer[], %s::text[], %s::text[], %s::bigint[])"
        " AS w (id, same_as, status, tags, parent) WHERE r.kind = %s AND r.id = w.id",
        (
            at,
            [w.id for w in rest],
            [w.same_as for w in rest],
            [w.status for w in rest],
            [w.tags for w in rest],
            [w.parent for w in rest],
            kind,
        ),
    )


def is_plain(w: Write) -> bool:
    """Whether nothing of the head but version and time changes."""
    return w.tags is None and w.status == w.old_status and w.parent == w.old_parent


def change_keys(cursor: psycopg.Cursor, kind: str, writes: Sequence[Write]) -> None:
    gone = [(scheme, value, w.id) for w in writes for scheme, value in w.gone]
    come = [(scheme, value, w.id) for w in writes for scheme, value in w.come]
    if gone:
        cursor.execute(
            "DELETE FROM key AS k USING unnest(%s::text[], %s::text[], %s::bigint[])"
            " AS g (scheme, value, id)"
            " WHERE k.kind = %s AND k.scheme = g.scheme AND k.value = g.value AND k.id = g.id",
            (*(list(column) for column in zip(*gone, strict=True)), kind),
        )
    if come:
        cursor.execute(
            "INSERT INTO key (kind, scheme, value, id) SELECT %s, c.* FROM"
            " unnest(%s::text[], %s::text[], %s::bigint[]) AS c (scheme, value, id)"
            " ON CONFLICT DO NOTHING",
            (kind, *(list(column) for column in zip(*come, strict=True))),
        )
