"""The envelope of a permit: what each limit allows, in one sentence with both sides. Pure."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.jobs.given import Given
from galleyproof.marc.errors import Wrong
from galleyproof.permits.envelope import DAYS, Envelope, envelope_of
from galleyproof.permits.limits import Asked, Limits, faults, stored_limits

MONDAY = datetime(2026, 3, 2, 9, 30)


def said(envelope: dict, **asked) -> list[str]:
    limits = Limits("permit 41", envelope_of(envelope))
    if "parameters" in asked:
        asked["parameters"] = Given(asked["parameters"], frozenset(asked["parameters"]))
    return faults(limits, Asked(asked.pop("local", MONDAY), **asked), first_run_reviewed=False)


@pytest.mark.parametrize(
    ("allowed", "given", "sentence"),
    [
        ({"fixed": "append"}, "append", ""),
        ({"fixed": "append"}, "replace", "is “replace”, but permit 41 allows only “append”"),
        ({"fixed": True}, 1, "is “1”, but permit 41 allows only “yes”"),
        ({"fixed": True}, False, "is “no”, but permit 41 allows only “yes”"),
        ({"low": 1, "high": 9}, 9, ""),
        ({"low": 1, "high": 9}, 10, "is “10”, but permit 41 allows only from 1 to 9"),
        ({"low": 1}, 0, "is “0”, but permit 41 allows only from 1 on"),
        ({"high": "2026-12-31"}, "2027-01-01", "allows only up to 2026-12-31"),
        ({"low": 1, "high": 9}, "5", ""),
        ({"low": 1, "high": 9}, "9.50", "is “9.50”, but permit 41 allows only from 1 to 9"),
        ({"low": 1, "high": 9}, "many", "is “many”, but permit 41 allows only from 1 to 9"),
        ({"low": 0}, True, "is “yes”, but"),
        ({"among": ["a", "b"]}, "b", ""),
        ({"among": ["a", "b"]}, ["a", "b"], ""),
        ({"among": ["a", "b"]}, ["a", "c"], "is “a”, “c”, but permit 41 allows only “a” or “b”"),
        ({"among": ["a", "b"]}, None, "is not given, but permit 41 allows only “a” or “b”"),
    ],
)
def test_a_parameter_that_is_not_allowed_is_told_with_both_sides(allowed, given, sentence):
    found = said({"parameters": {"note-handling": allowed}}, parameters={"note_handling": given})
    if not sentence:
        assert found == []
    else:
        assert found[0].startswith("parameter note-handling ")
        assert sentence in found[0]


def test_a_dotted_name_reaches_into_a_parameter():
    envelope = {"parameters": {"move.library": {"among": ["ITS"]}}}
    assert said(envelope, parameters={"move": {"library": "ITS"}}) == []
    assert (
        "parameter move.library is “LAW”"
        in said(envelope, parameters={"move": {"library": "LAW"}})[0]
    )
    assert "is not given" in said(envelope, parameters={"move": None})[0]


def test_every_broken_limit_is_told_at_once():
    found = said(
        {"max_records": 10, "hours": ["20:00", "22:00"], "parameters": {"a": {"fixed": 1}}},
        records=11,
        parameters={"a": 2},
        scheduled=True,
    )
    assert [one.split(" ")[-1] for one in found] == ["11", "“1”", "09:30", "scheduling"]


def test_a_first_run_is_small_until_it_has_been_looked_at():
    envelope = {"first_run": 50}
    assert said(envelope, records=50, production=True) == []
    assert "of at most 50 records" in said(envelope, records=51, production=True)[0]
    assert said(envelope, records=51, production=True, writes=False) == [], "a dry run may look"
    assert said(envelope, records=51) == [], "only production's first run is counted"
    reviewed = Limits("permit 41", envelope_of(envelope))
    assert faults(reviewed, Asked(MONDAY, 51, production=True), first_run_reviewed=True) == []


def at(day: int, clock: str) -> datetime:
    """day: 0 for Monday."""
    hour, minute = clock.split(":")
    return datetime(2026, 3, 2 + day, int(hour), int(minute))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(0, "07:59"), False),
        (at(0, "08:00"), True),
        (at(0, "17:59"), True),
        (at(0, "18:00"), False),
        (at(2, "12:00"), False),
    ],
)
def test_office_hours_on_some_days(moment, is_open):
    envelope = envelope_of({"hours": ["08:00", "18:00"], "days": ["mon", "Tuesday"]})
    assert envelope.open_at(moment) is is_open
    assert envelope.when() == "mon, tue from 08:00 to 18:00"


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(4, "21:59"), False),
        (at(4, "22:00"), True),
        (at(5, "05:59"), True),
        (at(5, "06:00"), False),
        (at(5, "22:00"), False),
        (at(4, "03:00"), False),
    ],
)
def test_hours_over_midnight_belong_to_the_day_on_which_they_begin(moment, is_open):
    assert envelope_of({"hours": ["22:00", "06:00"], "days": ["fri"]}).open_at(moment) is is_open


@given(
    st.integers(0, 1439), st.integers(0, 1439), st.sets(st.sampled_from(DAYS), min_size=1),
    st.integers(0, 14 * 1440),
)  # fmt: skip
def test_hours_agree_with_counting_minutes(begin, end, days, minute):
    """The oracle: the week's minutes, painted one window after another."""
    if begin == end:
        return
    written = [f"{one // 60:02}:{one % 60:02}" for one in (begin, end)]
    envelope = envelope_of({"hours": written, "days": sorted(days)})
    length = (end - begin) % 1440
    moment = datetime(2026, 3, 2) + timedelta(minutes=minute)
    now = minute % (7 * 1440)
    painted = any((now - (DAYS.index(day) * 1440 + begin)) % (7 * 1440) < length for day in days)
    assert envelope.open_at(moment) is painted


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"max_record": 5}, "there is no limit “max-record”"),
        ({"max_records": 0}, "max-records"),
        ({"libraries": []}, "an empty list permits nothing"),
        ({"locations": ["LAW"]}, "“LAW” is not a location: write LIBRARY/LOCATION"),
        ({"libraries": ["ITS"], "locations": ["LAW/A"]}, "in none of the libraries ITS"),
        ({"hours": ["25:00", "26:00"]}, "“25:00” is not an hour of the day"),
        ({"hours": ["08:00", "08:00"]}, "hold nothing"),
        ({"days": ["someday"]}, "“someday” is not a day"),
        ({"parameters": {"a": {"low": 9, "high": 1}}}, "from 9 to 1 holds nothing"),
    ],
)
def test_limits_that_make_no_sense_are_refused_in_a_sentence(limits, sentence):
    with pytest.raises(Wrong, match=sentence):
        envelope_of(limits)


def test_what_is_stored_comes_back_and_what_does_not_limit_is_left_out():
    assert Envelope().stored() == {}
    full = {
        "max_records": 2000,
        "first_run": 50,
        "libraries": ["ITS"],
        "locations": ["ITS/MAIN"],
        "parameters": {"mode": {"among": ["a", "b"]}, "n": {"low": 1}, "x": {"fixed": None}},
        "shapes": ["830 ind2 ␣→0"],
        "hours": ["08:00", "18:00"],
        "days": ["mon"],
        "scheduling": True,
    }
    envelope = envelope_of(full)
    assert envelope_of(envelope.stored()) == envelope
    assert stored_limits([Limits("permit 1", envelope).stored()]) == (Limits("permit 1", envelope),)
    for part in ("at most 2,000 records a run", "libraries ITS", "scheduling included"):
        assert part in envelope.sentence()
    assert Envelope().sentence() == "without limits"
