"""The digests of a run's ledger that the entry which ends the run keeps."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import psycopg
from django.db import connection

from galleyproof.catalog.kinds import environment_named

SAID = (
    "jsonb_build_array(start, place, kind, id, outcome, code, sentence, planned,"
    " encode(raw, 'base64'))::text"
)
"""An outcome row as one line of text; a bundle has the same (signoff/bundle.py)."""

DIGESTS = {
    # A row as PostgreSQL sends it: the same under every setting of time zone and language.
    "chunks": "SELECT sha256(record_send(c)) FROM {environment}.chunk AS c"
    " WHERE run = %s ORDER BY start",
    "images": "SELECT coalesce(images, '') FROM {environment}.chunk"
    " WHERE run = %s AND state = 'done' ORDER BY start",
    "said": "SELECT sha256(convert_to(" + SAID + ", 'UTF8'))"
    " FROM {environment}.outcome WHERE run = %s ORDER BY start, place",
    "given": "SELECT sha256(convert_to(jsonb_build_array(id, columns)::text, 'UTF8'))"
    " FROM {environment}.given WHERE run = %s ORDER BY id",
}
"""What each digest is over: SHA-256 of these bytes, one row after the other."""


def sealed(environment: str, run: int) -> dict[str, str]:
    """The digests of a run's ledger as it stands, hexadecimal."""
    with connection.cursor() as django_cursor:
        raw = django_cursor.connection
    with psycopg.Cursor(raw) as cursor:
        return {name: digest(cursor, name, environment, run) for name in DIGESTS}


def digest(cursor: psycopg.Cursor[Any], name: str, environment: str, run: int) -> str:
    """One of them. cursor: of the governing role."""
    total = sha256()
    query = DIGESTS[name].format(environment=environment_named(environment))
    for (part,) in cursor.stream(query, (run,), binary=True):
        total.update(part)
    return total.hexdigest()
