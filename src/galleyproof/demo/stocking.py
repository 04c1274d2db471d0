"""The shelves of the demo's library as files, and putting them into a catalogue."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from galleyproof.catalog.kinds import KINDS
from galleyproof.demo.inventory import Row, shelves
from galleyproof.demo.places import code_rows, library_rows, location_rows

if TYPE_CHECKING:
    from galleyproof.people.identity import Who

COLUMNS: dict[str, tuple[str, ...]] = {
    "library": ("code", "name", "active"),
    "location": ("library", "code", "name", "no-batch-moves"),
    "code": ("table", "code", "name", "libraries", "meaning"),
    "item": (
        "Holding ID", "Item ID", "barcode", "library", "location", "copy-id", "material-type",
        "item-policy", "provenance", "PO line", "received-date", "pages", "missing-status",
        "process-type", "department", "replacement-cost", "enumeration-a", "chronology-i",
        "description", "temporary-library", "temporary-location", "temporary-policy", "due-back",
        "in-temporary-location", "course-reserve", "inventory-number", "inventory-date",
        "physical-condition", "retain", "retention-reason", "retention-note", "public-note",
        "fulfilment-note", "internal-note-1", "internal-note-3", "statistics-note-1",
    ),
    "portfolio": (
        "MMS ID", "Portfolio ID", "library", "collection", "url", "coverage", "access-type",
    ),
    "order-line": (
        "MMS ID", "PO line reference", "type", "status", "owner-library", "vendor", "Holding ID",
        "Item ID",
    ),
    "work-order": (
        "Work order ID", "Barcode", "type", "department", "status", "opened", "closed",
    ),
    "loan": ("Loan ID", "Item ID", "lent", "due", "returned"),
    "request": ("MMS ID", "Request ID", "Item ID", "type", "requester", "active", "placed"),
}  # fmt: skip
PLACES = ("library", "location", "code")


def files_of(folder: Path) -> dict[str, Path]:
    """The file of each kind but bibs, in the order in which they are loaded."""
    tables = {kind: folder / f"{KINDS[kind].plural.replace(' ', '-')}.csv" for kind in COLUMNS}
    holdings = {"holding": folder / "holdings.mrc"}
    return {kind: tables[kind] for kind in PLACES} | holdings | tables


def write_shelves(
    folder: Path,
    count: int,
    after: Callable[[int], None] = lambda done: None,
    start: int = 0,
) -> dict[str, Path]:
    """Writes what hangs under `count` bibs from number `start` on, and the places and codes;
    streaming."""
    files = files_of(folder)
    with ExitStack() as stack:
        marc = stack.enter_context(files["holding"].open("wb", buffering=1 << 20))
        writers = {}
        for kind, columns in COLUMNS.items():
            stream = stack.enter_context(files[kind].open("w", encoding="utf-8", newline=""))
            writers[kind] = csv.writer(stream, lineterminator="\n")
            writers[kind].writerow(columns)
        for kind, rows in (
            ("library", library_rows()),
            ("location", location_rows()),
            ("code", code_rows()),
        ):
            writers[kind].writerows(cells(kind, rows))
        for done, one in enumerate(shelves(count, start), start=1):
            for body in one.holdings:
                marc.write(body)
            for kind, rows in one.rows.items():
                writers[kind].writerows(cells(kind, rows))
            if done % 1000 == 0:
                after(done)
    return files


def cells(kind: str, rows: Sequence[Row]) -> Iterator[list[str]]:
    columns = COLUMNS[kind]
    for row in rows:
        yield [row.get(column, "") for column in columns]


def stock(
    who: Who,
    files: dict[str, Path],
    environment: str,
    at: datetime,
    after: Callable[[int], None] = lambda records: None,
) -> dict[str, int]:
    """Loads the shelves under bibs that are there; returns how many records of each kind."""
    from galleyproof.runs.loading import load
    from galleyproof.runs.loading_tables import import_items

    counts = {}
    for kind, path in files.items():
        if kind != "holding" and is_empty_table(path):
            continue
        into = load if kind == "holding" else import_items
        run = into(who, [path], kind=kind, environment=environment, at=at, after_chunk=after)
        counts[kind] = run.counts["changed"]
    return counts


def is_empty_table(path: Path) -> bool:
    """A small library may have no loans; a table without rows is not worth refusing."""
    with path.open("rb") as stream:
        return not (stream.readline() and stream.readline(1))
