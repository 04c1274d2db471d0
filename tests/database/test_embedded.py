"""The embedded server: passwords, no network, shared, found again, ended when idle."""

from __future__ import annotations

import os
import select
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

INIT = "from galleyproof.database.setup import initialise; print(initialise())"
COUNT = (
    "from galleyproof.database.connect import connect\n"
    "with connect('owner') as c: print(c.execute('SELECT count(*) FROM environment').fetchone()[0])"
)


def until(true: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        select.select([], [], [], 0.05)


class Home:
    """An installation of its own, used only through processes of its own."""

    def __init__(self, path: Path):
        self.path = path
        self.environ = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {
            "GALLEY_HOME": str(path)
        }

    def start(self, code: str, **environ: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code],
            env=self.environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str, **environ: str) -> str:
        process = self.start(code, **environ)
        out, err = process.communicate(timeout=90)
        assert process.returncode == 0, err[-800:]
        return out.strip()

    def pid(self) -> int | None:
        try:
            pid = int((self.path / "postgres" / "postmaster.pid").read_text().split()[0])
            os.kill(pid, 0)
        except (OSError, ValueError, IndexError):
            return None
        return pid


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "home")
    yield made
    made.run("from galleyproof.database import server; server.stop()")


def test_initialising_twice_does_nothing_the_second_time(home: Home) -> None:
    assert "made a database server" in home.run(INIT)
    assert home.run(INIT) == "[]"


def test_a_password_is_asked_for_and_there_is_no_network(home: Home) -> None:
    home.run(INIT)
    passwords = home.path / "passwords.json"
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
    folder = home.path / "socket"
    for user in ("postgres", "galley_owner", "galley_production"):
        for password in (None, "", user):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(host=str(folder), user=user, dbname="galley", password=password)
    shown = home.run(
        "from galleyproof.database.connect import connect\n"
        "with connect('governing') as c:\n"
        "    print(c.execute('SHOW listen_addresses').fetchone(),"
        " c.execute('SHOW fsync').fetchone(),"
        " c.execute('SELECT rolsuper FROM pg_roles WHERE rolname = current_user').fetchone())"
    )
    assert shown == "('',) ('on',) (False,)"


def test_a_home_under_a_closed_folder_works_and_nothing_above_it_is_opened_up(
    tmp_path: Path,
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = Home(closed / "home")
    before = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, closed)]
    home.run(INIT)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, closed)] == before
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert home.run(COUNT) == "2"
    home.run("from galleyproof.database import server; server.stop()")


def test_a_killed_server_is_found_and_what_was_committed_is_there(home: Home) -> None:
    home.run(INIT)
    pid = home.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert home.run(COUNT) == "2"
    assert home.pid() not in (None, pid)


def test_the_server_outlives_whoever_started_it(home: Home) -> None:
    starter = home.start(INIT + "; import sys; sys.stdout.flush(); input()")
    until(lambda: home.pid() is not None)
    starter.kill()
    starter.communicate()
    home.run(INIT)  # whatever the killed one had not done
    pid = home.pid()
    assert home.run(COUNT) == "2"
    assert home.pid() == pid


def test_two_that_start_at_once_share_one_server(home: Home) -> None:
    both = [home.start(INIT) for _ in range(2)]
    for process in both:
        _, err = process.communicate(timeout=90)
        assert process.returncode == 0, err[-800:]
    assert home.run(COUNT) == "2"


def test_it_ends_itself_when_idle_and_the_next_command_starts_it(home: Home) -> None:
    home.run(INIT, GALLEY_IDLE_MINUTES="0.02")
    until(lambda: home.pid() is None)
    assert home.run(COUNT) == "2"


def test_a_server_whose_socket_was_cleaned_away_is_told_of_and_can_be_stopped(home: Home) -> None:
    """As programs that tidy /tmp do."""
    home.run(INIT)
    told = home.run("from galleyproof.database.home import socket_path; print(socket_path())")
    Path(told).unlink()
    process = home.start(COUNT)
    _, err = process.communicate(timeout=90)
    assert process.returncode != 0
    assert (
        f"the embedded database runs (process {home.pid()}), but its socket {told} has been" in err
    )
    assert home.run("from galleyproof.database import server; print(server.stop())") == "True"
    assert home.run(COUNT) == "2"


def test_stopping_says_whether_it_ran(home: Home) -> None:
    stop = "from galleyproof.database import server; print(server.stop())"
    assert home.run(stop) == "False"
    home.run(INIT)
    assert [home.run(stop), home.run(stop)] == ["True", "False"]


def test_a_home_with_a_long_path_works(tmp_path: Path) -> None:
    home = Home(tmp_path / ("long" * 20) / ("longer" * 10))
    home.run(INIT)
    assert home.run(COUNT) == "2"
    home.run("from galleyproof.database import server; server.stop()")
