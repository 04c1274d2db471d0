"""Records to a file, in load order, streaming."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from galleyproof.catalog.generations import refuse_stale, standing
from galleyproof.catalog.kinds import kind_named
from galleyproof.catalog.reading import bodies
from galleyproof.catalog.sets import members, numbers, set_named
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
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
    standing(environment)
    with connect(environment, autocommit=True) as connection:
        ids = None
        if set_name:
            record_set = set_named(set_name, environment)
            refuse_stale(record_set)
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


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that appears whole or not at all; a pipe or a device is simply written to."""
    if str(path) == "-":
        yield sys.stdout.buffer
        return
    if path.is_dir():
        raise Wrong(f"{path} is a folder; name the file to write")
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    if not path.parent.is_dir():
        raise Wrong(f"there is no folder {path.parent}")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb", buffering=1 << 20) as stream:
            yield stream
        os.chmod(name, 0o666 & ~umask())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
