"""Amy is the administrator, Bob a systems librarian, Dan staff of ITS."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def people(galley, tmp_path, monkeypatch):
    """Who each of them is, when they ask for themselves."""
    from galleyproof.people.actions.add_person import add_person
    from galleyproof.people.actions.first_administrator import first_administrator
    from galleyproof.people.identity import Who

    monkeypatch.setenv("GALLEY_AUDIT_HEAD", str(tmp_path / "head.json"))
    amy = Who(first_administrator("amy", at=AT))
    bob = Who(add_person(amy, "bob", display_name="Bob", roles=["systems-librarian"], at=AT))
    dan = Who(add_person(amy, "dan", display_name="Dan Gray", unit="ITS", at=AT))
    return SimpleNamespace(amy=amy, bob=bob, dan=dan)


@pytest.fixture
def logged(people):
    """The newest entry of the log: (action, person, acting, subject)."""
    from galleyproof.audit.log import listing

    def newest():
        entry = listing(limit=1)[0]
        return entry.action, entry.person, entry.acting, entry.subject

    return newest
