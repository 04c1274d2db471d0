"""Production permits: from tickets and lists alone, and in production with the library role."""

from datetime import UTC, datetime, timedelta

import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
JOB = "set-830-second-indicator"


def denied(match):
    from galleyproof.permits import NotPermitted

    return pytest.raises(NotPermitted, match=match)


def wrong(match):
    from galleyproof.marc.errors import Wrong

    return pytest.raises(Wrong, match=match)


@pytest.fixture
def support(people):
    from galleyproof.people.actions.add_person import add_person
    from galleyproof.people.identity import Who

    return Who(add_person(people.amy, "sam", display_name="Sam", roles=["support"], at=AT))


@pytest.fixture
def give(people, support):
    from galleyproof.people.actions.library_roles import give_library_role

    def run(role="catalog manager", library="", who=None, person=None):
        person = (person or people.dan).person
        return give_library_role(who or support, person, role, library=library, at=AT)

    return run


@pytest.fixture
def from_list(people):
    from galleyproof.permits.actions.grant import grant_from_list

    def run(who=None, **rest):
        if "group" not in rest:
            rest.setdefault("person", people.dan.person)
        return grant_from_list(who or people.bob, job=JOB, listed_in="list.csv", at=AT, **rest)

    return run


def test_nobody_issues_a_production_permit_by_hand(people, log):
    from galleyproof.permits.actions.issue import issue

    for who in (people.bob, people.carol):
        with denied("production permits come from a ticket"):
            issue(who, people.dan.person, JOB, environment="production", at=AT)
    assert log()[0][0] == "denied"


def test_a_listed_permit_is_grandfathered_and_asks_for_no_library_role(from_list, may):
    permit = from_list()
    assert (permit.grandfathered, permit.environment, permit.ticket) == (True, "production", None)
    answer = may(environment="production")
    assert answer.reason == f"allowed by permit {permit.pk} (list “list.csv”)"


@pytest.mark.parametrize("who", ["amy", "dan"])
def test_only_systems_librarians_take_lists_over(from_list, people, who):
    with denied("needs the role systems-librarian"):
        from_list(getattr(people, who), person=people.eve.person)


def test_nobody_is_granted_their_own(from_list, issue, people):
    from galleyproof.people.identity import Who

    with denied("nobody issues a permit to themselves"):
        from_list(person=people.bob.person)
    with denied("nobody issues"):
        issue(environment="production", person=people.bob)
    with denied("nobody issues"):
        from_list(Who(people.carol.person, people.dan.person))


def test_a_permit_is_for_a_person_or_a_group(people):
    from galleyproof.permits.actions.grant import grant_from_list

    with wrong("exactly one of the two"):
        grant_from_list(people.bob, job=JOB, listed_in="x", at=AT)


def test_a_signed_permit_names_its_ticket(issue, may, give):
    permit = issue(environment="production", ticket=12)
    give()
    assert may(environment="production")[:4] == (
        True,
        f"allowed by permit {permit.pk} (ticket 12)",
        permit.pk,
        12,
    )


def test_in_production_the_account_must_carry_the_library_role(issue, may, give, people, support):
    from galleyproof.permits.actions.take_library_role import take_library_role

    permit = issue(environment="production")
    answer = may(environment="production")
    assert answer.reason == (
        f"permit {permit.pk} waits for the library role: {JOB} needs catalog manager in "
        "production, and the account of Dan does not carry it"
    )
    give("repository manager")
    assert not may(environment="production").allowed
    give()
    assert may(environment="production").allowed
    assert take_library_role(support, people.dan.person, "catalog manager", at=AT) == [permit.pk]
    permit.refresh_from_db()
    assert permit.waits_for_role, "so that a run that is going stops"
    assert "goes on when it is given again" in may(environment="production").reason
    from galleyproof.permits.actions.give_library_role import give_library_role

    assert give_library_role(support, people.dan.person, "catalog manager", at=AT) == [permit.pk]
    assert may(environment="production").allowed
    first = issue(environment="production", waits_for_role=True)
    take_library_role(support, people.dan.person, "catalog manager", at=AT)
    give_library_role(support, people.dan.person, "catalog manager", at=AT)
    first.refresh_from_db()
    assert first.waits_for_role, "one that has never taken effect waits for its role form"


def test_an_account_that_is_not_active_may_nothing(issue, may, people):
    issue(environment="sandbox")
    assert may(environment="sandbox").allowed
    people.dan.person.is_active = False
    people.dan.person.save()
    answer = may(environment="sandbox")
    assert (answer.allowed, answer.reason) == (False, "the account of Dan is not active")


def test_a_role_for_some_libraries_narrows_the_permit_to_them(issue, may, give):
    issue(environment="production", libraries=["ITS", "LAW"])
    give(library="LAW")
    answer = may(environment="production")
    assert [(one.said, one.envelope.libraries) for one in answer.limits] == [
        ("permit 1", ("ITS", "LAW")),
        ("the library role catalog manager", ("LAW",)),
    ]
    give()
    assert len(may(environment="production").limits) == 1


def test_a_waiting_permit_takes_effect_when_the_role_is_there(issue, may, give, people, support):
    from galleyproof.permits.actions.take_effect import take_effect

    permit = issue(environment="production", waits_for_role=True)
    with denied("needs the role support"):
        take_effect(permit.pk, people.bob, AT)
    with wrong("does not carry it; give it first"):
        take_effect(permit.pk, support, AT)
    give()
    assert (
        "takes effect when the role form has been applied" in may(environment="production").reason
    )
    take_effect(permit.pk, support, AT)
    assert may(environment="production").allowed
    with wrong("does not wait"):
        take_effect(permit.pk, support, AT)


def test_nobody_gives_themselves_a_library_role(give, people, support):
    with denied("nobody gives themselves a library role"):
        give(who=support, person=support)
    with denied("nobody gives themselves"):
        give(who=people.amy, person=people.amy)
    with denied("needs the role support or administrator"):
        give(who=people.bob)
    give()
    with wrong("has the role catalog manager for the institution already"):
        give()


def test_an_open_ticket_allows_dry_runs_and_nothing_else(may, people):
    from galleyproof.permits import elsewhere

    before = elsewhere.look_up_ticket
    elsewhere.tickets_are_known_by(
        lambda person, job, binding, environment: (
            elsewhere.OpenTicket(12, "in review")
            if (person, environment) == (people.dan.person, "production")
            else None
        )
    )
    try:
        answer = may(environment="production", writes=False)
        assert answer[:4] == (
            True, "a dry run is allowed by ticket 12, which is in review", None, 12,
        )  # fmt: skip
        assert not may(environment="production").allowed
        assert not may(people.eve, environment="production", writes=False).allowed
    finally:
        elsewhere.tickets_are_known_by(before)


def test_reminders_go_out_30_and_7_days_before_once_each(issue, people):
    from galleyproof.permits.actions.revoke import revoke
    from galleyproof.permits.reminders import due_reminders, reminded

    year = issue()
    issue(ends=AT + timedelta(days=20))
    revoked = issue()
    revoke(people.bob, revoked.pk, at=AT)

    def due(days_before, permit=year):
        return [(one.permit.pk, one.days) for one in due_reminders(year.ends - days_before)]

    days = timedelta(days=1)
    assert due(31 * days) == []
    assert due(30 * days) == [(year.pk, 30)]
    reminded(due_reminders(year.ends - 29 * days), AT)
    assert due(29 * days) == []
    assert due(7 * days) == [(year.pk, 7)]
    reminded(due_reminders(year.ends - 6 * days), AT)
    assert due(1 * days) == []
    assert due(-1 * days) == []
    assert [(one.permit.pk, one.days) for one in due_reminders(AT + timedelta(days=14))] == [
        (2, 7)
    ], "a permit for 20 days is not spoken of 30 days before"
