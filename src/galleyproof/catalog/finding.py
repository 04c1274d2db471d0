"""Finding the records that a query is true of."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

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


class Some(NamedTuple):
    """Part of a scan. reached: the number it got to; done: whether that was the end."""

    ids: list[int]
    reached: int
    done: bool


def scan_some(
    connection: psycopg.Connection,
    kind: str,
    query: Query,
    *,
    after: int = 0,
    limit: int,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> Some:
    """The next members after a number, stopping at a limit or when the time is up: a page can
    look through any catalogue in steps."""
    upper, lower = query.bounds()
    may, may_values = bound_sql(upper, "may")
    must, must_values = bound_sql(lower, "must")
    found: list[int] = []
    until = clock() + seconds
    reached = after
    while len(found) < limit:
        rows = connection.execute(
            f"SELECT r.id, r.created, r.changed, r.status, {must}, v.body FROM record AS r"
            " JOIN version AS v ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version"
            f" WHERE r.kind = %(q_kind)s AND r.status <> 'deleted' AND {may}"
            " AND r.id > %(q_after)s ORDER BY r.id LIMIT 1000",
            {"q_kind": kind, "q_after": reached, **may_values, **must_values},
            binary=True,
        ).fetchall()
        if not rows:
            return Some(found, reached, True)
        for id, created, changed, status, sure, body in rows:
            reached = id
            if sure or query.matches(Record(body), Head(id, created, changed, status)):
                found.append(id)
                if len(found) == limit:
                    break
        if clock() > until:
            break
    return Some(found, reached, False)
