"""The life of a run is one table, and nothing moves a run beside it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import galleyproof
from galleyproof.marc.errors import Wrong
from galleyproof.runs.states import BEGINNINGS, ENDED, MOVES, STATES, check_move

SOURCE = Path(galleyproof.__file__).parent


def test_every_state_can_be_reached_and_every_open_one_ends() -> None:
    reached = set(BEGINNINGS)
    while more := {move.after for move in MOVES if move.before in reached} - reached:
        reached |= more
    assert reached == set(STATES)
    ending = set(ENDED)
    while more := {move.before for move in MOVES if move.after in ending} - ending:
        ending |= more
    assert ending == set(STATES)


def test_each_move_stands_once_with_its_reason() -> None:
    pairs = [(move.before, move.after) for move in MOVES]
    assert len(pairs) == len(set(pairs))
    assert all(len(move.why) > 10 for move in MOVES)
    assert {state for pair in pairs for state in pair} == set(STATES)


@pytest.mark.parametrize("before", STATES)
def test_what_is_not_in_the_table_is_refused_with_where_it_may_go(before: str) -> None:
    onward = {move.after for move in MOVES if move.before == before}
    for after in STATES:
        if after in onward:
            check_move(before, after)
        else:
            with pytest.raises(Wrong, match=f"a run that is {before} cannot become {after}"):
                check_move(before, after)


def test_only_one_function_moves_a_run() -> None:
    """Whatever in the code of runs sets an attribute `state`, or updates it in the database, is
    that function, or speaks of something that is no run."""
    setting = []
    for path in sorted((SOURCE / "runs").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Attribute) and target.attr == "state":
                        setting.append((path.name, ast.unparse(target)))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in ("update", "create", "bulk_update"):
                    written = {word.arg for word in node.keywords}
                    of = ast.unparse(node.func.value)
                    if "state" in written:
                        setting.append((path.name, of.split(".")[0] + f".{node.func.attr}"))
    assert set(setting) == {
        ("settling.py", "run.state"),
        ("schedules.py", "schedule.state"),
        ("starting.py", "Schedule.update"),
        # Made in a state of BEGINNINGS.
        ("loading.py", "Run.create"),
        ("refreshing.py", "Run.create"),
    }
