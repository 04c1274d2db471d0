"""Roles and schemas: who may touch what, so that no code can reach further than its role."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from galleyproof.database import server
from galleyproof.database.connect import (
    ROLES,
    connect,
    parameters_of,
    password_on_server,
    role_name,
    when_started,
)
from galleyproof.database.home import home, is_embedded, locked, password_of
from galleyproof.database.locks import Lock
from galleyproof.marc.errors import Wrong

OTHERS = tuple(role for role in ROLES if role != "owner")
SCHEMAS = ("governing", "production", "sandbox")


def prepare() -> list[str]:
    """Makes what is missing of database, roles, schemas and rights; one sentence for each.

    Raises Wrong with the statements for an administrator where the log-in may not do it.
    """
    return prepare_embedded() if is_embedded() else prepare_server()


def prepare_embedded() -> list[str]:
    said = []
    fresh = not server.is_made()
    server.ensure_running()
    if fresh:
        said.append(f"made a database server under {home()}")
    with locked("init.lock"):
        with psycopg.connect(**server.superuser_login("postgres"), autocommit=True) as root:
            owner = role_name(server.DATABASE, "owner")
            for role in ROLES:
                said += make_role(root, server.DATABASE, role, password_of(role))
            if not exists(root, "pg_database", "datname", server.DATABASE):
                root.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(server.DATABASE), sql.Identifier(owner)
                    )
                )
                said.append(f"made the database {server.DATABASE}")
        with psycopg.connect(**server.superuser_login()) as root:
            said += make_schemas(root, server.DATABASE, owner)
    return said


def prepare_server() -> list[str]:
    url = os.environ["DATABASE_URL"]
    given = parameters_of(url)
    database = given["dbname"]
    refuse_long_name(database)
    said = []
    with when_started(given, lambda: psycopg.connect(**given)) as connection:
        owner = connection.info.user
        refuse_old_server(connection.info.server_version)
        refuse_other_encoding(connection, database)
        connection.execute("SELECT pg_advisory_xact_lock(%s, 1)", (Lock.INSTALLING,))
        try:
            said += make_schemas(connection, database, owner, before=make_logins)
        except psycopg.errors.InsufficientPrivilege as error:
            raise Wrong(needs_administrator(database, owner, str(error).splitlines()[0])) from None
    password_on_server.cache_clear()
    refuse_shut_out(database, owner)
    return said


OLDEST = 140000
LONGEST_NAME = 63
"""Bytes of a name in PostgreSQL; what is longer it cuts off."""


def refuse_old_server(version: int) -> None:
    """version: as PostgreSQL numbers it, 130021 for 13.21."""
    if version < OLDEST:
        raise Wrong(
            f"PostgreSQL {OLDEST // 10000} or newer is needed; the server that DATABASE_URL "
            f"names is {version // 10000}"
        )


def refuse_other_encoding(connection: psycopg.Connection[Any], database: str) -> None:
    """Records are in every script, and a cluster that was made without a locale keeps texts in
    bytes that mean nothing."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        owner = connection.info.user
        raise Wrong(
            f"the database {database} keeps its texts as {encoding}, and records need UTF8. Have "
            f"an administrator of the server make another:\n  CREATE DATABASE {database} OWNER "
            f"{owner} ENCODING 'UTF8' TEMPLATE template0;"
        )


def refuse_shut_out(database: str, owner: str) -> None:
    """Every role signs in for itself, with its own password, from every host of the
    installation: one that the server does not let in is told before anything needs it."""
    shut_out = []
    for role in OTHERS:
        try:
            connect(role).close()
        except psycopg.OperationalError as error:
            shut_out.append((role_name(database, role), last_line(error)))
    if shut_out:
        names = ",".join([owner, *(role_name(database, role) for role in OTHERS)])
        said = "\n".join(f"  {name}: {why}" for name, why in shut_out)
        raise Wrong(
            f"the server does not let these roles sign in:\n{said}\nAll roles sign in with "
            "passwords, from every host that runs galley; have an administrator of the server add "
            f"to pg_hba.conf, above the lines that match them now:\n  host {database} {names} "
            "ADDRESS/BITS scram-sha-256\nand reload it (SELECT pg_reload_conf()); then run "
            "`galley init` again"
        )


def last_line(error: Exception) -> str:
    """What PostgreSQL itself says, without the addresses before it."""
    return (str(error).strip().splitlines() or ["?"])[-1].split("FATAL:")[-1].strip()


def refuse_long_name(database: str) -> None:
    longest = max(len(role_name(database, role).encode()) for role in OTHERS)
    if longest > LONGEST_NAME:
        raise Wrong(
            f"the database's name is {longest - LONGEST_NAME} bytes too long: the names of its "
            f"roles begin with it, and PostgreSQL's names have {LONGEST_NAME} bytes at the most"
        )


def needs_administrator(database: str, owner: str, reason: str) -> str:
    return (
        f"the account {owner} may not set the database up ({reason}). Have an administrator of "
        f"the server run:\n  ALTER ROLE {owner} CREATEROLE;\n"
        f"  ALTER DATABASE {database} OWNER TO {owner};\nand then run `galley init` again"
    )


def exists(connection: psycopg.Connection[Any], table: str, column: str, value: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    return connection.execute(query, (value,)).fetchone() is not None


def make_role(
    connection: psycopg.Connection[Any], database: str, role: str, password: str
) -> list[str]:
    name = role_name(database, role)
    if exists(connection, "pg_roles", "rolname", name):
        return []
    connection.execute(
        sql.SQL(
            "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD {}"
        ).format(sql.Identifier(name), sql.Literal(password))
    )
    return [f"made the role {name}"]


def make_logins(connection: psycopg.Connection[Any], database: str) -> list[str]:
    """On a server: the roles, with passwords kept where only the owner can read them."""
    said = []
    connection.execute(
        "CREATE TABLE IF NOT EXISTS governing.login (role text PRIMARY KEY, password text NOT NULL)"
    )
    for role in OTHERS:
        row = connection.execute(
            "SELECT password FROM governing.login WHERE role = %s", (role,)
        ).fetchone()
        password = row[0] if row else secrets.token_urlsafe(24)
        said += make_role(connection, database, role, password)
        if row is None:
            # A role left from an earlier database of this name gets the password that we know.
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role_name(database, role)), sql.Literal(password)
                )
            )
            connection.execute(
                "INSERT INTO governing.login (role, password) VALUES (%s, %s)", (role, password)
            )
    return said


def make_schemas(
    connection: psycopg.Connection[Any],
    database: str,
    owner: str,
    before: Callable[[psycopg.Connection[Any], str], list[str]] = lambda connection, name: [],
) -> list[str]:
    """Schemas and rights. `before` makes the roles once the governing schema is there."""
    said = []
    missing = [s for s in SCHEMAS if not exists(connection, "pg_namespace", "nspname", s)]
    for schema in missing:
        connection.execute(
            sql.SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(
                sql.Identifier(schema), sql.Identifier(owner)
            )
        )
        said.append(f"made the schema {schema}")
    said += before(connection, database)
    if said:
        for statement in rights(database, owner):
            connection.execute(statement)
        revoke_public_schema(connection)
    return said


def rights(database: str, owner: str) -> list[sql.Composed]:
    """What each role may do. Tables of an environment are granted one by one by migrations."""
    named = {role: sql.Identifier(role_name(database, role)) for role in OTHERS}
    everybody = sql.SQL(", ").join(named.values())

    def say(text: str) -> sql.Composed:
        return sql.SQL(text).format(
            database=sql.Identifier(database),
            owner=sql.Identifier(owner),
            everybody=everybody,
            **named,
        )

    default = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} "
    return [
        say("REVOKE ALL ON DATABASE {database} FROM PUBLIC"),
        say("GRANT CONNECT ON DATABASE {database} TO {everybody}"),
        say("GRANT USAGE ON SCHEMA governing TO {everybody}"),
        say("GRANT USAGE ON SCHEMA production TO {production}, {governing}, {refresh}"),
        say("GRANT USAGE ON SCHEMA sandbox TO {sandbox}, {governing}, {refresh}"),
        say(default + "REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"),
        say(
            default + "IN SCHEMA governing GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES"
            " TO {governing}"
        ),
        say(default + "IN SCHEMA governing GRANT USAGE, SELECT ON SEQUENCES TO {governing}"),
        say(default + "IN SCHEMA governing GRANT EXECUTE ON FUNCTIONS TO {governing}"),
        say(default + "IN SCHEMA production GRANT SELECT ON TABLES TO {governing}"),
        say(default + "IN SCHEMA sandbox GRANT SELECT ON TABLES TO {governing}"),
    ]


def revoke_public_schema(connection: psycopg.Connection[Any]) -> None:
    """Up to PostgreSQL 14 everybody may make things in `public`; not every owner may change it."""
    try:
        with connection.transaction():
            connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidSchemaName):
        pass


def grant(cursor: Any, table: str, granted: str, role: str) -> None:
    """Grants rights on one table (schema.table) to a role of this database; for migrations."""
    cursor.execute("SELECT current_database()")
    name = role_name(cursor.fetchone()[0], role)
    cursor.execute(f'GRANT {granted} ON {table} TO "{name}"')


def revoke(cursor: Any, table: str, revoked: str, role: str) -> None:
    cursor.execute("SELECT current_database()")
    name = role_name(cursor.fetchone()[0], role)
    cursor.execute(f'REVOKE {revoked} ON {table} FROM "{name}"')
