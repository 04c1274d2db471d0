"""Who asks, and when: what every view hands on to the calls below."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest

from galleyproof.people.identity import Who
from galleyproof.people.models import Person


def now() -> datetime:
    return datetime.now(UTC)


def person_of(request: HttpRequest) -> Person:
    """Whoever is signed in; views are reached by nobody else."""
    person = request.user
    assert isinstance(person, Person)
    return person


def who(request: HttpRequest) -> Who:
    return Who(person_of(request))
