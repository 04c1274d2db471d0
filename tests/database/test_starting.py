"""A server that is starting is waited for: by PostgreSQL's own protocol, through a door that
answers for a while as a server does which reads its log again."""

from __future__ import annotations

import os
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from galleyproof.database import connect as connecting

STARTING = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
"""What the server tells: its severity, the code for `cannot connect now`, a sentence."""


@contextmanager
def door(host: str, port: int, refusals: int) -> Iterator[tuple[int, list[bytes]]]:
    """A port that turns away so many connections as a starting server does, and then leads to the
    server. Yields its number, and a list that grows by what was turned away."""
    turned: list[bytes] = []

    class Door(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked = self.request.recv(8)
            if asked[4:] == b"\x04\xd2\x16/":  # may it be TLS? no
                self.request.sendall(b"N")
                asked = self.request.recv(8)
            if len(turned) < refusals:
                turned.append(asked)
                self.request.recv(65536)
                self.request.sendall(b"E" + (len(STARTING) + 4).to_bytes(4, "big") + STARTING)
                return
            with socket.create_connection((host, port)) as behind:
                behind.sendall(asked)
                back = threading.Thread(target=pass_on, args=(behind, self.request), daemon=True)
                back.start()
                pass_on(self.request, behind)
                back.join(5)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], turned
        server.shutdown()


def pass_on(one: socket.socket, other: socket.socket) -> None:
    try:
        while some := one.recv(65536):
            other.sendall(some)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        return


def test_a_command_waits_for_a_server_that_is_starting(server_url: str, tmp_path: Path) -> None:
    given = connecting.parameters_of(server_url)
    root = server_url.replace("library:library@", "super:super@").rsplit("/", 1)[0]
    name = f"starting_{os.getpid()}"
    with psycopg.connect(root + "/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER library")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GALLEY_")}
    with door(given["host"], int(given["port"]), refusals=9) as (port, turned):
        done = subprocess.run(
            [sys.executable, "-m", "galleyproof.cli.main", "init", "--admin", "ada", "--json"],
            env=kept
            | {
                "DATABASE_URL": f"postgresql://library:library@127.0.0.1:{port}/{name}",
                "GALLEY_HOME": str(tmp_path / "home"),
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert (done.returncode, len(turned)) == (0, 9), done.stderr


IMPATIENT = """
import sys, psycopg
from galleyproof.database import connect as connecting
connecting.STARTING_SECONDS = 0.2
given = connecting.parameters_of(sys.argv[1])
connecting.when_started(given, lambda: psycopg.connect(**given))
"""


def test_it_is_not_waited_for_longer_than_so_long(server_url: str) -> None:
    given = connecting.parameters_of(server_url)
    with door(given["host"], int(given["port"]), refusals=10_000) as (port, turned):
        done = subprocess.run(
            [sys.executable, "-c", IMPATIENT, f"postgresql://a:b@127.0.0.1:{port}/c"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, "is starting up" in done.stderr) == (1, True)
    assert len(turned) > 2


def test_what_refuses_for_another_reason_is_not_waited_for(server_url: str) -> None:
    given = connecting.parameters_of(server_url)
    asked = []

    def opens() -> psycopg.Connection:
        asked.append(1)
        return psycopg.connect(**given | {"password": "wrong"})

    with pytest.raises(psycopg.OperationalError, match="password"):
        connecting.when_started(given, opens)
    assert len(asked) <= 2
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = given | {"host": "127.0.0.1", "port": str(probe.getsockname()[1])}
        with pytest.raises(psycopg.OperationalError):
            connecting.when_started(nobody, lambda: psycopg.connect(**nobody))


def test_a_home_in_which_nothing_can_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    """The lock cannot be opened, as in a home that is read-only (who runs as root may write
    everywhere, so here a folder is in its place)."""
    home = tmp_path / "home"
    (home / "postgres").mkdir(parents=True)
    (home / "server.lock").mkdir()
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    for more in ([], ["--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "galleyproof.cli.main", "stop", *more],
            env=kept | {"GALLEY_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (1, 2)
        assert "Traceback" not in done.stderr
        assert "server.lock" in done.stderr + done.stdout
