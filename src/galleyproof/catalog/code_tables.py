"""Libraries, locations and the codes of code tables, as an environment has them now."""

from __future__ import annotations

from typing import Any

import psycopg

from galleyproof.structures.places import Code, LibraryPlace, LocationPlace
from galleyproof.structures.table import structure

# LATERAL with LIMIT 1 pins the order, as for the members of a chunk.
TABLES = """
    SELECT r.kind, v.body FROM record AS r
    CROSS JOIN LATERAL (SELECT body FROM version WHERE kind = r.kind AND id = r.id
                        AND version = r.body_version LIMIT 1) AS v
    WHERE r.kind IN ('library', 'location', 'code') AND r.status <> 'deleted'
"""


def tables_of(
    cursor: psycopg.Cursor[Any],
) -> tuple[
    dict[str, LibraryPlace], dict[tuple[str, str], LocationPlace], dict[str, dict[str, Code]]
]:
    """Libraries by code, locations by (library, code), codes by table and code."""
    libraries: dict[str, LibraryPlace] = {}
    locations: dict[tuple[str, str], LocationPlace] = {}
    codes: dict[str, dict[str, Code]] = {}
    cursor.execute(TABLES, binary=True)
    for kind, body in cursor:
        one = structure(kind, body)
        if isinstance(one, LibraryPlace):
            libraries[one.code] = one
        elif isinstance(one, LocationPlace):
            locations[one.library, one.code] = one
        elif isinstance(one, Code):
            codes.setdefault(one.table, {})[one.code] = one
    return libraries, locations, codes
