"""Advisory locks: each number means one thing, and all of them stand in one table."""

from __future__ import annotations

import re
from pathlib import Path

import galleyproof
from galleyproof.database.connect import connect
from galleyproof.database.locks import Lock, holders, try_lock

SOURCE = Path(galleyproof.__file__).parent


def test_no_two_locks_share_a_number() -> None:
    assert len({lock.value for lock in Lock.__members__.values()}) == len(Lock.__members__)


def test_every_lock_taken_is_named_by_the_table() -> None:
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(r"pg_(try_)?advisory\w*\(([^)]*)\)", text):
            first = found[2].split(",")[0].strip()
            assert first in ("%s", "LOADING"), f"{path.name} takes a lock by the number {first}"
            assert "locks" in path.name or "Lock." in text, path.name


def test_who_holds_a_lock_can_be_counted_and_one_session_has_it(galley) -> None:
    count = f"SELECT {holders(Lock.LOADING, '%s')}, {holders(Lock.LOADING)}"
    with connect("sandbox", autocommit=True) as one, connect("sandbox", autocommit=True) as other:
        assert try_lock(one, Lock.LOADING, 7)
        assert not try_lock(other, Lock.LOADING, 7)
        assert try_lock(other, Lock.LOADING, 8)
        assert try_lock(other, Lock.REFRESHING, 7)
        assert other.execute(count, (7,)).fetchone() == (1, 2)
