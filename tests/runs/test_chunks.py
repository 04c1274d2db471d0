"""Chunks: their order and size do not matter; roots stay together; the guilty root is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stories import JOB, NOW, Library, marc, series

from galleyproof.jobs.catalogue import JOBS
from galleyproof.jobs.job import Group, Job, Proposal
from galleyproof.jobs.outcome import Changed, Refused
from galleyproof.marc.record import Record


@pytest.fixture
def stocked(library: Library) -> Library:
    library.load([series(n, " 40"[n % 3]) for n in range(60)] + [marc(n) for n in range(60, 70)])
    library.set()
    library.permit()
    return library


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(size=st.integers(1, 80))
def test_the_size_of_chunks_does_not_matter(stocked: Library, size: int) -> None:
    from galleyproof.runs import freezing

    kept = freezing.CHUNK
    freezing.CHUNK = size
    try:
        plan = stocked.run(dry_run=True)
        run = stocked.run(plan=plan.id)
        stocked.undo(run.id)
    finally:
        freezing.CHUNK = kept
    # After an undo the versions are higher, so only what does not count them is the same.
    assert plan.digest == run.digest
    assert (plan.counts, plan.shapes) == (run.counts, run.shapes)
    assert plan.counts["changed"] == 40


def test_a_plans_digest_is_the_same_whatever_the_chunks(stocked: Library, small_chunks) -> None:
    digests = set()
    for size in (1, 7, 2000):
        small_chunks(size)
        digests.add(stocked.run(dry_run=True).digest)
    assert len(digests) == 1


@pytest.fixture
def poison(galley) -> Iterator[Any]:
    """Makes the commit of one record fail every time, in the database itself."""
    from galleyproof.database.connect import connect

    def poisoned(id: int, code: str = "P0001") -> None:
        with connect("owner") as owner:
            owner.execute(
                "CREATE OR REPLACE FUNCTION sandbox.no() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN RAISE EXCEPTION 'this record cannot be written' USING ERRCODE ="
                f" '{code}'; END $$"
            )
            owner.execute(
                "CREATE TRIGGER no BEFORE INSERT ON sandbox.version FOR EACH ROW"
                f" WHEN (NEW.id = {id} AND NEW.version > 1) EXECUTE FUNCTION sandbox.no()"
            )

    yield poisoned
    with connect("owner") as owner:
        owner.execute("DROP TRIGGER IF EXISTS no ON sandbox.version")
        owner.execute("DROP FUNCTION IF EXISTS sandbox.no")


@pytest.mark.parametrize("planned", [False, True])
def test_one_record_that_cannot_be_committed_fails_alone(
    stocked: Library, poison, planned: bool
) -> None:
    plan = stocked.run(dry_run=True) if planned else None
    poison(17)
    run = stocked.run(plan=plan.id) if plan else stocked.run()
    assert run.state == "completed-with-failures"
    assert (run.counts["changed"], run.counts["failed"]) == (39, 1)
    ((id, sentence),) = stocked.rows(
        "SELECT id, sentence FROM outcome WHERE run = %s AND outcome = 'failed'", run.id
    )
    assert id == 17
    assert "this record cannot be written" in sentence
    assert stocked.rows("SELECT version FROM record WHERE id = 17") == [(1,)]


def test_a_full_disk_is_reported_and_nothing_is_lost(stocked: Library, poison) -> None:
    from galleyproof.database.connect import connect
    from galleyproof.runs.control import resume

    poison(31, code="53100")
    run = stocked.run()
    assert run.state == "paused"
    assert "no room left" in run.error
    with connect("owner") as owner:
        owner.execute("DROP TRIGGER no ON sandbox.version")
    resume(stocked.amy, run.id, NOW)
    ended = stocked.work(run)
    assert (ended.state, ended.counts["changed"]) == ("completed", 40)


class Breaks(Job):
    code = JOB
    revision = JOBS[JOB].revision
    title = does = "breaks on one record"
    scope = "test"
    kinds = ("bib",)

    def decide(self, group: Group, parameters: Any) -> Iterator[Proposal]:
        for held in group.members:
            if held.id == 5:
                raise ZeroDivisionError("cannot divide this record")
            yield Proposal(held, Refused("no", "not this one"))


def test_a_job_that_breaks_on_a_record_fails_that_record_alone(
    stocked: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    from galleyproof.jobs import catalogue

    monkeypatch.setitem(catalogue.JOBS, JOB, Breaks())
    run = stocked.run()
    assert run.state == "completed-with-failures"
    assert (run.counts["refused"], run.counts["failed"]) == (69, 1)


class WithHoldings(Job):
    """Suppresses a bib, and its holdings with it: what hangs together is decided together."""

    code = JOB
    revision = JOBS[JOB].revision
    title = does = "suppresses a bib and its holdings"
    scope = "test"
    kinds = ("bib",)
    relatives = ("holding",)

    def decide(self, group: Group, parameters: Any) -> Iterator[Proposal]:
        for held in (*group.members, *group.relatives):
            yield Proposal(held, Changed(held.record, status="suppressed"))


def holding(number: int, bib: int) -> bytes:
    return Record.build(
        b"00000nx  a2200000un 4500",
        [(b"001", b"22%05d" % number), (b"004", b"99%013d" % bib), (b"852", b"0 \x1fbMAIN")],
    ).body


@pytest.fixture
def with_holdings(stocked: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    from galleyproof.jobs import catalogue

    monkeypatch.setitem(catalogue.JOBS, JOB, WithHoldings())
    stocked.load([holding(n, n % 7) for n in range(30)] + [holding(99, 4711)], kind="holding")
    stocked.set("seven", "id <= 7")
    return stocked


def test_an_orphan_is_loaded_and_listed(with_holdings: Library) -> None:
    assert with_holdings.rows("SELECT kind, code FROM outcome WHERE code = 'orphan'") == [
        ("holding", "orphan")
    ]
    assert with_holdings.rows(
        "SELECT root, children FROM record WHERE kind = 'bib' AND id IN (1, 8) ORDER BY id"
    ) == [(1, 5), (8, 0)]


def statuses(library: Library) -> list[tuple]:
    return library.rows("SELECT kind, status, count(*) FROM record GROUP BY 1, 2 ORDER BY 1, 2")


def test_consequences_are_planned_written_and_undone_with_the_run(with_holdings: Library) -> None:
    before = statuses(with_holdings)
    plan = with_holdings.run(set_name="seven", dry_run=True)
    assert plan.consequences == [
        {"kind": "holding", "code": "changed", "what": "status active→suppressed", "count": 30}
    ]
    assert statuses(with_holdings) == before
    run = with_holdings.run(plan=plan.id)
    assert (run.counts["changed"], run.digest) == (7, plan.digest)
    assert ("holding", "suppressed", 30) in statuses(with_holdings)
    with_holdings.undo(run.id)
    assert statuses(with_holdings) == before


def test_a_relative_that_changed_since_the_plan_refuses_the_whole_group(
    with_holdings: Library,
) -> None:
    plan = with_holdings.run(set_name="seven", dry_run=True)
    from galleyproof.database.connect import connect

    with connect("sandbox") as connection:  # somebody suppressed a holding of bib 3 meanwhile
        connection.execute(
            "UPDATE record SET status = 'suppressed', version = 2 WHERE kind = 'holding'"
            " AND id = (SELECT min(id) FROM record WHERE kind = 'holding' AND root = 3)"
        )
        connection.execute(
            "INSERT INTO version (kind, id, version, run, status, same_as, rekeyed) SELECT kind,"
            " id, 2, 0, 'suppressed', 1, false FROM record WHERE kind = 'holding' AND version = 2"
        )
    run = with_holdings.run(plan=plan.id)
    assert (run.counts["changed"], run.counts["refused"]) == (6, 1)
    assert run.said == [{"code": "not-as-planned", "count": 1}]


def test_something_read_that_moves_before_the_commit_is_decided_again(
    with_holdings: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A holding changes between reading and commit: the commit is refused and the group is
    decided again on what is there."""
    from galleyproof.database.connect import connect
    from galleyproof.runs import working

    real = working.commit
    moved = []

    def commit(connection: psycopg.Connection, *rest: Any) -> None:
        if not moved:
            moved.append(True)
            with connect("sandbox") as other:
                other.execute("UPDATE record SET version = 2 WHERE kind = 'holding' AND id = 3")
                other.execute(
                    "INSERT INTO version (kind, id, version, run, status, same_as, rekeyed)"
                    " VALUES ('holding', 3, 2, 0, 'active', 1, false)"
                )
        real(connection, *rest)

    monkeypatch.setattr(working, "commit", commit)
    run = with_holdings.run(set_name="seven")
    assert run.counts["changed"] == 7
    assert with_holdings.rows(
        "SELECT version, status FROM record WHERE kind = 'holding' AND id = 3"
    ) == [(3, "suppressed")]


def test_chunks_never_split_a_root(with_holdings: Library, small_chunks) -> None:
    from galleyproof.catalog.members import listed
    from galleyproof.database.connect import connect
    from galleyproof.runs.freezing import freeze

    small_chunks(4)
    with connect("sandbox") as connection:
        freeze(connection, 999, "holding", listed(list(range(1, 32))))
        rows = connection.execute("SELECT ids FROM chunk WHERE run = 999").fetchall()
        roots = dict(connection.execute("SELECT id, root FROM record WHERE kind = 'holding'"))
    seen: set[int] = set()
    for (ids,) in rows:
        here = {roots[id] for id in ids}
        assert not here & seen
        seen |= here
    assert sum(len(ids) for (ids,) in rows) == 31
