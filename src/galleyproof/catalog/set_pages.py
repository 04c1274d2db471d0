"""The members of a set, a page at a time, paged by key: place in an itemized set, number in a
logical one. A logical set that has to read records is looked through in steps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import psycopg

from galleyproof.catalog.finding import Some, scan_some
from galleyproof.catalog.models import RecordSet
from galleyproof.catalog.reading import held_with_ids
from galleyproof.catalog.sets import PAGE, Member, lines_for, member, members, query_of
from galleyproof.database.connect import connect

HEADS = 50_000
"""Numbers that one query looks at."""
SECONDS = 0.15
"""How long one step through a catalogue may take."""


class MembersPage(NamedTuple):
    """next: the key to go on after, None at the end. looking: the step ended before the page was
    full, and there may be more."""

    members: list[Member]
    next: int | None
    looking: bool = False


def page(record_set: RecordSet, after: int = 0, limit: int = 50) -> MembersPage:
    """after: places already seen (itemized), or the number that the page before ended with."""
    with connect(record_set.environment_id, autocommit=True) as connection:
        looking = False
        following: int | None
        if not record_set.logical:
            first = after // PAGE
            rows = connection.execute(
                "SELECT ids FROM set_page WHERE record_set = %s AND page IN (%s, %s) ORDER BY page",
                (record_set.pk, first, first + 1),
            ).fetchall()
            several = [id for (ids,) in rows for id in ids][after % PAGE :]
            ids = several[:limit]
            following = after + limit if len(several) > limit else None
        else:
            query = query_of(record_set)
            if query.needs_bodies:
                some = scan_some(
                    connection, record_set.kind, query, after=after, limit=limit, seconds=SECONDS
                )
                ids, looking = some.ids, not some.done and len(some.ids) < limit
                following = None if some.done else some.reached
            else:
                wanted = members(connection, record_set)
                rows = connection.execute(
                    f"{wanted.sql} AND r.id > %(q_after)s ORDER BY r.id LIMIT %(q_limit)s",
                    {**wanted.values, "q_after": after, "q_limit": limit + 1},
                ).fetchall()
                ids = [id for (id,) in rows][:limit]
                following = ids[-1] if len(rows) > limit else None
        return MembersPage(known_of(connection, record_set, ids), following, looking)


def known(record_set: RecordSet, ids: Sequence[int]) -> list[Member]:
    """Records as a person knows them, whether they are members or were once."""
    if not ids:
        return []
    with connect(record_set.environment_id, autocommit=True) as connection:
        return known_of(connection, record_set, ids)


def known_of(
    connection: psycopg.Connection, record_set: RecordSet, ids: Sequence[int]
) -> list[Member]:
    with connection.cursor() as cursor:
        held = {one.id: one for one in held_with_ids(cursor, record_set.kind, ids)}
        lines = lines_for(cursor, record_set.pk, ids)
    return [member(id, held.get(id), lines.get(id)) for id in ids]


class Counted(NamedTuple):
    """A count on its way. reached: the number it got to."""

    found: int
    reached: int
    done: bool


def count_some(record_set: RecordSet, count: int = 0, after: int = 0) -> Counted:
    """A step of counting a logical set: `count` found so far, up to the number `after`."""
    query = query_of(record_set)
    with connect(record_set.environment_id, autocommit=True) as connection:
        if not query.needs_bodies:
            return count_heads(connection, record_set, count, after)
        some = scan_some(
            connection, record_set.kind, query, after=after, limit=1_000_000, seconds=SECONDS
        )
    return Counted(count + len(some.ids), some.reached, some.done)


def count_heads(
    connection: psycopg.Connection, record_set: RecordSet, found: int, after: int
) -> Counted:
    """A step over heads alone: a range of numbers at a time, until the time is up."""
    wanted = members(connection, record_set)
    last = highest(connection, record_set.kind)
    until = time.monotonic() + SECONDS
    while after < last:
        row = connection.execute(
            f"SELECT count(*) FROM ({wanted.sql} AND r.id > %(q_after)s AND r.id <= %(q_to)s) AS m",
            {**wanted.values, "q_after": after, "q_to": after + HEADS},
        ).fetchone()
        found += row[0] if row else 0
        after += HEADS
        if time.monotonic() > until:
            break
    return Counted(found, min(after, last), after >= last)


def members_some(record_set: RecordSet, after: int = 0) -> Some:
    """The members numbered above `after`, of any set and whatever its order, until the time of a
    step is up."""
    until = time.monotonic() + SECONDS
    with connect(record_set.environment_id, autocommit=True) as connection:
        if record_set.logical:
            query = query_of(record_set)
            if query.needs_bodies:
                kind = record_set.kind
                return scan_some(
                    connection, kind, query, after=after, limit=1_000_000, seconds=SECONDS
                )
        wanted = members(connection, record_set)
        last = highest(connection, record_set.kind)
        ids: list[int] = []
        while after < last:
            rows = connection.execute(
                f"SELECT id FROM ({wanted.sql}) AS m (id)"
                " WHERE id > %(q_after)s AND id <= %(q_to)s",
                {**wanted.values, "q_after": after, "q_to": after + HEADS},
                binary=True,
            )
            ids += [id for (id,) in rows]
            after += HEADS
            if time.monotonic() > until:
                break
    return Some(ids, min(after, last), after >= last)


def highest_number(record_set: RecordSet) -> int:
    """The highest number of the set's kind, by which progress of a count is told."""
    with connect(record_set.environment_id, autocommit=True) as connection:
        return highest(connection, record_set.kind)


def highest(connection: psycopg.Connection, kind: str) -> int:
    row = connection.execute("SELECT max(id) FROM record WHERE kind = %s", (kind,)).fetchone()
    return row[0] or 0 if row else 0
