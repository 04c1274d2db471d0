"""Signing in with a password, throttled."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.models import Person, SignInFailure

WITHIN = timedelta(minutes=15)
MOST_BY_NAME = 6
"""Failures of one name from one address after which it must wait."""
MOST_BY_ADDRESS = 40
"""Failures from one address: many people of a library may share one."""


def sign_in(name: str, password: str, address: str, at: datetime) -> Person:
    """The person with this user name and password; logged.

    address: where the attempt comes from. Raises Wrong, always the same for a wrong name and a
    wrong password, and after too many failures until the oldest of them is 15 minutes old.
    """
    name = name.strip()[:150]
    refuse_while_throttled(name, address, at)
    known = Person.objects.filter(username__iexact=name).values_list("username", flat=True).first()
    person = authenticate(username=known or name, password=password)
    if not isinstance(person, Person):
        SignInFailure.objects.create(name=name.casefold(), address=address, at=at)
        SignInFailure.objects.filter(at__lt=at - WITHIN).delete()
        raise Wrong(
            "that name and password do not fit an active account; an administrator can set a "
            "new password with `galley user password`"
        )
    note_sign_in(person, "password", at)
    SignInFailure.objects.filter(name=name.casefold(), address=address).delete()
    return person


def note_sign_in(person: Person, way: str, at: datetime) -> None:
    """way: `password` or `single sign-on`."""
    with transaction.atomic():
        append("signed-in", person=person.username, detail={"by": way}, at=at)


def refuse_while_throttled(name: str, address: str, at: datetime) -> None:
    recent = SignInFailure.objects.filter(address=address, at__gt=at - WITHIN).order_by("-at")
    for some, most in (
        (recent.filter(name=name.casefold()), MOST_BY_NAME),
        (recent, MOST_BY_ADDRESS),
    ):
        moments = list(some.values_list("at", flat=True)[:most])
        if len(moments) == most:
            minutes = int((moments[-1] + WITHIN - at).total_seconds() // 60) + 1
            raise Wrong(
                f"too many sign-ins failed; wait {minutes} minute{'s' if minutes > 1 else ''} "
                "and try again"
            )
