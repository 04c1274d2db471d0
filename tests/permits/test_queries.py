"""The number of queries does not grow with what there is."""

from datetime import UTC, datetime

import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
JOB = "set-830-second-indicator"


@pytest.fixture
def queries():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(work):
        with CaptureQueriesContext(connection) as captured:
            work()
        return len(captured)

    return count


def test_lists_of_permits_people_units_and_groups(issue, people, queries):
    from galleyproof.people import listing as people_lists
    from galleyproof.people.actions.add_person import add_person
    from galleyproof.people.actions.groups import add_group, join_group
    from galleyproof.permits.actions.refuse import refuse
    from galleyproof.permits.deciding import may
    from galleyproof.permits.listing import standings

    def shown():
        return [
            queries(lambda: [(one.why, one.permit.holder) for one in standings(AT)]),
            queries(lambda: standings(AT, person=people.dan.person)),
            queries(lambda: may(people.dan.person, JOB, environment="sandbox", at=AT)),
            queries(lambda: [list(one.units.all()) for one in people_lists.people()]),
            queries(lambda: [list(one.people.all()) for one in people_lists.units()]),
            queries(lambda: [list(one.people.all()) for one in people_lists.groups()]),
        ]

    def more(number):
        group = add_group(people.carol, f"group {number}", at=AT)
        join_group(people.carol, group, people.dan.person, at=AT)
        issue()
        issue(group=group)
        refuse(people.bob, group=group, job="edit-record", reason="no", at=AT)
        add_person(people.amy, f"person{number}", unit=f"U{number}", at=AT)

    more(0)
    before = shown()
    for number in range(1, 8):
        more(number)
    assert shown() == before


def test_suspending_many_is_one_statement_and_one_entry(issue, queries):
    from galleyproof.permits.actions.suspend import suspend_for_job

    issue()
    one = queries(lambda: suspend_for_job(JOB, "first", at=AT))
    for _ in range(30):
        issue()
    assert queries(lambda: suspend_for_job(JOB, "second", at=AT)) == one
