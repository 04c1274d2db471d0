"""Reading records: many at a time, never one query per record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import psycopg

from galleyproof.jobs.job import Gone, Held

CURRENT = """
    SELECT r.kind, r.id, r.version, r.parent, r.root, r.status, v.body, r.children
    FROM record AS r JOIN version AS v
      ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version
"""


def held_with_ids(cursor: psycopg.Cursor, kind: str, ids: Sequence[int]) -> list[Held]:
    """The records of these numbers that are there, deleted ones too, in order of number."""
    cursor.execute(
        CURRENT + " WHERE r.kind = %s AND r.id = ANY(%s) ORDER BY r.id",
        (kind, list(ids)),
        binary=True,
    )
    return [Held(*row) for row in cursor]


def held_under_roots(
    cursor: psycopg.Cursor, kinds: Sequence[str], roots: Sequence[int], *, gone: bool = False
) -> list[Held]:
    """All records of these kinds under these roots, the roots themselves too. gone: those that
    are deleted as well."""
    there = "TRUE" if gone else "r.status <> 'deleted'"
    cursor.execute(
        CURRENT + f" WHERE r.kind = ANY(%s) AND {there}"
        " AND ((r.root <> r.id AND r.root = ANY(%s)) OR (r.root = r.id AND r.id = ANY(%s)))"
        " ORDER BY r.kind, r.id",
        (list(kinds), list(roots), list(roots)),
        binary=True,
    )
    return [Held(*row) for row in cursor]


# The last version of another status before the one that is held, and the run that ended it.
BEFORE = """
    SELECT w.kind, w.id, e.run, p.status, coalesce(b.body, p.body)
    FROM unnest(%s::text[], %s::bigint[], %s::integer[], %s::text[])
        AS w (kind, id, version, status)
    CROSS JOIN LATERAL (SELECT * FROM version AS v
        WHERE v.kind = w.kind AND v.id = w.id AND v.version < w.version AND v.status <> w.status
        ORDER BY v.version DESC LIMIT 1) AS p
    JOIN version AS e ON e.kind = w.kind AND e.id = w.id AND e.version = p.version + 1
    LEFT JOIN version AS b ON b.kind = w.kind AND b.id = w.id AND b.version = p.same_as
"""


def with_what_was(cursor: psycopg.Cursor, held: Sequence[Held]) -> list[Held]:
    """The same records; those that are deleted or withdrawn with what they were before."""
    wanted = [
        (one.kind, one.id, one.version, one.status)
        for one in held
        if one.status in ("deleted", "withdrawn")
    ]
    if not wanted:
        return list(held)
    cursor.execute(BEFORE, [list(column) for column in zip(*wanted, strict=True)], binary=True)
    before = {(kind, id): Gone(*rest) for kind, id, *rest in cursor}
    return [one._replace(gone=before.get((one.kind, one.id))) for one in held]


class VersionLine(NamedTuple):
    """One version in a record's history."""

    version: int
    run: int
    status: str
    same_as: int | None
    length: int


def history(cursor: psycopg.Cursor, kind: str, id: int) -> list[VersionLine]:
    cursor.execute(
        "SELECT v.version, v.run, v.status, v.same_as,"
        " length(coalesce(v.body, b.body)) FROM version AS v LEFT JOIN version AS b"
        " ON b.kind = v.kind AND b.id = v.id AND b.version = v.same_as"
        " WHERE v.kind = %s AND v.id = %s ORDER BY v.version",
        (kind, id),
    )
    return [VersionLine._make(row) for row in cursor]


def body_at(cursor: psycopg.Cursor, kind: str, id: int, version: int) -> bytes | None:
    """The body that a record had at a version, or None if there is no such version."""
    cursor.execute(
        "SELECT coalesce(v.body, b.body) FROM version AS v LEFT JOIN version AS b"
        " ON b.kind = v.kind AND b.id = v.id AND b.version = v.same_as"
        " WHERE v.kind = %s AND v.id = %s AND v.version = %s",
        (kind, id, version),
        binary=True,
    )
    row = cursor.fetchone()
    return row[0] if row else None


def with_key(cursor: psycopg.Cursor, kind: str, scheme: str, value: str) -> list[int]:
    cursor.execute(
        "SELECT id FROM key WHERE kind = %s AND scheme = %s AND value = %s ORDER BY id",
        (kind, scheme, value),
    )
    return [row[0] for row in cursor]


def bodies(
    connection: psycopg.Connection, kind: str, ids: Sequence[int] | None = None
) -> Iterator[tuple[int, bytes]]:
    """(number, body) of every record that is not deleted, in order of number, streaming."""
    with connection.cursor(name="bodies", binary=True) as cursor:
        cursor.itersize = 1000
        chosen = "" if ids is None else " AND r.id = ANY(%s)"
        cursor.execute(
            "SELECT r.id, v.body FROM record AS r JOIN version AS v"
            " ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version"
            f" WHERE r.kind = %s AND r.status <> 'deleted'{chosen} ORDER BY r.id",
            (kind,) if ids is None else (kind, list(ids)),
        )
        yield from cursor


def bodies_at(
    cursor: psycopg.Cursor, kind: str, wanted: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], bytes]:
    """The bodies of these (number, version); what is not there is left out."""
    cursor.execute(
        "SELECT v.id, v.version, coalesce(v.body, b.body)"
        " FROM unnest(%s::bigint[], %s::integer[]) AS w (id, version)"
        " JOIN version AS v ON v.kind = %s AND v.id = w.id AND v.version = w.version"
        " LEFT JOIN version AS b"
        " ON b.kind = v.kind AND b.id = v.id AND b.version = v.same_as",
        ([id for id, _ in wanted], [version for _, version in wanted], kind),
        binary=True,
    )
    return {(id, version): bytes(body) for id, version, body in cursor}
