"""Making one environment's records what another's are: compared window by window, in the
database, and only what differs is written, as new versions.

Earlier versions stay, so what an earlier generation held can still be read. Every window is a
transaction of its own; all of them see one snapshot of the source, so the copy is of one moment.
Begun again after a kill, windows that are done differ in nothing and write nothing.

The columns are those that the tables have: a fact added to `record` is copied like the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from psycopg import IsolationLevel, sql

WINDOW = 2000
"""Records of each side in one transaction, at the most."""
KEYS = 20_000
"""Keys of each side in one transaction, at the most."""

OWN = ("kind", "id", "version", "body_version")
"""What a head says of its place in its own environment; the rest is copied."""
SILENT = ("children", "created", "changed", "tags")
"""Facts that follow from others, or that no version is written for."""
VERSION = ("kind", "id", "version", "run", "status", "same_as", "rekeyed", "body")


@dataclass(frozen=True)
class Copying:
    """What is copied: the records of environment `source`, by the run `run`, into the schema
    that the connection works in."""

    source: str
    run: int
    at: datetime


class Copied(NamedTuple):
    """What became of the records of one window. seen: records looked at, of either side."""

    seen: int
    new: int
    changed: int
    gone: int


def columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped ORDER BY attnum",
        (table,),
    ).fetchall()
    return [name for (name,) in rows]


def copy_records(
    connection: psycopg.Connection[Any], snapshot: str, copying: Copying, kind: str
) -> Iterator[Copied]:
    """Window by window through the numbers of one kind, each committed before it is told of."""
    bound = (
        "SELECT min(id) FROM ("
        "(SELECT id FROM record WHERE kind = %(kind)s AND id > %(after)s"
        " ORDER BY id OFFSET %(last)s LIMIT 1) UNION ALL"
        " (SELECT id FROM {source} WHERE kind = %(kind)s AND id > %(after)s"
        " ORDER BY id OFFSET %(last)s LIMIT 1)) AS b (id)"
    )
    find_bound = sql.SQL(bound).format(source=sql.Identifier(copying.source, "record"))
    statement = window_statement(connection, copying.source)
    after = -(2**63)
    while True:
        with at_snapshot(connection, snapshot) as cursor:
            cursor.execute(find_bound, {"kind": kind, "after": after, "last": WINDOW - 1})
            upto = the_one(cursor)
            end = 2**63 - 1 if upto is None else upto
            cursor.execute(
                statement,
                {
                    "kind": kind,
                    "after": after,
                    "upto": end,
                    "run": copying.run,
                    "at": copying.at,
                },
            )
            row = cursor.fetchone()
        yield Copied(*(row or (0, 0, 0, 0)))
        if upto is None:
            return
        after = upto


def window_statement(connection: psycopg.Connection[Any], source: str) -> sql.Composed:
    """One statement for one window: what differs, its new versions, its heads.

    A body that an earlier version has already is not stored a second time.
    """
    facts = [name for name in columns(connection, "record") if name not in OWN]
    loud = [name for name in facts if name not in SILENT]
    extra = [name for name in columns(connection, "version") if name not in VERSION]

    def names(some: list[str], alias: str = "") -> sql.Composable:
        if not some:
            return sql.SQL("NULL")
        return sql.SQL(", ").join(
            sql.Identifier(alias, name) if alias else sql.Identifier(name) for name in some
        )

    gone_facts = {"status": "'deleted'", "changed": "%(at)s"}
    moved = sql.SQL(", ").join(
        sql.SQL("{name} = CASE WHEN d.gone THEN {old} ELSE {new} END").format(
            name=sql.Identifier(name),
            old=sql.SQL(gone_facts[name]) if name in gone_facts else sql.Identifier("r", name),
            new=sql.Identifier("d", name),
        )
        for name in facts
    )
    return sql.SQL(
        """
        WITH p AS MATERIALIZED (
            SELECT r.*, v.body {extra_of_now} FROM {records} AS r
            JOIN {versions} AS v ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version
            {join_now}
            WHERE r.kind = %(kind)s AND r.id > %(after)s AND r.id <= %(upto)s),
        s AS MATERIALIZED (
            SELECT r.*, v.body FROM record AS r
            JOIN version AS v ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version
            WHERE r.kind = %(kind)s AND r.id > %(after)s AND r.id <= %(upto)s),
        d AS MATERIALIZED (
            SELECT coalesce(p.id, s.id) AS id, s.version AS base, p.id IS NULL AS gone,
                   s.id IS NULL OR p.id IS NULL OR p.body <> s.body
                   OR ROW({p_loud}) IS DISTINCT FROM ROW({s_loud}) AS anew,
                   p.body {p_extra},
                   CASE WHEN s.id IS NULL THEN NULL
                        WHEN p.id IS NULL OR p.body = s.body THEN s.body_version
                        ELSE (SELECT max(o.version) FROM version AS o
                              WHERE o.kind = %(kind)s AND o.id = s.id AND o.body = p.body)
                   END AS same_as,
                   {p_facts}
            FROM p FULL JOIN s ON s.id = p.id
            WHERE s.id IS NULL OR (p.id IS NULL AND s.status <> 'deleted')
               OR (p.id IS NOT NULL AND (p.body <> s.body
                   OR ROW({p_facts}) IS DISTINCT FROM ROW({s_facts})))),
        put AS (
            INSERT INTO version (kind, id, version, run, status, same_as, rekeyed, body {extra})
            SELECT %(kind)s, id, coalesce(base, 0) + 1, %(run)s,
                   CASE WHEN gone THEN 'deleted' ELSE status END, same_as, base IS NOT NULL,
                   CASE WHEN same_as IS NULL THEN body END {extra}
            FROM d WHERE anew),
        fresh AS (
            INSERT INTO record (kind, id, version, body_version, {facts})
            SELECT %(kind)s, id, 1, 1, {facts} FROM d WHERE base IS NULL),
        moved AS (
            UPDATE record AS r SET version = r.version + d.anew::integer,
                   body_version = CASE WHEN d.anew THEN coalesce(d.same_as, r.version + 1)
                                       ELSE r.body_version END,
                   {moved}
            FROM d WHERE r.kind = %(kind)s AND r.id = d.id AND d.base IS NOT NULL)
        SELECT (SELECT count(*) FROM p FULL JOIN s ON s.id = p.id),
               count(*) FILTER (WHERE base IS NULL),
               count(*) FILTER (WHERE base IS NOT NULL AND anew AND NOT gone),
               count(*) FILTER (WHERE gone) FROM d
        """
    ).format(
        records=sql.Identifier(source, "record"),
        versions=sql.Identifier(source, "version"),
        join_now=sql.SQL("")
        if not extra
        else sql.SQL(
            "JOIN {} AS w ON w.kind = r.kind AND w.id = r.id AND w.version = r.version"
        ).format(sql.Identifier(source, "version")),
        extra_of_now=listed_after(extra, "w"),
        p_extra=listed_after(extra, "p"),
        extra=listed_after(extra),
        p_loud=names(loud, "p"),
        s_loud=names(loud, "s"),
        p_facts=names(facts, "p"),
        s_facts=names(facts, "s"),
        facts=names(facts),
        moved=moved,
    )


def listed_after(names: list[str], alias: str = "") -> sql.Composable:
    """Columns to be listed after others, or nothing."""
    return sql.SQL("").join(
        sql.SQL(", {}").format(sql.Identifier(alias, name) if alias else sql.Identifier(name))
        for name in names
    )


def copy_keys(
    connection: psycopg.Connection[Any], snapshot: str, copying: Copying, kind: str
) -> Iterator[int]:
    """Window by window through the keys of one kind; yields how many were put in or taken out."""
    theirs = sql.Identifier(copying.source, "key")
    bound = sql.SQL(
        "SELECT scheme, value, id FROM ("
        "(SELECT scheme, value, id FROM key WHERE kind = %(kind)s"
        " AND (scheme, value, id) > (%(scheme)s, %(value)s, %(id)s)"
        " ORDER BY scheme, value, id OFFSET %(last)s LIMIT 1) UNION ALL"
        " (SELECT scheme, value, id FROM {theirs} WHERE kind = %(kind)s"
        " AND (scheme, value, id) > (%(scheme)s, %(value)s, %(id)s)"
        " ORDER BY scheme, value, id OFFSET %(last)s LIMIT 1)) AS b"
        " ORDER BY scheme, value, id LIMIT 1"
    ).format(theirs=theirs)
    inside = sql.SQL(
        "k.kind = %(kind)s AND (k.scheme, k.value, k.id) > (%(scheme)s, %(value)s, %(id)s)"
    )
    below = sql.SQL(" AND (k.scheme, k.value, k.id) <= (%(scheme2)s, %(value2)s, %(id2)s)")
    same = sql.SQL("o.kind = k.kind AND o.scheme = k.scheme AND o.value = k.value AND o.id = k.id")
    every = sql.SQL(", ").join(map(sql.Identifier, columns(connection, "key")))
    start: tuple[str, str, int] = ("", "", -(2**63))
    while True:
        values: dict[str, Any] = {
            "kind": kind,
            **dict(zip(("scheme", "value", "id"), start, strict=True)),
        }
        with at_snapshot(connection, snapshot) as cursor:
            cursor.execute(bound, values | {"last": KEYS - 1})
            end = cursor.fetchone()
            window = inside + below if end else inside
            if end:
                values |= dict(zip(("scheme2", "value2", "id2"), end, strict=True))
            cursor.execute(
                sql.SQL(
                    "DELETE FROM key AS k WHERE {window}"
                    " AND NOT EXISTS (SELECT 1 FROM {theirs} AS o WHERE {same})"
                ).format(window=window, theirs=theirs, same=same),
                values,
            )
            touched = cursor.rowcount
            cursor.execute(
                sql.SQL(
                    "INSERT INTO key ({every}) SELECT {every} FROM {theirs} AS k WHERE {window}"
                    " AND NOT EXISTS (SELECT 1 FROM key AS o WHERE {same})"
                ).format(window=window, theirs=theirs, same=same, every=every),
                values,
            )
            touched += cursor.rowcount
        yield touched
        if end is None:
            return
        start = end


def let_go_of_holds(connection: psycopg.Connection[Any]) -> None:
    """Whoever had a record open had the one of the generation before."""
    connection.execute("DELETE FROM editing")


@contextmanager
def at_snapshot(
    connection: psycopg.Connection[Any], snapshot: str
) -> Iterator[psycopg.Cursor[Any]]:
    """A transaction that sees exactly an exported snapshot, and itself."""
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot)))
            yield cursor
    finally:
        if not connection.broken:
            connection.isolation_level = None


def the_one(cursor: psycopg.Cursor[Any]) -> Any:
    row = cursor.fetchone()
    return row[0] if row else None
