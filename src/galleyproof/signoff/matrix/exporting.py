"""The matrix as a list of the same columns as offices keep it, which can be imported again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from galleyproof.jobs.office_names import restriction_of
from galleyproof.people.models import Person
from galleyproof.signoff.matrix.cells import Cell, cells_of, lines
from galleyproof.signoff.matrix.list_units import ListUnits
from galleyproof.signoff.matrix.pending import pending

Row = tuple[str, str, str, str, str, str]
FIRST = 250
TOGETHER = 5_000
"""Permits that are read together; a few at first, so that a download begins at once."""


def list_rows(at: datetime) -> Iterator[Row]:
    """(scope, job, binding, who, unit, note) of every permit of production on the matrix, and of
    every pending row, as it was written."""
    shared = Counter(
        name.casefold() for name in Person.objects.values_list("display_name", flat=True)
    )
    units = ListUnits.read()
    numbers = iter([one.number for one in lines(at)])
    together = FIRST
    while some := list(islice(numbers, together)):
        together = TOGETHER
        for cell in cells_of(some, at):
            yield permit_row(cell, shared, units)
    written = set()
    for row in pending():
        as_written: Row = (
            row.scope,
            row.job_as_written,
            row.binding_as_written,
            row.who_as_written,
            row.unit_as_written,
            row.note,
        )
        if as_written not in written:  # a row that came to several parts is one row again
            written.add(as_written)
            yield as_written


def permit_row(cell: Cell, shared: Counter[str], units: ListUnits) -> Row:
    permit = cell.permit
    envelope = permit.limits
    fixed = {
        name: allowed.fixed
        for name, allowed in envelope.parameters.items()
        if hasattr(allowed, "fixed")
    }
    restriction = restriction_of(permit.job, fixed)
    who = cell.who
    if permit.person is not None and needs_username(permit.person, shared):
        who = permit.person.username
    said = [cell.note] if cell.note else []
    if permit.ticket is not None:
        said.append(f"ticket {permit.ticket}: {envelope.sentence()}")
    return (
        cell.scope,
        cell.title + (f" ({restriction})" if restriction else ""),
        permit.binding,
        who,
        units.written(cell.units, cell.unit_written),
        "; ".join(said),
    )


def needs_username(person: Person, shared: Counter[str]) -> bool:
    """Whether a display name alone would not find the person again."""
    name = person.display_name
    return shared[name.casefold()] > 1 or any(sign in name for sign in "(;,?\n")
