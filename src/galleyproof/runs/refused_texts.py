"""What a load refused, as it came: a file to be mended."""

from __future__ import annotations

from pathlib import Path

from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.marc.files import whole_file
from galleyproof.marc.writing import set_apart
from galleyproof.runs.models import Run


def write_refused(run: Run, path: Path) -> int:
    """Writes the bytes of every record or row that a load refused, in order; how many. Rows of
    tables come a line each, under the header of their file."""
    if run.job != "load":
        raise Wrong(f"run {run.id} is no load; only what a load refused is kept as it came")
    of_table = run.source.get("encoding") == "table"
    headers = {one.get("header", "") for one in run.source["files"]}
    count = 0
    with connect("governing") as connection, whole_file(path) as out:
        if of_table and len(headers) == 1:
            out.write(headers.pop().encode() + b"\n")
        with connection.cursor(name="raw", binary=True) as cursor:
            cursor.execute(
                f"SELECT raw FROM {run.environment_id}.outcome"
                " WHERE run = %s AND raw IS NOT NULL ORDER BY start, place",
                (run.id,),
            )
            for (raw,) in cursor:
                out.write(bytes(raw) + b"\n" if of_table else set_apart(bytes(raw)))
                count += 1
    return count
