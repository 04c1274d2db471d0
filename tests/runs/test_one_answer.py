"""The door, `may`, the list of permits and the commit of a chunk cannot disagree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stories import JOB, Library, series

from galleyproof.permits.denial import NotPermitted

SIZE = 12
OTHER = "edit-record"

permits = st.fixed_dictionaries(
    {
        "group": st.booleans(),
        "job": st.sampled_from([JOB, JOB, JOB, OTHER]),
        "state": st.sampled_from(
            ["good", "good", "good", "revoked", "suspended", "waits", "expired", "not-yet"]
        ),
        "max_records": st.sampled_from([None, None, SIZE, SIZE - 1]),
        "max_per_day": st.sampled_from([None, None, SIZE, SIZE - 1]),
        "hours": st.sampled_from([None, None, "open", "closed"]),
        "skip": st.sampled_from([None, None, True, False]),
    }
)
denials = st.sampled_from(
    [None, None, None, {}, {"job": JOB}, {"job": OTHER}, {"environment": "production"}, "group"]
)


@pytest.fixture
def stocked(library: Library) -> Library:
    library.load([series(n) for n in range(SIZE)])
    library.set()
    return library


numbers = count()


def make_person(library: Library, held: list[dict], denial, at: datetime):
    """A new person in a new group, with these permits and perhaps a denial."""
    from galleyproof.people.identity import Who
    from galleyproof.people.models import Group, Person
    from galleyproof.permits.actions.grant import grant_from_ticket
    from galleyproof.permits.actions.refuse import refuse
    from galleyproof.permits.envelope import envelope_of
    from galleyproof.permits.models import Permit

    name = f"person{next(numbers)}"
    person = Person.objects.create(username=name, display_name=name.title(), roles=["staff"])
    group = Group.objects.create(name=name)
    group.people.add(person)
    for one in held:
        limits = {key: one[key] for key in ("max_records", "max_per_day") if one[key]}
        if one["hours"]:
            begin = at + timedelta(hours=-2 if one["hours"] == "open" else 4)
            limits["hours"] = [f"{begin:%H:%M}", f"{begin + timedelta(hours=4):%H:%M}"]
        if one["skip"] is not None and one["job"] == JOB:
            limits["parameters"] = {"skip_nonfiling": {"fixed": one["skip"]}}
        days = {"expired": (-20, -10), "not-yet": (10, 20)}.get(one["state"], (-10, 10))
        made = grant_from_ticket(
            library.bob,
            **({"group": group} if one["group"] else {"person": person}),
            job=one["job"],
            environment="sandbox",
            envelope=envelope_of(limits),
            starts=at + timedelta(days=days[0]),
            ends=at + timedelta(days=days[1]),
            ticket=1,
            at=at - timedelta(days=30),
        )
        change = {
            "revoked": {"revoked_at": at},
            "suspended": {"suspended_at": at, "suspended_for": [{"code": "job"}]},
            "waits": {"waits_for_role": True},
        }.get(one["state"])
        if change:
            Permit.objects.filter(pk=made.pk).update(**change)
    if denial is not None:
        whom = {"group": group} if denial == "group" else {"person": person, **denial}
        refuse(library.bob, reason="no", at=at, **whom)
    return Who(person)


def the_door(library: Library, who, at: datetime, **asked) -> tuple[bool, str, int | None]:
    try:
        run = library.ask(who, at=at, **asked)
    except NotPermitted as no:
        return False, no.answer.reason, no.answer.permit_id
    return True, "", run.permit_id


def said_to_be(skip: bool):
    """The job's parameters, as limits of permits look at them."""
    from galleyproof.jobs.catalogue import JOBS
    from galleyproof.jobs.given import given_by

    return given_by(JOBS[JOB].parameters(skip_nonfiling=skip))


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(held=st.lists(permits, max_size=4), denial=denials, skip=st.booleans())
def test_the_door_may_the_list_and_the_commit_agree(
    stocked: Library, held: list[dict], denial, skip: bool
) -> None:
    from galleyproof.database.connect import connect
    from galleyproof.permits.deciding import may
    from galleyproof.permits.listing import standings
    from galleyproof.permits.standing import permit_still_good_sql

    at = datetime.now(UTC)
    who = make_person(stocked, held, denial, at)
    person = who.person
    asked = {"environment": "sandbox", "records": SIZE, "at": at}
    parameters = said_to_be(skip)

    answer = may(person, JOB, parameters=parameters, and_today=True, **asked)
    allowed, reason, permit = the_door(stocked, who, at, parameters={"skip-nonfiling": skip})
    assert (answer.allowed, answer.permit_id) == (allowed, permit)
    assert allowed or answer.reason == reason

    looking = may(person, JOB, parameters=parameters, writes=False, **asked)
    assert looking.allowed or not answer.allowed, "who may run may look"
    dry, *_ = the_door(stocked, who, at, parameters={"skip-nonfiling": skip}, dry_run=True)
    assert looking.allowed is dry

    listed = standings(at, person=person, environment="sandbox")
    good = {one.permit.pk for one in listed if one.state == "active"}
    bare = may(person, JOB, environment="sandbox", at=at, writes=False)
    assert bare.allowed is any(one.permit.job == JOB for one in listed if one.state == "active")
    assert not answer.allowed or answer.permit_id in good
    with connect("sandbox") as connection:
        for one in listed:
            row = connection.execute(
                permit_still_good_sql(), {"permit": one.permit.pk, "person": person.pk}
            ).fetchone()
            assert (row is not None) is (one.permit.pk in good), one
            assert may(
                person, one.permit.job, environment="sandbox", at=at, writes=False,
                only=one.permit.pk,
            ).allowed is (one.permit.pk in good)  # fmt: skip


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(held=st.lists(permits, min_size=1, max_size=4), skip=st.booleans())
def test_one_more_permit_of_ones_own_never_takes_away_unless_it_is_the_only_own(
    stocked: Library, held: list[dict], skip: bool
) -> None:
    """And a denial more never gives."""
    from galleyproof.permits.actions.refuse import refuse
    from galleyproof.permits.deciding import may

    at = datetime.now(UTC)
    asked = {
        "environment": "sandbox",
        "records": SIZE,
        "at": at,
        "parameters": said_to_be(skip),
    }
    fewer, more = (make_person(stocked, some, None, at).person for some in (held[:-1], held))
    before = may(fewer, JOB, **asked)
    own = [one for one in held[:-1] if not one["group"] and one["job"] == JOB]
    good_own = [one for one in own if one["state"] == "good"]
    if before.allowed and not held[-1]["group"] and good_own:
        assert may(more, JOB, **asked).allowed
    refuse(stocked.bob, person=more, job=JOB, reason="no", at=at)
    assert not may(more, JOB, **asked).allowed
