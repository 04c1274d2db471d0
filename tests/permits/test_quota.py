"""A permit's day: what is reserved, given back, and never exceeded."""

import multiprocessing
import threading
from datetime import UTC, date, datetime

import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
DAY = date(2026, 3, 1)


def reserve(permit, records, at=AT):
    from galleyproof.permits.quota import reserve

    return reserve(permit.pk, records, at)


def used(permit, day=DAY):
    from galleyproof.permits.quota import used_on

    return used_on(permit.pk, day)


def denied(match):
    from galleyproof.permits import NotPermitted

    return pytest.raises(NotPermitted, match=match)


def test_runs_reserve_and_give_back_what_they_did_not_use(issue):
    from galleyproof.permits.quota import give_back

    permit = issue(max_per_day=100)
    assert reserve(permit, 60) == DAY
    give_back(permit.pk, 50, DAY)
    assert used(permit) == 10
    reserve(permit, 90)
    assert used(permit) == 100


def test_more_than_the_day_has_left_is_refused_and_logged(issue, log):
    permit = issue(max_per_day=100)
    reserve(permit, 60)
    with denied("ends at 100 records a day, 60 of them are used on 2026-03-01, the set has 41"):
        reserve(permit, 41)
    assert used(permit) == 60
    assert log()[0][:2] == ("denied", "dan")


def test_a_set_larger_than_any_day_is_refused(issue):
    permit = issue(max_per_day=100)
    with denied("ends at 100 records a day, the set has 101"):
        reserve(permit, 101)
    assert used(permit) == 0


def test_tomorrow_is_another_day(issue):
    permit = issue(max_per_day=100)
    reserve(permit, 100)
    assert reserve(permit, 100, datetime(2026, 3, 2, tzinfo=UTC)) == date(2026, 3, 2)


def test_without_a_limit_the_day_is_still_counted(issue):
    permit = issue()
    reserve(permit, 5_000_000)
    reserve(permit, 5_000_000)
    assert used(permit) == 10_000_000


def test_an_empty_set_reserves_nothing_and_is_let_through(issue):
    permit = issue(max_per_day=1)
    reserve(permit, 1)
    reserve(permit, 0)
    assert used(permit) == 1


def test_giving_back_more_than_there_is_leaves_nothing_owed(issue):
    from galleyproof.permits.quota import give_back

    permit = issue(max_per_day=100)
    reserve(permit, 10)
    give_back(permit.pk, 50, DAY)
    give_back(permit.pk, 50, date(2026, 3, 2))
    assert used(permit) == 0
    assert used(permit, date(2026, 3, 2)) == 0


def test_a_reservation_below_zero_cannot_widen_the_day(issue):
    permit = issue(max_per_day=100)
    with pytest.raises(ValueError):
        reserve(permit, -1)


def try_at_once(permit, begin, granted):
    from django.db import connection

    from galleyproof.permits import NotPermitted

    begin.wait()
    try:
        reserve(permit, 30)
        granted.append(1)
    except NotPermitted:
        pass
    finally:
        connection.close()


def test_twenty_runs_that_start_at_once_never_exceed_the_day(issue):
    permit = issue(max_per_day=100)
    begin, granted = threading.Barrier(20), []
    threads = [
        threading.Thread(target=try_at_once, args=(permit, begin, granted)) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(granted) == 3
    assert used(permit) == 90


def in_a_process(permit, begin, granted):
    from django.db import connections

    from galleyproof.permits import NotPermitted

    for one in connections.all(initialized_only=True):
        one.connection = None  # the parent's; a connection cannot be shared across a fork
    begin.wait()
    for _ in range(10):
        try:
            reserve(permit, 1)
        except NotPermitted:
            continue
        with granted.get_lock():
            granted.value += 1


def test_processes_that_start_at_once_never_exceed_the_day(issue):
    permit = issue(max_per_day=25)
    fork = multiprocessing.get_context("fork")
    begin, granted = fork.Barrier(4), fork.Value("i", 0)
    processes = [fork.Process(target=in_a_process, args=(permit, begin, granted)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert granted.value == 25
    assert used(permit) == 25
