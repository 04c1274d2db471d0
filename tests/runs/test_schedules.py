"""Schedules: the same door, the owner's permit at that time, one run for each time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from stories import JOB, NOW, Library, series

from galleyproof.marc.errors import Wrong
from galleyproof.permits.denial import NotPermitted
from galleyproof.runs.models import Run, Schedule
from galleyproof.runs.schedules import (
    add_schedule,
    pause_schedule,
    remove_schedule,
    resume_schedule,
)
from galleyproof.runs.starting import CLAIM, start_due

# NOW is a Monday, 09:30; every day at ten.
TEN = datetime(2026, 11, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def stocked(library: Library) -> Library:
    library.load([series(n) for n in range(20)])
    library.set()
    library.permit(scheduling=True)
    return library


def add(library: Library, who=None, **asked):
    asked = {"cron": "0 10 * * *", "environment": "sandbox", "set_name": "all", **asked}
    return add_schedule(who or library.amy, JOB, at=NOW, **asked)


def again(schedule: Schedule) -> Schedule:
    return Schedule.objects.get(pk=schedule.pk)


def test_a_schedule_starts_its_run_when_its_time_has_come_and_once(stocked: Library) -> None:
    schedule = add(stocked)
    assert schedule.next_due == TEN
    assert start_due(TEN - timedelta(seconds=1)) == []
    (run,) = start_due(TEN)
    assert (run.person, run.schedule_id, run.due) == (stocked.amy.person, schedule.pk, TEN)
    assert start_due(TEN) == []
    assert stocked.work(run).counts["changed"] == 20
    assert (again(schedule).next_due, again(schedule).last_due) == (TEN + DAY, TEN)
    (run,) = start_due(TEN + DAY)
    assert stocked.work(run).state == "completed-nothing-changed"


def test_many_workers_that_look_at_once_make_one_run(stocked: Library) -> None:
    from django.db import connection

    add(stocked), add(stocked)
    begin, made = threading.Barrier(6), []

    def look() -> None:
        begin.wait()
        try:
            made.extend(start_due(TEN))
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(run.schedule_id for run in made) == [1, 2]
    assert Run.objects.filter(due=TEN).count() == 2


class Killed(BaseException):
    pass


@pytest.mark.parametrize("made", [False, True])
def test_a_worker_killed_at_the_start_is_followed_by_another_and_nothing_runs_twice(
    stocked: Library, made: bool
) -> None:
    from galleyproof.runs.requesting import request

    schedule = add(stocked)

    def killed(who, asked, at):
        if made:
            request(who, asked, at)
        raise Killed

    with pytest.raises(Killed):
        start_due(TEN, killed)
    assert start_due(TEN + CLAIM / 2) == [], "it may still be at it"
    start_due(TEN + CLAIM)
    assert Run.objects.filter(schedule=schedule, due=TEN).count() == 1
    assert again(schedule).claimed is None


def test_a_time_missed_by_more_than_an_hour_is_left_out_and_said(stocked: Library) -> None:
    from galleyproof.audit.log import listing

    schedule = add(stocked)
    assert start_due(TEN + timedelta(minutes=61)) == []
    assert again(schedule).said == ("nothing was started for 2026-11-02 10:00: no worker was alive")
    assert again(schedule).next_due == TEN + DAY
    assert listing(limit=1)[0].action == "schedule-missed"
    assert len(start_due(TEN + DAY + timedelta(minutes=59))) == 1


def test_the_time_before_that_still_runs_leaves_the_next_one_out(stocked: Library) -> None:
    schedule = add(stocked)
    (run,) = start_due(TEN)
    assert start_due(TEN + DAY) == []
    assert f"run {run.id}, of the time before, is queued" in again(schedule).said
    stocked.work(run)
    assert len(start_due(TEN + 2 * DAY)) == 1


def test_scheduling_is_a_right_of_the_permit(stocked: Library) -> None:
    stocked.permit(stocked.dan)
    with pytest.raises(NotPermitted, match="permit 2 does not include scheduling"):
        add(stocked, stocked.dan)
    with pytest.raises(NotPermitted, match="no permit"):
        add(stocked, stocked.bob)
    assert not Schedule.objects.exists()


def test_what_cannot_be_is_refused_when_the_schedule_is_made(stocked: Library) -> None:
    with pytest.raises(Wrong, match="is no time of cron"):
        add(stocked, cron="0 99 * * *")
    with pytest.raises(Wrong, match="there is no set"):
        add(stocked, set_name="nothing")
    with pytest.raises(Wrong, match="has no parameter"):
        add(stocked, parameters={"colour": "red"})
    with pytest.raises(Wrong, match="needs a note"):
        add(stocked, environment="production")
    stocked.permit(stocked.dan, scheduling=True, hours=["20:00", "22:00"])
    with pytest.raises(Wrong, match="outside the hours: permit 2 holds from 20:00"):
        add(stocked, stocked.dan)
    assert add(stocked, stocked.dan, cron="0 21 * * *").pk


def test_a_schedule_whose_owner_loses_the_permit_stops_and_says_so(stocked: Library) -> None:
    from galleyproof.audit.log import listing
    from galleyproof.permits.actions.revoke import revoke

    schedule = add(stocked)
    revoke(stocked.bob, 1, reason="left the unit", at=NOW)
    assert start_due(TEN) == []
    stopped = again(schedule)
    assert (stopped.state, stopped.next_due, stopped.claimed) == ("stopped", None, None)
    assert stopped.said == "permit 1 was revoked on 2026-11-02 by Bob: left the unit"
    assert [entry.action for entry in listing(limit=2)] == ["schedule-stopped", "denied"]
    assert start_due(TEN + DAY) == []
    with pytest.raises(NotPermitted, match="was revoked"):
        resume_schedule(stocked.amy, schedule.pk, at=TEN)
    stocked.permit(scheduling=True)
    assert resume_schedule(stocked.amy, schedule.pk, at=TEN).next_due == TEN + DAY
    assert len(start_due(TEN + DAY)) == 1


def test_a_set_that_grew_beyond_the_permit_stops_the_schedule(library: Library) -> None:
    library.load([series(n) for n in range(20)])
    library.set()
    library.permit(scheduling=True, max_records=20)
    schedule = add(library)
    from galleyproof.database.connect import connect

    with connect("owner") as owner:  # a twenty-first record, however it came
        owner.execute(
            "INSERT INTO sandbox.record SELECT kind, 21, version, body_version, parent, 21,"
            " children, status, created, changed, tags FROM sandbox.record WHERE id = 1"
        )
        owner.execute(
            "INSERT INTO sandbox.version SELECT kind, 21, version, run, status, same_as, rekeyed,"
            " body FROM sandbox.version WHERE id = 1"
        )
    assert start_due(TEN) == []
    assert again(schedule).said == "permit 1 ends at 20 records, the set has 21"


def test_an_account_that_is_not_active_starts_nothing(stocked: Library) -> None:
    schedule = add(stocked)
    stocked.amy.person.is_active = False
    stocked.amy.person.save()
    assert start_due(TEN) == []
    assert "is not active" in again(schedule).said


def test_paused_it_waits_and_removed_it_ends(stocked: Library) -> None:
    schedule = add(stocked)
    with pytest.raises(NotPermitted, match="is Amy's"):
        pause_schedule(stocked.dan, schedule.pk, at=NOW)
    assert pause_schedule(stocked.amy, schedule.pk, at=NOW).next_due is None
    assert start_due(TEN) == []
    assert resume_schedule(stocked.bob, schedule.pk, at=TEN).next_due == TEN + DAY
    remove_schedule(stocked.amy, schedule.pk, at=TEN)
    assert start_due(TEN + DAY) == []
    with pytest.raises(Wrong, match="is removed"):
        resume_schedule(stocked.amy, schedule.pk, at=TEN)


def test_in_production_a_scheduled_run_plans_and_waits_like_any_other(library: Library) -> None:
    library.load([series(n) for n in range(20)], "production")
    library.set(environment="production")
    library.permit(environment="production", scheduling=True, ask_above=10)
    add(library, environment="production", note="weekly")
    (run,) = start_due(TEN)
    assert library.work(run).state == "waiting"


def test_a_worker_looks_for_what_is_due(stocked: Library, monkeypatch) -> None:
    """The worker's own loop, not a function of the tests' alone."""
    from galleyproof.database.connect import connect
    from galleyproof.runs import messages

    add(stocked)
    monkeypatch.setattr(messages, "now", lambda: TEN)
    with connect("governing", autocommit=True) as signed:
        messages.sweep_and_wake(signed)
    assert Run.objects.filter(schedule=1, due=TEN).count() == 1
