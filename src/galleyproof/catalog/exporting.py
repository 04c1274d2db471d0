"""Records to a file, in load order, streaming."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from galleyproof.catalog.generations import refuse_stale, standing
from galleyproof.catalog.kinds import kind_named
from galleyproof.catalog.reading import bodies
from galleyproof.catalog.sets import members, numbers, set_named
from galleyproof.catalog.table_exports import FORMS as TABLE_FORMS
from galleyproof.catalog.table_exports import write_structures
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.marc.files import whole_file
from galleyproof.marc.writing import writer
from galleyproof.structures.table import STRUCTURES

MARC_FORMS = ("iso2709", "marcxml", "json", "mrk")


class Exported(NamedTuple):
    """unnamed: links to records that have no number of their own, which tables leave empty."""

    records: int
    bytes: int
    form: str
    unnamed: int = 0


def form_for(kind: str, form: str) -> str:
    """The format asked for, or the usual one of the kind. Raises Wrong where it has no such one."""
    forms = TABLE_FORMS if kind in STRUCTURES else MARC_FORMS
    if form and form not in forms:
        raise Wrong(f"{kind} records are written as {', '.join(forms)}, not as {form}")
    return form or forms[0]


def export_records(
    kind: str,
    environment: str,
    path: Path,
    *,
    form: str = "",
    set_name: str = "",
    after: Callable[[int], None] = lambda count: None,
) -> Exported:
    """Writes records that are not deleted to a file (`-`: standard output). form: one of the
    kind's formats, or "" for the usual one.

    The file appears whole or not at all. Raises Wrong, naming the record, where the format
    cannot hold one.
    """
    with whole_file(path) as stream:
        return write_records(kind, environment, stream, form=form, set_name=set_name, after=after)


def write_records(
    kind: str,
    environment: str,
    stream: BinaryIO,
    *,
    form: str = "",
    set_name: str = "",
    after: Callable[[int], None] = lambda count: None,
) -> Exported:
    """As `export_records`, to an open stream, which holds what came before where it raises."""
    kind_named(kind)
    standing(environment)
    form = form_for(kind, form)
    with connect(environment, autocommit=True) as connection:
        ids = None
        if set_name:
            record_set = set_named(set_name, environment)
            refuse_stale(record_set)
            if record_set.kind != kind:
                raise Wrong(f"“{set_name}” is a set of {record_set.kind} records, not of {kind}")
            ids = [id for id in numbers(connection, members(connection, record_set)) if id > 0]
        with connection.transaction():
            if kind in STRUCTURES:
                with connect(environment, autocommit=True) as naming, naming.cursor() as cursor:
                    found = bodies(connection, kind, ids)
                    count, unnamed = write_structures(kind, form, found, cursor, stream, after)
                size = stream.tell() if stream.seekable() else 0
                return Exported(count, size, form, unnamed)
            out = writer(form, stream)
            count = 0
            for count, (_, body) in enumerate(bodies(connection, kind, ids), start=1):
                out.write(bytes(body))
                if count % 5000 == 0:
                    after(count)
            out.close()
            return Exported(count, stream.tell() if stream.seekable() else 0, form)
