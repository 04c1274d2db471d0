"""Where the embedded server lives, and what lies there."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs

PORT = 5432
"""Part of the socket's name; nothing listens on a network."""
LONGEST_SOCKET_PATH = 100


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
