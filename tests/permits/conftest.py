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
    """Bob issues a permit, by default to Dan for the 830 job in the sandbox."""
    from galleyproof.permits.actions.issue import issue

    def run(who=None, person=None, job=JOB, **rest):
        rest = {"environment": "sandbox", "at": AT, **rest}
        return issue(who or people.bob, (person or people.dan).person, job, **rest)

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
