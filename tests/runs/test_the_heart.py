"""One job, end to end: dry run, plan, run, report, undo."""

from __future__ import annotations

import pytest
from stories import NOW, Library, marc, series


@pytest.fixture
def stocked(library: Library) -> Library:
    """40 bibs with a blank second indicator, 40 with a 0, 20 without an 830."""
    bodies = [series(n) for n in range(40)]
    bodies += [series(n, "0") for n in range(40, 80)]
    bodies += [marc(n) for n in range(80, 100)]
    library.load(bodies)
    library.set()
    library.permit()
    return library


def test_a_dry_run_shows_the_shapes_and_writes_nothing(stocked: Library) -> None:
    before = stocked.export()
    run = stocked.run(dry_run=True)
    assert run.state == "planned"
    assert run.counts == {
        "set": 100,
        "changed": 40,
        "unchanged": 60,
        "refused": 0,
        "failed": 0,
        "missing": 0,
    }
    assert run.shapes == [{"shape": "830 ind2 ␣→0", "count": 40}]
    assert len(run.digest) == 64
    assert stocked.export() == before
    assert stocked.rows("SELECT count(*) FROM version WHERE run = %s", run.id) == [(0,)]


def test_a_run_from_a_plan_does_what_the_plan_says_and_has_its_digest(stocked: Library) -> None:
    plan = stocked.run(dry_run=True)
    run = stocked.run(plan=plan.id, note="series")
    assert run.state == "completed"
    assert run.counts == plan.counts
    assert run.shapes == plan.shapes
    assert run.digest == plan.digest
    again = stocked.run()
    assert again.state == "completed-nothing-changed"


def test_a_run_without_a_plan_may_start_at_once_in_the_sandbox(stocked: Library) -> None:
    run = stocked.run()
    assert (run.state, run.counts["changed"]) == ("completed", 40)


def test_only_the_indicator_and_005_change(stocked: Library) -> None:
    from galleyproof.marc.record import Record

    before = {id: Record(stocked.body(id)) for id in (1, 41, 81)}
    stocked.run()
    after = {id: Record(stocked.body(id)) for id in (1, 41, 81)}
    assert after[41].body == before[41].body
    assert after[81].body == before[81].body
    differ = [
        (tag, old, new)
        for tag, old, new in zip(after[1].tags, before[1].data, after[1].data, strict=True)
        if old != new
    ]
    assert [tag for tag, *_ in differ] == [b"005", b"830"]
    assert differ[0][2] == b"20261102093000.0"
    assert differ[1][1][:2] == b"  "
    assert differ[1][2][:2] == b" 0"
    assert differ[1][1][2:] == differ[1][2][2:]


def test_005_is_left_where_the_environment_does_not_stamp(stocked: Library) -> None:
    from galleyproof.catalog.models import Environment
    from galleyproof.marc.record import Record

    Environment.objects.filter(pk="sandbox").update(stamp_005=False)
    stocked.run()
    assert Record(stocked.body(1)).first(b"005") == b"20200101000000.0"


def test_undo_brings_every_byte_back(stocked: Library) -> None:
    before = stocked.export()
    run = stocked.run()
    assert stocked.export() != before
    preview = stocked.undo(run.id, dry_run=True)
    assert preview.state == "planned"
    assert preview.shapes == [{"shape": "830 ind2 0→␣", "count": 40}]
    undone = stocked.undo(run.id, note="wrong set")
    assert (undone.state, undone.counts["changed"]) == ("completed", 40)
    assert stocked.export() == before
    assert stocked.report(run)["undone_by"] == undone.id


def test_an_undo_can_be_undone(stocked: Library) -> None:
    run = stocked.run()
    after = stocked.export()
    undone = stocked.undo(run.id)
    again = stocked.undo(undone.id)
    assert again.counts["changed"] == 40
    assert stocked.export() == after


def test_undo_keeps_what_was_edited_since(stocked: Library) -> None:
    """Ten of the changed records are edited by hand after the run; undo takes the indicator
    back in them too and keeps every edit, field by field."""
    from galleyproof.marc.record import Record

    stocked.permit(stocked.amy, job="edit-record")
    run = stocked.run()
    edits = {}
    for id in range(1, 11):
        record = Record(stocked.body(id))
        title = record.positions(b"245")[0]
        edited = record.with_data(title, b"10\x1faEdited by hand")
        if id % 2:
            edited = edited.with_inserted(len(edited.tags), b"950", b"  \x1faLocal note")
        if id == 10:
            place = edited.positions(b"830")[0]
            edited = edited.with_data(place, b" 0\x1faAnother series")
        edits[id] = edited
        from galleyproof.runs.editing import edit_from_file

        path = stocked.folder / f"{id}.mrc"
        path.write_bytes(edited.body)
        stocked.work(edit_from_file(stocked.amy, "bib", id, "sandbox", path, note="", at=NOW))
    undone = stocked.undo(run.id)
    assert undone.counts["changed"] == 39
    assert undone.counts["refused"] == 1
    for id in range(1, 11):
        now = Record(stocked.body(id))
        assert now.first(b"245") == b"10\x1faEdited by hand"
        assert (now.first(b"950") is not None) == bool(id % 2)
        series_field = now.first(b"830")
        if id == 10:
            assert series_field == b" 0\x1faAnother series"
        else:
            assert series_field is not None
            assert series_field[:2] == b"  "
    rows = stocked.rows(
        "SELECT id, code FROM outcome WHERE run = %s AND outcome = 'refused'", undone.id
    )
    assert rows == [(10, "edited-since")]


def test_the_report_accounts_for_every_record_once(stocked: Library) -> None:
    import csv

    from galleyproof.runs.reports.files import export

    run = stocked.run()
    path = stocked.folder / "report.csv"
    assert export(run, path) == (100, "lines")
    with path.open() as stream:
        lines = list(csv.reader(stream))[1:]
    assert sorted(int(line[1]) for line in lines) == list(range(1, 101))
    assert sum(line[5] == "changed" for line in lines) == 40
    assert sorted(line[2] for line in lines)[0] == "990000000000000"


def test_undoing_twice_takes_nothing_back_that_the_run_did_not_do(library: Library) -> None:
    # After the run both 830s are alike; only the first was the run's work.
    library.load([marc(1, ("830", " 1$aSame"), ("830", " 0$aSame"))])
    library.set()
    library.permit()
    before = library.export()
    run = library.run()
    library.undo(run.id)
    again = library.undo(run.id)
    assert (again.counts["changed"], again.counts["refused"]) == (0, 1)
    assert library.export() == before
