"""Times of a schedule, clock changes included. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.marc.errors import Wrong
from galleyproof.runs.cron import checked, next_after

HELSINKI = ZoneInfo("Europe/Helsinki")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HELSINKI)


def following(cron: str, after: str, count: int) -> list[str]:
    found, moment = [], local(after)
    for _ in range(count):
        moment = next_after(cron, moment, HELSINKI)
        found.append(moment.astimezone(HELSINKI).strftime("%a %d %H:%M"))
    return found


def test_every_monday_at_two_by_the_clock_on_the_wall():
    assert following("0 2 * * 1", "2026-03-16 02:00", 3) == [
        "Mon 23 02:00", "Mon 30 02:00", "Mon 06 02:00",
    ]  # fmt: skip


def test_a_time_that_the_clock_leaves_out_comes_when_it_has_moved_on():
    # On 29 March 2026 03:00 becomes 04:00.
    assert following("30 3 * * *", "2026-03-28 00:00", 3) == [
        "Sat 28 03:30", "Sun 29 04:30", "Mon 30 03:30",
    ]  # fmt: skip


def test_a_time_that_comes_twice_comes_the_first_time_only():
    # On 25 October 2026 04:00 becomes 03:00.
    assert following("30 3 * * *", "2026-10-24 12:00", 2) == ["Sun 25 03:30", "Mon 26 03:30"]
    first = next_after("30 3 * * *", local("2026-10-24 12:00"), HELSINKI)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)),
    st.sampled_from(["0 2 * * 1", "*/15 * * * *", "30 3 * * *", "0 0 1 * *", "59 23 31 12 *"]),
)
def test_the_next_time_is_later_and_nothing_lies_between(moment, cron):
    after = moment.replace(tzinfo=UTC)
    found = next_after(cron, after, HELSINKI)
    assert found > after
    between = after + (found - after) / 2
    if between < found - timedelta(hours=2):
        assert next_after(cron, between, HELSINKI) == found


@pytest.mark.parametrize(
    ("cron", "sentence"),
    [
        ("", "has 0 fields"),
        ("@daily", "has 1 fields"),
        ("0 0 2 * * 1", "has 6 fields"),
        ("0 25 * * *", "is no time of cron"),
        ("a b c d e", "is no time of cron"),
        ("0 0 31 2 *", "is no time of cron"),
    ],
)
def test_what_is_no_time_is_refused_in_a_sentence(cron, sentence):
    with pytest.raises(Wrong, match=sentence):
        checked(cron)
    assert checked(" 0  2 * *  1 ") == "0 2 * * 1"
