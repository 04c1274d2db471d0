"""Real PostgreSQL for every test that wants one: an embedded server for each test process, and
one server of the other kind (TCP, passwords, an owner who is no superuser)."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from stories import Library

from galleyproof.database.setup import ready

if TYPE_CHECKING:
    import psycopg

# The browser's driver keeps a loop running in its thread; tests that come after it in the same
# process are no async code for that.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
ready()

# A busy machine must not decide a test.
settings.register_profile(
    "any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")


TOGETHER = {"tests/browser/": "browser", "tests/runs/test_disk_full.py": "small disk"}
"""Tests that share something costly, or a place of the machine's: they go to one process."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """As `--dist loadgroup` would have it; pytest 9.2 does not let xdist 3.8 write a group into a
    test's id, so that its own groups come to nothing."""
    from xdist.scheduler import LoadScopeScheduling

    class InGroups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next(
                (one for start, one in TOGETHER.items() if nodeid.startswith(start)), nodeid
            )

    return InGroups(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real MARC records; its tests are skipped, visibly, where it is not."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("GALLEY_TEST_DATA", beside))
    if not (folder / "bibs-utf8.mrc.gz").exists():
        pytest.skip(f"no real records at {folder} (GALLEY_TEST_DATA names another place)")
    return folder


@pytest.fixture(scope="session")
def galley_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One embedded installation for this test process, initialised once."""
    home = tmp_path_factory.mktemp("home") / "galley"
    before = {name: os.environ.get(name) for name in ("GALLEY_HOME", "DATABASE_URL")}
    os.environ["GALLEY_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    from galleyproof.database import server
    from galleyproof.database.setup import initialise

    initialise()
    hurry()
    yield home
    from django.db import connections

    connections.close_all()
    server.stop("immediate")
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def hurry() -> None:
    """Has the server leave what it writes to the operating system: what a test kills is processes,
    and what these have written survives them."""
    import psycopg

    from galleyproof.database import server
    from galleyproof.database.home import data_folder

    local = data_folder() / "local.conf"
    local.write_text("fsync = off\nfull_page_writes = off\n")
    local.chmod(0o644)
    with psycopg.connect(**server.superuser_login(), autocommit=True) as root:
        root.execute("SELECT pg_reload_conf()")


KEPT = ("django_migrations", "django_content_type", "auth_permission", "environment", "login")


@pytest.fixture
def galley(galley_home: Path) -> Iterator[Path]:
    """A clean catalogue, no people, no runs."""
    from django.db import connections

    clean(galley_home)
    yield galley_home
    connections.close_all()


def clean(galley_home: Path) -> None:
    """Every table emptied but the settings."""
    import psycopg
    from django.db import connections

    from galleyproof.database import server

    connections.close_all()
    with psycopg.connect(**server.superuser_login()) as root:
        root.execute("SET session_replication_role = replica")
        empty_tables(root)
        root.execute(
            "UPDATE governing.environment SET stamp_005 = true, generation = 1,"
            " refreshing = NULL, refreshed = NULL, trip = false, settings = '{}',"
            " ask_above = CASE name WHEN 'production' THEN 5000 END"
        )
    (galley_home / "audit-head.json").unlink(missing_ok=True)


def empty_tables(root: psycopg.Connection[Any]) -> None:
    """Takes the rows out of the tables that have any: TRUNCATE would make every file anew, of
    tables and indexes, which takes several times as long for a few rows. Numbers begin at 1."""
    wanted = "schemaname IN ('governing', 'production', 'sandbox')"
    tables = root.execute(
        f"SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables WHERE {wanted}"
        " AND NOT tablename = ANY(%s)",
        (list(KEPT),),
    ).fetchall()
    held = ", ".join(f"EXISTS (SELECT FROM {name})" for (name,) in tables)
    some = root.execute(f"SELECT ARRAY[{held}]").fetchone()
    assert some is not None
    for (name,), filled in zip(tables, some[0], strict=True):
        if filled:
            root.execute(f"DELETE FROM {name}")
    root.execute(
        "SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false)"
        f" FROM pg_sequences WHERE {wanted} AND last_value IS NOT NULL"
    )


def debian_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory, galley_home: Path) -> Iterator[str]:
    """DATABASE_URL of a server of the institution's kind: TCP, scram, an owner that may make
    roles and nothing more. Debian's PostgreSQL where it is installed, else the wheel's."""
    import psycopg

    from galleyproof.database import programs as embedded
    from galleyproof.database import server

    programs = debian_programs() or embedded.binary("postgres").parent
    folder = tmp_path_factory.mktemp("server")
    data = folder / "data"
    data.mkdir(mode=0o700)
    secret = folder / "secret"
    secret.write_text("super")
    for path in (data, secret):
        embedded.give_to_server(path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sockets = Path("/tmp") / f"galley-test-{port}"
    sockets.mkdir(mode=0o700)
    embedded.give_to_server(sockets)
    server.run(
        [
            programs / "initdb",
            f"--pgdata={data}",
            "--username=super",
            "--auth=scram-sha-256",
            f"--pwfile={secret}",
            "--encoding=UTF8",
            "--locale=C",
        ],
        "the test server could not be made",
    )
    with (data / "postgresql.conf").open("a") as stream:
        stream.write(
            f"listen_addresses='127.0.0.1'\nport={port}\nfsync=off\n"
            f"unix_socket_directories='{sockets}'\n"
        )
    control = [programs / "pg_ctl", f"--pgdata={data}", "--wait", "--silent"]
    server.run([*control, f"--log={data / 'log'}", "start"], "the test server did not start")
    root = f"postgresql://super:super@127.0.0.1:{port}/"
    with psycopg.connect(root + "postgres", autocommit=True) as connection:
        connection.execute("CREATE ROLE library LOGIN CREATEROLE PASSWORD 'library'")
        connection.execute("CREATE DATABASE catalogue OWNER library")
    yield f"postgresql://library:library@127.0.0.1:{port}/catalogue"
    subprocess.run(
        embedded.command([*control, "--mode=immediate", "stop"]), check=False, capture_output=True
    )
    shutil.rmtree(sockets, ignore_errors=True)


@pytest.fixture
def library(galley, tmp_path: Path) -> Library:
    return with_people(tmp_path)


@pytest.fixture
def anew(galley: Path, tmp_path: Path) -> Callable[[], Library]:
    """Makes a clean library, as often as it is called: what is in it has the same numbers again."""

    def again() -> Library:
        clean(galley)
        return with_people(tmp_path)

    return again


def with_people(folder: Path) -> Library:
    from galleyproof.people.identity import Who
    from galleyproof.people.models import Person

    def person(name: str, *roles: str) -> Who:
        return Who(
            Person.objects.create(username=name, display_name=name.title(), roles=list(roles)),
            None,
        )

    return Library(
        folder,
        amy=person("amy", "staff"),
        bob=person("bob", "staff", "systems-librarian"),
        ada=person("ada", "administrator"),
        dan=person("dan", "staff"),
    )


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def chunks_of(size: int) -> None:
        from galleyproof.runs import freezing

        monkeypatch.setattr(freezing, "CHUNK", size)

    return chunks_of
