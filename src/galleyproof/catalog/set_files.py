"""Files of ids: the first line names the id type; every line after it is an id.

CSV, TSV, XLSX and plain text. A file with another header, with ids of another kind, or with
ids that a spreadsheet has spoilt is refused before anything starts, with counts and examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import psycopg

from galleyproof.catalog.kinds import ID_TYPES, KINDS, IdType
from galleyproof.catalog.tables import Example, Row, Spoilt, counted, examples, open_table
from galleyproof.marc.errors import Wrong
from galleyproof.marc.keys import normal
from galleyproof.structures.structure import column_name


class IdLine(NamedTuple):
    """A line of the file: its number (the header is 1), its first cell, and what its further
    columns say, by the names by which the job knows them."""

    number: int
    value: str
    given: dict[str, str] = {}


class SetLine(NamedTuple):
    """A line with something to say. problem: `not-found`, `found-twice` or `duplicate`."""

    number: int
    value: str
    problem: str
    id: int | None = None


@dataclass(slots=True)
class Matched:
    """What a file of ids comes to in one environment.

    ids: numbers found, each once, in the order of the file, and minus the line's number for each
    line not found (those are members too, as missing ones).
    """

    kind: str
    id_type: IdType
    lines: int = 0
    ids: list[int] = field(default_factory=list)
    said: list[SetLine] = field(default_factory=list)
    given: dict[int, dict[str, str]] = field(default_factory=dict)
    """Number of a record -> what further columns of its line say, by the columns' names."""
    ignored: list[str] = field(default_factory=list)
    """Further columns of the file that nothing is made of."""
    contradicting: list[tuple[int, str]] = field(default_factory=list)
    """Lines that say of a record something else than a line before them."""

    def count(self, problem: str) -> int:
        return sum(1 for line in self.said if line.problem == problem)

    @property
    def found(self) -> int:
        return sum(1 for id in self.ids if id > 0)


def match_file(
    connection: psycopg.Connection,
    path: Path,
    *,
    kinds: Sequence[str] = (),
    columns: Sequence[str] = (),
) -> Matched:
    """Reads a file of ids and finds their records.

    kinds: the kinds that the job takes; an id type that several kinds have (035) means the
    first of them. columns: further columns that it takes, for single records. Raises Wrong where
    the file cannot be used, having read no further than needed.
    """
    header, rows = open_table(path, EXPECTED)
    id_type = id_type_named(header[0], path)
    kind = id_type.kind or next(iter(kinds), "bib")
    if kinds and kind not in kinds:
        raise Wrong(
            f"{path.name} is a file of {id_type.header}s, which are {KINDS[kind].plural}; "
            f"the job takes {' or '.join(KINDS[k].plural for k in kinds)}, and nothing was read "
            "further"
        )
    taken, ignored = further(header, columns, path)
    lines = list(read_lines(path, rows, taken))
    if not lines:
        raise Wrong(f"{path.name} has a header and no ids")
    matched = match(connection, kind, id_type, lines)
    matched.ignored = ignored
    refuse_other_kinds(connection, path, matched)
    return matched


# ---- reading


def read_lines(path: Path, rows: Iterator[Row], taken: dict[int, str]) -> Iterator[IdLine]:
    """The lines that name an id; Wrong where a spreadsheet has spoilt some."""
    spoilt = Spoilt(path, [0])
    nameless = []
    for row in rows:
        spoilt.look(row)
        value = row.cells[0]
        given = {
            name: row.cells[at]
            for at, name in taken.items()
            if at < len(row.cells) and row.cells[at]
        }
        if value:
            yield IdLine(row.line, value, given)
        elif given:
            nameless.append(Example(row.line, "; ".join(given.values())))
    spoilt.refuse()
    if nameless:
        raise Wrong(
            f"{path.name}: {counted(len(nameless), 'line says', 'lines say')} something of a "
            f"record without naming it ({examples(nameless)}); nothing was done"
        )


def further(
    header: Sequence[str], columns: Sequence[str], path: Path
) -> tuple[dict[int, str], list[str]]:
    """(place -> name) of the further columns that the job takes, and the headers of the rest."""
    names = {column_name(column): column for column in columns}
    taken: dict[int, str] = {}
    ignored = []
    for at, cell in enumerate(header[1:], start=1):
        name = names.get(column_name(cell))
        if name is not None and name in taken.values():
            raise Wrong(f"{path.name} has two columns “{cell}”; leave one out")
        if name is not None:
            taken[at] = name
        elif cell:
            ignored.append(cell)
    return taken, ignored


def headers() -> str:
    return ", ".join(one.header for one in ID_TYPES)


EXPECTED = f"expected one id a line under a first line that names the id type: {headers()}"


def id_type_named(header: str, path: Path) -> IdType:
    wanted = header.strip().casefold()
    for one in ID_TYPES:
        if one.header.casefold() == wanted:
            return one
    near = get_close_matches(header, [one.header for one in ID_TYPES], n=1, cutoff=0.6)
    offer = f"; did you mean “{near[0]}”?" if near else ""
    raise Wrong(
        f"the first line of {path.name} is “{header[:60]}”, which is not an id type; "
        f"expected one of {headers()}{offer}"
    )


# ---- matching


def find(
    connection: psycopg.Connection, kind: str, scheme: str, values: Sequence[str]
) -> dict[str, list[int]]:
    cursor = connection.execute(
        "SELECT k.value, array_agg(k.id ORDER BY k.id) FROM key AS k"
        " WHERE k.kind = %s AND k.scheme = %s AND k.value = ANY(%s) GROUP BY k.value",
        (kind, scheme, list(values)),
    )
    return dict(cursor.fetchall())


def match(
    connection: psycopg.Connection, kind: str, id_type: IdType, lines: Sequence[IdLine]
) -> Matched:
    matched = Matched(kind, id_type, lines=len(lines))
    values = {line.number: normal(id_type.scheme, line.value) for line in lines}
    found = find(connection, kind, id_type.scheme, sorted(set(values.values())))
    seen: set[int] = set()
    for number, value, given in lines:
        ids = found.get(values[number], [])
        if not ids:
            matched.ids.append(-number)
            matched.said.append(SetLine(number, value, "not-found"))
            continue
        if len(ids) > 1:
            matched.said.append(SetLine(number, value, "found-twice", ids[0]))
        if all(id in seen for id in ids):
            matched.said.append(SetLine(number, value, "duplicate", ids[0]))
        for id in ids:
            if given:
                keep_given(matched, id, given, number)
            if id not in seen:
                seen.add(id)
                matched.ids.append(id)
    if matched.contradicting:
        said = examples([Example(number, value) for number, value in matched.contradicting])
        raise Wrong(
            f"{counted(len(matched.contradicting), 'line says', 'lines say')} of a record "
            f"something else than a line before ({said}); nothing was done"
        )
    return matched


def keep_given(matched: Matched, id: int, given: dict[str, str], number: int) -> None:
    """Keeps what a line says of a record; two lines that say different things are told."""
    before = matched.given.setdefault(id, given)
    if before != given:
        matched.contradicting.append((number, "; ".join(given.values())))


def refuse_other_kinds(connection: psycopg.Connection, path: Path, matched: Matched) -> None:
    """An id is of the wrong kind when it is found only among the numbers of another kind, or
    among the barcodes."""
    lost: dict[str, list[Example]] = {}
    for line in matched.said:
        if line.problem == "not-found":
            lost.setdefault(line.value.strip(), []).append(Example(line.number, line.value))
    if not lost:
        return
    cursor = connection.execute(
        "SELECT DISTINCT k.kind, k.scheme, k.value FROM key AS k"
        " WHERE k.scheme = ANY(%s) AND k.value = ANY(%s)",
        ([*(kind.scheme for kind in KINDS.values()), "barcode"], list(lost)),
    )
    stray: dict[tuple[str, str], list[Example]] = {}
    for kind, scheme, value in cursor:
        if (kind, scheme) != (matched.kind, matched.id_type.scheme):
            stray.setdefault((kind, scheme), []).extend(lost[value])
    if not stray:
        return
    count = len({example for some in stray.values() for example in some})
    said = "; ".join(
        f"{of(kind, scheme, len(some))} ({examples(sorted(some))})"
        for (kind, scheme), some in sorted(stray.items())
    )
    all_of_them = "" if count == matched.lines else f" of {matched.lines:,}"
    header = matched.id_type.header
    raise Wrong(
        f"{path.name}: {count:,}{all_of_them} ids are not {header}s: {said}; nothing was done"
    )


def of(kind: str, scheme: str, number: int) -> str:
    if scheme == KINDS[kind].scheme:
        return f"{counted(number, 'number')} of {KINDS[kind].plural}"
    return f"{counted(number, 'barcode')} of items"
