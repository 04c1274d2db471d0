"""Members of sets, and lines of their files that something is the matter with, as files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from galleyproof.catalog.file_lines import PROBLEMS
from galleyproof.catalog.kinds import ID_TYPES, KINDS
from galleyproof.catalog.models import RecordSet
from galleyproof.catalog.reading import held_with_ids
from galleyproof.catalog.sets import lines_of, member, members, numbers, set_named
from galleyproof.catalog.tables import safe
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong

AT_ONCE = 1000
"""Members that are read together."""


def export_lines(name: str, environment: str, problem: str, path: Path) -> int:
    """Writes the lines of a set's file that have a problem (`all`: any) as CSV; how many."""
    record_set = set_named(name, environment)
    if problem != "all" and problem not in PROBLEMS:
        raise Wrong(f"“{problem}” is not a problem; there are {', '.join(PROBLEMS)}, all")
    with connect(environment, autocommit=True) as connection:
        lines = lines_of(connection, record_set.pk)
    rows = (
        (line.number, safe(line.value), line.problem, max(line.id or 0, 0) or "")
        for line in lines
        if problem in ("all", line.problem)
    )
    return write_table(path, ("line", "value", "problem", "number in the catalogue"), rows)


def export_members(name: str, environment: str, path: Path) -> int:
    """Writes a set's members as CSV, by their own numbers, so that the file is one of ids; those
    that are not there are left out. Returns how many lines."""
    record_set = set_named(name, environment)
    rows = ((safe(number), safe(title), id) for number, title, id in member_rows(record_set))
    return write_table(path, member_heads(record_set), rows)


def member_heads(record_set: RecordSet) -> tuple[str, str, str]:
    own = KINDS[record_set.kind].scheme
    header = next((one.header for one in ID_TYPES if one.scheme == own), "number")
    return header, "title", "number in the catalogue"


def member_rows(record_set: RecordSet) -> Iterator[tuple[str, str, int]]:
    """(own number, title, number in the catalogue) of the members that are there, streaming."""
    environment, kind = record_set.environment_id, record_set.kind
    with (
        connect(environment, autocommit=True) as connection,
        connect(environment, autocommit=True) as reading,
        reading.cursor() as cursor,
    ):
        # Closed before its connection, also where nobody wants the rest.
        with closing(numbers(connection, members(connection, record_set))) as some:
            while ids := list(islice(some, AT_ONCE)):
                held = {one.id: one for one in held_with_ids(cursor, kind, ids)}
                for one in (member(id, held[id]) for id in ids if id in held):
                    yield one.number, one.title, one.id


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    if not path.parent.is_dir():
        raise Wrong(f"there is no folder {path.parent}")
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        count = 0
        for row in rows:
            writer.writerow(row)
            count += 1
    return count
