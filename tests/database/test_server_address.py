"""What DATABASE_URL may be, and the sentence where it is not."""

from __future__ import annotations

import psycopg
import pytest

from galleyproof.database import roles
from galleyproof.database.connect import connect, parameters_of
from galleyproof.marc.errors import Wrong


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://ada:hidden@host/base", "expected postgresql://"),
        ("nothing", "expected postgresql://"),
        ("postgresql://ada:hid#den@host/base?x=1", "cannot be read|names no database"),
        ("postgresql://ada:hidden@host", "names no database"),
    ],
)
def test_what_cannot_be_an_address_is_said_without_the_password(url: str, said: str) -> None:
    with pytest.raises(Wrong, match=said) as raised:
        parameters_of(url)
    assert "hid" not in str(raised.value)


def test_a_server_too_old_is_refused_with_its_version() -> None:
    roles.refuse_old_server(140000)
    with pytest.raises(Wrong, match="14 or newer is needed; .* is 13"):
        roles.refuse_old_server(130021)


def test_a_name_too_long_for_its_roles_is_refused() -> None:
    roles.refuse_long_name("x" * 52)
    with pytest.raises(Wrong, match="1 bytes too long"):
        roles.refuse_long_name("x" * 53)


def test_a_password_with_special_characters_works(
    server_url: str, galley, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connections

    from galleyproof.database.setup import initialise

    root = server_url.replace("library:library@", "super:super@").rsplit("/", 1)[0]
    with psycopg.connect(root + "/postgres", autocommit=True) as connection:
        connection.execute("""CREATE ROLE "Ada L" LOGIN CREATEROLE PASSWORD 'p@ss:/w%rd#?&= x'""")
        connection.execute("""CREATE DATABASE "Catalogue-2" OWNER "Ada L" """)
    connections.close_all()
    monkeypatch.setenv(
        "DATABASE_URL",
        root.replace("super:super@", "Ada%20L:p%40ss%3A%2Fw%25rd%23%3F%26%3D%20x@")
        + "/Catalogue-2",
    )
    initialise()
    assert initialise() == []
    with connect("sandbox") as connection:
        assert connection.execute("SELECT count(*) FROM record").fetchone() == (0,)
    connections.close_all()


def as_root(server_url: str) -> str:
    return server_url.replace("library:library@", "super:super@").rsplit("/", 1)[0]


def test_a_database_of_another_encoding_is_refused_with_how_another_is_made(
    server_url: str, galley, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(as_root(server_url) + "/postgres", autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE plain OWNER library ENCODING 'SQL_ASCII' TEMPLATE template0"
        )
    monkeypatch.setenv("DATABASE_URL", server_url.rsplit("/", 1)[0] + "/plain")
    with pytest.raises(Wrong, match="keeps its texts as SQL_ASCII, and records need UTF8") as said:
        roles.prepare()
    assert "ENCODING 'UTF8' TEMPLATE template0;" in str(said.value)


def test_a_role_that_the_server_shuts_out_is_named_with_the_line_for_pg_hba(
    server_url: str, galley, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(as_root(server_url) + "/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE shut OWNER library")
    monkeypatch.setenv("DATABASE_URL", server_url.rsplit("/", 1)[0] + "/shut")
    roles.prepare()
    with psycopg.connect(as_root(server_url) + "/postgres", autocommit=True) as connection:
        connection.execute("ALTER ROLE shut_sandbox NOLOGIN")
    with pytest.raises(Wrong, match="does not let these roles sign in") as refused:
        roles.prepare()
    said = str(refused.value)
    assert "  shut_sandbox: " in said
    assert "  shut_production: " not in said
    line = "host shut library,shut_governing,shut_production,shut_sandbox,shut_refresh "
    assert line in said
