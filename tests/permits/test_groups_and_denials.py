"""Groups' permits, and denials: what beats what."""

from datetime import UTC, datetime, timedelta

import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
JOB = "set-830-second-indicator"


def denied(match):
    from galleyproof.permits import NotPermitted

    return pytest.raises(NotPermitted, match=match)


@pytest.fixture
def group(people):
    """Dan is in it; Carol made it."""
    from galleyproof.people.actions.groups import add_group, join_group

    made = add_group(people.carol, "Staff Generic Profiles", at=AT)
    join_group(people.carol, made, people.dan.person, at=AT)
    return made


@pytest.fixture
def deny_(people):
    from galleyproof.permits.actions.refuse import refuse

    def run(who=None, **what):
        if "group" not in what:
            what.setdefault("person", people.dan.person)
        return refuse(who or people.bob, reason="under inquiry", at=AT, **what)

    return run


def test_a_groups_permit_is_its_members(issue, may, people, group):
    permit = issue(group=group)
    assert may().permit_id == permit.pk
    assert not may(people.eve).allowed


def test_who_leaves_the_group_loses_its_permit(issue, may, people, group):
    from galleyproof.people.actions.groups import leave_group

    issue(group=group)
    leave_group(people.dan, group, people.dan.person, at=AT)
    assert not may().allowed


# The narrower holds, limit by limit; the person's own permit is the one that is used.
@pytest.mark.parametrize(
    ("own", "groups", "records", "allowed", "reason"),
    [
        (100, 1000, 100, True, "allowed by permit 1"),
        (100, 1000, 101, False, "permit 1 ends at 100 records"),
        (1000, 100, 100, True, "allowed by permit 1"),
        (1000, 100, 101, False, "permit 2 ends at 100 records.*only in being narrower"),
        (None, 100, 101, False, "permit 2 ends at 100 records"),
        (100, None, 100, True, "allowed by permit 1"),
    ],
)
def test_a_persons_permit_beats_the_groups_only_in_being_narrower(
    issue, may, group, own, groups, records, allowed, reason
):
    import re

    issue(max_records=own)
    # A sandbox permit from a ticket, for the group.
    issue(group=group, max_records=groups)
    answer = may(records=records)
    assert answer.allowed is allowed
    assert re.search(reason, answer.reason)


def test_of_two_limits_in_different_words_both_hold(issue, may, group):
    issue(libraries=["ITS", "LAW"])
    issue(group=group, hours=["08:00", "18:00"])
    answer = may()
    assert [one.said for one in answer.limits] == ["permit 1", "permit 2"]
    assert not may(at=AT.replace(hour=20)).allowed


def test_the_day_of_a_persons_permit_is_counted_against_the_narrower_number(issue, may, group):
    from galleyproof.permits.limits import day_limit
    from galleyproof.permits.quota import reserve

    own = issue(max_per_day=100)
    issue(group=group, max_per_day=30)
    answer = may(records=20)
    assert day_limit(answer.limits) == 30
    reserve(own.pk, 20, AT, most=30)
    assert not may(records=11, and_today=True).allowed
    assert may(records=10, and_today=True).allowed
    with denied("ends at 30 records a day, 20 of them are used"):
        reserve(own.pk, 11, AT, most=30)


def test_where_the_own_permit_is_not_good_the_groups_is_used(issue, may, people, group):
    from galleyproof.permits.actions.revoke import revoke

    own, groups = issue(max_records=1), issue(group=group)
    revoke(people.bob, own.pk, at=AT)
    assert may(records=50).permit_id == groups.pk


def test_asked_for_one_permit_another_does_not_help(issue, may, people):
    from galleyproof.permits.actions.revoke import revoke

    first, second = issue(), issue()
    assert may(only=first.pk).permit_id == first.pk
    revoke(people.bob, first.pk, at=AT)
    assert may().permit_id == second.pk
    assert "was revoked" in may(only=first.pk).reason
    assert not may(people.eve, only=second.pk).allowed


@pytest.mark.parametrize(
    ("what", "beats"),
    [
        ({}, True),
        ({"job": JOB}, True),
        ({"job": JOB, "environment": "sandbox"}, True),
        ({"job": JOB, "environment": "production"}, False),
        ({"job": "edit-record"}, False),
        ({"job": JOB, "binding": "tidy"}, False),
    ],
)
def test_a_denial_beats_every_permit_it_covers(issue, may, deny_, what, beats):
    issue()
    issue(max_records=10)
    denial = deny_(**what)
    answer = may()
    assert answer.allowed is not beats
    if beats:
        assert answer.reason == (
            f"denied by Bob on 2026-03-01: under inquiry (denial {denial.pk}, which beats every "
            "permit)"
        )


def test_a_denied_group_beats_a_persons_own_permit(issue, may, deny_, group):
    issue()
    deny_(group=group)
    assert may().reason.startswith("denied to the group Staff Generic Profiles by Bob")


def test_a_lifted_denial_is_none(issue, may, people, deny_, log):
    from galleyproof.permits.actions.refuse import lift

    issue()
    denial = deny_()
    lift(people.carol, denial.pk, reason="cleared", at=AT)
    assert may().allowed
    assert [entry[0] for entry in log()[:2]] == ["denial-lifted", "permission-denied"]


def test_nobody_lifts_their_own_denial_nor_their_groups(people, deny_, group):
    from galleyproof.people.identity import Who
    from galleyproof.permits.actions.refuse import lift

    own = deny_(people.carol, person=people.bob.person)
    with denied("nobody lifts a denial of their own"):
        lift(people.bob, own.pk, at=AT)
    with denied("nobody lifts"):
        lift(Who(people.carol.person, people.bob.person), own.pk, at=AT)
    group.people.add(people.bob.person)
    with denied("nobody lifts"):
        lift(people.bob, deny_(people.carol, group=group).pk, at=AT)


@pytest.mark.parametrize(("who", "right"), [("amy", True), ("bob", True), ("dan", False)])
def test_who_may_deny(people, deny_, who, right):
    if right:
        assert deny_(getattr(people, who), person=people.eve.person).pk
    else:
        with denied("needs the role"):
            deny_(people.dan, person=people.eve.person)


def test_a_denial_that_makes_no_sense_is_told_whole(people):
    from galleyproof.marc.errors import Wrong
    from galleyproof.permits.actions.refuse import refuse

    with pytest.raises(Wrong) as caught:
        refuse(people.bob, reason=" ", binding="x", environment="both", at=AT)
    assert len(str(caught.value).splitlines()) == 4


def test_nobody_puts_themselves_into_a_group(people, group):
    from galleyproof.people.actions.groups import join_group
    from galleyproof.people.identity import Who

    with denied("nobody puts themselves into a group"):
        join_group(people.bob, group, people.bob.person, at=AT)
    with denied("nobody puts themselves"):
        join_group(Who(people.bob.person, people.amy.person), group, people.amy.person, at=AT)
    people.eve.person.email = people.bob.person.email = "bob@library.example"
    people.eve.person.save(), people.bob.person.save()
    with denied("nobody puts themselves"):
        join_group(people.bob, group, people.eve.person, at=AT)
    with denied("needs the role systems-librarian"):
        join_group(people.amy, group, people.eve.person, at=AT)


def test_a_member_cannot_sign_their_groups_permit(issue, people, group):
    group.people.add(people.bob.person)
    with denied("nobody issues a permit to themselves"):
        issue(group=group)


class TestWhatTheCommitOfAChunkAsks:
    """The function that an environment's role asks agrees with `may`, in each case."""

    @pytest.fixture
    def good(self, people):
        from galleyproof.database.connect import connect
        from galleyproof.permits.standing import permit_still_good_sql

        def ask(permit, who=None):
            asked = {"permit": permit.pk, "person": (who or people.dan).person.pk}
            with connect("sandbox") as connection:
                return connection.execute(permit_still_good_sql(), asked).fetchone() is not None

        return ask

    @pytest.fixture
    def now(self):
        return datetime.now(UTC) - timedelta(minutes=1)

    def test_denial_suspension_role_and_group(self, issue, people, group, deny_, good, now):
        from galleyproof.permits.actions.refuse import lift
        from galleyproof.permits.actions.suspend import suspend
        from galleyproof.permits.models import Permit

        permit = issue(at=now)
        groups = issue(at=now, group=group)
        assert good(permit)
        assert good(groups)
        assert not good(permit, people.eve), "somebody else's"
        assert not good(groups, people.eve)
        for what in ({"group": group}, {}, {"job": JOB, "environment": "sandbox"}):
            denial = deny_(**what)
            assert not good(permit)
            assert not good(groups)
            lift(people.carol, denial.pk, at=AT)
            assert good(permit)
        deny_(environment="production")
        assert good(permit)
        suspend(people.bob, permit.pk, why="look first", at=now)
        assert not good(permit)
        Permit.objects.filter(pk=groups.pk).update(waits_for_role=True)
        assert not good(groups)
