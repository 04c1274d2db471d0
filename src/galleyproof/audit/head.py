"""The chain's count and head hash, kept in a file outside the database.

Each host keeps its own file and only ever raises it, so a tail that is cut off or rewritten in
the database no longer fits.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from galleyproof.database.connect import login
from galleyproof.database.home import home, is_embedded
from galleyproof.marc.errors import Wrong

HASH = re.compile(r"[0-9a-f]{64}")


class Head(NamedTuple):
    """How many entries the log had, and the hash of the last of them."""

    entries: int
    hash: str


def path() -> Path:
    """Where the head is kept: GALLEY_AUDIT_HEAD, or `audit-head.json` in the home; for a server
    with a part of its name that tells databases apart."""
    named = os.environ.get("GALLEY_AUDIT_HEAD")
    if named:
        return Path(named)
    if is_embedded():
        return home() / "audit-head.json"
    there = login("governing")
    place = f"{there.get('host')} {there.get('port')} {there.get('dbname')}"
    return home() / f"audit-head-{sha256(place.encode()).hexdigest()[:8]}.json"


def keep(entries: int, digest: str) -> None:
    """Writes the head, atomically and under a lock; never one that is behind the file's."""
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file.with_name(file.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if there_already(file) >= entries:
            return
        fresh = file.with_name(file.name + ".new")
        with open(fresh, "w") as written:
            json.dump({"entries": entries, "head": digest}, written)
            written.flush()
            os.fsync(written.fileno())
        os.replace(fresh, file)


def keep_quietly(entries: int, digest: str) -> None:
    """As `keep`; a file that cannot be written is told to the program's log, no more: the entry
    is committed, and the next one raises the head past it."""
    try:
        keep(entries, digest)
    except OSError as error:
        logging.getLogger(__name__).error("the log's head could not be kept: %s", error)


def there_already(file: Path) -> int:
    try:
        head = read(file)
    except Wrong:
        return -1
    return head.entries if head else -1


def read(file: Path) -> Head | None:
    """The head that the file keeps; None without a file. Raises Wrong if it cannot be read."""
    try:
        found = json.loads(file.read_bytes())
        head = Head(int(found["entries"]), str(found["head"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise Wrong(f"{file} does not hold a count and a hash of the log's head") from None
    if head.entries < 1 or not HASH.fullmatch(head.hash):
        raise Wrong(f"{file} does not hold a count and a hash of the log's head")
    return head
