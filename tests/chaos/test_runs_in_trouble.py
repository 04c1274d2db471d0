"""Runs and undos of every job that has consequences, killed and disturbed by chance: afterwards
the catalogue is what an undisturbed run leaves, and what was before it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from cases import CASES, Case
from chances import TRIALS
from other_processes import WORK
from stories import Library
from town_library import fill_town

from galleyproof.runs.faults import POINTS

ALONE = ("set-830-second-indicator", "normalize-bibs", "cancel-print-subscription")
"""Jobs that nothing follows from."""
FOLLOWED = [case for case in CASES if case.job not in ALONE]
if TRIALS == 1:
    FOLLOWED = list({case.job: case for case in FOLLOWED}.values())
PRINTS = {
    "heads": "SELECT kind, id, parent, root, status, tags FROM record",
    "bodies": "SELECT r.kind, r.id, encode(sha256(v.body), 'hex') FROM record AS r JOIN version"
    " AS v ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version",
    "keys": "SELECT kind, scheme, value, id FROM key",
    "versions": "SELECT kind, id, version, status FROM version",
    "counters": "SELECT kind, id, version, children FROM record",
    "outcomes": "SELECT run, place, kind, id, outcome, code, sentence FROM outcome",
}
"""What two catalogues are compared by, each as a digest of its rows."""


def prints(library: Library) -> dict[str, str]:
    found = {}
    for name, query in PRINTS.items():
        rows = sorted(map(repr, library.rows(query)))
        found[name] = sha256("\n".join(rows).encode()).hexdigest()
    return found


def filled(library: Library, case: Case) -> dict[str, Any]:
    fill_town(library)
    return case.asked(library)


def worked_in_trouble(number: int, chance: random.Random) -> str:
    """Has a run worked by processes that meet trouble; which."""
    trouble = chance.choice((killed_at_a_point, killed_at_a_moment, cut_off, beside_another))
    return trouble(number, chance)


def started(number: int, **environ: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WORK, str(number)],
        env=os.environ | environ,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )


def killed_at_a_point(number: int, chance: random.Random) -> str:
    fault = f"{chance.choice(POINTS)}:{chance.randint(1, 3)}"
    started(number, GALLEY_FAULT=fault).communicate(timeout=60)
    return f"killed at {fault}"


def killed_at_a_moment(number: int, chance: random.Random) -> str:
    process, seconds = started(number), chance.uniform(0.4, 1.6)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    return f"killed after {seconds:.2f} s"


def cut_off(number: int, chance: random.Random) -> str:
    """The server ends the sessions of whoever works."""
    import psycopg

    from galleyproof.database import server

    process, seconds = started(number), chance.uniform(0.5, 1.5)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        with psycopg.connect(**server.superuser_login(), autocommit=True) as root:
            root.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND usename IS NOT NULL"
            )
        process.communicate(timeout=60)
        from django.db import connections

        connections.close_all()
    return f"cut off after {seconds:.2f} s"


def beside_another(number: int, chance: random.Random) -> str:
    """Two work on it, and one is killed."""
    fault = f"{chance.choice(POINTS)}:1"
    both = [started(number, GALLEY_FAULT=fault), started(number)]
    for process in both:
        process.communicate(timeout=60)
    return f"two at once, one killed at {fault}"


@pytest.mark.parametrize("case", FOLLOWED, ids=str)
def test_what_trouble_leaves_is_what_no_trouble_leaves(
    anew: Callable[[], Library],
    small_chunks: Callable[[int], None],
    case: Case,
    trial: int,
    chance: random.Random,
) -> None:
    small_chunks(4)
    library = anew()
    asked = filled(library, case)
    run = library.run(**asked)
    after = prints(library)
    undo = library.undo(run.pk)
    taken_back = prints(library)

    library = anew()
    asked = filled(library, case)
    again = library.ask(**asked)
    how = worked_in_trouble(again.pk, chance)
    again = library.work(again)
    assert (again.state, again.counts, again.digest) == (run.state, run.counts, run.digest), how
    assert differing(prints(library), after) == [], how
    undoing = asked_undo(library, again.pk)
    how = worked_in_trouble(undoing.pk, chance)
    undone = library.work(undoing)
    assert (undone.state, undone.counts) == (undo.state, undo.counts), how
    assert differing(prints(library), taken_back) == [], how


def asked_undo(library: Library, number: int) -> Any:
    from stories import NOW

    from galleyproof.runs.undo_requests import request_undo

    return request_undo(library.amy, number, NOW)


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return [name for name in PRINTS if one[name] != other[name]]
