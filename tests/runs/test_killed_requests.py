"""A request killed while its set is frozen: nothing of it runs, nothing is kept, nobody waits."""

from __future__ import annotations

import signal

import pytest
from other_processes import ask_in_a_process
from stories import NOW, Library, series

from galleyproof.database.connect import connect
from galleyproof.database.locks import Lock, try_lock
from galleyproof.marc.errors import Wrong
from galleyproof.permits.days import day_of
from galleyproof.permits.quota import used_on
from galleyproof.runs.beginning import INTERRUPTED, end_dead_drafts
from galleyproof.runs.control import cancel, pause, resume
from galleyproof.runs.faults import ASKING_POINTS
from galleyproof.runs.models import Run

EVERY_POINT = pytest.mark.parametrize("fault", ASKING_POINTS)


@pytest.fixture
def stocked(library: Library) -> Library:
    for environment in ("sandbox", "production"):
        library.load([series(n, " 4"[n % 2]) for n in range(8)], environment=environment)
        library.set(environment=environment)
    return library


def killed(*asked, fault: str) -> None:
    died = ask_in_a_process(NOW, *asked, fault=fault)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-600:]


def the_draft() -> Run:
    found = Run.objects.filter(state="draft")
    assert len(found) == 1
    return found[0]


@EVERY_POINT
@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_a_killed_request_gives_its_share_of_the_day_back(
    stocked: Library, fault: str, environment: str
) -> None:
    permit = stocked.permit(environment=environment, max_per_day=8)
    killed(environment, fault=fault)
    the_draft()
    assert used_on(permit.pk, day_of(NOW)) == 8
    asked = {"environment": environment, "note": "again"}
    run = stocked.run(**asked)
    if environment == "production":
        run = stocked.work(run)
    assert (run.state, run.counts["changed"]) == ("completed", 8)
    assert not Run.objects.filter(state="draft").exists()
    dead = Run.objects.filter(state="failed").order_by("id")
    assert dead[0].error == INTERRUPTED
    assert used_on(permit.pk, day_of(NOW)) == 8


@EVERY_POINT
def test_a_killed_run_of_a_plan_leaves_the_plan_to_be_run(stocked: Library, fault: str) -> None:
    stocked.permit(max_per_day=8)
    plan = stocked.run(dry_run=True)
    killed("sandbox", plan.pk, fault=fault)
    run = stocked.run(plan=plan.pk)
    assert (run.state, run.counts["changed"]) == ("completed", 8)


@EVERY_POINT
def test_a_killed_undo_can_be_asked_for_again(stocked: Library, fault: str) -> None:
    stocked.permit()
    before = stocked.export()
    run = stocked.run()
    killed("undo", run.pk, fault=fault)
    assert stocked.undo(run.pk).counts["changed"] == 8
    assert stocked.export() == before


@pytest.mark.parametrize("steer", [pause, cancel, resume])
def test_what_is_left_of_it_is_ended_by_who_steers_it(stocked: Library, steer) -> None:
    permit = stocked.permit(max_per_day=8)
    killed("sandbox", fault="drafted")
    draft = the_draft()
    if steer is cancel:
        assert cancel(stocked.amy, draft.pk, NOW).state == "failed"
    else:
        with pytest.raises(Wrong, match="failed"):
            steer(stocked.amy, draft.pk, NOW)
    assert Run.objects.get(pk=draft.pk).error == INTERRUPTED
    assert used_on(permit.pk, day_of(NOW)) == 0


def test_a_killed_request_holds_up_no_refresh(stocked: Library) -> None:
    from galleyproof.runs.refreshing import refuse_live_runs

    stocked.permit()
    killed("sandbox", fault="frozen")
    with pytest.raises(Wrong, match="is draft"):
        refuse_live_runs("sandbox")
    end_dead_drafts(NOW)
    refuse_live_runs("sandbox")


def test_a_request_that_is_being_made_ready_is_left_in_peace(stocked: Library) -> None:
    stocked.permit()
    killed("sandbox", fault="drafted")
    draft = the_draft()
    with connect("sandbox", autocommit=True) as somebody:
        assert try_lock(somebody, Lock.DRAFTING, draft.pk)
        end_dead_drafts(NOW)
        assert the_draft() == draft
        with pytest.raises(Wrong, match="being made ready just now"):
            cancel(stocked.amy, draft.pk, NOW)
