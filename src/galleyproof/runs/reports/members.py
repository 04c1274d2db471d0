"""The members of a run, each once and with its outcome, in every state that the run may be in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from galleyproof.jobs.outcome import Said
from galleyproof.runs.judging import CHANGED
from galleyproof.runs.judging import OUTCOMES as MARKS
from galleyproof.runs.models import Run
from galleyproof.runs.states import ENDED
from galleyproof.runs.tally import NOT_REACHED, OUTCOMES, PENDING, Ledger, ledger_of

At = tuple[int, int]
"""A place in a run: (start of the chunk, place within it)."""
BEGINNING: At = (-1, -1)
WAITS = ord("p")
"""The mark of a member that the run has not come to, beside those of the ledger."""


class Member(NamedTuple):
    """One record of a run. version: the one it was judged at or planned on; 0 where there is none,
    or it is not known yet; -1 where the ledger was not asked. reached: whether the run has
    come to it."""

    at: At
    kind: str
    id: int
    version: int
    outcome: str
    reached: bool = True


NEXT = """
    SELECT start, coalesce(kind, %(kind)s), state = 'done' AND NOT %(borrowed)s, ids,
           coalesce(versions, planned_on), marks
    FROM chunk WHERE run = %(run)s AND start >= %(start)s
    AND (state <> 'done' OR %(borrowed)s OR {some}) ORDER BY start LIMIT 1
"""


def each_member(
    cursor: Any, run: Run, outcome: str = "", after: At = BEGINNING
) -> Iterator[Member]:
    """The members after a place, in the run's order; of one outcome, if one is named. One chunk
    is read at a time. The cursor's search path is the environment, then the governing schema."""
    ledger = ledger_of(run)
    waiting = "refused" if run.state in ENDED else PENDING
    start = after[0]
    while True:
        cursor.execute(
            NEXT.format(some=f"{outcome} > 0" if outcome in OUTCOMES else "TRUE"),
            {"kind": run.kind, "start": start, **ledger._asdict()},
            binary=True,
        )
        row = cursor.fetchone()
        if row is None:
            return
        begins, kind, done, ids, versions, marks = row
        floor = after[1] if begins == after[0] else -1
        shown = marks if done else standing(marks, len(ids))
        for place, mark in enumerate(shown):
            what = MARKS.get(mark, waiting)
            if place > floor and (not outcome or what == outcome):
                version = versions[place] if versions else 0
                yield Member((begins, place), kind, ids[place], version, what, mark != WAITS)
        start = begins + 1


def standing(marks: bytes | None, size: int) -> bytes:
    """The marks of a chunk that is not done: what its plan does not change stands already."""
    if marks is None:
        return bytes([WAITS]) * size
    return bytes(marks).replace(bytes([CHANGED]), bytes([WAITS]))


def why_not_reached(run: Run) -> Said:
    """What there is to say of a member that the run has not come to."""
    if run.state not in ENDED:
        return Said(PENDING, "the run has not come to it yet")
    ended = "was cancelled" if run.state == "cancelled" else f"ended ({run.state})"
    return Said(NOT_REACHED, f"the run {ended} before it came to it")


def said_of(
    cursor: Any, run: Run, some: Sequence[Member], ledger: Ledger | None = None
) -> dict[tuple[str, int], list[Said]]:
    """(kind, number) -> what the report says of these members."""
    found: dict[tuple[str, int], list[Said]] = {
        (one.kind, one.id): [] if one.reached else [why_not_reached(run)] for one in some
    }
    outcomes = {(one.kind, one.id): one.outcome for one in some if one.reached}
    cursor.execute(
        "SELECT kind, id, outcome, code, sentence FROM outcome"
        " WHERE run = %s AND id = ANY(%s) AND outcome <> 'consequence' ORDER BY start, place",
        ((ledger or ledger_of(run)).run, [one.id for one in some]),
    )
    for kind, id, outcome, code, sentence in cursor.fetchall():
        if outcomes.get((kind, id)) == outcome:
            found[kind, id].append(Said(code, sentence))
    return found
