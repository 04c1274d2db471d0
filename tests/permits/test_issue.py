"""Bob signs Dan off; nobody signs off themselves."""

from datetime import UTC, date, datetime, timedelta

import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def denied(match):
    from galleyproof.permits import NotPermitted

    return pytest.raises(NotPermitted, match=match)


def refused(match):
    from galleyproof.marc.errors import Wrong

    return pytest.raises(Wrong, match=match)


def test_bob_issues_dan_a_permit_for_a_year(issue, people, log):
    permit = issue(max_records=2000)

    assert permit.person == people.dan.person
    assert permit.issued_by == people.bob.person
    assert permit.starts == AT
    assert permit.ends == datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
    assert log()[0] == ("permit-issued", "bob", None, f"permit {permit.pk}", "")


def test_a_year_from_the_29th_of_february_ends_on_the_28th(issue):
    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert issue(at=leap).ends == datetime(2029, 2, 28, 12, tzinfo=UTC)


def test_dates_are_whole_days_the_last_included(issue):
    permit = issue(starts=date(2026, 4, 1), ends=date(2026, 4, 30))
    assert permit.starts == datetime(2026, 4, 1, tzinfo=UTC)
    assert permit.ends == datetime(2026, 5, 1, tzinfo=UTC) - timedelta(microseconds=1)


# Who may issue to whom, all of it.
MATRIX = {
    ("amy", "amy"): "needs the role systems-librarian",
    ("amy", "bob"): "needs the role systems-librarian",
    ("amy", "dan"): "needs the role systems-librarian",
    ("bob", "amy"): "",
    ("bob", "bob"): "nobody issues a permit to themselves",
    ("bob", "carol"): "",
    ("bob", "dan"): "",
    ("dan", "bob"): "needs the role systems-librarian",
    ("dan", "dan"): "needs the role systems-librarian",
    ("dan", "eve"): "needs the role systems-librarian",
}


@pytest.mark.parametrize(("who", "person"), list(MATRIX))
@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_who_may_issue_to_whom(issue, people, log, who, person, environment):
    from galleyproof.permits.models import Permit

    asked = {"who": getattr(people, who), "person": getattr(people, person)}
    if environment == "production":
        asked["ticket"] = 7
    if not MATRIX[who, person]:
        assert issue(environment=environment, **asked).pk
        return
    with denied(MATRIX[who, person]):
        issue(environment=environment, **asked)
    assert Permit.objects.count() == 0
    assert log()[0][:2] == ("denied", who)


def test_an_administrator_who_is_also_systems_librarian_cannot_issue_their_own(issue, people):
    people.amy.person.roles = ["administrator", "systems-librarian"]
    people.amy.person.save()
    with denied("administrators included"):
        issue(people.amy, people.amy)


def test_two_accounts_with_one_mail_address_are_one_person(issue, people):
    people.bob.person.email = "Bob@library.example"
    people.bob.person.save()
    people.eve.person.email = " bob@LIBRARY.example"
    people.eve.person.save()
    with denied("nobody issues a permit to themselves"):
        issue(person=people.eve)


def test_under_as_the_rights_are_those_of_the_named_person_and_both_are_logged(issue, people, log):
    from galleyproof.people.identity import Who

    issue(Who(people.bob.person, people.amy.person))
    assert log()[0][:3] == ("permit-issued", "bob", "amy")
    with denied("needs the role"):
        issue(Who(people.dan.person, people.bob.person), people.eve)
    assert log()[0][:3] == ("denied", "dan", "bob")


def test_an_end_that_is_past_is_refused(issue):
    with refused("would end on 2026-02-28, which is past; today is 2026-03-01"):
        issue(ends=date(2026, 2, 28))
    with refused("past"):
        issue(ends=AT)
    assert issue(ends=date(2026, 3, 1)).pk, "today is still good"


def test_an_end_before_the_start_is_refused(issue):
    with refused("would end on 2026-04-30, before it starts on 2026-05-02"):
        issue(starts=date(2026, 5, 2), ends=date(2026, 4, 30))


def test_everything_wrong_is_told_at_once(issue, log):
    before = log()
    with refused("did you mean sandbox") as caught:
        issue(job="Set 830", environment="sandbx", max_records=0, max_per_day=-1)
    assert len(str(caught.value).splitlines()) == 4
    assert log() == before


def test_carol_revokes_what_bob_issued(issue, people, log):
    from galleyproof.permits.actions.revoke import revoke

    permit = issue()
    revoke(people.carol, permit.pk, reason="left the unit", at=AT + timedelta(days=1))

    assert log()[0] == (
        "permit-revoked", "carol", None, f"permit {permit.pk}", "left the unit",
    )  # fmt: skip
    with refused("revoked already, on 2026-03-02 by Carol"):
        revoke(people.bob, permit.pk, at=AT)


def test_staff_cannot_revoke_and_nobody_what_is_not_there(issue, people, log):
    from galleyproof.permits.actions.revoke import revoke

    permit = issue()
    with denied("Eve may not revoke permit"):
        revoke(people.eve, permit.pk, at=AT)
    permit.refresh_from_db()
    assert permit.revoked_at is None
    with refused("there is no permit 999"):
        revoke(people.bob, 999, at=AT)


def test_the_list_narrows(issue, people):
    from galleyproof.permits.listing import listing

    first = issue()
    second = issue(person=people.eve, environment="production")
    third = issue(job="edit-record", starts=date(2026, 6, 1))

    assert listing() == [first, second, third]
    assert listing(person="Dan") == [first, third]
    assert listing(environment="production") == [second]
    assert listing(job="edit-record") == [third]
    assert listing(active_at=AT) == [first, second]
