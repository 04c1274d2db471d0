"""May Dan? One answer, always with its reason."""

from datetime import UTC, date, datetime, timedelta

import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
JOB = "set-830-second-indicator"


def test_a_permit_allows_and_is_named(issue, may):
    permit = issue()
    assert may(records=1_000_000)[:4] == (True, f"allowed by permit {permit.pk}", permit.pk, None)


def test_without_any_permit_the_answer_says_so(may):
    assert may()[:3] == (False, f"no permit: Dan has none for {JOB} in sandbox", None)


def test_the_administrator_needs_a_permit_like_everybody(may, people):
    answer = may(people.amy)
    assert not answer.allowed
    assert answer.reason.startswith("no permit: amy has none")


def test_the_nearest_permit_is_the_same_job_elsewhere(issue, may):
    permit = issue()
    assert may(environment="production").reason == (
        f"no permit: Dan has none for {JOB} in production; "
        f"they have {JOB} in sandbox (permit {permit.pk})"
    )


def test_the_nearest_permit_is_the_same_job_with_another_binding(issue, may):
    permit = issue(job="normalize-bibs", binding="tidy-notes")
    assert may(job="normalize-bibs", binding="tidy-titles").reason == (
        "no permit: Dan has none for normalize-bibs with tidy-titles in sandbox; "
        f"they have normalize-bibs with tidy-notes in sandbox (permit {permit.pk})"
    )
    assert not may(job="normalize-bibs").allowed
    assert may(job="normalize-bibs", binding="tidy-notes").allowed


def test_somebody_elses_permit_is_no_permit(issue, may, people):
    issue(person=people.eve)
    assert not may().allowed


def test_a_set_above_the_limit_is_told_with_both_numbers(issue, may):
    permit = issue(max_records=2_000)
    assert may(records=2_000).allowed
    assert may(records=2_311)[:3] == (
        False,
        f"permit {permit.pk} ends at 2,000 records, the set has 2,311",
        permit.pk,
    )
    assert may().allowed, "without a set nothing is counted"


def test_of_several_permits_the_one_that_allows_is_taken(issue, may):
    issue(max_records=10)
    wide = issue(max_records=100)
    assert may(records=50).permit_id == wide.pk
    assert may(records=101).reason == f"permit {wide.pk} ends at 100 records, the set has 101"


def test_an_expired_permit_is_told_with_its_last_day(issue, may):
    permit = issue(ends=date(2026, 3, 31))
    assert may(at=datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC)).allowed
    assert may(at=datetime(2026, 4, 1, tzinfo=UTC))[:3] == (
        False,
        f"permit {permit.pk} expired on 2026-03-31",
        permit.pk,
    )


def test_a_permit_that_has_not_begun_says_when(issue, may):
    permit = issue(starts=date(2026, 3, 2))
    assert may().reason == f"permit {permit.pk} starts on 2026-03-02"
    assert may(at=datetime(2026, 3, 2, tzinfo=UTC)).allowed


def test_a_revoked_permit_says_when_by_whom_and_why(issue, may, people):
    from galleyproof.permits.actions.revoke import revoke

    permit = issue()
    revoke(people.carol, permit.pk, reason="left the unit", at=AT)
    assert may().reason == f"permit {permit.pk} was revoked on 2026-03-01 by Carol: left the unit"


def test_a_good_permit_beats_a_revoked_one(issue, may, people):
    from galleyproof.permits.actions.revoke import revoke

    first, second = issue(), issue()
    revoke(people.bob, first.pk, at=AT)
    assert may().permit_id == second.pk


def test_the_day_is_the_institutions(issue, may, settings_zone):
    permit = issue(ends=date(2026, 3, 31))
    # Midnight in Helsinki, in summer time.
    assert permit.ends == datetime(2026, 3, 31, 20, 59, 59, 999_999, tzinfo=UTC)
    assert may(at=permit.ends + timedelta(seconds=1)).reason.endswith("expired on 2026-03-31")


@pytest.fixture
def settings_zone():
    from django.utils import timezone

    with timezone.override("Europe/Helsinki"):
        yield


def test_the_day_may_be_asked_for_too(issue, may):
    from galleyproof.permits.quota import reserve

    permit = issue(max_per_day=100)
    reserve(permit.pk, 60, AT)
    assert may(records=41).allowed
    assert may(records=40, and_today=True).allowed
    assert may(records=41, and_today=True).reason == (
        f"permit {permit.pk} ends at 100 records a day, 60 of them are used on 2026-03-01, "
        "the set has 41"
    )


def test_require_answers_or_logs_and_raises(issue, people, log):
    from galleyproof.permits import NotPermitted
    from galleyproof.permits.deciding import require

    issue(max_records=5)
    asked = {"environment": "sandbox", "at": AT, "acting": people.amy.person}
    assert require(people.dan.person, JOB, records=5, **asked).allowed
    with pytest.raises(NotPermitted) as caught:
        require(people.dan.person, JOB, records=6, **asked)
    assert caught.value.answer.reason == str(caught.value)
    assert log()[0] == ("denied", "dan", "amy", f"{JOB} in sandbox", str(caught.value))


def test_asking_changes_nothing_and_is_not_logged(issue, may, log):
    issue()
    before = log()
    may(), may(job="edit-record")
    assert log() == before


@pytest.mark.parametrize("environment", ["production", "sandbox"])
class TestWhatTheCommitOfAChunkAsks:
    def good(self, environment, permit, person):
        from galleyproof.database.connect import connect
        from galleyproof.permits.standing import permit_still_good_sql

        with connect(environment) as connection:
            row = connection.execute(
                permit_still_good_sql(), {"permit": permit, "person": person.person.pk}
            ).fetchone()
        return row is not None

    def test_a_permit_that_is_good_now(self, issue, people, environment):
        now = datetime.now(UTC)
        assert self.good(environment, issue(at=now - timedelta(days=1)).pk, people.dan)
        assert not self.good(environment, issue(at=now - timedelta(days=400)).pk, people.dan)
        assert not self.good(
            environment, issue(at=now, starts=now + timedelta(hours=1)).pk, people.dan
        )
        assert not self.good(environment, 999, people.dan)

    def test_a_revoked_permit_is_not_good(self, issue, people, environment):
        from galleyproof.permits.actions.revoke import revoke

        now = datetime.now(UTC)
        permit = issue(at=now - timedelta(days=1))
        revoke(people.bob, permit.pk, at=now)
        assert not self.good(environment, permit.pk, people.dan)

    def test_that_role_cannot_change_a_permit_or_read_a_token(self, issue, people, environment):
        import psycopg

        from galleyproof.database.connect import connect

        issue()
        for statement in (
            "UPDATE governing.permit SET max_records = NULL",
            "INSERT INTO governing.permit_day (permit_id, day, reserved) VALUES (1, now(), 0)",
            "DELETE FROM governing.permit",
            "SELECT * FROM governing.token",
            "SELECT * FROM governing.person",
        ):
            with (
                connect(environment, autocommit=True) as connection,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                connection.execute(statement)
