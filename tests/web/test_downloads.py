"""What is downloaded of a run: every record once, ids whole, nothing a formula, records as MARC."""

from __future__ import annotations

import csv
import io

import pytest
from pages import sentences
from python_calamine import CalamineWorkbook
from stories import JOB, marc


@pytest.fixture
def run(site):
    plan = site.library.run(dry_run=True)
    return site.library.run(plan=plan.pk, exclude=(1,))


def fetched(site, address: str) -> bytes:
    answer = site.browser("amy").get(address)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return answer.getvalue()


def test_the_report_as_csv_and_as_a_workbook_say_the_same(site, run, tmp_path):
    rows = list(csv.reader(io.StringIO(fetched(site, f"/runs/{run.pk}/download.csv").decode())))
    assert len(rows) == 1 + 11
    path = tmp_path / "report.xlsx"
    path.write_bytes(fetched(site, f"/runs/{run.pk}/download.xlsx"))
    cells = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert [list(map(str, row)) for row in cells] == [row[:-1] for row in rows]
    assert {row[5] for row in rows[1:]} == {"changed", "unchanged", "refused"}
    assert {row[-1] for row in rows[1:]} == {""}
    only = fetched(site, f"/runs/{run.pk}/download.csv?outcome=refused").decode()
    assert only.count("\n") == 2
    assert "excluded" in only


def test_records_are_as_the_run_left_them_and_as_the_plan_would(site, run):
    from galleyproof.marc.record import Record

    for number in (run.pk, run.plan_id):
        data = fetched(site, f"/runs/{number}/download.mrc")
        bodies = [one + b"\x1d" for one in data.split(b"\x1d")[:-1]]
        assert len(bodies) == (9 if number == run.pk else 10)
        assert all(Record(body).first(b"830")[1:2] == b"0" for body in bodies)
    assert fetched(site, f"/runs/{run.pk}/download.mrk").count(b"=830  \\0") == 9


def test_the_records_of_a_set_are_what_the_command_writes(site, tmp_path):
    from galleyproof.catalog.exporting import export_records
    from galleyproof.catalog.models import RecordSet

    number = RecordSet.objects.get(name="all", environment="sandbox").pk
    for ending, form in (("mrc", "iso2709"), ("mrk", "mrk"), ("xml", "marcxml"), ("json", "json")):
        file = tmp_path / f"all.{ending}"
        export_records("bib", "sandbox", file, form=form, set_name="all")
        assert fetched(site, f"/sets/{number}/download.{ending}") == file.read_bytes()
    members = fetched(site, f"/sets/{number}/members.csv").decode().splitlines()
    assert len(members) == 1 + 11
    assert members[0].startswith("MMS ID,title,")


def test_what_goes_wrong_at_first_is_told_and_later_breaks_the_download_off(site, monkeypatch):
    from galleyproof.catalog.models import RecordSet
    from galleyproof.marc import mrk
    from galleyproof.marc.errors import Wrong
    from galleyproof.web import streaming

    site.edit(11, mrk.write(marc(11, ("520", "  $a" + "long " * 2500))))
    number = RecordSet.objects.get(name="all", environment="sandbox").pk
    address = f"/sets/{number}/download.mrc"
    told = site.browser("amy").get(address)
    assert told.status_code == 404
    assert "which ISO 2709 cannot hold" in sentences(told)
    monkeypatch.setattr(streaming, "AT_FIRST", 100)
    monkeypatch.setattr(streaming, "PIECE", 500)
    begun = site.browser("amy").get(address)
    assert begun.status_code == 200
    with pytest.raises(Wrong, match="cannot hold"):
        begun.getvalue()


def test_a_download_that_nobody_waits_for_ends(monkeypatch):
    import threading

    from galleyproof.web import streaming

    monkeypatch.setattr(streaming, "PIECE", 100)
    ended = threading.Event()

    def endless(stream) -> None:
        try:
            while True:
                stream.write(b"x" * 100)
        finally:
            ended.set()

    pieces = streaming.written(endless)
    assert next(pieces)
    pieces.close()
    assert ended.is_set()


def test_the_log_and_the_runs_are_downloaded_whole(site, run, monkeypatch):
    from galleyproof.audit.models import Entry
    from galleyproof.runs.models import Run
    from galleyproof.web.screens import audit, monitor

    monkeypatch.setattr(audit, "STEP", 3)
    monkeypatch.setattr(monitor, "STEP", 2)
    log = fetched(site, "/audit/download.csv").decode()
    assert log.count("\n") == 1 + Entry.objects.count()
    runs = fetched(site, "/runs?form=csv").decode()
    assert runs.count("\n") == 1 + Run.objects.count()
    some = fetched(site, "/runs?form=csv&what=dry-runs").decode()
    assert some.count("\n") == 1 + Run.objects.filter(dry_run=True).count()


def test_sets_and_tickets_are_downloaded_as_they_are_filtered(site, monkeypatch):
    from galleyproof.permits.envelope import Envelope
    from galleyproof.signoff.actions.ask import ask
    from galleyproof.web.asking import now
    from galleyproof.web.screens import sets, tickets

    monkeypatch.setattr(sets, "STEP", 1)
    monkeypatch.setattr(tickets, "STEP", 1)
    for name in ("first", "second"):
        site.library.set(name)
    for who in ("carol", "dan"):
        ask(site.people[who], JOB, why="=series", limits=Envelope(), at=now())
    for address, wanted in (
        ("/sets/download.csv?environment=sandbox&name=s", ["second", "first"]),
        ("/tickets/download.csv?state=open", ["dan", "carol"]),
        ("/tickets/download.csv?person=dan", ["dan"]),
    ):
        rows = list(csv.reader(io.StringIO(fetched(site, address).decode())))
        assert [row[1] for row in rows[1:]] == wanted
    assert rows[1][6] == "'=series"
    assert site.browser("amy").get("/tickets/download.csv?state=zz").status_code == 404


def test_a_download_that_there_is_not_says_so(site, run):
    answer = site.browser("amy").get(f"/runs/{run.pk}/download.docx")
    assert answer.status_code == 404


def test_a_list_of_members_that_is_broken_off_closes_in_order(site, caplog, monkeypatch):
    """What psycopg cannot roll back it only logs."""
    from galleyproof.catalog import set_exports
    from galleyproof.catalog.models import RecordSet

    monkeypatch.setattr(set_exports, "AT_ONCE", 2)
    rows = set_exports.member_rows(RecordSet.objects.get(name="all", environment="sandbox"))
    assert next(rows)
    rows.close()
    assert not caplog.records
