"""Connections: each as one role, with that role's own log-in."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from galleyproof.database import server
from galleyproof.database.home import PORT, is_embedded, passwords, socket_folder
from galleyproof.marc.errors import Wrong

ROLES = ("owner", "governing", "production", "sandbox", "refresh")
SCHEMAS = {
    "owner": "governing",
    "governing": "governing",
    "production": "production",
    "sandbox": "sandbox",
    "refresh": "sandbox",
}


def role_name(database: str, role: str) -> str:
    """A role's name in PostgreSQL: roles are a cluster's, so the database's name is in it."""
    return f"{database}_{role}"


def connect(
    role: str, *, autocommit: bool = False, application: str = "galley"
) -> psycopg.Connection[Any]:
    """A connection as one role. An embedded server that was stopped or killed is started."""
    try:
        return opened(role, autocommit, application)
    except psycopg.OperationalError:
        if not is_embedded():
            raise
        server.ensure_running()
        return opened(role, autocommit, application)


def opened(role: str, autocommit: bool, application: str) -> psycopg.Connection[Any]:
    return psycopg.connect(**login(role), autocommit=autocommit, application_name=application)


def login(role: str) -> dict[str, Any]:
    """psycopg's parameters for one role, its search path included."""
    if role not in ROLES:
        raise ValueError(f"{role} is not a role; there are {', '.join(ROLES)}")
    options = f"-c search_path={SCHEMAS[role]}"
    if is_embedded():
        known = passwords() if server.is_made() else {}
        if role not in known:
            raise Wrong("the database is not set up yet: run `galley init`")
        server.ensure_running()
        return {
            "host": str(socket_folder()),
            "port": PORT,
            "dbname": server.DATABASE,
            "user": role_name(server.DATABASE, role),
            "password": known[role],
            "options": options,
        }
    given = parameters_of(os.environ["DATABASE_URL"])
    if role != "owner":
        given |= {
            "user": role_name(given["dbname"], role),
            "password": password_on_server(os.environ["DATABASE_URL"], role),
        }
    return given | {"options": options}


def parameters_of(url: str) -> dict[str, Any]:
    try:
        given: dict[str, Any] = dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        # What libpq says of it may hold the password.
        raise Wrong(
            "DATABASE_URL cannot be read; expected postgresql://user:password@host/database, "
            "with every special character of the password as % and two digits (@ is %40)"
        ) from None
    if not given.get("dbname"):
        raise Wrong("DATABASE_URL names no database: postgresql://user:password@host/database")
    given.setdefault("connect_timeout", 10)
    # A host that is lost without a word must not hold a chunk for long.
    return given | {
        "keepalives": 1,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
    }


@cache
def password_on_server(url: str, role: str) -> str:
    """Other roles' passwords are in a table that only the owner reads, so that a worker on
    another host needs nothing but DATABASE_URL."""
    with psycopg.connect(**parameters_of(url)) as connection:
        try:
            row = connection.execute(
                "SELECT password FROM governing.login WHERE role = %s", (role,)
            ).fetchone()
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            row = None
    if row is None:
        raise Wrong("the database is not set up yet: run `galley init`")
    return str(row[0])
