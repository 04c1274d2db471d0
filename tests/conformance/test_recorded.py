"""What each job says of the town's library, as somebody judged it: a change of an answer shows.

`GALLEY_RECORD=yes pytest tests/conformance/test_recorded.py` writes the answers anew, to be read
before they are committed; where a job answers otherwise, its revision rises.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from back_room import fill_back_room
from cases import CASES, Case
from rarer_cases import NOT_MET, RARER
from stories import Library
from town_library import fill_town

RECORDED = Path(__file__).with_name("recorded")


def answers(plan: Any) -> str:
    """A line for each record: its number, what becomes of it and what is said; then what follows on
    others, and the kinds of change."""
    from galleyproof.runs.before_after import differences
    from galleyproof.runs.reporting import said_rows

    said: dict[tuple[str, str], list[str]] = {}
    follows = []
    for row in said_rows(plan):
        if row.outcome == "consequence":
            follows.append(f"{row.kind} {row.number or 'new'}: {row.code}: {row.sentence}")
        else:
            said.setdefault((row.outcome, row.number), []).append(f"{row.code}: {row.sentence}")
    lines = [f"{number}: {what}: {'; '.join(some)}" for (what, number), some in said.items()]
    for one in differences(plan):
        if ("changed", one.number) not in said:
            lines.append(f"{one.number}: changed")
    counts = ", ".join(f"{count} {what}" for what, count in sorted(plan.counts.items()) if count)
    shapes = [f"{one['shape']} ({one['count']})" for one in plan.shapes]
    parts = [[counts], sorted(lines), ["", "follows:"], sorted(follows), ["", "changes:"]]
    return "\n".join([line for part in [*parts, sorted(shapes)] for line in part]) + "\n"


@pytest.mark.parametrize("case", [*CASES, *RARER], ids=str)
def test_each_job_answers_as_it_was_judged(library: Library, case: Case) -> None:
    fill_town(library)
    if case in RARER:
        fill_back_room(library)
    plan = library.run(dry_run=True, **case.asked(library))
    path = RECORDED / f"{case}.txt"
    found = answers(plan)
    if os.environ.get("GALLEY_RECORD") == "yes":
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def test_nothing_is_recorded_that_is_not_tried() -> None:
    assert {path.stem for path in RECORDED.glob("*.txt")} == {
        str(case) for case in (*CASES, *RARER)
    }


def test_every_code_that_a_job_declares_is_met_by_an_example() -> None:
    from galleyproof.jobs.catalogue import JOBS

    missing = {
        (name, code)
        for name, job in JOBS.items()
        for code in (*job.refuses, *job.follows, *job.lists)
        if code not in recorded_codes(name)
    }
    assert missing == set(NOT_MET)


def recorded_codes(job: str) -> set[str]:
    """The codes that some case of a job says."""
    texts = [
        (RECORDED / f"{case}.txt").read_text(encoding="utf-8")
        for case in (*CASES, *RARER)
        if case.job == job
    ]
    return set(re.findall(r"(?<=[:;] )([a-z0-9-]+)(?=: )", "\n".join(texts)))
