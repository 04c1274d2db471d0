"""Undo of holdings that were edited since: position by position, and what stayed is named."""

from __future__ import annotations

import pytest
from inventory import holding, put_in, shelves
from stories import NOW, Library

from galleyproof.marc.record import Record
from galleyproof.runs.editing import edit_from_file
from galleyproof.runs.reporting import said_rows

JOB = "cancel-print-subscription"
PAIRED = {"f853": "20$81$av.", "f863": "40$81.1$a1-", "f866": "41$81$av.1-"}


@pytest.fixture
def cancelled(library: Library):
    """Holdings 1 to 3, cancelled by a run; the third has an 866 paired with an 863."""
    shelves(library)
    put_in(library, "holding", [holding(1, 1), holding(2, 2), holding(3, 3, **PAIRED)])
    library.permit(job=JOB)
    library.permit(library.amy, job="edit-record")
    asked = {"last-issue": "v.30"}
    return library.run(job=JOB, ids=(1, 2, 3), kind="holding", parameters=asked)


def edit(library: Library, id: int, tag: bytes, data: bytes) -> None:
    record = Record(library.body(id, kind="holding"))
    path = library.folder / f"{id}.mrc"
    path.write_bytes(record.with_data(record.positions(tag)[0], data).body)
    library.work(edit_from_file(library.amy, "holding", id, "sandbox", path, note="", at=NOW))


def test_what_stands_goes_back_and_what_stays_is_named_by_its_positions(
    library: Library, cancelled
) -> None:
    assert cancelled.counts["changed"] == 3
    before = holding(1, 1).first(b"008")
    edit(library, 1, b"008", Record(library.body(1, kind="holding")).first(b"008")[:26] + b"261231")
    edit(library, 3, b"866", b"41\x1f81\x1fav.1-31")
    undone = library.undo(cancelled.id)
    assert (undone.counts["changed"], undone.counts["refused"]) == (3, 0)
    assert Record(library.body(1, kind="holding")).first(b"008") == before[:26] + b"261231"
    assert library.body(2, kind="holding") == holding(2, 2).body
    third = Record(library.body(3, kind="holding"))
    assert third.first(b"008") == before
    assert (third.first(b"866"), third.first(b"863")) == (
        b"41\x1f81\x1fav.1-31",
        b"40\x1f81.1\x1fa1-30",
    )
    assert [(row.id, row.outcome, row.sentence) for row in said_rows(undone)] == [
        (1, "changed", "008/26-31 (date of report): changed since the run; stays as it is"),
        (
            3,
            "changed",
            "863: stays with the 866 that it is paired with by $8, changed since the run",
        ),
        (
            3,
            "changed",
            "866: what the run made of it was changed or removed since; it stays as it is",
        ),
    ]
