"""Finding the records that a query is true of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg

from galleyproof.catalog.matching import bound_sql
from galleyproof.catalog.members import Members
from galleyproof.marc.record import Record
from galleyproof.rules.query import Head, Query


def members_of(connection: psycopg.Connection, kind: str, query: Query) -> Members:
    """The members of a logical set now: SQL over the heads where these are enough, else a list."""
    if not query.needs_bodies:
        condition, values = bound_sql(query.bounds()[0])
        return Members(
            f"SELECT r.id FROM record AS r WHERE r.kind = %(q_kind)s AND {there(query)}"
            f" AND {condition}",
            {"q_kind": kind, **values},
        )
    return Members("SELECT unnest(%(ids)s::bigint[])", {"ids": list(scan(connection, kind, query))})


def there(query: Query) -> str:
    """What is deleted is found only by a query that speaks of it."""
    return "TRUE" if query.names_deleted else "r.status <> 'deleted'"


def scan(connection: psycopg.Connection, kind: str, query: Query) -> Iterator[int]:
    """Reads the bodies that the heads cannot rule out, streaming, and asks the query of each."""
    upper, lower = query.bounds()
    may, may_values = bound_sql(upper, "may")
    must, must_values = bound_sql(lower, "must")
    values: dict[str, Any] = {"q_kind": kind, **may_values, **must_values}
    matches = query.matches
    with connection.transaction(), connection.cursor(name="scan", binary=True) as cursor:
        cursor.itersize = 4000
        cursor.execute(
            f"SELECT r.id, r.created, r.changed, r.status, {must}, v.body FROM record AS r"
            " JOIN version AS v ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version"
            f" WHERE r.kind = %(q_kind)s AND {there(query)} AND {may} ORDER BY r.id",
            values,
        )
        for id, created, changed, status, sure, body in cursor:
            if sure or matches(Record(body), Head(id, created, changed, status)):
                yield id
