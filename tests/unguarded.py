"""A change that no role of the product may make: a state that only a kill leaves, or a table that
is emptied for the next example."""

from __future__ import annotations

import psycopg


def unguarded(statement: str, *values: object) -> None:
    """Does it as the database's superuser, with the triggers that guard evidence left out."""
    from galleyproof.database import server

    with psycopg.connect(**server.superuser_login()) as root:
        root.execute("SET session_replication_role = replica")
        root.execute(statement, values)
