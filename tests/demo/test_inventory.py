"""The demo's shelves: the same every time, every kind, and all that jobs must mind."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from stories import NOW, Library

from galleyproof.demo.inventory import GIANT, GIANT_ITEMS, shelf, shelves
from galleyproof.demo.library import bib, bibs, mms
from galleyproof.demo.stocking import COLUMNS, stock, write_shelves
from galleyproof.marc.check import check
from galleyproof.marc.field import subfield_values
from galleyproof.marc.record import Record

SOME = list(shelves(1500, start=100))
ROWS = {kind: [row for one in SOME for row in one.rows.get(kind, ())] for kind in COLUMNS}


def test_it_is_the_same_every_time_and_whatever_the_size(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
    files = write_shelves(tmp_path / "one", 60, start=200)
    more = write_shelves(tmp_path / "other", 90, start=200)
    for kind in ("holding", "item"):
        assert more[kind].read_bytes().startswith(files[kind].read_bytes())
    whole = b"".join(path.read_bytes() for path in files.values())
    assert sha256(whole).hexdigest()[:16] == "f05140229f911587"


def test_holdings_are_sound_and_name_their_bib() -> None:
    for one in SOME:
        for body in one.holdings:
            assert check(body) is None
            assert Record(body).first(b"004") == mms(one.n).encode()
            assert len(Record(body).first(b"008") or b"") == 32


def test_holdings_have_one_item_ten_thousand_and_none() -> None:
    counts = Counter(row["Holding ID"] for row in ROWS["item"])
    numbers = [Record(body).first(b"001").decode() for one in SOME for body in one.holdings]
    sizes = Counter(counts.get(number, 0) for number in numbers)
    assert sizes[0] > 40
    assert sizes[1] > 800
    assert sizes[3] > 10
    giant = shelf(GIANT)
    assert len(giant.holdings) == 1
    assert len(giant.rows["item"]) == GIANT_ITEMS
    assert 1.0 < len(ROWS["item"]) / len(SOME) < 1.4


def test_there_is_everything_that_a_job_must_mind() -> None:
    items = ROWS["item"]
    processes = Counter(row.get("process-type", "") for row in items)
    assert {"LOAN", "TRANSIT", "HOLDSHELF", "LOST_LOAN", "WORK_ORDER_DEPARTMENT"} <= set(processes)
    for column in ("in-temporary-location", "retain", "statistics-note-1", "missing-status"):
        assert 3 < sum(bool(row.get(column)) for row in items) < len(items) / 8, column
    assert any(row["location"] == "OFFSITE" for row in items)
    assert any(row["barcode"].startswith("00") for row in items)
    lent = {row["Item ID"] for row in ROWS["loan"] if not row.get("returned")}
    assert lent == {row["Item ID"] for row in items if row.get("process-type") == "LOAN"}
    away = {row["Barcode"] for row in ROWS["work-order"] if not row.get("closed")}
    assert away == {
        row["barcode"] for row in items if row.get("process-type") == "WORK_ORDER_DEPARTMENT"
    }
    assert {row["status"] for row in ROWS["order-line"] if row["type"].startswith("cont")} >= {
        "Sent", "Waiting for renewal", "Closed", "Cancelled",
    }  # fmt: skip
    assert {row["active"] for row in ROWS["request"]} == {"yes", "no"}
    records = [Record(body) for one in SOME for body in one.holdings]
    assert sum(bool(one.positions(b"583")) for one in records) > 10
    assert {Record(body).leader[6:7] for one in SOME for body in one.holdings} == {
        b"x", b"y", b"v",
    }  # fmt: skip


def test_titles_bound_together_name_each_other() -> None:
    host, first, second = (Record(bib(n)) for n in (211, 212, 213))
    named = [
        value for at in host.positions(b"774") for value in subfield_values(host.data[at], "w")
    ]
    assert named == [mms(212), mms(213)]
    for part in (first, second):
        (at,) = part.positions(b"773")
        assert subfield_values(part.data[at], "w") == [mms(211)]
    assert (len(shelf(212).holdings), len(shelf(213).holdings)) == (1, 0)
    assert "item" not in shelf(212).rows


def test_no_number_is_given_twice() -> None:
    for kind, column in (
        ("item", "Item ID"),
        ("portfolio", "Portfolio ID"),
        ("order-line", "PO line reference"),
        ("loan", "Loan ID"),
        ("work-order", "Work order ID"),
        ("request", "Request ID"),
    ):
        numbers = [row[column] for row in ROWS[kind]]
        assert len(set(numbers)) == len(numbers), kind


def test_it_is_loaded_and_all_of_it_is_found(library: Library) -> None:
    files = write_shelves(library.folder, 80, start=4300)
    library.load(list(bibs(80, start=4300)))
    counts = stock(library.ada, files, "sandbox", NOW)
    assert counts["item"] > 80
    orphans = library.rows("SELECT sentence FROM outcome WHERE code = 'orphan'")
    assert orphans == [("loaded without a holding: there is no holding 229000000004321",)]
    odd = {code for (code,) in library.rows("SELECT DISTINCT code FROM outcome")}
    assert odd <= {"orphan", "repeated"}


@pytest.mark.parametrize("kind", list(COLUMNS))
def test_every_column_of_its_tables_is_known(kind: str) -> None:
    from galleyproof.catalog.table_columns import columns_for

    assert all(columns_for(kind, COLUMNS[kind], "x"))
    for row in ROWS[kind]:
        assert set(row) <= set(COLUMNS[kind])
