"""Finding the records that a query is true of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg

from galleyproof.catalog.matching import bound_sql
from galleyproof.catalog.members import Members
from galleyproof.catalog.query_joins import joins
from galleyproof.rules.query import Looked, Query
from galleyproof.structures.forms import form_of


def members_of(connection: psycopg.Connection, kind: str, query: Query) -> Members:
    """The members of a logical set now: SQL over the heads where these are enough, else a list."""
    if not query.needs_bodies:
        bound = query.bounds()[0]
        condition, values = bound_sql(bound)
        return Members(
            f"SELECT r.id FROM record AS r {joins(kind, [bound])}"
            f" WHERE r.kind = %(q_kind)s AND r.status <> 'deleted' AND {condition}",
            {"q_kind": kind, **values},
        )
    return Members("SELECT unnest(%(ids)s::bigint[])", {"ids": list(scan(connection, kind, query))})


def scan(connection: psycopg.Connection, kind: str, query: Query) -> Iterator[int]:
    """Reads the bodies that the heads cannot rule out, streaming, and asks the query of each.

    One statement: what the heads answer comes as columns beside the bodies that are asked, the
    record's own and those of records above it.
    """
    upper, _ = query.bounds()
    rest = query.rest
    may, values = bound_sql(upper, "may")
    columns = []
    for place, one in enumerate(rest.answers):
        column, more = bound_sql(one, f"is{place}_")
        columns.append(column)
        values |= more
    above = sorted(rest.reads - {""})
    own = "" in rest.reads
    columns += ["v.body" if own else "NULL::bytea"]
    for scope in above:
        columns += [f"{bodies_of(scope)}.id", f"{bodies_of(scope)}.body"]
    statement = (
        f"SELECT r.id, {', '.join(columns)} FROM record AS r"
        f" {joins(kind, [upper, *rest.answers], above)}"
        + (OWN_BODY if own else "")
        + f" WHERE r.kind = %(q_kind)s AND r.status <> 'deleted' AND {may} ORDER BY r.id"
    )
    with connection.transaction(), connection.cursor(name="scan", binary=True) as cursor:
        # All rows are wanted; the planner thinks that of a cursor only the first ones are.
        connection.execute("SET LOCAL cursor_tuple_fraction = 1")
        cursor.itersize = 4000
        cursor.execute(statement, {"q_kind": kind, **values})
        yield from asked(cursor, kind, query, above)


OWN_BODY = " JOIN version AS v ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version"


def bodies_of(scope: str) -> str:
    return f"body_{scope.replace('-', '_')}"


def asked(cursor: Any, kind: str, query: Query, above: list[str]) -> Iterator[int]:
    rest = query.rest
    test, read = rest.test, form_of(kind).read
    upto = 1 + len(rest.answers)
    own = "" in rest.reads
    if not above:
        for row in cursor:
            if test(Looked(read(row[upto]), answers=row[1:upto])):
                yield row[0]
        return
    readers = [(scope, form_of(scope).read, upto + 1 + 2 * at) for at, scope in enumerate(above)]
    held: dict[str, tuple[int | None, Any]] = {}
    for row in cursor:
        answers = row[1:upto]
        found: dict[str, Looked | None] = {}
        for scope, read_above, at in readers:
            id = row[at]
            if id is None:
                found[scope] = None
                continue
            # What hangs under one record mostly comes one after the other.
            last = held.get(scope)
            if last is None or last[0] != id:
                last = held[scope] = (id, read_above(row[at + 1]))
            found[scope] = Looked(last[1], above=found, answers=answers)
        record = read(row[upto]) if own else None
        if test(Looked(record, above=found, answers=answers)):
            yield row[0]
