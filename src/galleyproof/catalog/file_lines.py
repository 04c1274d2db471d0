"""Lines of a file that there is something to say about: which, and in which words.

A line that names no record, or not one alone, is a member of the set all the same, so that it is
counted: a number below zero stands in for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

PROBLEMS = {
    "not-found": "not found",
    "found-twice": "several records answer to it",
    "contradictory": "its columns name different records",
    "nothing-open": "no work order is open for the item that it names",
    "no-id": "it names no record",
    "too-many-cells": "it has more cells than the first line has columns",
    "duplicate": "it names a record that was named before",
}
"""Code -> what is the matter with a line."""
UNUSABLE = ("found-twice", "contradictory", "nothing-open", "no-id", "too-many-cells")
"""Lines that are refused: nothing is done by them."""
PARTS = 1_000_000_000
"""More lines than a file has."""


class SetLine(NamedTuple):
    """A line with something to say: its number in the file (the header is 1), what it says, one of
    PROBLEMS, and the record that it names, or below zero what stands in the set for the line."""

    number: int
    value: str
    problem: str
    id: int | None = None

    @property
    def sentence(self) -> str:
        shown = f", “{self.value[:80]}”" if self.value else ""
        return f"line {self.number} of the file{shown}: {PROBLEMS[self.problem]}"


def stand_in(line: int, part: int = 0) -> int:
    """What stands in a set for a line, or for the further numbers that it names."""
    return -(part * PARTS + line)


def line_of(id: int) -> int:
    """The line that a number below zero stands in for."""
    return -id % PARTS


def counted_problems(said: list[SetLine]) -> dict[str, int]:
    """Problem -> how many lines have it, without those that none has."""
    found: dict[str, int] = {}
    for line in said:
        found[line.problem] = found.get(line.problem, 0) + 1
    return found


def file_sentences(told: Mapping[str, Any]) -> list[str]:
    """What there is to say of a file, as `Matched.told` has it and runs keep it."""
    found = []
    if number := told.get("not_found"):
        found.append(f"{lines(number)} not found; in the set as missing")
    for code, number in (told.get("refused_lines") or {}).items():
        found.append(f"{lines(number)} refused: {PROBLEMS[code]}")
    if number := told.get("duplicates"):
        found.append(f"{lines(number)} naming a record that was named before")
    if used := told.get("columns"):
        found.append(f"columns whose values go to single records: {', '.join(used)}")
    if offered := told.get("offered_columns"):
        found.append(f"columns that could be used, and were not asked for: {', '.join(offered)}")
    if ignored := told.get("ignored_columns"):
        shown = ", ".join(f"“{one}”" for one in ignored)
        found.append(f"columns of the file that nothing is made of: {shown}")
    return found + list(told.get("assumed") or ())


def lines(number: int) -> str:
    return f"{number:,} line{'' if number == 1 else 's'}"
