"""Finding the records that a query is true of."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from threading import Event
from typing import Any, NamedTuple

import psycopg

from galleyproof.catalog.matching import bound_sql
from galleyproof.catalog.members import Members, listed
from galleyproof.catalog.query_joins import joins
from galleyproof.marc.record import Record
from galleyproof.rules.query import Query
from galleyproof.rules.query_tree import Looked
from galleyproof.structures.forms import form_of
from galleyproof.structures.table import STRUCTURES


def members_of(connection: psycopg.Connection, kind: str, query: Query) -> Members:
    """The members of a logical set now: SQL over the heads where these are enough, else a list."""
    if not query.needs_bodies:
        bound = query.bounds()[0]
        condition, values = bound_sql(bound)
        return Members(
            f"SELECT r.id FROM record AS r {joins(kind, [bound])}"
            f" WHERE r.kind = %(q_kind)s AND {there(query)} AND {condition}",
            {"q_kind": kind, **values},
        )
    return listed(sorted(scan(connection, kind, query)))


def there(query: Query) -> str:
    """What is deleted is found only by a query that speaks of it."""
    return "TRUE" if query.names_deleted else "r.status <> 'deleted'"


class Statement(NamedTuple):
    """What a scan reads. above: the kinds of records above whose bodies come with it."""

    sql: str
    values: dict[str, Any]
    above: list[str]


def statement_of(kind: str, query: Query) -> Statement:
    """One statement for a scan: what the heads answer comes as columns beside the bodies that
    are asked, the record's own and those of records above it."""
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
    sql = (
        f"SELECT r.id, {', '.join(columns)} FROM record AS r"
        f" {joins(kind, [upper, *rest.answers], above)}"
        + (OWN_BODY if own else "")
        + f" WHERE r.kind = %(q_kind)s AND {there(query)} AND {may}"
    )
    return Statement(sql, {"q_kind": kind, **values}, above)


def scan(connection: psycopg.Connection, kind: str, query: Query) -> Iterator[int]:
    """Reads the bodies that the heads cannot rule out, streaming, and asks the query of each.
    The numbers come in no order."""
    statement = statement_of(kind, query)
    with connection.transaction(), connection.cursor(name="scan", binary=True) as cursor:
        # All rows are wanted; the planner thinks that of a cursor only the first ones are.
        connection.execute("SET LOCAL cursor_tuple_fraction = 1")
        # Putting a million bodies in order would cost more than finding them. Where those above
        # come too, what hangs under one is wanted one after the other.
        order = " ORDER BY r.id" if statement.above else ""
        cursor.execute(statement.sql + order, statement.values)
        rows = chain.from_iterable(fetched_ahead(cursor))
        yield from asked(rows, kind, query, statement.above)


def fetched_ahead(cursor: psycopg.ServerCursor[Any]) -> Iterator[list[Any]]:
    """The rows of a cursor, some thousand at a time; while some are looked at, the server finds
    the next."""
    begun = Event()

    def fetch() -> list[Any]:
        begun.set()
        return cursor.fetchmany(AT_ONCE)

    with ThreadPoolExecutor(1, thread_name_prefix="scan") as ahead:
        coming = ahead.submit(fetch)
        while rows := coming.result():
            begun.clear()
            coming = ahead.submit(fetch)
            # Or the question would not leave before Python's next change of threads.
            begun.wait()
            yield rows


AT_ONCE = 2000


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
    statement = statement_of(kind, query)
    found: list[int] = []
    until = clock() + seconds
    reached = after
    while True:
        rows = connection.execute(
            statement.sql + " AND r.id > %(q_after)s ORDER BY r.id LIMIT 1000",
            {**statement.values, "q_after": reached},
            binary=True,
        ).fetchall()
        if not rows:
            return Some(found, reached, True)
        for id in asked(rows, kind, query, statement.above):
            found.append(id)
            if len(found) == limit:
                return Some(found, id, False)
        reached = rows[-1][0]
        if clock() > until:
            return Some(found, reached, False)


NOTHING: Mapping[str, Any] = {}
OWN_BODY = " JOIN version AS v ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version"


def bodies_of(scope: str) -> str:
    return f"body_{scope.replace('-', '_')}"


def asked(rows: Iterable[Any], kind: str, query: Query, above: list[str]) -> Iterator[int]:
    """The numbers of the rows of a statement that the query is true of."""
    rest = query.rest
    test = rest.test
    # The class itself where it is MARC: this is called a hundred thousand times a second.
    read: Callable[[bytes], Any] = form_of(kind).read if kind in STRUCTURES else Record
    upto = 1 + len(rest.answers)
    own = "" in rest.reads
    if not above and upto == 1:
        for row in rows:
            if test(Looked(read(row[1]))):
                yield row[0]
        return
    if not above:
        for row in rows:
            if test(Looked(read(row[upto]), None, NOTHING, row[1:upto])):
                yield row[0]
        return
    readers = [(scope, form_of(scope).read, upto + 1 + 2 * at) for at, scope in enumerate(above)]
    held: dict[str, Above] = {}
    for row in rows:
        found: dict[str, Above | None] = {}
        for scope, read_above, at in readers:
            id = row[at]
            # What hangs under one record mostly comes one after the other.
            last = held.get(scope)
            if id is not None and (last is None or last.id != id):
                last = held[scope] = Above(id, row[at + 1], read_above)
            found[scope] = None if id is None else last
            if last is not None:
                last.above, last.answers = found, row[1:upto]
        record = read(row[upto]) if own else None
        if test(Looked(record, above=found, answers=row[1:upto])):
            yield row[0]


class Above:
    """A record above as a query looks at it; taken apart only when it is asked."""

    __slots__ = ("above", "answers", "body", "head", "id", "kept", "read")

    def __init__(self, id: int, body: Any, read: Callable[[bytes], Any]):
        self.id, self.body, self.read = id, body, read
        self.kept: Any = None
        self.head = None
        self.above: Mapping[str, Any] = {}
        self.answers: Sequence[bool] = ()

    @property
    def record(self) -> Any:
        if self.kept is None:
            self.kept = self.read(self.body)
        return self.kept
