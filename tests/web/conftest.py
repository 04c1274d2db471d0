"""A small site: people who sign in, bibs in both environments, a set, permits for Amy."""

from __future__ import annotations

import pytest
from addresses import numbers_of
from pages import BIBS, Site


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver", "127.0.0.1"])
    monkeypatch.setattr(settings, "SECRET_KEY", "a key for the tests, which nothing else has")


@pytest.fixture
def site(library) -> Site:
    from galleyproof.people.identity import Who
    from galleyproof.people.models import Person

    people = {"amy": library.amy, "bob": library.bob, "ada": library.ada, "dan": library.dan}
    for name, *roles in (("carol", "liaison"), ("eve", "auditor")):
        people[name] = Who(
            Person.objects.create(username=name, display_name=name.title(), roles=roles)
        )
    for environment in ("sandbox", "production"):
        library.load(BIBS, environment)
        library.set("all", environment=environment)
        library.permit(environment=environment)
    return Site(library, people)


@pytest.fixture
def numbers(site) -> dict[str, object]:
    return numbers_of(site)
