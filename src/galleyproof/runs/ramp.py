"""A ramp: a run's first few records, then some more, then the rest.

The steps are the first chunks, cut small; those after the step in hand are `held`, which no worker
takes. `confirmed`: the run pauses after each step until somebody resumes it. `automatic`: it goes
on by itself as long as no record failed.
"""

from __future__ import annotations

from typing import Any

import psycopg

from galleyproof.catalog.kinds import KINDS
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.runs.judging import CHANGED, places_of
from galleyproof.runs.ledger import hold_after, let_go, roots_of, split

RAMPS = ("confirmed", "automatic")
STEPS = (10, 100)
"""Records of the first steps, about: what hangs together stays together."""


def check_ramp(ramp: str) -> None:
    if ramp and ramp not in RAMPS:
        raise Wrong(f"“{ramp}” is not a ramp; there are {', '.join(RAMPS)}")


def cut_steps(connection: psycopg.Connection[Any], run: int, kind: str) -> None:
    """Cuts a run's first chunks to the sizes of the steps, and holds all but the first: in the
    transaction that freezes it, so that no run is ever frozen without the steps asked for.

    A chunk whose members were all unticked is no step.
    """
    steps: list[int] = []
    for most in STEPS:
        row = connection.execute(
            "SELECT start, ids, marks FROM chunk WHERE run = %s AND state = 'pending'"
            " AND start > %s AND (marks IS NULL OR length(planned_hashes) > 0)"
            " ORDER BY start LIMIT 1",
            (run, steps[-1] if steps else -1),
            binary=True,
        ).fetchone()
        if row is None:
            break
        start, ids, marks = row
        steps.append(start)
        to_do = range(len(ids)) if marks is None else places_of(CHANGED, marks)
        if len(to_do) > most:
            at = seam_from(connection, kind, ids, to_do[most - 1] + 1)
            if at < len(ids):
                changed = 0 if marks is None else marks[:at].count(CHANGED)
                split(connection, run, start, at, changed)
    if steps:
        hold_after(connection, run, steps[0])


def seam_from(connection: psycopg.Connection[Any], kind: str, ids: list[int], at: int) -> int:
    """The first place from this one on at which one root ends and the next begins."""
    if KINDS[kind].above:
        roots = roots_of(connection, kind, ids)
        while at < len(ids) and roots[at] == roots[at - 1]:
            at += 1
    return at


def release(environment: str, run: int, step: int) -> None:
    """Lets workers take the chunks of a step, counted from 1: the next chunk that is held, or all
    the rest."""
    with connect(environment) as connection:
        let_go(connection, run, all_of_them=step >= len(STEPS))


def step_done(step: int, counts: dict[str, int]) -> str:
    """What to say when a step is through and somebody is to look at it. step: counted from 0."""
    done = ", ".join(
        f"{counts[name]:,} {name}" for name in ("changed", "refused", "failed") if counts[name]
    )
    following = step + 1
    rest = f"up to {STEPS[following]:,} more" if following < len(STEPS) else "the rest"
    return (
        f"step {following} of its ramp is through: {done or 'nothing changed'}; "
        f"look at it, and go on for {rest}"
    )
