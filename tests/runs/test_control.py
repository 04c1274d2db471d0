"""Pause, resume, cancel, confirm; permits that end on the way; a record open in an editor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stories import NOW, Library, series

from galleyproof.marc.errors import Wrong
from galleyproof.permits.denial import NotPermitted
from galleyproof.runs.confirming import confirm
from galleyproof.runs.control import cancel, pause, resume


@pytest.fixture
def stocked(library: Library, small_chunks) -> Library:
    small_chunks(10)
    library.load([series(n) for n in range(50)])
    library.set()
    library.permit()
    return library


def some_chunks(run, count: int) -> None:
    """Works a few chunks of a run and stops, as a worker would between two."""
    from galleyproof.runs.workers import Hands, work_until_done

    hands, done = Hands(), []
    work_until_done(
        hands,
        only=run.id,
        after_chunk=lambda run, members: done.append(members),
        stop=lambda: len(done) >= count,
    )
    hands.close()


def test_a_paused_run_keeps_what_is_done_and_goes_on_where_it_was(stocked: Library) -> None:
    run = stocked.ask()
    some_chunks(run, 2)
    paused = pause(stocked.amy, run.id, NOW)
    assert paused.state == "paused"
    assert stocked.work(run).state == "paused"
    counts = stocked.report(paused)["counts"]
    assert 10 < counts["changed"] < 50
    resume(stocked.amy, run.id, NOW)
    assert stocked.work(run).counts["changed"] == 50


def test_a_run_that_was_undone_while_it_was_paused_does_not_go_on(stocked: Library) -> None:
    """Else a run would count as undone of which the greater part stands."""
    before = stocked.export()
    run = stocked.ask()
    some_chunks(run, 2)
    pause(stocked.amy, run.id, NOW)
    undo = stocked.undo(run.id)
    with pytest.raises(Wrong, match=f"undone while it was paused, by run {undo.id}"):
        resume(stocked.amy, run.id, NOW)
    ended = cancel(stocked.amy, run.id, NOW)
    assert (ended.state, stocked.export()) == ("cancelled", before)


def test_a_run_that_was_only_asked_how_an_undo_would_be_goes_on(stocked: Library) -> None:
    run = stocked.ask()
    some_chunks(run, 2)
    pause(stocked.amy, run.id, NOW)
    stocked.undo(run.id, dry_run=True)
    resume(stocked.amy, run.id, NOW)
    assert stocked.work(run).counts["changed"] == 50
    with pytest.raises(Wrong, match="only a paused run"):
        resume(stocked.amy, run.id, NOW)


def test_a_cancelled_run_accounts_for_what_it_never_came_to_and_can_be_undone(
    stocked: Library,
) -> None:
    before = stocked.export()
    run = stocked.ask()
    some_chunks(run, 2)
    ended = cancel(stocked.amy, run.id, NOW)
    assert ended.state == "cancelled"
    counts = ended.counts
    assert sum(counts[name] for name in counts if name != "set") == counts["set"] == 50
    assert ended.said[-1]["code"] == "not-reached"
    undone = stocked.undo(run.id)
    assert undone.counts["changed"] == counts["changed"]
    assert stocked.export() == before


def test_only_ones_own_runs_can_be_steered(stocked: Library) -> None:
    run = stocked.ask()
    with pytest.raises(NotPermitted, match="Amy's"):
        cancel(stocked.dan, run.id, NOW)
    assert cancel(stocked.bob, run.id, NOW).state == "cancelled"
    with pytest.raises(Wrong, match="it has ended"):
        pause(stocked.amy, run.id, NOW)


def test_a_permit_revoked_on_the_way_stops_the_run_and_says_why(stocked: Library) -> None:
    from galleyproof.permits.actions.revoke import revoke

    run = stocked.ask()
    some_chunks(run, 1)
    revoke(stocked.bob, run.permit_id, reason="left the unit", at=NOW)
    ended = stocked.work(run)
    assert ended.state == "paused"
    assert "revoked" in ended.error
    with pytest.raises(NotPermitted):
        resume(stocked.amy, run.id, NOW)


@pytest.fixture
def production(stocked: Library) -> Library:
    from galleyproof.catalog.models import Environment

    Environment.objects.filter(pk="production").update(ask_above=20)
    stocked.load([series(n) for n in range(50)], "production")
    stocked.set(environment="production")
    stocked.permit(environment="production")
    return stocked


def test_a_large_production_plan_waits_for_a_second_person(production: Library) -> None:
    run = production.run(environment="production", note="series")
    assert run.state == "waiting"
    assert run.plan.state == "planned"
    for who in (production.amy, production.dan):
        with pytest.raises(NotPermitted, match="second person"):
            confirm(who, run.id, NOW)
    with pytest.raises(Wrong, match="digest"):
        confirm(production.bob, run.id, NOW, digest="0000")
    confirm(production.bob, run.id, NOW, digest=run.plan.digest[:12])
    ended = production.work(run)
    assert (ended.state, ended.counts["changed"], ended.digest) == (
        "completed",
        50,
        run.plan.digest,
    )
    assert ended.confirmed_by == production.bob.person


def test_bob_as_amy_is_no_second_person(production: Library) -> None:
    from galleyproof.people.identity import Who

    run = production.run(environment="production", note="series")
    with pytest.raises(NotPermitted):
        confirm(Who(production.bob.person, production.amy.person), run.id, NOW)


def test_a_small_production_run_plans_first_and_goes_on(production: Library) -> None:
    production.set("few", "id <= 5", "production")
    run = production.run(environment="production", set_name="few", note="series")
    assert (run.state, run.counts["changed"]) == ("completed", 5)
    assert run.plan.dry_run
    assert run.plan.digest == run.digest


def test_a_production_run_that_would_change_nothing_says_so(production: Library) -> None:
    production.set("none", 'exists "999"', "production")
    run = production.run(environment="production", set_name="none", note="series")
    assert (run.state, run.counts["set"]) == ("completed-nothing-changed", 0)


def test_a_waiting_run_can_be_cancelled(production: Library) -> None:
    run = production.run(environment="production", note="series")
    ended = cancel(production.amy, run.id, NOW)
    assert ended.state == "cancelled"
    assert ended.counts["refused"] == 50


def test_unticked_records_of_a_plan_are_refused(stocked: Library) -> None:
    plan = stocked.run(dry_run=True)
    run = stocked.run(plan=plan.id, exclude=(3, 17))
    assert (run.counts["changed"], run.counts["refused"]) == (48, 2)
    assert run.said == [{"code": "excluded", "count": 2}]
    assert stocked.rows("SELECT version FROM record WHERE id IN (3, 17)") == [(1,), (1,)]


def test_a_record_open_in_an_editor_is_refused_and_its_edit_is_not_lost(stocked: Library) -> None:
    from galleyproof.runs.editing import close_record, edit_opened, open_record

    stocked.permit(stocked.amy, job="edit-record")
    opened = open_record(stocked.amy, "bib", 9, "sandbox", at=real_now())
    run = stocked.run()
    assert run.said == [{"code": "locked", "count": 1}]
    made = stocked.work(
        edit_opened(stocked.amy, opened, opened.text.replace("Title", "A title"), note="", at=NOW)
    )
    assert made.state == "completed"
    close_record(opened)
    again = stocked.run()
    assert again.counts["changed"] == 1


def test_an_edit_of_a_record_that_changed_meanwhile_is_refused(stocked: Library) -> None:
    from galleyproof.runs.editing import edit_opened, open_record

    stocked.permit(stocked.amy, job="edit-record")
    opened = open_record(stocked.amy, "bib", 9, "sandbox", at=NOW - timedelta(hours=3))
    stocked.run()  # the hold has long run out
    made = stocked.work(
        edit_opened(stocked.amy, opened, opened.text.replace("Title", "X"), note="", at=NOW)
    )
    assert made.said == [{"code": "changed-since", "count": 1}]


def real_now():
    from galleyproof.runs.working import now

    return now()


def test_the_days_quota_is_reserved_and_what_was_not_changed_is_given_back(
    stocked: Library,
) -> None:
    from galleyproof.permits.models import PermitDay

    run = stocked.run()
    assert PermitDay.objects.get(permit_id=run.permit_id).reserved == 50
    stocked.run()
    assert PermitDay.objects.get(permit_id=run.permit_id).reserved == 50
    stocked.undo(run.id)
    assert PermitDay.objects.get(permit_id=run.permit_id).reserved == 50


def test_somebody_elses_run_is_undone_only_with_a_permit_for_undo(stocked: Library) -> None:
    run = stocked.run()
    with pytest.raises(NotPermitted, match="undo"):
        stocked.undo(run.id, stocked.dan)
    stocked.permit(stocked.dan, job="undo")
    assert stocked.undo(run.id, stocked.dan).counts["changed"] == 50


@pytest.mark.parametrize(
    ("what", "said"), [("dry", "changed nothing"), ("load", "first filling"), ("none", "no run")]
)
def test_what_cannot_be_undone_is_said(stocked: Library, what: str, said: str) -> None:
    number = {"dry": lambda: stocked.run(dry_run=True).id, "load": lambda: 1, "none": lambda: 4711}[
        what
    ]()
    with pytest.raises(Wrong, match=said):
        stocked.undo(number)


def test_a_run_stops_at_its_next_chunk_when_its_account_is_deactivated(library, small_chunks):
    """Between two chunks, whichever permit it has; an undo of one's own too, which has none."""
    from stories import series

    from galleyproof.people.models import Person
    from galleyproof.runs.models import Run
    from galleyproof.runs.workers import may_not_go_on

    small_chunks(2)
    library.load([series(n) for n in range(1, 7)])
    library.set()
    library.permit()
    done = library.run()
    waiting = library.ask()
    Person.objects.filter(username="amy").update(is_active=False)
    library.work(waiting)
    run = Run.objects.select_related("person", "permit").get(pk=waiting.pk)
    assert run.state == "paused"
    assert "the account of Amy is not active" in run.error
    undo = Run(job=done.job, person=run.person, undoes_id=done.pk, environment_id="sandbox")
    assert "the account of Amy is not active" in may_not_go_on(undo)


def test_the_commit_of_a_chunk_asks_whether_the_account_is_active(library):
    from types import SimpleNamespace

    from stories import NOW, series

    from galleyproof.database.connect import connect
    from galleyproof.people.models import Person
    from galleyproof.runs.committing import Halted, check_run

    library.load([series(1)])
    library.set()
    library.permit()
    run = library.ask()
    asked = SimpleNamespace(
        run=run.pk, person=run.person_id, permit=None, also={}, dry_run=True, limits=()
    )
    from galleyproof.runs.models import Run

    Run.objects.filter(pk=run.pk).update(state="running")
    with connect("sandbox") as connection, connection.cursor() as cursor:
        check_run(cursor, asked, NOW)
        Person.objects.filter(username="amy").update(is_active=False)
        with pytest.raises(Halted, match="person"):
            check_run(cursor, asked, NOW)
