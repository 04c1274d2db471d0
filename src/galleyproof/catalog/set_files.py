"""Files of ids: the first line names the id type; every line after it is an id.

CSV, TSV, XLSX and plain text. A file with another header, with ids of another kind, or with
ids that a spreadsheet has spoilt is refused before anything starts, with counts and examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import psycopg

from galleyproof.catalog.kinds import ID_TYPES, KINDS, IdType
from galleyproof.catalog.tables import (
    SPOILT,
    Example,
    Row,
    Spoilt,
    counted,
    examples,
    open_table,
)
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
    gone: bool = False,
) -> Matched:
    """Reads a file of ids and finds their records.

    kinds: the kinds that the job takes; an id type that several kinds have (035) means the
    first of them. columns: further columns that it takes, for single records. gone: the job is
    for what is deleted or withdrawn; where a number names such a record and another one, that is
    meant, and the other one by other jobs. Raises Wrong where the file cannot be used, before
    anything of the catalogue is read.
    """
    header, rows = open_table(path, EXPECTED)
    column = next((at for at, cell in enumerate(header) if id_type_of(cell)), 0)
    id_type = id_type_named(header[column], path)
    kind = id_type.kind or next(iter(kinds), "bib")
    if kinds and kind not in kinds:
        raise Wrong(
            f"{path.name} is a file of {id_type.header}s, which are {KINDS[kind].plural}: "
            f"{of_other_kind(path, rows, column)}; expected "
            f"{' or '.join(KINDS[k].plural for k in kinds)}, and nothing was read further"
        )
    taken, ignored = further(header, columns, column, path)
    lines = list(read_lines(path, rows, column, taken, alone=len(header) == 1))
    if not lines:
        raise Wrong(f"{path.name} has a header and no ids")
    matched = match(connection, kind, id_type, lines, gone=gone)
    matched.ignored = ignored
    refuse_other_kinds(connection, path, matched)
    return matched


# ---- reading


def of_other_kind(path: Path, rows: Iterator[Row], column: int) -> str:
    lines = list(read_lines(path, rows, column, {}))
    shown = examples([Example(line.number, line.value) for line in lines])
    return f"{counted(len(lines), 'id')} ({shown})"


def read_lines(
    path: Path, rows: Iterator[Row], column: int, taken: dict[int, str], *, alone: bool = False
) -> Iterator[IdLine]:
    """The lines that name an id; Wrong where a spreadsheet has spoilt some. alone: the column of
    ids is the only one."""
    spoilt = Spoilt(path, [column])
    nameless = []
    for row in rows:
        if alone and SPOILT.match(",".join(row.cells)):
            row = row._replace(cells=[",".join(row.cells)])  # the decimal sign is a comma
        spoilt.look(row)
        value = as_id(path, row, column)
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


def as_id(path: Path, row: Row, column: int) -> str:
    """The id of a row: without the apostrophe that keeps a spreadsheet from spoiling it."""
    value = row.cells[column] if column < len(row.cells) else ""
    if broken := re.search(r"[\x00-\x1f]", value):
        shown = "".join(one if one.isprintable() else "·" for one in value[:40])
        raise Wrong(
            f"{path.name}, line {row.line}: character {ord(broken[0]):02X} (hex) stands in "
            f"“{shown}”; expected one id a line. Is a quote opened and not closed?"
        )
    return value[1:] if value[:1] == "'" else value


def further(
    header: Sequence[str], columns: Sequence[str], column: int, path: Path
) -> tuple[dict[int, str], list[str]]:
    """(place -> name) of the further columns that the job takes, and the headers of the rest."""
    names = {column_name(one): one for one in columns}
    taken: dict[int, str] = {}
    ignored = []
    for at, cell in enumerate(header):
        if at == column:
            continue
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


def id_type_of(header: str) -> IdType | None:
    wanted = header.strip().casefold()
    return next((one for one in ID_TYPES if one.header.casefold() == wanted), None)


def id_type_named(header: str, path: Path) -> IdType:
    found = id_type_of(header)
    if found is not None:
        return found
    known = {one.header.casefold(): one.header for one in ID_TYPES}
    near = get_close_matches(header.casefold(), known, n=1, cutoff=0.6)
    offer = f"; did you mean “{known[near[0]]}”?" if near else ""
    raise Wrong(
        f"the first line of {path.name} is “{header[:60]}”, which is not an id type; "
        f"expected one of {headers()}{offer}"
    )


# ---- matching


def find(
    connection: psycopg.Connection,
    kind: str,
    scheme: str,
    values: Sequence[str],
    *,
    gone: bool = False,
) -> dict[str, list[int]]:
    """The records that have these numbers. Of several with one number those that are there go
    before those that are deleted; the other way about for what is gone."""
    cursor = connection.execute(
        "SELECT k.value, array_agg(k.id ORDER BY k.id), array_agg(r.status ORDER BY k.id)"
        " FROM key AS k JOIN record AS r ON r.kind = k.kind AND r.id = k.id"
        " WHERE k.kind = %s AND k.scheme = %s AND k.value = ANY(%s) GROUP BY k.value",
        (kind, scheme, list(values)),
    )
    away = ("deleted", "withdrawn") if gone else ("deleted",)
    found = {}
    for value, ids, statuses in cursor:
        meant = [id for id, status in zip(ids, statuses, strict=True) if (status in away) == gone]
        found[value] = meant or ids
    return found


def match(
    connection: psycopg.Connection,
    kind: str,
    id_type: IdType,
    lines: Sequence[IdLine],
    *,
    gone: bool = False,
) -> Matched:
    matched = Matched(kind, id_type, lines=len(lines))
    values = {line.number: normal(id_type.scheme, line.value) for line in lines}
    found = find(connection, kind, id_type.scheme, sorted(set(values.values())), gone=gone)
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
