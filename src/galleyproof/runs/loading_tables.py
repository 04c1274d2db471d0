"""First filling from tables: items, places, codes, order lines and what else is not MARC.

A load like that of MARC files: one chunk after another, killed anywhere it goes on, and every row
is in exactly one of loaded and refused. Links are written by people's numbers and found by key,
one query a chunk. What is odd about a row that is loaded all the same is listed and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from galleyproof.catalog.code_tables import tables_of
from galleyproof.catalog.filling import NewRecord, is_empty
from galleyproof.catalog.kinds import KINDS, environment_named, kind_named
from galleyproof.catalog.making import own_number
from galleyproof.catalog.table_columns import (
    Named,
    Target,
    columns_for,
    id_columns,
    resolve,
    row_reader,
    target_of,
)
from galleyproof.catalog.tables import Row, Spoilt, open_table, rows_of, unsafe
from galleyproof.database.connect import connect
from galleyproof.jobs.around import Around
from galleyproof.marc.errors import Wrong
from galleyproof.marc.keys import LONGEST
from galleyproof.marc.shapes import Shape
from galleyproof.people.identity import Who
from galleyproof.runs.judging import CHANGED, REFUSED, Line
from galleyproof.runs.loading import (
    begin_or_go_on,
    carry_out,
    described,
    only_administrators,
)
from galleyproof.runs.loading_meanings import check_meanings
from galleyproof.runs.loading_remarks import REPEATED, Prepared, elsewhere
from galleyproof.runs.models import Run
from galleyproof.runs.row_checks import GROWING, RowChecks
from galleyproof.structures.forms import form_of
from galleyproof.structures.structure import CODE, Structure, fields_of
from galleyproof.structures.table import STRUCTURES, structure_keys

EXPECTED = "expected a table (CSV, TSV, XLSX) whose first line names the columns"
NO_NUMBER = "none: the catalogue gave one"
NOT_FOUND = "not there: loaded without it"


def import_items(
    who: Who,
    files: Sequence[Path],
    *,
    kind: str,
    environment: str,
    at: datetime,
    after_chunk: Callable[[int], None] = lambda members: None,
) -> Run:
    """Loads tables of a kind that is empty in the environment; returns the finished run.

    Raises Wrong, with everything found, where the files cannot be used, before anything is
    written.
    """
    environment_named(environment)
    kind_named(kind)
    if kind not in STRUCTURES:
        raise Wrong(
            f"{KINDS[kind].plural} are MARC records, loaded with `galley load`; tables are for "
            + ", ".join(STRUCTURES)
        )
    only_administrators(who, environment, at)
    assumed = check_tables(kind, files)
    source = {
        "files": [described(path) | {"header": header_of(path)} for path in files],
        "encoding": "table",
        **({"assumed": assumed} if assumed else {}),
    }
    check_above(kind, environment)
    check_meanings(kind, files, environment)
    run = begin_or_go_on(who, kind, environment, source, at, growing=kind in GROWING)
    with connect(environment, autocommit=True) as reading:
        return carry_out(
            run, Tables(kind, files, reading, at, run.environment.settings), after_chunk
        )


# ---- before anything is written


def check_tables(kind: str, files: Sequence[Path]) -> list[str]:
    """Reads all files once: unknown columns, what spreadsheets spoilt, what is no table. Returns
    what had to be assumed of them."""
    assumed: list[str] = []
    findings = [] if files else ["say which files to load"]
    for path in files:
        try:
            table = open_table(path, EXPECTED)
            assumed += table.assumed
            columns = columns_for(kind, table.header, path.name)
            spoilt = Spoilt(path, id_columns(kind, columns))
            rows = 0
            for row in table.rows:
                spoilt.look(row)
                rows += 1
            findings += spoilt.findings()
            if not rows:
                findings.append(f"{path.name} has a header and no rows")
        except Wrong as wrong:
            findings.append(str(wrong))
    if findings:
        raise Wrong("\n".join(findings))
    return assumed


def header_of(path: Path) -> str:
    """The first line as it stands, kept with the run for the rows that are refused."""
    row = next(rows_of(path, EXPECTED)[0], None)
    return row.text if row is not None else ""


def check_above(kind: str, environment: str) -> None:
    above = KINDS[kind].above
    if not above:
        return
    with connect(environment) as connection, connection.cursor() as cursor:
        if is_empty(cursor, above):
            raise Wrong(
                f"there are no {KINDS[above].plural} in {environment}, which {KINDS[kind].plural} "
                f"hang under; load those first"
            )


# ---- the work


class Piece(NamedTuple):
    """A row among those of all files. place: its table's, among the files; number: from 1."""

    number: int
    place: int
    row: Row


@dataclass
class Tables:
    """Tables as a load's source. reading: a connection beside the one that writes."""

    kind: str
    files: Sequence[Path]
    reading: psycopg.Connection[Any]
    at: datetime
    settings: Mapping[str, str] = field(default_factory=dict)
    readers: dict[int, Any] = field(default_factory=dict)
    unknown: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.structure = STRUCTURES[self.kind]
        self.form = form_of(self.kind)
        self.unique = {*self.structure.keyed, "location", "code"}
        with self.reading.cursor() as cursor:
            self.around = Around(self.at.date(), *tables_of(cursor), settings=self.settings)
        self.checks = RowChecks(self.kind, self.around)
        self.coded = [
            (name, found.table)
            for name, found in fields_of(self.structure).items()
            if found.sort == CODE and not found.several
        ]

    def pieces(self) -> Iterator[Piece]:
        number = 0
        for place, path in enumerate(self.files):
            table = open_table(path, EXPECTED)
            self.readers[place] = row_reader(
                self.kind, columns_for(self.kind, table.header, path.name)
            )
            for row in table.rows:
                number += 1
                yield Piece(number, place, row)

    def prepare(self, pieces: Sequence[Piece], start: int, next_id: int) -> Prepared:
        prepared = Prepared()
        read: list[tuple[Piece, dict[str, Any], list[Named]] | None] = []
        for piece in pieces:
            try:
                read.append((piece, *self.values_of(piece)))
            except Wrong as wrong:
                read.append(None)
                self.refuse(prepared, piece, str(wrong))
        with self.reading.cursor() as cursor:
            found = resolve(cursor, (one for row in read if row for one in row[2]))
        refused = iter(list(prepared.lines))
        for row in read:
            if row is None:
                line = next(refused)
                prepared.ids.append(line.id or 0)
                prepared.marks.append(REFUSED)
                continue
            _, values, named = row
            prepared.records.append(self.record(prepared, next_id, values, named, found))
            prepared.ids.append(next_id)
            prepared.marks.append(CHANGED)
            next_id += 1
        return prepared

    def values_of(self, piece: Piece) -> tuple[dict[str, Any], list[Named]]:
        cells = piece.row.cells
        for at in piece.row.errors:
            raise Wrong(f"its cell {at + 1} holds {cells[at]}, an error of the spreadsheet")
        if "'" in piece.row.text:
            cells = [unsafe(cell) for cell in cells]
        values, named = self.readers[piece.place](cells)
        if "\x00" in piece.row.text:
            raise Wrong("it holds a character 0, which no text has")
        self.checks.check(values)
        for name in self.structure.keyed.values():
            if len(values.get(name, "")) > LONGEST:
                raise Wrong(f"its {name.replace('_', '-')} has over {LONGEST} characters")
        return values, named

    def refuse(self, prepared: Prepared, piece: Piece, why: str) -> None:
        where = f"{self.files[piece.place].name}, line {piece.row.line}: "
        prepared.lines.append(
            Line(
                self.kind,
                -piece.number,
                "refused",
                "bad-row",
                where + why,
                False,
                piece.row.text.encode(),
            )
        )

    def record(
        self,
        prepared: Prepared,
        id: int,
        values: dict[str, Any],
        named: Sequence[Named],
        found: Any,
    ) -> NewRecord:
        above = self.link(prepared, id, values, named, found)
        own = self.structure.own
        if not values.get(own):
            values[own] = own_number(self.kind, id)
            prepared.say(
                self.kind,
                id,
                own,
                NO_NUMBER,
                "number-given",
                f"it came without a number of its own; it is {values[own]} here",
            )
        structure = self.structure(**values)
        self.count_unknown(prepared, structure)
        return NewRecord(
            id,
            structure.body,
            self.form.tags(structure),
            structure_keys(structure),
            above=above,
            parent=structure.parent,
        )

    def link(
        self,
        prepared: Prepared,
        id: int,
        values: dict[str, Any],
        named: Sequence[Named],
        found: Any,
    ) -> str | None:
        """Fills the links in; returns what named the record above, or why that is not there."""
        structure = self.structure
        fields = fields_of(structure)
        why: dict[str, str] = {}
        beside: Target | None = None
        for one in named:
            target = target_of(one, found)
            if isinstance(target, str):
                why[one.attribute] = target
                continue
            if fields[one.attribute].several:
                values[one.attribute] = (*values.get(one.attribute, ()), target.id)
                continue
            why[one.attribute] = ""
            if values.setdefault(one.attribute, target.id) != target.id:
                why[one.attribute] = f"two columns name different {KINDS[one.kind].plural}"
            if one.attribute != structure.above:
                beside = target
        if structure.above == "bib" and "bib" not in values and beside and beside.root > 0:
            values["bib"] = beside.root  # the bib above what it names
        for attribute, sentence in why.items():
            if sentence and attribute != structure.above:
                prepared.say(
                    self.kind,
                    id,
                    fields[attribute].name,
                    NOT_FOUND,
                    "link-not-found",
                    f"loaded without a link in {fields[attribute].name}: {sentence}",
                )
        return why.get(structure.above) or None

    def count_unknown(self, prepared: Prepared, structure: Structure) -> None:
        """Codes that the code tables do not have are counted, each by itself."""
        for name, table in self.coded:
            code = getattr(structure, name)
            if not code:
                continue
            at = ""
            if table == "location":
                at = getattr(structure, name.replace("location", "library"))
            known = self.unknown.get((name, at, code))
            if known is None:
                if table == "location":
                    fault = self.around.location_fault(at, code, "") if at else ""
                else:
                    fault = self.around.code_fault(table, code, "")
                known = self.unknown[name, at, code] = bool(fault)
            if known:
                shown = f"{at} {code}".strip()
                prepared.shapes[
                    Shape(self.kind, name.replace("_", "-"), "", f"“{shown}”: no active code")
                ] += 1

    def look(self, cursor: psycopg.Cursor[Any], prepared: Prepared) -> None:
        """Numbers and barcodes that another record has already, and items that are not where their
        holding is: loaded, and said."""
        if self.kind == "item":
            elsewhere(cursor, prepared)
        mine: dict[tuple[str, str], list[int]] = {}
        for record in prepared.records:
            for scheme, value in record.keys:
                if scheme in self.unique:
                    mine.setdefault((scheme, value), []).append(record.id)
        cursor.execute(
            "SELECT scheme, value, min(id) FROM key WHERE kind = %s AND scheme = ANY(%s)"
            " AND value = ANY(%s) GROUP BY scheme, value",
            (self.kind, list({scheme for scheme, _ in mine}), [value for _, value in mine]),
        )
        there = {(scheme, value): id for scheme, value, id in cursor}
        for (scheme, value), ids in mine.items():
            first = there.get((scheme, value))
            if first is None:
                first, *ids = ids
            for id in ids:
                name = self.structure.keyed.get(scheme, self.structure.own).replace("_", "-")
                prepared.say(
                    self.kind,
                    id,
                    name,
                    REPEATED,
                    "repeated",
                    f"{self.kind} {first} has the same {name}, {value}",
                )

    def orphan(self, record: NewRecord) -> Line:
        above = KINDS[self.kind].above
        said = record.above or f"the row names no {above}"
        return Line(self.kind, record.id, "changed", "orphan", f"loaded without a {above}: {said}")
