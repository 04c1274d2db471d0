"""Files of ids: the first line names the id type; every line after it is an id.

CSV, TSV, XLSX and plain text. A file with another header, with ids of another kind, or with
ids that a spreadsheet has spoilt is refused before anything starts, with counts and examples.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from python_calamine import CalamineError, CalamineWorkbook

from galleyproof.catalog.kinds import ID_TYPES, KINDS, IdType
from galleyproof.marc.errors import Wrong
from galleyproof.marc.keys import normal

SPOILT = re.compile(r"^\d+([.,]\d+)?[eE]\+?\d+$")
MAX_EXAMPLES = 5


class IdLine(NamedTuple):
    """A line of the file: its number (the header is 1) and its first cell, as it stands."""

    number: int
    value: str


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

    def count(self, problem: str) -> int:
        return sum(1 for line in self.said if line.problem == problem)

    @property
    def found(self) -> int:
        return sum(1 for id in self.ids if id > 0)


def match_file(
    connection: psycopg.Connection, path: Path, *, kinds: Sequence[str] = (), gone: bool = False
) -> Matched:
    """Reads a file of ids and finds their records.

    kinds: the kinds that the job takes; an id type that several kinds have (035) means the
    first of them. gone: the job is for what is deleted or withdrawn; where a number names such a
    record and another one, that is meant, and the other one by other jobs. Raises Wrong where
    the file cannot be used, before anything of the catalogue is read.
    """
    id_type, lines = read_file(path)
    rows = list(lines)
    kind = id_type.kind or next(iter(kinds), "bib")
    if kinds and kind not in kinds:
        raise Wrong(
            f"{path.name} is a file of {id_type.header}s, which are {KINDS[kind].plural}: "
            f"{len(rows):,} ids ({examples(rows)}); "
            f"expected {' or '.join(KINDS[k].plural for k in kinds)}, and nothing was read "
            "further"
        )
    check_lines(path, id_type, rows)
    matched = match(connection, kind, id_type, rows, gone=gone)
    refuse_other_kinds(connection, path, matched)
    return matched


# ---- reading


def read_file(path: Path) -> tuple[IdType, Iterator[IdLine]]:
    if not path.exists():
        raise Wrong(f"there is no file {path}")
    if path.is_dir():
        raise Wrong(f"{path} is a folder, not a file of ids")
    cells = id_cells(path)
    header = next(cells, None)
    if header is None:
        raise Wrong(f"{path.name} is empty; its first line must name the id type: {headers()}")
    return id_type_named(header.value, path), cells


def id_cells(path: Path) -> Iterator[IdLine]:
    """The header and the ids: the cells of the first column whose header is an id type (of the
    first column where none is), blank ones left out."""
    rows = rows_of(path)
    column: int | None = None
    alone = False
    spoilt = []
    for number, row in rows:
        cells = [text_of(cell) for cell in row]
        if column is None:
            if not any(cells):
                continue
            column = next((at for at, cell in enumerate(cells) if id_type_of(cell)), 0)
            alone = len(cells) == 1
        if alone and SPOILT.match(",".join(cells)):
            cells = [",".join(cells)]  # 9,91E+17, where the decimal sign is a comma
        value = cells[column] if column < len(cells) else ""
        if column < len(row) and isinstance(row[column], float) and row[column] >= 1e15:
            # A number of more than 15 digits has been rounded by the spreadsheet already.
            spoilt.append(IdLine(number, value))
        elif value:
            if broken := re.search(r"[\x00-\x1f]", value):
                raise Wrong(
                    f"{path.name}, line {number}: character {ord(broken[0]):02X} (hex) stands in "
                    f"“{printable(value)}”; expected one id a line. Is a quote opened and not "
                    "closed?"
                )
            yield IdLine(number, value)
    if spoilt:
        raise Wrong(
            f"{path.name}: {ids(len(spoilt))} of more than 15 digits stored as numbers, which "
            f"the spreadsheet has rounded ({examples(spoilt)}); format the column as text "
            "and fill it again"
        )


def rows_of(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """(number, cells) of every row; the first is 1."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        yield from rows_of_workbook(path)
        return
    # "Unicode text", as spreadsheets save it, is UTF-16; everything else is to be UTF-8.
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        with path.open(encoding=encoding, newline="") as text:
            first = text.readline()
            text.seek(0)
            yield from enumerate(csv.reader(text, delimiter=delimiter(first)), start=1)
    except (UnicodeError, csv.Error):
        raise Wrong(
            f"{path.name} is not a text file in UTF-8 nor a workbook; expected one id a "
            f"line under a first line that names the id type: {headers()}"
        ) from None


def delimiter(first: str) -> str:
    """What stands between the cells of a text file, by its first line."""
    return next((mark for mark in "\t;," if mark in first), ",")


def rows_of_workbook(path: Path) -> Iterator[tuple[int, list[Any]]]:
    try:
        rows: Any = (
            CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
        )
    except (CalamineError, OSError) as error:
        raise Wrong(f"{path.name} cannot be read as a workbook: {error}") from None
    yield from enumerate(rows, start=1)


GUARDED = re.compile(r'="(.*)"')


def text_of(cell: Any) -> str:
    """A cell as its reader means it: without what keeps a spreadsheet from spoiling an id
    (="00123", '00123)."""
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell == int(cell) else str(cell)
    value = str(cell).strip(" \t\r\n\xa0\ufeff")
    if guarded := GUARDED.fullmatch(value):
        value = guarded[1].strip()
    return value[1:] if value[:1] == "'" else value


def printable(value: str) -> str:
    return "".join(one if one.isprintable() else "·" for one in value[:40])


def ids(count: int) -> str:
    return "1 id" if count == 1 else f"{count:,} ids"


def headers() -> str:
    return ", ".join(one.header for one in ID_TYPES)


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


def check_lines(path: Path, id_type: IdType, lines: Sequence[IdLine]) -> None:
    if not lines:
        raise Wrong(f"{path.name} has a header and no ids")
    spoilt = [line for line in lines if SPOILT.match(line.value)]
    if spoilt:
        raise Wrong(
            f"{path.name}: {ids(len(spoilt))} spoilt by a spreadsheet ({examples(spoilt)}); "
            "format the column as text and fill it again"
        )


def examples(lines: Sequence[IdLine]) -> str:
    shown = ", ".join(f"line {line.number}: {line.value}" for line in lines[:MAX_EXAMPLES])
    return shown + (", …" if len(lines) > MAX_EXAMPLES else "")


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
    for number, value in lines:
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
            if id not in seen:
                seen.add(id)
                matched.ids.append(id)
    return matched


def refuse_other_kinds(connection: psycopg.Connection, path: Path, matched: Matched) -> None:
    """An id is of the wrong kind when it is found only among the numbers of another kind."""
    lost = {line.value: line for line in matched.said if line.problem == "not-found"}
    if not lost:
        return
    for kind in KINDS.values():
        if kind.code == matched.kind:
            continue
        strays = find(
            connection, kind.code, kind.scheme, [normal(kind.scheme, value) for value in lost]
        )
        wrong = [
            IdLine(line.number, line.value)
            for line in lost.values()
            if normal(kind.scheme, line.value) in strays
        ]
        if wrong:
            raise Wrong(
                f"{path.name}: {len(wrong):,} of {ids(matched.lines)} are numbers of "
                f"{kind.plural}, not {matched.id_type.header}s ({examples(wrong)}); "
                "nothing was done"
            )
