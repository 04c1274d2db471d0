"""Signing in with a password, throttled."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.models import Person, SignInFailure

WITHIN = timedelta(minutes=15)
MOST = 6
"""Failures of one name from one address after which it must wait. Others behind that address, many
people of a library perhaps, sign in all the while."""
MOST_LOGGED = 20
"""Failures from one address that are logged within that time though no account has the name."""


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
        note_failure(name, known or "", address, at)
        raise Wrong(
            "that name and password do not fit an active account; an administrator can set a "
            "new password with `galley user password`"
        )
    note_sign_in(person, "password", address, at)
    SignInFailure.objects.filter(name=name.casefold(), address=address).delete()
    return person


def note_sign_in(person: Person, way: str, address: str, at: datetime) -> None:
    """way: `password` or `single sign-on`. address: where they signed in from."""
    with transaction.atomic():
        append("signed-in", person=person.username, detail={"by": way, "from": address}, at=at)


def note_failure(name: str, known: str, address: str, at: datetime) -> None:
    """Counts and logs a failed attempt. known: the account's user name, "" where there is none."""
    with transaction.atomic():
        SignInFailure.objects.filter(at__lt=at - WITHIN).delete()
        SignInFailure.objects.create(name=name.casefold(), address=address, at=at)
        count = SignInFailure.objects.filter(address=address).count()
        if not known and count > MOST_LOGGED:
            return  # whoever tries a thousand names does not fill the log with them
        reason = "the password is not that one" if known else "no account has that name"
        if not known and count == MOST_LOGGED:
            reason += "; further names that no account has are not logged for a while"
        append(
            "sign-in-failed",
            person=known,
            subject=known or name,
            reason=reason,
            detail={"address": address},
            at=at,
        )


def refuse_while_throttled(name: str, address: str, at: datetime) -> None:
    recent = SignInFailure.objects.filter(
        name=name.casefold(), address=address, at__gt=at - WITHIN
    ).order_by("-at")
    moments = list(recent.values_list("at", flat=True)[:MOST])
    if len(moments) == MOST:
        minutes = int((moments[-1] + WITHIN - at).total_seconds() // 60) + 1
        raise Wrong(
            f"too many sign-ins failed; wait {minutes} minute{'s' if minutes > 1 else ''} "
            "and try again"
        )
