"""Who asks, and when: what every view hands on to the calls below."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth import BACKEND_SESSION_KEY
from django.http import HttpRequest

from galleyproof.people.identity import Who, signed_in_as
from galleyproof.people.models import Person


def now() -> datetime:
    return datetime.now(UTC)


def person_of(request: HttpRequest) -> Person:
    """Whoever is signed in; views are reached by nobody else."""
    person = request.user
    assert person.is_authenticated
    # Django gives a proxy, whose class is not a person's; what is below asks for a person.
    found = getattr(person, "_wrapped", person)
    assert isinstance(found, Person)
    return found


def password_waits(request: HttpRequest) -> bool:
    """Whether whoever is signed in came in by a password that somebody else has set for them."""
    backend = request.session.get(BACKEND_SESSION_KEY, "")
    return person_of(request).password_waits and backend.startswith("django.contrib.auth")


def who(request: HttpRequest) -> Who:
    person = person_of(request)
    return signed_in_as(person) if password_waits(request) else Who(person)
