"""Refreshing the sandbox: a new generation, earlier ones readable, killed anywhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import psycopg
import pytest
from stories import NOW, Library, marc, series

from galleyproof.marc.errors import Wrong
from galleyproof.marc.record import Record
from galleyproof.runs.faults import REFRESH_POINTS

LATER = NOW + timedelta(hours=1)

REFRESH = """
import sys
from datetime import datetime
from galleyproof.database.setup import ready
ready()
from galleyproof.catalog import refreshing as windows
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.runs.refreshing import refresh
windows.WINDOW, windows.KEYS = 7, 11
refresh(Who(Person.objects.get(username="ada")), "sandbox", at=datetime.fromisoformat(sys.argv[1]))
"""


def holding(number: int, above: int) -> bytes:
    return Record.build(
        b"00000nx  a2200000un 4500",
        [(b"001", b"22%03d" % number), (b"004", b"99%013d" % above), (b"852", b"0 \x1fbMAIN")],
    ).body


def refresh(library: Library, at=LATER):
    from galleyproof.runs.refreshing import refresh

    return refresh(library.ada, "sandbox", at=at)


def refresh_in_a_process(fault: str = "") -> int:
    return subprocess.run(
        [sys.executable, "-c", REFRESH, LATER.isoformat()],
        env=os.environ | {"GALLEY_FAULT": fault},
        check=False,
        timeout=60,
    ).returncode


@pytest.fixture
def stocked(library: Library) -> Library:
    """Production has 40 bibs and 5 holdings. The sandbox has 45 bibs, of which some differ."""
    library.load([series(n) for n in range(40)], "production")
    library.load([holding(n, n) for n in range(5)], "production", "holding")
    library.load([marc(n) if n in (3, 7) else series(n) for n in range(45)])
    library.set()
    library.permit()
    return library


def edit_in_production(library: Library, id: int, body: bytes) -> None:
    from galleyproof.runs.editing import edit_from_file

    library.permit(job="edit-record", environment="production")
    path = library.folder / "edited.mrc"
    path.write_bytes(body)
    run = edit_from_file(library.amy, "bib", id, "production", path, note="late", at=NOW)
    assert library.work(run).counts["changed"] == 1


def heads(library: Library, environment: str) -> list[tuple]:
    """All that can be asked of an environment's records, without how often they changed."""
    return library.rows(
        "SELECT r.kind, r.id, r.parent, r.root, r.children, r.status, r.created, r.tags, v.body"
        " FROM record AS r JOIN version AS v ON v.kind = r.kind AND v.id = r.id"
        " AND v.version = r.body_version WHERE r.status <> 'deleted' ORDER BY 1, 2",
        environment=environment,
    )


def keys(library: Library, environment: str) -> list[tuple]:
    return library.rows("SELECT * FROM key ORDER BY 1, 2, 3, 4", environment=environment)


def assert_alike(library: Library) -> None:
    assert heads(library, "sandbox") == heads(library, "production")
    assert keys(library, "sandbox") == keys(library, "production")
    broken = library.rows(
        "SELECT r.kind, r.id FROM record AS r LEFT JOIN version AS v ON v.kind = r.kind"
        " AND v.id = r.id AND v.version = r.version"
        " WHERE v.status IS DISTINCT FROM r.status"
        " OR coalesce(v.same_as, v.version) <> r.body_version"
    )
    assert broken == []


def test_the_sandbox_is_as_production_and_every_record_is_accounted_for(stocked: Library) -> None:
    stocked.run()
    run = refresh(stocked)
    assert_alike(stocked)
    assert stocked.export() == stocked.export("production")
    assert run.state == "completed"
    # 45 bibs of which 5 go, and 5 holdings that come; the run had changed all but two of the 45.
    assert run.counts["set"] == 50
    assert run.counts["changed"] == 50
    assert sum(run.counts[name] for name in ("changed", "unchanged")) == run.counts["set"]
    assert {one["shape"]: one["count"] for one in run.shapes} == {
        "bib changed": 40,
        "bib gone": 5,
        "holding new": 5,
    }
    assert len(run.digest) == 64


def test_what_the_sandbox_has_already_is_not_stored_again(stocked: Library) -> None:
    stocked.run()
    run = refresh(stocked)
    # Only the two that were never as in production; the others point at what the load wrote.
    stored = stocked.rows(
        "SELECT id FROM version WHERE kind = 'bib' AND body IS NOT NULL AND run = %s ORDER BY id",
        run.id,
    )
    assert stored == [(4,), (8,)]


def test_refreshing_twice_changes_nothing_the_second_time(stocked: Library) -> None:
    refresh(stocked)
    versions = stocked.rows("SELECT count(*) FROM version")
    run = refresh(stocked, LATER + timedelta(days=1))
    assert run.state == "completed-nothing-changed"
    assert stocked.rows("SELECT count(*) FROM version") == versions
    assert_alike(stocked)
    from galleyproof.catalog.generations import account

    found = account("sandbox")
    assert found.settings.generation == 3
    assert [one.number for one in found.generations] == [2, 3]
    assert {one.kind: one.active for one in found.counts if one.active} == {
        "bib": 40,
        "holding": 5,
    }


@pytest.mark.parametrize(
    "fault",
    [f"{name}:{n}" for name in REFRESH_POINTS for n in ((1, 5) if name[8] in "wk" else (1,))],
)
def test_a_refresh_killed_anywhere_goes_on_to_the_same_sandbox(
    stocked: Library, fault: str
) -> None:
    stocked.run()
    assert refresh_in_a_process(fault) == -signal.SIGKILL
    with pytest.raises(Wrong, match="being refreshed by run"):
        stocked.run()
    with pytest.raises(Wrong, match="being refreshed by run"):
        stocked.set("other")
    # Production goes on meanwhile: what is copied in the end is production as it is then.
    if fault.startswith(("refresh-window", "refresh-keys")):
        edit_in_production(stocked, 2, series(1, "4"))
    assert refresh_in_a_process() == 0
    assert_alike(stocked)
    from galleyproof.runs.models import Run

    run = Run.objects.get(job="refresh")
    assert run.state == "completed"
    assert run.counts["set"] == 50
    twice = stocked.rows(
        "SELECT id FROM version WHERE run = %s AND id <> 2 GROUP BY kind, id HAVING count(*) > 1",
        run.id,
    )
    assert twice == []


def test_two_commands_do_not_refresh_at_once(stocked: Library) -> None:
    from galleyproof.database.connect import connect
    from galleyproof.runs.models import Run

    assert refresh_in_a_process("refresh-window:2") == -signal.SIGKILL
    number = Run.objects.get(job="refresh").id
    with connect("refresh", autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(833, %s)", (number,))
        with pytest.raises(Wrong, match="in another process just now"):
            refresh(stocked)
    assert refresh(stocked).id == number


@pytest.mark.parametrize("state", ["queued", "paused"])
def test_a_live_run_refuses_the_refresh(stocked: Library, state: str) -> None:
    from galleyproof.runs.control import cancel, pause

    run = stocked.ask()
    if state == "paused":
        pause(stocked.amy, run.id, NOW)
    with pytest.raises(Wrong, match=rf"run {run.id} \({run.job}\) is {state}"):
        refresh(stocked)
    cancel(stocked.amy, run.id, NOW)
    assert refresh(stocked).state == "completed"


def test_a_run_of_production_does_not(stocked: Library) -> None:
    stocked.set(environment="production")
    stocked.permit(environment="production")
    stocked.ask(environment="production", note="x")
    assert refresh(stocked).state == "completed"


def test_an_earlier_generation_is_readable_and_not_undone(stocked: Library) -> None:
    from galleyproof.runs.before_after import differences
    from galleyproof.runs.reporting import said_rows

    plan = stocked.run(dry_run=True)
    path = stocked.folder / "ids.csv"
    path.write_text("MMS ID\n" + "".join(f"99{n:013d}\n" for n in (1, 44, 77)))
    run = stocked.run(file=path)
    shown = [(one.id, one.changes, one.after) for one in differences(run)]
    planned = [(one.id, one.changes) for one in differences(plan)]
    report = stocked.report(run)
    said = list(said_rows(run))
    body = stocked.body(45)
    refresh(stocked)

    assert [(one.id, one.changes, one.after) for one in differences(run)] == shown
    assert [(one.id, one.changes) for one in differences(plan)] == planned
    assert (stocked.report(run), list(said_rows(run))) == (report, said)
    from galleyproof.catalog.looking import look_up

    assert look_up("bib", "45", "sandbox", 2).body == body
    with pytest.raises(Wrong, match="before the sandbox was refreshed .* Its report stays"):
        stocked.undo(run.id)
    with pytest.raises(Wrong, match="made before the sandbox was refreshed"):
        stocked.run(plan=plan.id)


def test_a_set_that_is_a_list_is_looked_at_and_not_used(stocked: Library) -> None:
    from galleyproof.catalog import sets

    sets.freeze_set("all", "sandbox", "list", "amy", NOW)
    before = sets.first_members("list", "sandbox", 100)
    refresh(stocked)
    assert sets.first_members("list", "sandbox", 100) == before
    with pytest.raises(Wrong, match="made before the sandbox was refreshed"):
        stocked.run(set_name="list")
    with pytest.raises(Wrong, match="made before"):
        sets.combine("both", "sandbox", "list", "or", "all", "amy", NOW)
    # A query is asked anew, of what is there now.
    assert stocked.run(set_name="all").counts["set"] == 40


def test_runs_go_on_in_the_new_generation(stocked: Library) -> None:
    refresh(stocked)
    before = stocked.export()
    run = stocked.run()
    assert (run.generation, run.counts["changed"]) == (2, 40)
    stocked.undo(run.id)
    assert stocked.export() == before


def test_only_administrators_and_only_the_sandbox_and_not_from_nothing(stocked: Library) -> None:
    from galleyproof.permits.denial import NotPermitted
    from galleyproof.runs import refreshing

    with pytest.raises(NotPermitted, match="a right of administrators"):
        refreshing.refresh(stocked.amy, "sandbox", at=NOW)
    with pytest.raises(Wrong, match="only the sandbox is"):
        refreshing.refresh(stocked.ada, "production", at=NOW)


def test_an_empty_production_is_not_copied(library: Library) -> None:
    library.load([series(1)])
    with pytest.raises(Wrong, match="production is empty"):
        refresh(library)
    assert len(library.export()) > 0


def test_a_refresh_is_not_paused_nor_undone(stocked: Library) -> None:
    from galleyproof.runs.control import pause

    refresh_in_a_process("refresh-window:2")
    from galleyproof.runs.models import Run
    from galleyproof.runs.workers import sweep, workable

    run = Run.objects.get(job="refresh")
    sweep()
    run.refresh_from_db()
    assert (run.state, workable()) == ("running", [])
    with pytest.raises(Wrong, match="cannot be paused"):
        pause(stocked.ada, run.id, NOW)
    refresh(stocked)
    with pytest.raises(Wrong, match="cannot be undone"):
        stocked.undo(run.id, stocked.ada)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE production.record SET version = 9",
        "INSERT INTO production.key VALUES ('bib', 'mms', '1', 1)",
        "DELETE FROM production.version",
        "DELETE FROM sandbox.version",
        "UPDATE sandbox.version SET body = 'x'",
        "DELETE FROM sandbox.outcome",
        "DELETE FROM sandbox.chunk",
        "DELETE FROM sandbox.record",
        "SELECT * FROM governing.person",
        "UPDATE governing.run SET state = 'x'",
    ],
)
def test_the_role_that_refreshes_writes_no_production_and_erases_nothing(
    galley, statement: str
) -> None:
    from galleyproof.database.connect import connect

    with connect("refresh") as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


COPIED = {"record", "version", "key"}
EMPTIED = {"editing"}
KEPT_AS_EVIDENCE = {"chunk", "outcome", "given", "set_page", "set_line"}


def test_every_table_of_an_environment_is_thought_about(galley) -> None:
    """A table that is added must be copied, emptied or kept by a refresh; say here which."""
    from galleyproof.database.connect import connect

    with connect("governing") as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'sandbox'"
        ).fetchall()
    assert {name for (name,) in found} == COPIED | EMPTIED | KEPT_AS_EVIDENCE


def test_a_refresh_that_is_left_to_the_workers_is_carried_through_by_one(
    stocked: Library, monkeypatch
) -> None:
    from galleyproof.catalog import refreshing as windows
    from galleyproof.runs.models import Run
    from galleyproof.runs.refreshing import ask_refresh, carry_through, left_to_workers
    from galleyproof.runs.settling import settle

    monkeypatch.setattr(windows, "WINDOW", 7)
    assert left_to_workers() is None
    run = ask_refresh(stocked.ada, "sandbox", at=LATER)
    assert left_to_workers() == run.pk
    # Whoever looks at it on its way does not end it.
    assert settle(run.pk, LATER) == "running"
    looks: list[bool] = []
    carry_through(run.pk, stop=lambda: looks.append(len(looks) > 1) or looks[-1])
    half = Run.objects.get(pk=run.pk)
    assert (half.state, half.counts["set"]) == ("running", 45)
    with pytest.raises(Wrong, match="being refreshed"):
        stocked.ask(dry_run=True)
    assert ask_refresh(stocked.ada, "sandbox", at=LATER).pk == run.pk
    carry_through(run.pk, stop=lambda: False)
    done = Run.objects.get(pk=run.pk)
    assert (done.state, done.counts["set"]) == ("completed", 50)
    assert left_to_workers() is None
    assert heads(stocked, "sandbox") == heads(stocked, "production")


def test_a_refresh_that_broke_off_says_why_and_waits_to_be_asked_for_again(
    stocked: Library, monkeypatch
) -> None:
    from galleyproof.runs import refreshing
    from galleyproof.runs.models import Run

    run = refreshing.ask_refresh(stocked.ada, "sandbox", at=LATER)
    with monkeypatch.context() as broken:
        broken.setattr(refreshing, "KINDS", None)
        with pytest.raises(TypeError):
            refreshing.carry_through(run.pk, stop=lambda: False)
    assert "it broke off" in Run.objects.get(pk=run.pk).error
    assert refreshing.left_to_workers() is None
    refreshing.ask_refresh(stocked.ada, "sandbox", at=LATER)
    assert refreshing.left_to_workers() == run.pk
    refreshing.carry_through(run.pk, stop=lambda: False)
    assert Run.objects.get(pk=run.pk).state == "completed"


def test_what_a_refresh_counts_is_listed(stocked: Library) -> None:
    from galleyproof.runs.record_pages import ids_chosen, page
    from galleyproof.runs.reports.lines import report_lines

    stocked.run()
    run = refresh(stocked)
    assert {one["shape"].split(" ")[1] for one in run.shapes} > {"changed"}
    for one in run.shapes:
        assert len(ids_chosen(run, "changed", shape=one["shape"])) == one["count"]
        assert page(run, "changed", shape=one["shape"]).records[0].difference is not None
    assert len(list(report_lines(run))) == run.counts["set"]
