"""Records to a file, in load order, streaming."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from galleyproof.catalog.kinds import environment_named, kind_named
from galleyproof.catalog.reading import bodies
from galleyproof.catalog.sets import members, numbers, set_named
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.marc.files import whole_file
from galleyproof.marc.writing import writer


class Exported(NamedTuple):
    records: int
    bytes: int


def export_records(
    kind: str,
    environment: str,
    path: Path,
    *,
    form: str = "iso2709",
    set_name: str = "",
    after: Callable[[int], None] = lambda count: None,
) -> Exported:
    """Writes records that are not deleted to a file (`-`: standard output).

    The file appears whole or not at all. Raises Wrong, naming the record, where the format
    cannot hold one.
    """
    kind_named(kind)
    environment_named(environment)
    with connect(environment, autocommit=True) as connection:
        ids = None
        if set_name:
            record_set = set_named(set_name, environment)
            if record_set.kind != kind:
                raise Wrong(f"“{set_name}” is a set of {record_set.kind} records, not of {kind}")
            ids = [id for id in numbers(connection, members(connection, record_set)) if id > 0]
        with connection.transaction(), whole_file(path) as stream:
            out = writer(form, stream)
            count = 0
            for count, (_, body) in enumerate(bodies(connection, kind, ids), start=1):
                out.write(bytes(body))
                if count % 5000 == 0:
                    after(count)
            out.close()
            return Exported(count, stream.tell() if stream.seekable() else 0)
