"""The matrix arranged for reading: under headings by job, person or unit, or as a grid of people
and jobs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from galleyproof.marc.errors import Wrong
from galleyproof.signoff.matrix.cells import Cell

WAYS = ("job", "person", "unit", "grid")
NO_UNIT = "no unit"

Column = tuple[str, str, str]
"""(job's code, binding, title)"""


class Row(NamedTuple):
    """A person or group of the grid; cells: one for each column, empty where there is none."""

    who: str
    units: tuple[str, ...]
    cells: list[list[Cell]]


class Table(NamedTuple):
    """headings: each with its cells, in order. columns and rows: of the grid. size: how many
    permits."""

    by: str
    headings: list[tuple[str, list[Cell]]]
    columns: list[Column]
    rows: list[Row]
    size: int

    @property
    def lines(self) -> int:
        return len(self.rows) or sum(len(some) for _, some in self.headings)

    def part(self, start: int, most: int) -> Table:
        """At most so many lines of it, from one on; a heading that goes on is said again."""
        if self.rows:
            return self._replace(rows=self.rows[start : start + most])
        headings = []
        passed = 0
        for heading, some in self.headings:
            first, last = max(start - passed, 0), start + most - passed
            if some[first:last] and last > 0:
                headings.append((heading, some[first:last]))
            passed += len(some)
        return self._replace(headings=headings)


def arranged(found: Sequence[Cell], by: str) -> Table:
    """Raises Wrong for another way than WAYS."""
    if by not in WAYS:
        raise Wrong(f"the matrix is arranged by {', '.join(WAYS)}, not by “{by}”")
    if by == "grid":
        return grid(found)
    if by == "unit":
        pairs = [(unit, cell) for cell in found for unit in cell.units or (NO_UNIT,)]
        pairs.sort(key=lambda one: (one[0], one[1].who, one[1].title))
        headings = [
            (unit, [cell for _, cell in some]) for unit, some in groupby(pairs, lambda one: one[0])
        ]
    elif by == "person":
        people = sorted(found, key=lambda cell: (cell.who, cell.permit.pk))
        headings = [(who, list(some)) for who, some in groupby(people, person_heading)]
    else:
        headings = [(job, list(some)) for job, some in groupby(found, job_heading)]
    return Table(by, headings, [], [], len(found))


def person_heading(cell: Cell) -> str:
    return f"{cell.who}, {', '.join(cell.units)}" if cell.units else cell.who


def job_heading(cell: Cell) -> str:
    scope = f"{cell.scope}: " if cell.scope else ""
    bound = f", {cell.permit.binding}" if cell.permit.binding else ""
    return f"{scope}{cell.title}{bound}"


def grid(found: Sequence[Cell]) -> Table:
    columns = list(dict.fromkeys((c.permit.job, c.permit.binding, c.title) for c in found))
    at = {column: place for place, column in enumerate(columns)}
    rows: dict[str, Row] = {}
    for cell in sorted(found, key=lambda one: one.who.casefold()):
        key = cell.permit.person.username if cell.permit.person else cell.who
        row = rows.setdefault(key, Row(cell.who, cell.units, [[] for _ in columns]))
        row.cells[at[(cell.permit.job, cell.permit.binding, cell.title)]].append(cell)
    return Table("grid", [], columns, list(rows.values()), len(found))
