"""Cancelling and ceasing, as runs: what is refused before the start, dry run and run, undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from inventory import holding, key_rows, put_in, state
from stories import NOW, Library, marc

from galleyproof.marc.errors import Wrong
from galleyproof.marc.record import Record
from galleyproof.structures.order_line import OrderLine

CANCEL, CEASE = "cancel-print-subscription", "cease-print-subscription"


def serial(number: int) -> bytes:
    body = marc(number).replace(b"nam a22", b"nas a22")
    return body.replace(b"s2020    ", b"c20009999")


@pytest.fixture
def serials(library: Library) -> Library:
    """Bib 1: holdings 1 and 2 (another library's); bib 2: holding 3, with an open order; bib 3:
    holding 4, closed."""
    library.load([serial(1), serial(2), serial(3)])
    put_in(
        library,
        "holding",
        [
            holding(1, 1, f866="41$80$av.1(1990)-"),
            holding(2, 1, "LAW", f866="41$80$av.1(1990)-"),
            holding(3, 2, f866="41$80$av.1(1990)-"),
            holding(4, 3, f866="41$80$av.1(1990)-v.9(1998)"),
        ],
    )
    put_in(
        library,
        "order-line",
        [OrderLine(bib=2, number="P1", type="continuous physical journal", status="Sent")],
    )
    library.permit(job=CANCEL)
    library.permit(job=CEASE)
    return library


def test_a_plan_and_its_run_and_its_undo(serials: Library) -> None:
    """Amy cancels three holdings: one is closed, one refused for its order, one only coded."""
    before, export, found_by = state(serials), serials.export(kind="holding"), key_rows(serials)
    plan = serials.run(
        job=CANCEL,
        ids=(1, 3, 4),
        kind="holding",
        parameters={"last-issue": "v.30(2019)", "public-note": "Cancelled", "action": "cancelled"},
        dry_run=True,
    )
    assert state(serials) == before
    assert (plan.counts["changed"], plan.counts["refused"]) == (2, 1)
    assert plan.said == [{"code": "order-line-open", "count": 1}]
    assert {"008/06 4→5", "583 added", "852 $z added"} <= {one["shape"] for one in plan.shapes}
    run = serials.run(job=CANCEL, plan=plan.id, note="budget")
    assert (run.counts, run.digest, run.shapes) == (plan.counts, plan.digest, plan.shapes)
    after = Record(serials.body(1, kind="holding"))
    assert after.first(b"866") == b"41\x1f80\x1fav.1(1990)-v.30(2019)"
    assert serials.body(2, kind="holding") == holding(2, 1, "LAW", f866="41$80$av.1(1990)-").body
    undone = serials.undo(run.id)
    assert undone.counts["changed"] == 2
    assert state(serials) == before
    assert serials.export(kind="holding") == export
    assert key_rows(serials) == found_by


def test_ceasing_with_the_bib_shows_it_as_a_consequence_and_takes_it_back(
    serials: Library,
) -> None:
    before = state(serials)
    asked = {"last-issue": "v.30(2019)", "update-bib": "yes"}
    some = serials.run(job=CEASE, ids=(1,), kind="holding", parameters=asked, dry_run=True)
    assert said(some) == {"bib-still-received": 1}
    plan = serials.run(job=CEASE, ids=(1, 2), kind="holding", parameters=asked, dry_run=True)
    assert said(plan) == {"bib-ceased": 1}
    run = serials.run(job=CEASE, plan=plan.id)
    assert run.digest == plan.digest
    fixed = Record(serials.body(1)).first(b"008")
    assert fixed is not None
    assert fixed[6:15] == b"d20002019"
    serials.undo(run.id)
    assert state(serials) == before


def said(run) -> dict[str, int]:
    return {one["code"]: one["count"] for one in run.consequences}


@pytest.mark.parametrize(
    ("name", "lines", "expected"),
    [
        (
            "bibs.csv",
            ["MMS ID", "990000000000001", "990000000000002"],
            ["MMS IDs, which are bibs: 2 ids", "line 2: 990000000000001", "expected holdings"],
        ),
        (
            "bibs.csv",
            ["Holding ID", "990000000000001", "990000000000002"],
            ["2 of 2 ids are numbers of bibs", "line 2: 990000000000001", "nothing was done"],
        ),
        (
            "mixed.csv",
            ["Holding ID", "220000000000001", "990000000000002"],
            ["1 of 2 ids are numbers of bibs", "line 3: 990000000000002"],
        ),
        ("none.csv", ["Titel", "220000000000001"], ["“Titel”, which is not an id type"]),
    ],
)
def test_a_file_of_other_ids_is_refused_with_count_and_examples(
    serials: Library, tmp_path: Path, name: str, lines: list[str], expected: list[str]
) -> None:
    from galleyproof.runs.models import Run

    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(Wrong) as wrong:
        serials.run(job=CANCEL, file=path)
    for part in expected:
        assert part in str(wrong.value)
    assert not Run.objects.filter(job=CANCEL).exists()


def test_a_file_of_holdings_counts_duplicates_and_what_is_not_there(
    serials: Library, tmp_path: Path
) -> None:
    path = tmp_path / "holdings.csv"
    path.write_text("Holding ID\n220000000000001\n220000000000001\n220000000000099\n")
    run = serials.run(job=CANCEL, file=path, parameters={"last-issue": "v.30(2019)"})
    assert (run.counts["set"], run.counts["changed"], run.counts["missing"]) == (2, 1, 1)
    assert run.source["duplicates"] == 1


def test_what_cannot_be_meant_is_told_before_anything_starts(serials: Library) -> None:
    with pytest.raises(Wrong, match="parameter last-issue: .*expected one issue") as wrong:
        serials.run(
            job=CANCEL, ids=(1,), kind="holding", parameters={"last-issue": "x", "end-date": "y"}
        )
    assert "expected a month like 2026-12" in str(wrong.value)


def test_dan_may_not(serials: Library) -> None:
    from galleyproof.permits.denial import NotPermitted

    with pytest.raises(NotPermitted):
        serials.run(serials.dan, NOW, job=CANCEL, ids=(1,), kind="holding")
