"""Holding the rows of evidence against the log: each entry has the SHA-256 of the rows that its
transaction changed, so the last one that names a row says how the row must be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg

from galleyproof.audit.evidence import is_evidence
from galleyproof.audit.guards import seals, tables_of

NAMED = (
    "SELECT number, detail -> 'rows' FROM governing.audit_entry WHERE detail ? 'rows' ORDER BY 1"
)
LIVE_RUNS = "SELECT id::text FROM governing.run WHERE finished IS NULL"


def faults_of_rows(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """A sentence for each row that is not as the log says. connection: of the governing role, in
    one transaction. Rows are read table by table, one query each."""
    last: dict[str, tuple[int, str | None]] = {}
    with connection.cursor(name="rows") as cursor:
        cursor.itersize = 2000
        for number, rows in cursor.execute(NAMED):
            last.update((name, (number, seal)) for name, seal in rows.items())
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT name, key FROM governing.row_changed ORDER BY 1, 2")
        for name, key in cursor.fetchall():
            yield f"{name} {key} was changed, and no entry of the log tells of it"
        cursor.execute(LIVE_RUNS)
        live = {f"run {key}" for (key,) in cursor.fetchall()}
        for table, primary in sorted(tables_of(cursor).items()):
            if not is_evidence(table):
                continue
            for key, seal in seals(cursor, table, primary, None):
                name = f"{table} {key}"
                number, known = last.pop(name, (0, None))
                if not number and (name in live or table == "environment"):
                    continue  # vouched for when the run ends; when the installation is made
                if not number:
                    yield f"{name} is there, and no entry of the log tells of it"
                elif known != seal:
                    yield f"{name} is not as entry {number} of the log left it"
    for name, (number, known) in sorted(last.items()):
        if known is not None:
            yield f"{name} is gone, and entry {number} of the log left it there"
