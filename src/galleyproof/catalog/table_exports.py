"""Structures as tables and as JSON. Links are written by people's numbers, so that a table can be
loaded again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

import psycopg

from galleyproof.catalog.kinds import ID_TYPES, KINDS
from galleyproof.catalog.links import Numbers, numbers_of
from galleyproof.catalog.table_columns import link_header
from galleyproof.catalog.tables import safe
from galleyproof.structures.structure import FLAG, LINK, Structure, decode, fields_of, shown
from galleyproof.structures.table import STRUCTURES
from galleyproof.structures.text import as_values

FORMS = ("csv", "json")
AT_ONCE = 1000


def write_structures(
    kind: str,
    form: str,
    found: Iterator[tuple[int, bytes]],
    cursor: psycopg.Cursor[Any],
    stream: BinaryIO,
    after: Callable[[int], None] = lambda count: None,
) -> tuple[int, int]:
    """Writes the records; (how many, how many links had no number to be written by)."""
    structure = STRUCTURES[kind]
    writer = CsvWriter(structure, stream) if form == "csv" else JsonWriter(structure, stream)
    count = 0
    while some := list(islice(found, AT_ONCE)):
        records = [(id, decode(structure, bytes(body))) for id, body in some]
        numbers = numbers_of(cursor, [record for _, record in records])
        for id, record in records:
            writer.write(id, record, numbers)
        count += len(some)
        after(count)
    writer.close()
    return count, writer.unnamed


class StructureWriter:
    def __init__(self, structure: type[Structure], stream: BinaryIO):
        self.fields = fields_of(structure)
        self.stream = stream
        self.unnamed = 0

    def named(self, kind: str, ids: Iterable[int], numbers: Numbers) -> list[str]:
        found = []
        for id in ids:
            if id:
                number = numbers.get((kind, id))
                if number is None:
                    self.unnamed += 1
                else:
                    found.append(number)
        return found

    def linked(self, record: Structure, numbers: Numbers) -> dict[str, list[str]]:
        """Attribute -> the numbers of what it names."""
        return {
            name: self.named(
                field.to,
                getattr(record, name) if field.several else (getattr(record, name),),
                numbers,
            )
            for name, field in self.fields.items()
            if field.sort == LINK
        }


class CsvWriter(StructureWriter):
    """Every field a column, by the names that `import-items` knows."""

    def __init__(self, structure: type[Structure], stream: BinaryIO):
        super().__init__(structure, stream)
        self.text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=False)
        self.rows = csv.writer(self.text, lineterminator="\n")
        own = KINDS[structure.kind].scheme
        header = next((one.header for one in ID_TYPES if one.scheme == own), structure.own)
        self.rows.writerow(
            header
            if name == structure.own
            else link_header(name, field)
            if field.sort == LINK
            else field.name
            for name, field in self.fields.items()
        )
        self.meant = {
            name: getattr(structure(), name)
            for name, field in self.fields.items()
            if field.sort == FLAG
        }

    def write(self, id: int, record: Structure, numbers: Numbers) -> None:
        links = self.linked(record, numbers)
        self.rows.writerow(
            [
                "; ".join(links[name]) if name in links else safe(self.cell(record, name))
                for name in self.fields
            ]
        )

    def cell(self, record: Structure, name: str) -> str:
        value = getattr(record, name)
        if name in self.meant and value == self.meant[name]:
            return ""
        return shown(value)

    def close(self) -> None:
        self.text.flush()
        self.text.detach()


class JsonWriter(StructureWriter):
    """An array, a record a line: the fields that hold something, with id and links by number."""

    def __init__(self, structure: type[Structure], stream: BinaryIO):
        super().__init__(structure, stream)
        self.begun = False
        stream.write(b"[\n")

    def write(self, id: int, record: Structure, numbers: Numbers) -> None:
        values: dict[str, Any] = {"id": id, **as_values(record)}
        for name, some in self.linked(record, numbers).items():
            field = self.fields[name]
            if field.name in values:
                values[field.name] = some if field.several else "".join(some)
        line = json.dumps(values, ensure_ascii=False)
        self.stream.write((",\n" if self.begun else "").encode() + line.encode())
        self.begun = True

    def close(self) -> None:
        self.stream.write(b"\n]\n")
