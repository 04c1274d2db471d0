"""Amy administers; Bob and Carol are systems librarians; Dan and Eve are staff."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
JOB = "set-830-second-indicator"


@pytest.fixture
def people(galley, tmp_path, monkeypatch):
    """Who each of them is, when they ask for themselves."""
    from galleyproof.people.actions.add_person import add_person
    from galleyproof.people.actions.first_administrator import first_administrator
    from galleyproof.people.identity import Who

    monkeypatch.setenv("GALLEY_AUDIT_HEAD", str(tmp_path / "head.json"))
    amy = Who(first_administrator("amy", at=AT))

    def add(name, *roles):
        return Who(add_person(amy, name.lower(), display_name=name, roles=roles, at=AT))

    return SimpleNamespace(
        amy=amy,
        bob=add("Bob", "systems-librarian"),
        carol=add("Carol", "systems-librarian"),
        dan=add("Dan", "staff"),
        eve=add("Eve", "staff"),
    )


@pytest.fixture
def issue(people):
    """Bob issues a permit, by default to Dan for the 830 job in the sandbox. A production permit
    comes from a ticket, and so do those for a group; further words are limits of the envelope."""
    from galleyproof.permits.actions.grant import grant_from_ticket
    from galleyproof.permits.actions.issue import issue
    from galleyproof.permits.envelope import Envelope

    def run(who=None, person=None, job=JOB, environment="sandbox", at=AT, group=None, **rest):
        limits = {name: rest.pop(name) for name in list(rest) if name in Envelope.model_fields}
        who, person = who or people.bob, None if group else (person or people.dan).person
        if environment == "production" or group or "ticket" in rest:
            return grant_from_ticket(
                who,
                person=person,
                group=group,
                job=job,
                environment=environment,
                envelope=Envelope(**limits),
                **{"ticket": 12, "at": at, **rest},
            )
        for name in ("max_records", "max_per_day"):
            rest[name] = limits.pop(name, None)
        envelope = Envelope(**limits)
        return issue(who, person, job, environment=environment, envelope=envelope, at=at, **rest)

    return run


@pytest.fixture
def may(people):
    """The answer for Dan, the 830 job and the sandbox, unless said otherwise."""
    from galleyproof.permits.deciding import may

    def ask(person=None, job=JOB, **rest):
        rest = {"environment": "sandbox", "at": AT, **rest}
        return may((person or people.dan).person, job, **rest)

    return ask


@pytest.fixture
def log(people):
    """The log, newest first: (action, person, acting, subject, reason)."""
    from galleyproof.audit.log import listing

    def read():
        return [(one.action, one.person, one.acting, one.subject, one.reason) for one in listing()]

    return read
