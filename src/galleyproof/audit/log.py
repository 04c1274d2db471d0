"""The audit log: appending to it, which is the only way in, and reading it.

What the log proves: an entry that was changed, removed, added or moved after it was written
breaks the chain, and a tail that was cut off or rewritten no longer fits the head kept outside
the database. What it cannot prove: that an entry was true when it was written, or anything
against somebody who rewrites the chain and every copy of its head.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q

from galleyproof.audit import head
from galleyproof.audit.actions import ACTIONS
from galleyproof.audit.guards import seals, tables_of
from galleyproof.audit.hashing import GENESIS, entry_hash, moment, plain, storable
from galleyproof.audit.models import Entry
from galleyproof.database.connect import connect
from galleyproof.database.locks import Lock

WAIT_APART = "10s"
"""How long a denied attempt waits for its turn, should the caller itself hold the lock."""


class Cursor(Protocol):
    """What appending needs of Django's cursor and of psycopg's."""

    def execute(self, query: Any, params: Any = None, /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> Any: ...


def append(
    action: str,
    *,
    person: str,
    acting: str | None = None,
    subject: str = "",
    reason: str = "",
    detail: Any = None,
    at: datetime,
    rows: Sequence[tuple[str, str]] = (),
) -> Entry:
    """Appends an entry in the caller's transaction, whose last statement it should be: every
    other append waits until that transaction ends.

    person: user name. acting: user name of who typed it, under --as. subject: what it was done
    to, like "run 17". rows: (table, key) of rows of evidence that it vouches for, beside those that
    the transaction has changed. Raises ValueError for an action that audit.actions does not list
    and for a time without a zone.
    """
    entry = new_entry(action, person, acting, subject, reason, detail, at)
    with transaction.atomic(savepoint=False):
        with transaction.get_connection().cursor() as cursor:
            insert(cursor, entry, rows)
        transaction.on_commit(partial(head.keep_quietly, entry.number, entry.hash))
    return entry


def append_apart(
    action: str,
    *,
    person: str,
    acting: str | None = None,
    subject: str = "",
    reason: str = "",
    detail: Any = None,
    at: datetime,
) -> Entry:
    """Appends an entry in a transaction of its own, on a connection of its own, so that it
    stays whatever becomes of the caller's. For denied attempts. As `append` otherwise."""
    entry = new_entry(action, person, acting, subject, reason, detail, at)
    with connect("governing", application="galley log") as connection:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_APART}'")
            insert(cursor, entry)
        connection.commit()
    head.keep_quietly(entry.number, entry.hash)
    return entry


def listing(
    *,
    action: str = "",
    person: str = "",
    subject: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[Entry]:
    """At most `limit` entries, newest first; what is left empty does not narrow.

    person: user name, of whom it was done as or who typed it. since, until: from then on, and
    before then. before: only those numbered below.
    """
    wanted = Q()
    if action:
        wanted &= Q(action=action)
    if person:
        wanted &= Q(person=person) | Q(acting=person)
    if subject:
        wanted &= Q(subject=subject)
    if since is not None:
        wanted &= Q(at__gte=since)
    if until is not None:
        wanted &= Q(at__lt=until)
    if before is not None:
        wanted &= Q(number__lt=before)
    return list(Entry.objects.filter(wanted).order_by("-number")[:limit])


def new_entry(
    action: str,
    person: str,
    acting: str | None,
    subject: str,
    reason: str,
    detail: Any,
    at: datetime,
) -> Entry:
    if action not in ACTIONS:
        raise ValueError(f"“{action}” is not an action of the log; audit/actions.py lists them")
    moment(at)
    return Entry(
        at=at,
        person=storable(person),
        acting=None if acting is None else storable(acting),
        action=action,
        subject=storable(subject),
        reason=storable(reason),
        detail=plain({} if detail is None else detail),
    )


def vouch(cursor: Cursor, entry: Entry, more: Sequence[tuple[str, str]]) -> None:
    cursor.execute(
        "DELETE FROM governing.row_changed WHERE xact = pg_current_xact_id() RETURNING name, key"
    )
    changed = sorted({*cursor.fetchall(), *more})
    if not changed:
        return
    keys = tables_of(cursor)
    rows: dict[str, str | None] = {}
    for table, some in groupby(changed, key=itemgetter(0)):
        names = [key for _, key in some]
        found = dict(seals(cursor, table, keys[table], names))
        rows |= {f"{table} {name}": found.get(name) for name in names}
    entry.detail = {**entry.detail, "rows": rows}


def insert(cursor: Cursor, entry: Entry, rows: Sequence[tuple[str, str]] = ()) -> None:
    """Numbers, chains and writes the entry, under the log's lock. It vouches for the rows of
    evidence that its transaction has changed: their SHA-256 is in its detail, under `rows`."""
    vouch(cursor, entry, rows)
    cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", (Lock.LOGGING,))
    # A statement after the lock sees what its last holder committed (READ COMMITTED).
    cursor.execute("SELECT number, hash FROM governing.audit_entry ORDER BY number DESC LIMIT 1")
    last, entry.previous = cursor.fetchone() or (0, GENESIS)
    entry.number = last + 1
    entry.hash = entry_hash(
        number=entry.number,
        at=moment(entry.at),
        person=entry.person,
        acting=entry.acting,
        action=entry.action,
        subject=entry.subject,
        reason=entry.reason,
        detail=entry.detail,
        previous=entry.previous,
    )
    cursor.execute(
        "INSERT INTO governing.audit_entry"
        " (number, at, person, acting, action, subject, reason, detail, previous, hash)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)",
        (
            entry.number,
            entry.at,
            entry.person,
            entry.acting,
            entry.action,
            entry.subject,
            entry.reason,
            json.dumps(entry.detail, ensure_ascii=False),
            entry.previous,
            entry.hash,
        ),
    )
