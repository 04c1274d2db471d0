"""Looking at one record: as it is, as it was, and its history."""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.catalog.kinds import KINDS, environment_named, kind_named
from galleyproof.catalog.reading import (
    VersionLine,
    bodies_at,
    body_at,
    held_with_ids,
    history,
    with_key,
)
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.marc.keys import normal


class Found(NamedTuple):
    id: int
    version: int
    status: str
    parent: int | None
    root: int
    body: bytes
    history: list[VersionLine]


def versions_between(
    kind: str, id: int, environment: str, one: int, other: int
) -> tuple[bytes, bytes]:
    """The bodies of a record at two versions; Wrong where there is no such version."""
    kind_named(kind)
    environment_named(environment)
    with connect(environment) as connection, connection.cursor() as cursor:
        found = bodies_at(cursor, kind, [(id, one), (id, other)])
    for version in (one, other):
        if (id, version) not in found:
            raise Wrong(f"{kind} {id} has no version {version} in {environment}")
    return found[(id, one)], found[(id, other)]


class Relative(NamedTuple):
    """A record that hangs under the same bib."""

    kind: str
    id: int
    status: str
    parent: int | None


MOST_RELATIVES = 200


def relatives(kind: str, id: int, environment: str) -> list[Relative]:
    """What is above and below a record, itself left out; at most 200."""
    with connect(environment) as connection:
        cursor = connection.execute(
            "SELECT o.kind, o.id, o.status, o.parent FROM record AS r JOIN record AS o"
            " ON o.kind = ANY(%s) AND o.root <> o.id AND o.root = r.root"
            " WHERE r.kind = %s AND r.id = %s AND r.root > 0"
            " UNION ALL SELECT b.kind, b.id, b.status, b.parent FROM record AS r"
            " JOIN record AS b ON b.kind = 'bib' AND b.id = r.root"
            " WHERE r.kind = %s AND r.kind <> 'bib' AND r.id = %s AND r.root > 0"
            " ORDER BY 1, 2 LIMIT %s",
            (list(KINDS), kind, id, kind, id, MOST_RELATIVES + 1),
        )
        found = [Relative._make(row) for row in cursor]
    return [one for one in found if (one.kind, one.id) != (kind, id)]


def look_up(kind: str, id: str, environment: str, version: int | None = None) -> Found:
    """The record with this number in the catalogue, or with this 001.

    The catalogue's own number goes first; Wrong where there is none, or several by 001.
    """
    named = kind_named(kind)
    environment_named(environment)
    with connect(environment) as connection, connection.cursor() as cursor:
        held = held_with_ids(cursor, kind, [int(id)]) if id.isdecimal() and len(id) < 19 else []
        if not held:
            ids = with_key(cursor, kind, named.scheme, normal(named.scheme, id))
            if len(ids) > 1:
                listed = ", ".join(str(one) for one in ids)
                raise Wrong(f"several {named.plural} have the number {id}: {listed}; take one")
            held = held_with_ids(cursor, kind, ids)
        if not held:
            raise Wrong(f"there is no {kind} {id} in {environment}")
        one = held[0]
        body: bytes | None = one.body
        if version is not None:
            body = body_at(cursor, kind, one.id, version)
            if body is None:
                raise Wrong(f"{kind} {one.id} has no version {version}; it is at {one.version}")
        assert body is not None
        return Found(
            one.id,
            version or one.version,
            one.status,
            one.parent,
            one.root,
            bytes(body),
            history(cursor, kind, one.id),
        )
