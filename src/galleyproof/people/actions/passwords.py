"""Setting a password: one's own, or as an administrator anybody's."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.people.rights import deny, require_role
from galleyproof.people.sameness import is_one_of

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another."""


def set_password(who: Who, person: Person, password: str, *, at: datetime) -> None:
    """Sets somebody else's password, as an administrator: they change it when they first sign in,
    and until then it acts for both. One's own is changed with `change_password`.

    Raises NotPermitted, and Wrong with everything that is weak about it.
    """
    if person.pk == who.person.pk:
        raise Wrong(
            "your own password is changed with the present one: on the page Password, or with "
            "galley user password YOUR-NAME --stdin, the present one in the first line"
        )
    require_role(who, ("administrator",), f"set a password for {person.display_name}", at)
    setter = who.acting_name or who.name
    put(who, person, password, at, password_by=setter, password_waits=True)


def change_password(who: Who, old: str, new: str, *, at: datetime) -> None:
    """One's own, with the old one given first; where there is none yet, by whoever is signed in
    otherwise. Typed by somebody else under --as it is as if they had set it. Raises Wrong."""
    person = who.person
    if person.has_password and not person.check_password(old):
        raise Wrong("the present password is not that one")
    if new == old:
        raise Wrong("the new password is the present one; choose another")
    if who.acting is not None and not person.password_waits:
        put(who, person, new, at, password_by=who.acting.username, password_waits=True)
    else:
        put(who, person, new, at, password_waits=False)


def vouch_for_password(who: Who, person: Person, *, at: datetime) -> None:
    """Says that the person signs in with their own password again, after somebody else had set it:
    by an administrator or a systems librarian who is neither of the two.

    Until then the account and whoever set its password count as one person, who signs nothing off
    for the other. Raises NotPermitted and Wrong.
    """
    subject = f"vouch for the password of {person.display_name}"
    require_role(who, ("administrator", "systems-librarian"), subject, at)
    if not person.password_by or person.password_waits:
        waits = (
            "they have not changed it yet" if person.password_waits else "they set it themselves"
        )
        raise Wrong(f"there is nothing to vouch for: {waits}")
    both = Person.objects.filter(username__in=(person.username, person.password_by))
    if is_one_of(who, *both):
        deny(
            who.person,
            subject,
            "somebody else must: neither of the two people vouches for the password",
            at=at,
            acting=who.acting,
        )
    with transaction.atomic():
        person.password_by = ""
        person.save(update_fields=["password_by"])
        append(
            "password-vouched",
            person=who.name,
            acting=who.acting_name,
            subject=person.username,
            at=at,
        )


def put(who: Who, person: Person, password: str, at: datetime, **facts: str | bool) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Wrong("\n".join(str(sentence) for sentence in error.messages)) from None
    with transaction.atomic():
        person.set_password(password)
        for name, value in facts.items():
            setattr(person, name, value)
        person.save(update_fields=["password", *facts])
        append(
            "password-set",
            person=who.name,
            acting=who.acting_name,
            subject=person.username,
            at=at,
        )


def new_password() -> str:
    """One that can be read out over the telephone: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
