"""Which column of a table fills which field of a structure; and people's numbers for links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple

from galleyproof.catalog.kinds import ID_TYPES, KINDS, id_type_of, kind_named
from galleyproof.marc.errors import Wrong
from galleyproof.marc.keys import normal
from galleyproof.rules.query_fields import article
from galleyproof.structures.structure import (
    AMOUNT,
    CODE,
    COUNT,
    DATE,
    FLAG,
    LINK,
    TEXT,
    FieldSort,
    column_name,
    columns_of,
    fields_of,
    value_of,
)
from galleyproof.structures.table import STRUCTURES

LINKED_BY = ("mms", "oclc", "holding", "item", "barcode", "order-line", "portfolio")
"""Schemes of people's numbers by which a column may name another record."""


class Column(NamedTuple):
    """A column: its name, the field that it fills, and for a link the kind of record that it
    names, by which of its keys."""

    name: str
    attribute: str
    kind: str = ""
    schemes: tuple[str, ...] = ()


class Named(NamedTuple):
    """Another record, as a cell names it."""

    attribute: str
    kind: str
    schemes: tuple[str, ...]
    value: str


@cache
def columns_by_name(kind: str) -> dict[str, Column]:
    """Every name that a column of a table of this kind may have, as `column_name` gives it."""
    structure = STRUCTURES[kind]
    fields = fields_of(structure)
    found: dict[str, Column] = {}
    for name, attribute in columns_of(structure).items():
        field = fields[attribute]
        if field.sort == LINK:
            found[name] = Column(field.name, attribute, field.to, schemes_of(field.to))
        else:
            found[name] = Column(field.name, attribute)
    for id_type in ID_TYPES:
        for attribute, field in fields.items():
            if field.sort == LINK and field.to == id_type.kind and id_type.scheme in LINKED_BY:
                found.setdefault(
                    column_name(id_type.header),
                    Column(id_type.header, attribute, field.to, (id_type.scheme,)),
                )
    return found


def schemes_of(kind: str) -> tuple[str, ...]:
    """The keys by which a link to a kind may name it, its own number first."""
    own = KINDS[kind].scheme
    return (own, "barcode") if kind == "item" else (own,)


def link_header(attribute: str, field: FieldSort) -> str:
    """What the column of a link is called in a file that is written: `Holding ID`."""
    own = KINDS[field.to].scheme
    return next((one.header for one in ID_TYPES if one.scheme == own), attribute)


def columns_for(kind: str, header: Sequence[str], file: str) -> list[Column | None]:
    """What each column of a header fills; None for one without a name. Raises Wrong naming every
    column that is not known, with the nearest that is."""
    known = columns_by_name(kind)
    found: list[Column | None] = []
    findings = []
    filled: dict[str, str] = {}
    for cell in header:
        if not cell:
            found.append(None)
            continue
        column = known.get(column_name(cell)) or by_id_type(kind, cell)
        found.append(column)
        if column is None:
            findings.append(
                f"{file}: “{cell[:60]}” is no column of {KINDS[kind].plural}"
                + nearest_column(kind, cell)
            )
        elif column.attribute in filled and not column.kind:
            findings.append(
                f"{file}: both “{filled[column.attribute]}” and “{cell}” are the "
                f"{column.name}; leave one out"
            )
        elif column is not None:
            filled[column.attribute] = cell
    if not filled and not findings:
        findings.append(f"{file} names no column in its first line")
    if findings:
        raise Wrong("\n".join(findings))
    return found


def by_id_type(kind: str, cell: str) -> Column | None:
    """The column that a header is by the id type it names, as other systems head their tables:
    `Item PID`, `Barcodes`."""
    id_type = id_type_of(cell)
    if id_type is None:
        return None
    known = columns_by_name(kind)
    attribute = STRUCTURES[kind].keyed.get(id_type.scheme, "") if id_type.kind == kind else ""
    return known.get(column_name(attribute or id_type.header))


def nearest_column(kind: str, cell: str) -> str:
    known = columns_by_name(kind)
    near = get_close_matches(column_name(cell), known, n=2, cutoff=0.5)
    if near:
        return "; did you mean " + " or ".join(f"“{one}”" for one in near) + "?"
    listed = [field.name for field in fields_of(STRUCTURES[kind]).values()]
    return "; there are " + ", ".join(listed[:12]) + (", …" if len(listed) > 12 else "")


def id_columns(kind: str, columns: Sequence[Column | None]) -> list[int]:
    """The places of columns that hold numbers of records, which spreadsheets spoil."""
    structure = STRUCTURES[kind]
    numbers = {structure.own, *structure.keyed.values(), "order_line"}
    return [
        at
        for at, column in enumerate(columns)
        if column is not None and (column.kind or column.attribute in numbers)
    ]


class ColumnTold(NamedTuple):
    """A column for people: its name, other names for it, what its cells hold."""

    name: str
    also: list[str]
    holds: str


def columns_told(kind: str) -> list[ColumnTold]:
    """The columns that a table of this kind may have, in the order of its fields."""
    kind_named(kind)
    if kind not in STRUCTURES:
        raise Wrong(f"{KINDS[kind].plural} are MARC records; they have no columns")
    found = []
    for attribute, field in fields_of(STRUCTURES[kind]).items():
        names = [name for name, one in columns_by_name(kind).items() if one.attribute == attribute]
        also = [name for name in names if name != column_name(field.name)]
        holds = {
            CODE: f"a code of the table {field.table}" if field.table else "a code",
            DATE: "a date like 2026-01-31",
            FLAG: "yes or no",
            AMOUNT: "an amount like 12.50",
            COUNT: "a whole number",
        }.get(field.sort, "text")
        if field.sort == LINK:
            holds = f"the number of {article(field.to)}, as people know it"
        found.append(ColumnTold(field.name, also, holds + ("; several" if field.several else "")))
    return found


Read = Callable[[Sequence[str]], tuple[dict[str, Any], list[Named]]]


def row_reader(kind: str, columns: Sequence[Column | None]) -> Read:
    """A function from a row's cells to the fields that they fill and the records that they name;
    it raises Wrong naming every cell that is wrong."""
    structure = STRUCTURES[kind]
    fields = fields_of(structure)
    plain: list[tuple[int, str]] = []
    coded: list[tuple[int, str]] = []
    links: list[tuple[int, Column, bool]] = []
    for at, column in enumerate(columns):
        if column is None:
            continue
        field = fields[column.attribute]
        if field.sort == LINK:
            links.append((at, column, field.several))
        elif field.sort in (TEXT, CODE) and not field.several:
            plain.append((at, column.attribute))
        else:
            coded.append((at, column.attribute))
    width = len(columns)

    def read(cells: Sequence[str]) -> tuple[dict[str, Any], list[Named]]:
        if len(cells) > width and any(cells[width:]):
            raise Wrong(f"it has {len(cells)} cells under {width} columns")
        if len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        values: dict[str, Any] = {name: cells[at] for at, name in plain if cells[at]}
        findings = []
        for at, name in coded:
            if cells[at]:
                try:
                    values[name] = value_of(structure, name, cells[at])
                except Wrong as wrong:
                    findings.append(str(wrong))
        named: list[Named] = []
        for at, column, several in links:
            cell = cells[at]
            for part in cell.split(";") if several else (cell,):
                if part.strip():
                    named.append(Named(column.attribute, column.kind, column.schemes, part.strip()))
        if findings:
            raise Wrong("; ".join(findings))
        return values, named

    return read


class Target(NamedTuple):
    """A record that is there: its number, and that of the bib above it (below zero: none)."""

    id: int
    root: int


def resolve(cursor: Any, named: Iterable[Named]) -> Mapping[tuple[str, str, str], list[Target]]:
    """(kind, scheme, value) -> the records there that have this key; one query for all."""
    wanted = {
        (one.kind, scheme, normal(scheme, one.value)) for one in named for scheme in one.schemes
    }
    if not wanted:
        return {}
    kinds, schemes, values = zip(*sorted(wanted), strict=True)
    cursor.execute(
        "SELECT k.kind, k.scheme, k.value, r.id, r.root"
        " FROM unnest(%s::text[], %s::text[], %s::text[]) AS w (kind, scheme, value)"
        " JOIN key AS k ON k.kind = w.kind AND k.scheme = w.scheme AND k.value = w.value"
        " JOIN record AS r ON r.kind = k.kind AND r.id = k.id"
        " WHERE r.status <> 'deleted' ORDER BY r.id",
        (list(kinds), list(schemes), list(values)),
        binary=True,
    )
    found: dict[tuple[str, str, str], list[Target]] = {}
    for kind, scheme, value, id, root in cursor:
        found.setdefault((kind, scheme, value), []).append(Target(id, root))
    return found


def target_of(one: Named, found: Mapping[tuple[str, str, str], list[Target]]) -> Target | str:
    """The record that a cell names, or a word on why there is none."""
    for scheme in one.schemes:
        targets = found.get((one.kind, scheme, normal(scheme, one.value)), ())
        if len(targets) == 1:
            return targets[0]
        if targets:
            return f"several {KINDS[one.kind].plural} have the number {one.value}"
    return f"there is no {one.kind} {one.value}"
