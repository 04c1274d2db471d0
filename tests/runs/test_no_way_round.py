"""No way round the permit: every way to a change asks, at the start and again on the way."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from stories import NOW, Library, series

from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.permits.denial import NotPermitted
from galleyproof.runs.confirming import confirm
from galleyproof.runs.control import pause, resume
from galleyproof.runs.models import Run


@pytest.fixture
def stocked(library: Library, small_chunks) -> Library:
    small_chunks(10)
    library.load([series(n) for n in range(50)])
    library.set()
    return library


@pytest.fixture
def production(library: Library) -> Library:
    from galleyproof.catalog.models import Environment

    Environment.objects.filter(pk="production").update(ask_above=20)
    library.load([series(n) for n in range(50)], "production")
    library.set(environment="production")
    return library


def some_chunks(run: Run, count: int) -> None:
    from galleyproof.runs.workers import Hands, work_until_done

    hands, done = Hands(), []
    work_until_done(
        hands,
        only=run.id,
        after_chunk=lambda run, members: done.append(members),
        stop=lambda: len(done) >= count,
    )
    hands.close()


def end_by(library: Library, how: str, permit) -> None:
    """One of the ways in which a permit stops being good."""
    from galleyproof.people.actions.groups import leave_group
    from galleyproof.permits.actions.refuse import refuse
    from galleyproof.permits.actions.revoke import revoke
    from galleyproof.permits.actions.suspend import suspend, suspend_for_bindings
    from galleyproof.permits.models import Permit
    from galleyproof.permits.suspensions import rules_changed

    match how:
        case "revoked":
            revoke(library.bob, permit.pk, reason="enough", at=NOW)
        case "suspended":
            suspend(library.bob, permit.pk, why="look first", at=NOW)
        case "binding":
            suspend_for_bindings([permit.binding], rules_changed("x", "x@2"), at=NOW)
        case "denied":
            refuse(library.bob, person=library.amy.person, reason="inquiry", at=NOW)
        case "role":
            Permit.objects.filter(pk=permit.pk).update(waits_for_role=True)
        case "group":
            leave_group(library.bob, permit.group, library.amy.person, at=NOW)


SAID = {
    "revoked": "was revoked",
    "suspended": "look first",
    "binding": "the rule set x has a new version",
    "denied": "inquiry",
    "role": "waits for the library role",
    "group": "not theirs any more",
}


def permit_for(library: Library, how: str):
    if how != "group":
        return library.permit()
    from galleyproof.people.actions.groups import add_group, join_group
    from galleyproof.permits.actions.grant import grant_from_ticket

    group = add_group(library.bob, "catalogers", at=NOW)
    join_group(library.bob, group, library.amy.person, at=NOW)
    return grant_from_ticket(
        library.bob, group=group, job="set-830-second-indicator", environment="sandbox",
        ticket=1, at=NOW - timedelta(days=1),
    )  # fmt: skip


@pytest.mark.parametrize("how", list(SAID))
def test_a_run_that_is_going_stops_at_the_next_chunk_and_says_why(
    stocked: Library, how: str
) -> None:
    permit = permit_for(stocked, how)
    run = stocked.ask()
    some_chunks(run, 1)
    end_by(stocked, how, permit)
    ended = stocked.work(run)
    assert ended.state == "paused"
    assert SAID[how] in ended.error
    done = stocked.report(ended)["counts"]["changed"]
    assert 10 <= done < 50
    with pytest.raises(NotPermitted, match=SAID[how]):
        resume(stocked.amy, run.id, NOW)
    assert stocked.report(ended)["counts"]["changed"] == done


@pytest.mark.parametrize("how", list(SAID))
def test_the_commit_of_a_chunk_asks_by_itself(stocked: Library, how: str) -> None:
    """Between the worker's look and the commit of what it has in hand."""
    from galleyproof.database.connect import connect
    from galleyproof.runs.committing import Halted, check_run
    from galleyproof.runs.workers import assignment_of

    permit = permit_for(stocked, how)
    run = stocked.ask()
    Run.objects.filter(pk=run.pk).update(state="running")
    assignment = assignment_of(run)
    with connect("sandbox", autocommit=True) as connection, connection.cursor() as cursor:
        check_run(cursor, assignment, NOW)
        end_by(stocked, how, permit)
        with pytest.raises(Halted, match="permit"):
            check_run(cursor, assignment, NOW)


def test_a_resumed_run_asks_for_the_permit_that_it_began_under(stocked: Library) -> None:
    from galleyproof.permits.actions.revoke import revoke

    permit = stocked.permit()
    run = stocked.ask()
    some_chunks(run, 1)
    pause(stocked.amy, run.id, NOW)
    revoke(stocked.bob, permit.pk, at=NOW)
    stocked.permit()  # another, wider or newer, is for another run
    with pytest.raises(NotPermitted, match="permit 1 was revoked"):
        resume(stocked.amy, run.id, NOW)
    assert stocked.run().counts["changed"] == 50 - stocked.report(run)["counts"]["changed"]


def test_somebody_else_resuming_a_run_does_not_lend_their_permit(stocked: Library) -> None:
    from galleyproof.permits.actions.revoke import revoke

    permit = stocked.permit()
    stocked.permit(stocked.ada)
    run = stocked.ask()
    some_chunks(run, 1)
    pause(stocked.ada, run.id, NOW)
    revoke(stocked.bob, permit.pk, at=NOW)
    with pytest.raises(NotPermitted, match="was revoked"):
        resume(stocked.ada, run.id, NOW)


def test_a_plan_does_not_carry_the_permit_that_it_was_made_under(stocked: Library) -> None:
    from galleyproof.permits.actions.revoke import revoke

    permit = stocked.permit()
    plan = stocked.run(dry_run=True)
    revoke(stocked.bob, permit.pk, at=NOW)
    with pytest.raises(NotPermitted, match="was revoked"):
        stocked.ask(plan=plan.id)
    with pytest.raises(NotPermitted, match="no permit"):
        stocked.ask(stocked.dan, plan=plan.id)


def test_a_stale_plan_is_not_confirmed_after_the_permit_ended(production: Library) -> None:
    from galleyproof.permits.actions.revoke import revoke

    permit = production.permit(environment="production")
    run = production.run(environment="production", note="series")
    assert run.state == "waiting"
    revoke(production.bob, permit.pk, at=NOW)
    production.permit(environment="production")
    with pytest.raises(NotPermitted, match="permit 1 was revoked"):
        confirm(production.bob, run.id, NOW)
    assert Run.objects.get(pk=run.pk).state == "waiting"


def test_a_permit_that_ends_while_its_run_is_being_planned_stops_the_plan(
    production: Library, small_chunks
) -> None:
    from galleyproof.cli.run_output import exit_code
    from galleyproof.permits.actions.revoke import revoke

    small_chunks(10)
    permit = production.permit(environment="production")
    run = production.ask(environment="production", note="series")
    some_chunks(run, 1)
    revoke(production.bob, permit.pk, reason="enough", at=NOW)
    ended = production.work(run)
    assert (ended.state, ended.plan.state) == ("planning", "paused")
    assert "is paused: permit 1 was revoked" in production.report(ended)["error"]
    assert exit_code(ended) == 5


def test_a_permit_given_after_the_review_does_not_widen_the_run_that_waits(
    production: Library,
) -> None:
    production.permit(environment="production", shapes=[])
    run = production.run(environment="production", note="series")
    production.permit(environment="production", ask_above=100_000)
    assert set(run.waits_for) == {"above", "changed", "shapes"}
    assert production.work(run).state == "waiting"
    with pytest.raises(NotPermitted, match="second person"):
        confirm(production.amy, run.id, NOW)


def test_a_set_that_grew_is_judged_as_it_is_when_it_runs(library: Library) -> None:
    library.load([series(n) for n in range(20)])
    library.set("some", "id <= 10")
    library.permit(max_records=10)
    assert library.run(set_name="some", dry_run=True).counts["set"] == 10
    from galleyproof.catalog.models import RecordSet

    RecordSet.objects.filter(name="some").update(query="id <= 20")
    with pytest.raises(NotPermitted, match="ends at 10 records, the set has 20"):
        library.ask(set_name="some")


def test_acting_as_somebody_gives_their_rights_and_no_more(stocked: Library) -> None:
    stocked.permit()
    with pytest.raises(NotPermitted, match="Dan has none"):
        stocked.ask(Who(stocked.dan.person, stocked.amy.person))
    run = stocked.ask(Who(stocked.amy.person, stocked.dan.person))
    assert (run.person, run.acting) == (stocked.amy.person, "dan")


@pytest.mark.parametrize(
    ("how", "allowed"),
    [("revoked", False), ("suspended", False), ("denied", False), ("binding", True)],
)
def test_undoing_ones_own_run_ends_with_the_permit(
    stocked: Library, how: str, allowed: bool
) -> None:
    permit = stocked.permit()
    run = stocked.run()
    end_by(stocked, how, permit)
    if allowed:  # the rule has changed; taking back what the old one did does not use it
        assert stocked.undo(run.id).counts["changed"] == 50
        return
    with pytest.raises(NotPermitted, match="revoked" if how == "revoked" else SAID[how]):
        stocked.undo(run.id)


def test_a_paused_undo_asks_again(stocked: Library) -> None:
    from galleyproof.runs.undo_requests import request_undo

    permit = stocked.permit()
    run = stocked.run()
    undo = request_undo(stocked.amy, run.id, NOW)
    pause(stocked.amy, undo.id, NOW)
    end_by(stocked, "denied", permit)
    with pytest.raises(NotPermitted, match="inquiry"):
        resume(stocked.amy, undo.id, NOW)


def test_a_job_of_another_revision_is_not_gone_on_with(stocked: Library, monkeypatch) -> None:
    from galleyproof.jobs.catalogue import JOBS

    stocked.permit()
    run = stocked.ask()
    some_chunks(run, 1)
    at = JOBS[run.job].revision
    monkeypatch.setattr(type(JOBS[run.job]), "revision", at + 1)
    assert stocked.work(run).state == "paused"
    with pytest.raises((NotPermitted, Wrong), match="revision"):
        resume(stocked.amy, run.id, NOW)
    with pytest.raises(NotPermitted, match=f"was signed off at revision {at} and is at {at + 1}"):
        stocked.ask()


def test_twenty_runs_that_start_at_once_never_exceed_the_day_and_undo_is_free(
    library: Library,
) -> None:
    from django.db import connection

    from galleyproof.permits.quota import used_on

    library.load([series(n) for n in range(10)])
    library.set()
    permit = library.permit(max_per_day=30)
    begin, made, refused = threading.Barrier(20), [], []

    def start() -> None:
        begin.wait()
        try:
            made.append(library.ask())
        except NotPermitted as no:
            refused.append(str(no))
        finally:
            connection.close()

    threads = [threading.Thread(target=start) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(refused)) == (3, 17)
    assert all("ends at 30 records a day" in said for said in refused)
    assert used_on(permit.pk, NOW.date()) == 30
    runs = [library.work(run) for run in made]
    assert sorted(run.counts["changed"] for run in runs) == [0, 0, 10]
    assert used_on(permit.pk, NOW.date()) == 10, "what was not changed is given back"
    library.permit()  # and a whole day used up
    from galleyproof.permits.quota import reserve

    reserve(permit.pk, 20, NOW)
    changed = next(run for run in runs if run.counts["changed"])
    assert library.undo(changed.id).counts["changed"] == 10
    assert used_on(permit.pk, NOW.date()) == 30
