"""What a run did to each record, as an undo of it finds it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import psycopg

from galleyproof.catalog.writing import array_of
from galleyproof.runs.assignment import Assignment


class Past(NamedTuple):
    """One record that the run changed: as it is, as the run found it, as the run left it.

    before_version is None where the run made the record.
    """

    place: int
    kind: str
    id: int
    root: int
    parent: int | None
    version: int
    body_version: int
    status: str
    written: int
    written_status: str
    rekeyed: bool
    before_version: int | None
    before_status: str | None
    before_body_version: int | None
    comings: int

    @property
    def untouched(self) -> bool:
        return self.version == self.written


PAST = """
    SELECT m.place, r.kind, r.id, r.root, r.parent, r.version, r.body_version, r.status,
           m.written, a.status, a.rekeyed, b.version, b.status, coalesce(b.same_as, b.version),
           r.children
    FROM {members}
    CROSS JOIN LATERAL (SELECT * FROM record
        WHERE kind = m.kind AND id = m.id LIMIT 1) AS r
    CROSS JOIN LATERAL (SELECT status, rekeyed FROM version
        WHERE kind = m.kind AND id = m.id AND version = m.written LIMIT 1) AS a
    LEFT JOIN LATERAL (SELECT version, status, same_as FROM version
        WHERE kind = m.kind AND id = m.id AND version = m.written - 1 LIMIT 1) AS b ON TRUE
"""


OF_CHUNK = """
    (SELECT %s AS kind, n.id, n.written, n.place::integer - 1 AS place FROM chunk AS c
     CROSS JOIN LATERAL unnest(c.ids, c.planned_on) WITH ORDINALITY AS n (id, written, place)
     WHERE c.run = %s AND c.start = %s) AS m
"""
LISTED = """
    (SELECT n.kind, n.id, n.written, -1 AS place
     FROM unnest(%s::text[], %s::bigint[], %s::integer[]) AS n (kind, id, written)) AS m
"""


def read_consequences(
    cursor: psycopg.Cursor[Any], assignment: Assignment, roots: list[int]
) -> list[Past]:
    """What the run changed on the side, under these roots."""
    cursor.execute(
        "WITH c AS MATERIALIZED (SELECT DISTINCT kind, id FROM outcome"
        " WHERE run = %(run)s AND outcome = 'consequence')"
        " SELECT c.kind, c.id, v.version FROM c"
        " CROSS JOIN LATERAL (SELECT root FROM record"
        " WHERE kind = c.kind AND id = c.id LIMIT 1) AS r"
        " CROSS JOIN LATERAL (SELECT version FROM version"
        " WHERE kind = c.kind AND id = c.id AND run = %(run)s LIMIT 1) AS v"
        " WHERE r.root = ANY(%(roots)s::bigint[])",
        {"run": assignment.undoes, "roots": array_of(roots)},
    )
    rows = cursor.fetchall()
    if not rows:
        return []
    kinds, ids, written = (list(column) for column in zip(*rows, strict=True))
    cursor.execute(PAST.format(members=LISTED), (kinds, ids, written), binary=True)
    return [Past._make(row) for row in cursor]


class Stored(NamedTuple):
    """A version of a record."""

    status: str
    body: bytes


NOTHING = Stored("", b"")
"""A record before it was made."""


def stored(
    cursor: psycopg.Cursor[Any], wanted: Iterable[tuple[str, int, int]]
) -> dict[tuple[str, int, int], Stored]:
    """The versions of these (kind, number, version) that there are."""
    some = set(wanted)
    if not some:
        return {}
    kinds, ids, versions = (list(column) for column in zip(*some, strict=True))
    cursor.execute(
        "SELECT w.kind, w.id, w.version, v.status, coalesce(v.body, b.body)"
        " FROM unnest(%s::text[], %s::bigint[], %s::integer[]) AS w (kind, id, version)"
        " JOIN version AS v ON v.kind = w.kind AND v.id = w.id AND v.version = w.version"
        " LEFT JOIN version AS b ON b.kind = v.kind AND b.id = v.id AND b.version = v.same_as",
        (kinds, ids, versions),
        binary=True,
    )
    return {(kind, id, version): Stored(*rest) for kind, id, version, *rest in cursor}


def bodies_of(
    cursor: psycopg.Cursor[Any], wanted: Iterable[tuple[str, int, int]]
) -> dict[tuple[str, int, int], bytes]:
    """The bodies of these (kind, number, version) that there are."""
    return {key: one.body for key, one in stored(cursor, wanted).items()}
