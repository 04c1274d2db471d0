"""Every advisory lock of the product: what is held, by whom, and how long.

PostgreSQL knows an advisory lock by two numbers (int4). The first is one of these, the second says
which: `pg_advisory_lock(LOADING, run)`. Nothing else in the product takes one.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import psycopg


class Lock(IntEnum):
    """The first number of a lock; what the second one is, and who holds it, stands beside it."""

    INSTALLING = 829
    """1 while schemas and log-ins are made (a transaction); 2 while tables are (a session)."""
    WORKING = 830
    """The number that a session working on chunks gave itself; as long as it lives."""
    WAITING = 831
    """The process number of a worker, shared; as long as it waits for work."""
    LOADING = 832
    """The run of a load; the session of the command that carries it through."""
    REFRESHING = 833
    """The run of a refresh; the session of the process that carries it through."""
    DRAFTING = 839
    """The run that is being made ready; the session on which its set is frozen."""
    NUMBERING = 834
    """The place of a kind in the list of kinds; the transaction that gives new records numbers."""
    SENDING = 835
    """The hash of a form's number; the transaction in which the form is worked."""
    LOGGING = 836
    """0; the transaction that appends an entry to the log."""
    GIVING = 838
    """The hash of a number; the transaction that gives it to a record."""
    UPKEEP = 837
    """0; the transaction that does what is due in the sign-off."""

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)


HELD = (
    "(SELECT count(*) FROM pg_locks AS l WHERE l.locktype = 'advisory' AND l.granted"
    " AND l.classid = {lock} AND {which} AND l.objsubid = 2"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)


def holders(lock: Lock, which: str = "") -> str:
    """SQL that counts the sessions which hold a lock in this database. which: SQL for its second
    number; without, those of any."""
    return HELD.format(lock=lock.value, which=f"l.objid = ({which})::oid" if which else "TRUE")


def try_lock(connection: psycopg.Connection[Any], lock: Lock, which: int) -> bool:
    """Takes a lock for this session, if nobody else holds it."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (lock, which)).fetchone()
    return bool(row and row[0])
