"""The process that ends an idle embedded server, and does nothing else."""

from __future__ import annotations

import fcntl
import os
import sys
import time

import psycopg

from galleyproof.database import server
from galleyproof.database.home import home

DEFAULT_MINUTES = 15.0


def idle_seconds() -> float:
    try:
        return float(os.environ.get("GALLEY_IDLE_MINUTES", DEFAULT_MINUTES)) * 60
    except ValueError:
        return DEFAULT_MINUTES * 60


def clients() -> int | None:
    """How many clients are connected, this look itself left out; None if there is no server."""
    if server.server_pid() is None or not server.answers():
        return None
    try:
        with psycopg.connect(**server.superuser_login("postgres")) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
    except psycopg.OperationalError:
        return None
    return int(row[0]) if row else 0


def keep() -> None:
    limit = idle_seconds()
    every = min(20.0, max(0.2, limit / 5))
    last_used = time.monotonic()
    absent = 0
    while True:
        time.sleep(every)
        found = clients()
        # A server that is not there is somebody's stop, or a crash that the next one mends.
        absent = absent + 1 if found is None else 0
        if absent >= 3:
            return
        if found is None or found:
            last_used = time.monotonic()
        elif time.monotonic() - last_used >= limit:
            server.stop()
            return


def main() -> None:
    os.environ["GALLEY_HOME"] = sys.argv[1]
    os.environ.pop("DATABASE_URL", None)
    with open(home() / "keeper.lock", "a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        keep()


if __name__ == "__main__":
    main()
