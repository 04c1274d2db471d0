"""Sandbox cannot reach production, even if its code is wrong, on both kinds of server."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest


@pytest.fixture(params=["embedded", "server"])
def installation(
    request: pytest.FixtureRequest, galley, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """An initialised installation: the embedded one, or one on a server of the institution's."""
    from django.db import connections

    if request.param == "server":
        url = request.getfixturevalue("server_url")
        connections.close_all()
        monkeypatch.setenv("DATABASE_URL", url)
        from galleyproof.database.setup import initialise

        initialise()
    yield request.param
    connections.close_all()


WRITES = [
    "INSERT INTO production.key VALUES ('bib', 'mms', '1', 1)",
    "UPDATE production.record SET version = 9",
    "DELETE FROM production.key",
    "TRUNCATE production.version",
    "COPY production.outcome FROM STDIN",
    "DROP TABLE production.record",
    "ALTER TABLE production.record ADD COLUMN x int",
    "CREATE FUNCTION production.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TABLE production.t (x int)",
    "SELECT count(*) FROM production.record",
    "UPDATE governing.run SET state = 'completed'",
    "INSERT INTO governing.permit DEFAULT VALUES",
    "SELECT * FROM governing.person",
    "SELECT * FROM governing.login",
    "CREATE SCHEMA mine",
]


@pytest.mark.parametrize("statement", WRITES)
def test_the_sandbox_role_writes_nothing_but_the_sandbox(installation: str, statement: str) -> None:
    from galleyproof.database.connect import connect

    with connect("sandbox") as connection, pytest.raises(psycopg.Error) as raised:
        connection.execute(statement)
    expected = (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable)
    assert isinstance(raised.value, expected), raised.value


@pytest.mark.parametrize("role", ["production", "owner", "governing", "refresh"])
def test_the_sandbox_role_cannot_become_another(installation: str, role: str) -> None:
    from galleyproof.database.connect import connect, login

    name = login(role)["user"]
    with connect("sandbox") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f'SET ROLE "{name}"')


def test_the_sandbox_role_does_its_own_work(installation: str) -> None:
    from galleyproof.database.connect import connect

    with connect("sandbox") as connection:
        connection.execute("INSERT INTO key VALUES ('bib', 'mms', 'x', 1)")
        connection.execute("SELECT count(*) FROM governing.run")
        connection.rollback()


def test_the_governing_role_reads_environments_and_writes_none(installation: str) -> None:
    from galleyproof.database.connect import connect

    for statement in ("DELETE FROM sandbox.version", "UPDATE production.record SET id = 1"):
        with connect("governing") as connection:
            connection.execute("SELECT count(*) FROM production.record")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_initialising_again_does_nothing(installation: str) -> None:
    from galleyproof.database.setup import initialise

    assert initialise() == []


def test_a_log_in_that_may_not_make_roles_gets_the_statements_to_ask_for(
    server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from galleyproof.database.setup import initialise
    from galleyproof.marc.errors import Wrong

    super_url = server_url.replace("library:library@", "super:super@").rsplit("/", 1)[0]
    with psycopg.connect(super_url + "/postgres", autocommit=True) as root:
        root.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'")
        root.execute("CREATE DATABASE plainbase OWNER plain")
    monkeypatch.setenv(
        "DATABASE_URL",
        server_url.replace("library:library@", "plain:plain@").replace("/catalogue", "/plainbase"),
    )
    with pytest.raises(Wrong, match="ALTER ROLE plain CREATEROLE"):
        initialise()
