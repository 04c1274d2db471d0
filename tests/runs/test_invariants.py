"""The ten things that must always hold, each by its name in DESIGN."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from stories import NOW, Library, marc, series

from galleyproof.marc.errors import Wrong


@pytest.fixture
def stocked(library: Library) -> Library:
    library.load([series(n) for n in range(30)] + [marc(n) for n in range(30, 40)])
    library.set()
    return library


# 1. One door


def test_one_door_no_permit_no_run_and_the_attempt_is_in_the_log(stocked: Library) -> None:
    from galleyproof.audit.models import Entry
    from galleyproof.permits.denial import NotPermitted
    from galleyproof.runs.models import Run

    stocked.permit()
    for asked in ({}, {"dry_run": True}, {"environment": "production", "note": "x"}):
        if asked.get("environment"):
            stocked.set(environment="production")
        with pytest.raises(NotPermitted):
            stocked.run(stocked.dan, **asked)
    assert not Run.objects.filter(person=stocked.dan.person).exists()
    assert Entry.objects.filter(action="denied", person="dan").count() == 3


def test_one_door_only_the_writer_and_the_ledger_write_an_environment() -> None:
    """Every statement that writes an environment's tables stands in one of these modules."""
    import re

    source = Path(__file__).parents[2] / "src" / "galleyproof"
    writes = re.compile(
        r"(INSERT INTO|UPDATE|DELETE FROM|COPY)\s+"
        r"(\w+\.)?(record|version|key|chunk|outcome|editing|set_page|set_line)\b"
    )
    found = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if writes.search(path.read_text())
    }
    assert found == {
        "catalog/writing.py",
        "catalog/filling.py",
        "catalog/refreshing.py",
        "catalog/sets.py",
        "runs/ledger.py",
        "runs/freezing.py",
        "runs/loading.py",
        "runs/refreshing.py",
        "runs/editing.py",
    }


def test_one_door_every_command_is_known_to_read_or_to_ask() -> None:
    """Walks the commands: each is in one list or the other, and those that change a catalogue
    reach it through the door alone."""
    import click

    from galleyproof.cli.main import galley

    through_the_door = {
        "run",
        "edit",
        "undo",
        "load",
        "import-items",
        "environment refresh",
        "demo",
    }
    steer_a_run = {"pause", "resume", "cancel", "plan confirm", "worker", "serve"}
    come_through_it_later = {"schedule add", "schedule pause", "schedule resume", "schedule remove"}
    govern = {
        "init",
        "stop",
        "user add",
        "token add",
        "token recover",
        "token revoke",
        "user change",
        "user give-role",
        "user take-role",
        "unit add",
        "unit join",
        "unit leave",
        "unit liaison",
        "unit no-liaison",
        "group add",
        "group join",
        "group leave",
        "permit issue",
        "permit revoke",
        "permit suspend",
        "permit acknowledge",
        "permit confirm",
        "permit first-run",
        "permit trip",
        "permit deny",
        "permit lift",
        "set create",
        "set freeze",
        "set combine",
        "rules add",
        "rules share",
        "matrix import",
        "matrix accept",
        "matrix settle",
        "policy set",
        "environment set",
        "code map",
        "user password",
        "user vouch",
        "reading acknowledge",
        "reading add",
        "ticket approve-sandbox",
        "ticket ask",
        "ticket decline",
        "ticket open-shape",
        "ticket prove",
        "ticket request",
        "ticket role-form",
        "ticket send-back",
        "ticket sign-off",
        "ticket submit",
        "ticket withdraw",
        "upkeep",
    }
    only_read = {
        "environment list",
        "environment show",
        "environment settings",
        "code list",
        "export",
        "record",
        "set list",
        "set show",
        "set members",
        "set drift",
        "job list",
        "job show",
        "plan show",
        "plan review",
        "runs",
        "report",
        "may",
        "permit list",
        "permit show",
        "permit denials",
        "schedule list",
        "unit list",
        "group list",
        "group members",
        "user show",
        "audit list",
        "audit verify",
        "token list",
        "user list",
        "rules list",
        "rules show",
        "rules diff",
        "rules check",
        "rules explain",
        "rules run",
        "rules test",
        "rules ready-made",
        "audit bundle",
        "audit verify-bundle",
        "matrix export",
        "matrix show",
        "policy list",
        "reading list",
        "reading show",
        "ticket list",
        "ticket review",
        "ticket show",
    }

    def walk(group: click.Group, before: str = "") -> set[str]:
        names = set()
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                names |= walk(command, f"{before}{name} ")
            else:
                names.add(before + name)
        return names

    assert walk(galley) == (
        through_the_door | steer_a_run | come_through_it_later | govern | only_read
    )


# 2. Jobs are pure


def test_jobs_are_pure_a_job_is_given_records_and_no_way_to_write() -> None:
    import subprocess
    import sys

    check = (
        "import sys; import galleyproof.jobs.set_830_second_indicator, galleyproof.rules;"
        " import galleyproof.jobs.edit_record;"
        "bad = [m for m in sys.modules if m.split('.')[0] in"
        " ('django', 'psycopg', 'procrastinate')]; assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", check], check=True)


# 3. The plan is what runs


def test_the_plan_is_what_runs_a_record_that_differs_now_is_refused_by_name(
    stocked: Library,
) -> None:
    stocked.permit()
    stocked.permit(stocked.amy, job="edit-record")
    plan = stocked.run(dry_run=True)
    edited = marc(3, ("830", "  $aOther series"))
    path = stocked.folder / "edited.mrc"
    path.write_bytes(edited)
    from galleyproof.runs.editing import edit_from_file

    stocked.work(edit_from_file(stocked.amy, "bib", 4, "sandbox", path, note="", at=NOW))
    run = stocked.run(plan=plan.id)
    assert run.counts["changed"] == 29
    assert run.said == [{"code": "changed-since-plan", "count": 1}]
    assert stocked.rows("SELECT id FROM outcome WHERE run = %s", run.id) == [(4,)]
    assert stocked.rows("SELECT version FROM record WHERE kind = 'bib' AND id = 4") == [(2,)]


def test_the_plan_is_what_runs_two_runs_of_plans_over_the_same_records(stocked: Library) -> None:
    stocked.permit()
    first, second = stocked.run(dry_run=True), stocked.run(dry_run=True)
    assert first.digest == second.digest
    one = stocked.run(plan=first.id)
    other = stocked.run(plan=second.id)
    assert one.counts["changed"] == 30
    assert other.state == "completed-nothing-changed"
    assert other.said == [{"code": "changed-since-plan", "count": 30}]


# 4. All or nothing per chunk: see test_killed.py


# 5. Everything is accounted for


@pytest.mark.parametrize("dry_run", [True, False])
def test_everything_is_accounted_for_missing_lines_too(stocked: Library, dry_run: bool) -> None:
    stocked.permit()
    path = stocked.folder / "ids.csv"
    path.write_text("MMS ID\n" + "\n".join(f"99{n:013d}" for n in (1, 2, 77, 35, 78)) + "\n")
    run = stocked.run(file=path, dry_run=dry_run)
    assert run.counts == {
        "set": 5,
        "changed": 2,
        "unchanged": 1,
        "refused": 0,
        "failed": 0,
        "missing": 2,
    }


def test_everything_is_accounted_for_a_run_that_changes_nothing_is_no_success(
    stocked: Library,
) -> None:
    stocked.permit()
    stocked.set("none", 'exists "999"')
    run = stocked.run(set_name="none")
    assert run.state == "completed-nothing-changed"
    assert run.counts["set"] == 0
    plan = stocked.run(set_name="none", dry_run=True)
    assert (plan.state, plan.counts["changed"]) == ("planned", 0)


# 6. Undo keeps later work: see test_the_heart.py and test_undo_model.py


# 7. Untouched stays untouched


def test_untouched_stays_untouched_on_real_records(library: Library, real_data: Path) -> None:
    import gzip

    from galleyproof.marc.record import Record

    packed = real_data / "bibs-utf8.mrc.gz"
    from galleyproof.runs.loading import load

    load(library.ada, [packed], kind="bib", environment="sandbox", at=NOW)
    library.set("all", "status = active")
    library.permit()
    before = library.export()
    raw = gzip.decompress(packed.read_bytes())
    refused = library.rows("SELECT raw FROM outcome WHERE raw IS NOT NULL ORDER BY start, place")
    assert len(before) + sum(len(one) for (one,) in refused) == len(raw)
    run = library.run()
    after = library.export()
    changed = 0
    for old, new in zip(split(before), split(after), strict=True):
        if old == new:
            continue
        changed += 1
        one, two = Record(old), Record(new)
        assert one.tags == two.tags
        for tag, a, b in zip(one.tags, one.data, two.data, strict=True):
            if tag == b"830":
                assert a[:1] + a[2:] == b[:1] + b[2:]
                assert b[1:2] == b"0"
            elif tag != b"005":
                assert a == b
    assert changed == run.counts["changed"] > 0
    library.undo(run.id)
    assert library.export() == before


def split(raw: bytes) -> list[bytes]:
    return [one + b"\x1d" for one in raw.split(b"\x1d")[:-1]]


# 8. Sandbox cannot reach production


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO production.version VALUES ('bib', 1, 9, 1, 'active', NULL, false, 'x')",
        "UPDATE production.record SET version = 9",
        "DELETE FROM production.key",
        "TRUNCATE production.chunk",
        "COPY production.outcome FROM STDIN",
        "SELECT * FROM production.record",
        "UPDATE governing.permit SET max_records = NULL",
        "UPDATE governing.run SET state = 'completed'",
        "DELETE FROM version",
        "UPDATE version SET body = 'x'",
        "DELETE FROM outcome",
        "DELETE FROM chunk",
    ],
)
def test_sandbox_cannot_reach_production(galley, statement: str) -> None:
    from galleyproof.database.connect import connect

    with connect("sandbox") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


# 9. Nothing erases evidence


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM run",
        "DELETE FROM permit",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET reason = 'x'",
        "TRUNCATE audit_entry",
        "UPDATE sandbox.record SET version = 9",
        "DELETE FROM sandbox.version",
        "DELETE FROM denial",
        "UPDATE run SET note = 'x'",
        "UPDATE run SET finished = NULL",
        "TRUNCATE run CASCADE",
    ],
)
def test_nothing_erases_evidence(stocked: Library, statement: str) -> None:
    from galleyproof.database.connect import connect

    stocked.permit()
    stocked.run()
    with connect("governing") as connection, pytest.raises(psycopg.Error):
        connection.execute(statement)


def test_nothing_erases_evidence_a_chunk_that_is_done_stays(stocked: Library) -> None:
    from galleyproof.database.connect import connect

    stocked.permit()
    stocked.run()
    with connect("sandbox") as connection, pytest.raises(psycopg.Error, match="stays as it is"):
        connection.execute("UPDATE chunk SET changed = 0")


# 10. Wrong kind of input is refused before anything starts


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("MMS ID\n", "has a header and no ids"),
        ("Colour\nred\n", "not an id type"),
        ("MSM ID\n99\n", "did you mean “MMS ID”"),
        ("MMS ID\n9.91E+17\n9.92E+17\n", "2 ids spoilt by a spreadsheet"),
        ("Holding ID\n22123\n", "nothing was read further"),
        ("Authority ID\n22123\n", "nothing was read further"),
    ],
)
def test_wrong_kind_of_input_is_refused_first(stocked: Library, text: str, said: str) -> None:
    from galleyproof.runs.models import Run

    stocked.permit()
    count = Run.objects.count()
    path = stocked.folder / "ids.csv"
    path.write_text(text)
    with pytest.raises(Wrong, match=said):
        stocked.run(file=path)
    assert Run.objects.count() == count


def test_wrong_kind_of_input_ids_of_another_kind_are_refused_with_count_and_examples(
    stocked: Library,
) -> None:
    from galleyproof.marc.record import Record

    stocked.permit()
    holdings = [
        Record.build(
            b"00000nx  a2200000un 4500",
            [(b"001", b"22%03d" % n), (b"004", b"99%013d" % n), (b"852", b"0 \x1fbMAIN")],
        ).body
        for n in range(5)
    ]
    stocked.load(holdings, kind="holding")
    path = stocked.folder / "ids.csv"
    path.write_text("MMS ID\n" + "\n".join(f"22{n:03d}" for n in range(5)) + "\n")
    with pytest.raises(Wrong, match=r"5 ids are not MMS IDs: 5 numbers of holdings .line 2: 22000"):
        stocked.run(file=path)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"set_name": "al"}, "did you mean “all”"),
        ({"job": "set-830-second-indicater"}, "did you mean set-830-second-indicator"),
        ({"parameters": {"include-88": "yes"}}, "did you mean include-880"),
        ({"parameters": {"include-880": "perhaps"}}, "include-880"),
        ({"environment": "production"}, "needs a note"),
        ({"environment": "moon"}, "not an environment"),
        ({"plan": 4711}, "there is no plan 4711"),
        ({"exclude": (1,)}, "only from a plan"),
    ],
)
def test_wrong_use_is_refused_with_a_sentence(stocked: Library, asked: dict, said: str) -> None:
    stocked.permit()
    with pytest.raises(Wrong, match=said):
        stocked.run(**asked)


def test_an_expired_permit_and_too_many_records_are_refused(stocked: Library) -> None:
    from galleyproof.permits.denial import NotPermitted

    stocked.permit(max_records=39)
    with pytest.raises(NotPermitted, match="ends at 39 records, the set has 40"):
        stocked.run()
    with pytest.raises(NotPermitted, match="expired"):
        stocked.run(at=NOW + timedelta(days=500))
