"""A permit is suspended when what was signed off changes; its holder acknowledges, a systems
librarian confirms."""

from datetime import UTC, datetime, timedelta

import pytest

from galleyproof.permits.suspensions import reading_changed, rules_changed

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
JOB = "set-830-second-indicator"
OVERVIEW = reading_changed("overview", "Batch jobs: overview", 2)


def denied(match):
    from galleyproof.permits import NotPermitted

    return pytest.raises(NotPermitted, match=match)


def wrong(match):
    from galleyproof.marc.errors import Wrong

    return pytest.raises(Wrong, match=match)


@pytest.fixture
def steps(people):
    from galleyproof.permits.actions.acknowledge import acknowledge, confirm

    def run(permit, holder=None, librarian=None):
        acknowledge(holder or people.dan, permit.pk, at=AT)
        return confirm(librarian or people.bob, permit.pk, at=AT)

    return run


def test_a_rule_that_changes_suspends_the_permits_bound_to_it_and_no_others(issue, may, people):
    from galleyproof.permits.actions.suspend import suspend_for_bindings

    bound = issue(job="normalize-bibs", binding="tidy-notes@1")
    issue(job="normalize-bibs", binding="tidy-titles@1")
    issue()
    changed = rules_changed("tidy-notes", "tidy-notes@2")
    assert suspend_for_bindings(["tidy-notes@1"], changed, by="bob", at=AT) == [bound.pk]
    assert may(job="normalize-bibs", binding="tidy-notes@1")[:3] == (
        False,
        f"permit {bound.pk} is suspended since 2026-03-01: the rule set tidy-notes has a new "
        "version, tidy-notes@2; next, Dan "
        f"acknowledges it (galley permit acknowledge {bound.pk})",
        bound.pk,
    )
    assert may(job="normalize-bibs", binding="tidy-titles@1").allowed
    assert may().allowed


def test_acknowledged_and_confirmed_it_goes_on(issue, may, people, steps, log):
    from galleyproof.permits.actions.suspend import suspend_for_job

    permit = issue()
    suspend_for_job(JOB, "it counts otherwise", by="bob", at=AT)
    assert not may().allowed
    steps(permit)
    assert may().allowed
    assert [entry[:2] for entry in log()[:3]] == [
        ("permit-confirmed", "bob"),
        ("permit-acknowledged", "dan"),
        ("permits-suspended", "bob"),
    ]


def test_only_the_holder_acknowledges_and_only_then_is_it_confirmed(issue, people):
    from galleyproof.permits.actions.acknowledge import acknowledge, confirm
    from galleyproof.permits.actions.suspend import suspend

    permit = issue()
    with wrong("is active, not suspended"):
        acknowledge(people.dan, permit.pk, at=AT)
    suspend(people.bob, permit.pk, why="see the guideline", at=AT)
    with wrong("is suspended.*Dan acknowledges it"):
        confirm(people.bob, permit.pk, at=AT)
    for who in (people.eve, people.bob, people.amy):
        with denied("only its holder"):
            acknowledge(who, permit.pk, at=AT)
    acknowledge(people.dan, permit.pk, at=AT)
    with denied("needs the role systems-librarian"):
        confirm(people.amy, permit.pk, at=AT)
    confirm(people.carol, permit.pk, at=AT)


def test_nobody_confirms_their_own_however_they_come(issue, people):
    from galleyproof.people.identity import Who
    from galleyproof.permits.actions.acknowledge import acknowledge, confirm
    from galleyproof.permits.actions.suspend import suspend

    permit = issue(people.carol, people.bob)
    suspend(people.carol, permit.pk, why="x", at=AT)
    acknowledge(people.bob, permit.pk, at=AT)
    with denied("nobody confirms their own"):
        confirm(people.bob, permit.pk, at=AT)
    with denied("nobody confirms their own"):
        confirm(Who(people.carol.person, people.bob.person), permit.pk, at=AT)
    people.carol.person.email = people.bob.person.email = "b@library.example"
    people.carol.person.save(), people.bob.person.save()
    with denied("nobody confirms their own"):
        confirm(people.carol, permit.pk, at=AT)


def test_a_second_change_asks_for_a_second_acknowledgement(issue, people):
    from galleyproof.permits.actions.acknowledge import acknowledge, confirm
    from galleyproof.permits.actions.suspend import suspend_for_job

    permit = issue()
    suspend_for_job(JOB, "first", at=AT)
    acknowledge(people.dan, permit.pk, at=AT)
    suspend_for_job(JOB, "second", at=AT)
    permit.refresh_from_db()
    assert [(one.code, one.sentence) for one in permit.suspensions] == [
        ("job", "first"),
        ("job", "second"),
    ]
    with wrong("Dan acknowledges it"):
        confirm(people.bob, permit.pk, at=AT)


@pytest.fixture
def revision(monkeypatch):
    """Sets the revision at which the program has the 830 job, from 1 on."""
    from galleyproof.jobs.catalogue import JOBS

    def at(number):
        monkeypatch.setattr(type(JOBS[JOB]), "revision", number)

    at(1)
    return at


def test_a_new_revision_of_the_job_suspends_by_itself(issue, may, steps, people, revision):
    permit = issue()
    revision(2)
    assert may().reason == (
        f"permit {permit.pk} is suspended: {JOB} was signed off at revision 1 and is at 2; next, "
        f"Dan acknowledges it (galley permit acknowledge {permit.pk})"
    )
    steps(permit)
    assert may().allowed
    revision(3)
    assert not may().allowed


def test_a_revision_that_comes_between_the_two_steps_is_acknowledged_too(issue, people, revision):
    from galleyproof.permits.actions.acknowledge import acknowledge, confirm

    permit = issue()
    revision(2)
    acknowledge(people.dan, permit.pk, at=AT)
    revision(3)
    with wrong("is at revision 3 by now, and Dan acknowledged revision 2"):
        confirm(people.bob, permit.pk, at=AT)
    acknowledge(people.dan, permit.pk, at=AT)
    confirm(people.bob, permit.pk, at=AT)


def test_whoever_leaves_a_unit_has_their_permits_suspended(issue, may, people, log):
    from galleyproof.people.actions.units import join_unit
    from galleyproof.permits.actions.leave_unit import leave_unit

    issue(), issue(person=people.eve)
    for code in ("ITS-LANGDELL", "HKS/GUT"):
        join_unit(people.amy, people.dan.person, code, at=AT)
    assert leave_unit(people.amy, people.dan.person, "its-langdell", at=AT).suspended == [1]
    assert "Dan left ITS-LANGDELL" in may().reason
    assert may(people.eve).allowed
    assert [unit.code for unit in people.dan.person.units.all()] == ["HKS/GUT"]
    with wrong("is not in ITS-LANGDELL"):
        leave_unit(people.amy, people.dan.person, "ITS-LANGDELL", at=AT)
    with denied("needs the role administrator"):
        leave_unit(people.bob, people.dan.person, "HKS/GUT", at=AT)


def test_an_ended_or_revoked_permit_is_not_suspended(issue, people):
    from galleyproof.permits.actions.revoke import revoke
    from galleyproof.permits.actions.suspend import suspend, suspend_for_reading

    ended, revoked = issue(ends=AT + timedelta(days=1)), issue()
    revoke(people.bob, revoked.pk, at=AT)
    assert suspend_for_reading(OVERVIEW, at=AT + timedelta(days=2)) == []
    with wrong("revoked for good"):
        suspend(people.bob, revoked.pk, why="x", at=AT)
    assert ended.pk == 1


def test_what_was_signed_never_changes(issue):
    from django.db import DatabaseError, transaction

    from galleyproof.permits.models import Permit

    permit = issue(max_records=10)
    for widened in (
        {"max_records": 10_000},
        {"envelope": {}},
        {"ends": permit.ends + timedelta(days=1)},
        {"environment": "production"},
        {"job": "edit-record"},
    ):
        with pytest.raises(DatabaseError, match="stays as it was signed"), transaction.atomic():
            Permit.objects.filter(pk=permit.pk).update(**widened)


def test_words_in_a_reason_are_not_taken_for_its_kind(issue, people):
    """A reading's name may be anything, and what a librarian writes may speak of readings."""
    from galleyproof.permits.actions.acknowledge import acknowledge
    from galleyproof.permits.actions.suspend import suspend, suspend_for_reading

    permit = issue()
    suspend(people.bob, permit.pk, why="the reading room is closed; see me", at=AT)
    acknowledge(people.dan, permit.pk, at=AT)
    odd = reading_changed("odd", "Reading; and writing, in short", 2)
    assert suspend_for_reading(odd, at=AT) == [permit.pk]
    permit.refresh_from_db()
    assert [one.code for one in permit.suspensions] == ["by-hand", "reading"]
    assert permit.suspensions[1].parts["title"] == "Reading; and writing, in short"


def test_undo_is_kept_from_whoever_broke_a_limit_whatever_has_changed_since(issue, people):
    from types import SimpleNamespace

    from galleyproof.permits.actions.suspend import suspend_for_job, suspend_for_person
    from galleyproof.permits.suspensions import limit_broken
    from galleyproof.runs.undo_rights import own_fault

    permit = issue()
    suspend_for_person(people.dan.person, limit_broken("too many"), permit=permit.pk, at=AT)
    suspend_for_job(JOB, "it counts otherwise", at=AT)
    permit.refresh_from_db()
    assert "too many; it counts otherwise" in own_fault(permit, SimpleNamespace(pk=1), AT)


def test_a_permit_says_why_it_rests_as_data(issue):
    from galleyproof.cli.permit_output import described
    from galleyproof.permits.actions.suspend import suspend_for_reading

    permit = issue()
    suspend_for_reading(OVERVIEW, at=AT)
    permit.refresh_from_db()
    [why] = described(permit, "suspended", "x")["suspended_for"]
    assert (why["code"], why["reading"], why["version"]) == ("reading", "overview", 2)
    assert why["sentence"].startswith("the reading “Batch jobs: overview” (overview, version 2)")
