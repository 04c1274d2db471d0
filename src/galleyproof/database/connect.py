"""Connections: each as one role, with that role's own log-in."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import PGconn, Ping

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
    """A connection as one role. An embedded server that was stopped or killed is started; one
    that is starting is waited for."""
    try:
        return opened(role, autocommit, application)
    except psycopg.OperationalError:
        if not is_embedded():
            raise
        server.ensure_running()
        return opened(role, autocommit, application)


def opened(role: str, autocommit: bool, application: str) -> psycopg.Connection[Any]:
    given = login(role)
    return when_started(
        given,
        lambda: psycopg.connect(**given, autocommit=autocommit, application_name=application),
    )


STARTING_SECONDS = 60
"""How long a server that is starting is waited for: after a crash it reads its log again first."""
Opened = TypeVar("Opened")


def when_started(given: Mapping[str, Any], opens: Callable[[], Opened]) -> Opened:
    """What opens a connection gives, as soon as the server that it goes to has started. Raises
    what opening raises where the server does not answer, or refuses for another reason."""
    until = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            return opens()
        except psycopg.OperationalError:
            state = state_of(given)
            if state not in (Ping.OK, Ping.REJECT) or time.monotonic() > until:
                raise
        if state == Ping.OK:
            return opens()  # it may have started meanwhile
        time.sleep(0.1)


def state_of(given: Mapping[str, Any]) -> Ping:
    """REJECT where a server is there and takes no connection yet, or none any more; OK where it
    takes them; another where it does not answer."""
    named = {name: given[name] for name in ("host", "port", "dbname") if given.get(name)}
    return Ping(PGconn.ping(make_conninfo(**named, connect_timeout=5).encode()))


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
    given = parameters_of(url)
    with when_started(given, lambda: psycopg.connect(**given)) as connection:
        try:
            row = connection.execute(
                "SELECT password FROM governing.login WHERE role = %s", (role,)
            ).fetchone()
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            row = None
    if row is None:
        raise Wrong("the database is not set up yet: run `galley init`")
    return str(row[0])
