"""What an entry's hash covers, and that the database gives back what was hashed."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.audit.hashing import GENESIS, canonical, entry_hash, moment, plain

WHOLE = {
    "number": 1,
    "at": "2026-03-01T09:30:00.000000Z",
    "person": "amy",
    "acting": None,
    "action": "signed-in",
    "subject": "",
    "reason": "",
    "detail": {},
    "previous": GENESIS,
}
OTHER = {
    "number": 2,
    "at": "2026-03-01T09:30:00.000001Z",
    "person": "bob",
    "acting": "amy",
    "action": "denied",
    "subject": " ",
    "reason": "x",
    "detail": {"a": None},
    "previous": "1" * 64,
}


def test_the_hash_of_an_entry_is_what_sha256sum_says_of_its_line():
    # printf '%s' '{"acting":null,"action":…}' | sha256sum
    line = (
        '{"acting":null,"action":"signed-in","at":"2026-03-01T09:30:00.000000Z","detail":{},'
        f'"number":1,"person":"amy","previous":"{GENESIS}","reason":"","subject":""}}'
    )
    assert canonical(WHOLE) == line
    assert entry_hash(**WHOLE) == (
        "11ee357117ca1f18c5f9223146786fd581dc3452162fc07fd49a986a18757d25"
    )


@pytest.mark.parametrize("part", list(WHOLE))
def test_the_hash_covers_every_part_of_an_entry(part):
    assert entry_hash(**{**WHOLE, part: OTHER[part]}) != entry_hash(**WHOLE)


def test_a_moment_is_told_in_utc_wherever_it_was_said():
    east = datetime(2026, 3, 1, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    assert moment(east) == "2026-03-01T09:30:00.000000Z"


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        moment(datetime(2026, 3, 1))


def test_details_become_what_json_can_hold():
    assert plain({"day": datetime(2026, 3, 1, tzinfo=UTC), 7: ("a", 2.0), "s": {2, 1}}) == {
        "day": "2026-03-01T00:00:00.000000Z",
        "7": ["a", 2],
        "s": [1, 2],
    }


def test_a_number_that_json_cannot_write_is_refused():
    with pytest.raises(ValueError, match="number"):
        plain({"n": float("nan")})


DETAILS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(DETAILS)
def test_a_plain_detail_survives_json_and_becomes_no_plainer(detail):
    once = plain(detail)
    assert plain(once) == once
    assert canonical(json.loads(canonical(once))) == canonical(once)
