"""Whether who connects by DATABASE_URL owns the database, and sits at its machine."""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.database.connect import connect


class Owning(NamedTuple):
    """database: its name. account: of PostgreSQL, that signed in. here: from the database's own
    machine, by its socket or from one of its own addresses."""

    database: str
    account: str
    owns: bool
    here: bool


ASKED = """
    SELECT current_database()::text, session_user::text,
        pg_has_role(session_user, d.datdba, 'USAGE'),
        inet_client_addr() IS NULL OR inet_client_addr() = inet_server_addr()
    FROM pg_database AS d WHERE d.datname = current_database()
"""


def owning() -> Owning:
    with connect("owner") as connection:
        row = connection.execute(ASKED).fetchone()
    assert row is not None
    return Owning(*row)
