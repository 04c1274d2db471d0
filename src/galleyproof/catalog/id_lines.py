"""The lines of a file of ids: which columns name records, what each line names, what else it says.

Of several id columns those of the kind that is wanted are taken, the record's own number first. A
line of one column may name several records, `b1,b2,b3`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from galleyproof.catalog.kinds import (
    BELOW_NAMED,
    ID_TYPES,
    KINDS,
    IdType,
    id_name,
    id_type_of,
    kind_named,
)
from galleyproof.catalog.tables import SPOILT, Example, Row, Spoilt, counted, examples, open_table
from galleyproof.catalog.workbook_errors import ERRORS
from galleyproof.marc.errors import Wrong
from galleyproof.marc.keys import isbn13
from galleyproof.structures.structure import column_name

BETWEEN = re.compile(r"[;,|\t]")
"""What may part several ids of one cell."""
AN_ISSN = re.compile(r"(?<![\dXx])\d{4}[-\u2010-\u2013]?\d{3}[\dXx](?![\dXx])")


class IdCell(NamedTuple):
    """A cell that names a record: by which id type, the ways of reading it as one id, and the ids
    that it is where it is several. one: whether it may be one id with a comma in it."""

    id_type: IdType
    wholes: tuple[str, ...]
    parts: tuple[str, ...] = ()
    one: bool = True


class IdLine(NamedTuple):
    """A line of the file: its number (the header is 1), its cells that name records, what its
    further columns say, by the names by which the job knows them, and why it cannot be used."""

    number: int
    cells: tuple[IdCell, ...]
    given: Mapping[str, str] = {}
    problem: str = ""
    value: str = ""

    @property
    def shown(self) -> str:
        if self.value or not self.cells:
            return self.value
        if len(self.cells) == 1:
            return self.cells[0].wholes[0]
        return ", ".join(f"{one.id_type.header} {one.wholes[0]}" for one in self.cells)


class IdFile(NamedTuple):
    """A file of ids, read. id_types: those of its columns that are used, the first for all lines
    that have it. offered: columns that the job could take and was not told to. ignored: columns
    that nothing is made of. assumed: sentences on what the file does not say of itself. by: the
    kind of the records that it names, which may be the one above those that are meant."""

    kind: str
    id_types: tuple[IdType, ...]
    lines: list[IdLine]
    offered: list[str]
    ignored: list[str]
    assumed: tuple[str, ...]
    by: str


class Asked(NamedTuple):
    """What is asked of a file. kinds: those that the job takes, () for any. columns: the further
    columns that are to be used, by their names. offered: every name of a column that the job could
    use -> its own name for it."""

    kinds: Sequence[str] = ()
    columns: Sequence[str] = ()
    offered: Mapping[str, str] = {}


def read_id_file(path: Path, asked: Asked) -> IdFile:
    """Reads a file of ids. Raises Wrong where it cannot be used."""
    header, rows, assumed = open_table(path, EXPECTED)
    columns = id_columns(path, header)
    kind, places = fitting(path, columns, asked.kinds, rows)
    taken, offered, ignored = further(path, header, [at for at, _ in columns], asked)
    lines = list(read_lines(path, header, rows, places, taken))
    if not lines:
        raise Wrong(f"{path.name} has a header and no ids")
    types = tuple(id_type for _, id_type in places)
    return IdFile(kind, types, lines, offered, ignored, assumed, types[0].kind or kind)


# ---- the first line


def headers() -> str:
    return ", ".join(one.header for one in ID_TYPES)


EXPECTED = f"expected one id a line under a first line that names the id type: {headers()}"


def names_ids(line: str) -> bool:
    """Whether a line is a header: one of its cells names an id type."""
    return any(id_type_of(cell.strip('" ')) for cell in re.split(r"[\t;,]", line))


def id_columns(path: Path, header: Sequence[str]) -> list[tuple[int, IdType]]:
    """The columns that hold ids, each with its type; Wrong where there is none."""
    found = [(at, one) for at, cell in enumerate(header) if (one := id_type_of(cell))]
    if found:
        return found
    known = {id_name(one.header): one.header for one in ID_TYPES}
    near = get_close_matches(id_name(header[0]), known, n=1, cutoff=0.6)
    offer = f"; did you mean “{known[near[0]]}”?" if near else ""
    raise Wrong(
        f"the first line of {path.name} is “{header[0][:60]}”, which is not an id type; "
        f"expected one of {headers()}{offer}"
    )


def expected(kinds: Sequence[str]) -> str:
    """The records that a file may be of, and those above by which it may name them."""
    said = " or ".join(KINDS[kind].plural for kind in kinds)
    above = [KINDS[BELOW_NAMED[kind]].plural for kind in kinds if kind in BELOW_NAMED]
    return f"{said}, or {' or '.join(above)} that they are for" if above else said


def fitting(
    path: Path,
    columns: Sequence[tuple[int, IdType]],
    kinds: Sequence[str],
    rows: Iterator[Row],
) -> tuple[str, list[tuple[int, IdType]]]:
    """The kind of the records that the file is of, and its columns that name such records, the
    record's own number before others."""
    named = list(dict.fromkeys(one.kind for _, one in columns if one.kind in (kinds or KINDS)))
    for kind in kinds if not named else ():
        above = BELOW_NAMED.get(kind)
        if above is not None and any(one.kind == above for _, one in columns):
            _, fit = fitting(path, columns, [above], rows)
            return kind, fit
    if kinds and not named and all(one.kind for _, one in columns):
        id_type = columns[0][1]
        raise Wrong(
            f"{path.name} is a file of {id_type.header}s, which are {KINDS[id_type.kind].plural}: "
            f"{of_other_kind(path, rows, columns[0])}; expected "
            f"{expected(kinds)}, and nothing was read further"
        )
    if len(named) > 1:
        shown = ", ".join(f"“{one.header}”" for _, one in columns if one.kind in named)
        raise Wrong(
            f"{path.name} has columns of ids of {' and of '.join(KINDS[k].plural for k in named)} "
            f"({shown}); say which are meant: leave the others out, or name the kind"
        )
    kind = named[0] if named else next(iter(kinds), "bib")
    fit = [(at, one) for at, one in columns if one.kind in (kind, "")]
    twice = [one.header for _, one in fit if sum(one is other for _, other in fit) > 1]
    if twice:
        raise Wrong(f"{path.name} has two columns of {twice[0]}s; leave one out")
    return kind, sorted(fit, key=lambda column: ID_TYPES.index(column[1]))


def of_other_kind(path: Path, rows: Iterator[Row], column: tuple[int, IdType]) -> str:
    found = [Example(row.line, row.cells[column[0]]) for row in rows if row.cells[column[0] :]]
    return f"{counted(len(found), 'id')} ({examples(found)})"


def further(
    path: Path, header: Sequence[str], ids: Sequence[int], asked: Asked
) -> tuple[dict[int, str], list[str], list[str]]:
    """(place -> name) of the further columns that are used, the names of those that could be, and
    the headers of the rest. Raises Wrong where a column that is asked for is not there."""
    taken: dict[int, str] = {}
    offered: list[str] = []
    ignored = []
    for at, cell in enumerate(header):
        name = asked.offered.get(column_name(cell))
        if name is not None and name in (*taken.values(), *offered):
            raise Wrong(f"{path.name} has two columns “{cell}”; leave one out")
        if name is not None and name in asked.columns:
            taken[at] = name
        elif name is not None:
            offered.append(name)
        elif cell and at not in ids:
            ignored.append(cell)
    absent = [one for one in asked.columns if one not in taken.values()]
    if absent:
        there = ", ".join(f"“{cell}”" for cell in header if cell)
        wanted = " nor ".join(f"“{one}”" for one in absent)
        raise Wrong(f"{path.name} has no column {wanted}; it has {there}")
    return taken, offered, ignored


def with_header(text: str, header: str) -> str:
    """Ids that were typed or pasted as a file of them, under the id type `header` unless they bring
    a first line of their own."""
    first = text.lstrip("\ufeff").splitlines()[0]
    return text if names_ids(first) else f"{header}\n{text}"


@contextmanager
def as_file(text: str, header: str, kind: str) -> Iterator[Path | None]:
    """Typed ids as a file, for as long as it is read; None for none. header: their id type, "" for
    the own numbers of the kind. Raises Wrong for another one."""
    if not text.strip():
        if header:
            raise Wrong(f"the ids that “{header}” is said of are not given")
        yield None
        return
    own = next((one.header for one in ID_TYPES if one.scheme == kind_named(kind).scheme), "")
    if header and id_type_of(header) is None:
        raise Wrong(f"“{header}” is not an id type; there are {headers()}")
    with TemporaryDirectory(prefix="galley-ids-") as folder:
        path = Path(folder) / TYPED
        path.write_text(with_header(text.strip(), header or own), encoding="utf-8")
        yield path


TYPED = "typed ids.txt"


# ---- the lines


def read_lines(
    path: Path,
    header: Sequence[str],
    rows: Iterator[Row],
    places: Sequence[tuple[int, IdType]],
    taken: Mapping[int, str],
) -> Iterator[IdLine]:
    """Every line, also one that names nothing; Wrong where a spreadsheet has spoilt some."""
    alone = len([cell for cell in header if cell]) == 1
    spoilt = Spoilt(path, [at for at, _ in places])
    nameless = []
    for row in rows:
        if alone and SPOILT.match(row.text.strip()):
            row = row._replace(cells=[row.text.strip()])  # the decimal sign is a comma
        spoilt.look(row)
        given = {
            name: row.cells[at]
            for at, name in taken.items()
            if at < len(row.cells) and row.cells[at]
        }
        line = read_line(path, row, len(header), places, given, alone=alone)
        if line.problem == "no-id" and given:
            nameless.append(Example(row.line, "; ".join(given.values())))
        yield line
    spoilt.refuse()
    if nameless:
        raise Wrong(
            f"{path.name}: {counted(len(nameless), 'line says', 'lines say')} something of a "
            f"record without naming it ({examples(nameless)}); nothing was done"
        )


def read_line(
    path: Path,
    row: Row,
    width: int,
    places: Sequence[tuple[int, IdType]],
    given: Mapping[str, str],
    *,
    alone: bool,
) -> IdLine:
    if alone:
        cells = [one_cell(path, row, places[0][1])]
    elif any(row.cells[width:]):
        return IdLine(row.line, (), problem="too-many-cells", value=row.text[:LONGEST])
    else:
        cells = [
            cell_of(path, row, row.cells[at], id_type)
            for at, id_type in places
            if at < len(row.cells) and row.cells[at] and not broken(row, at)
        ]
    named = tuple(one for one in cells if one is not None)
    if not named:
        return IdLine(row.line, (), given, "no-id", "; ".join(filter(None, row.cells))[:LONGEST])
    return IdLine(row.line, named, given)


LONGEST = 200
"""Characters of a line that are kept to show it."""


def broken(row: Row, at: int) -> bool:
    """Whether a cell holds an error of the spreadsheet, `#N/A`, instead of a value."""
    return at in row.errors or row.cells[at] in ERRORS


def one_cell(path: Path, row: Row, id_type: IdType) -> IdCell | None:
    """The line of a file that has one column: all that stands in it are ids."""
    filled = [cell for at, cell in enumerate(row.cells) if cell and not broken(row, at)]
    if len(filled) < 2:
        return cell_of(path, row, filled[0], id_type) if filled else None
    for cell in filled:
        refuse_control(path, row, cell)
    return IdCell(id_type, (row.text.strip(),), tuple(dict.fromkeys(map(unguarded, filled))))


def cell_of(path: Path, row: Row, value: str, id_type: IdType) -> IdCell | None:
    refuse_control(path, row, value)
    plain = unguarded(value)
    if not plain:
        return None
    parts = parts_of(id_type.scheme, plain)
    # A number that is written with an apostrophe before it may have it there for good.
    wholes = tuple(dict.fromkeys((value, plain)))
    return IdCell(id_type, wholes, parts, not (parts and id_type.scheme in ("isbn", "issn")))


def parts_of(scheme: str, value: str) -> tuple[str, ...]:
    """The ids that a cell is, where it may be several; () where it is one."""
    parts = [part.strip() for part in BETWEEN.split(value) if part.strip()]
    if scheme == "issn":
        parts = AN_ISSN.findall(value)
    elif scheme == "isbn":
        # What stands beside numbers is a qualifier, “(pbk. ; v. 1)”.
        words = parts if all(map(isbn13, parts)) else value.replace(";", " ").replace(",", " ")
        found = [
            one for one in (words if isinstance(words, list) else words.split()) if isbn13(one)
        ]
        parts = found or parts
    several = tuple(dict.fromkeys(map(unguarded, parts)))
    return several if len(several) > 1 else ()


def unguarded(value: str) -> str:
    """An id without the apostrophe that keeps a spreadsheet from spoiling it."""
    return value[1:] if value[:1] == "'" else value


def refuse_control(path: Path, row: Row, value: str) -> None:
    if found := re.search(r"[\x00-\x08\x0a-\x1f]", value):
        shown = "".join(one if one.isprintable() else "·" for one in value[:40])
        raise Wrong(
            f"{path.name}, line {row.line}: character {ord(found[0]):02X} (hex) stands in "
            f"“{shown}”; expected one id a line. Is a quote opened and not closed?"
        )
