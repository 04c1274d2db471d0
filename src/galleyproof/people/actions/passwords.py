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
from galleyproof.people.rights import require_role

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another."""


def set_password(who: Who, person: Person, password: str, *, at: datetime) -> None:
    """Sets a password. Raises NotPermitted, and Wrong with everything that is weak about it."""
    if person.pk != who.person.pk:
        require_role(who, ("administrator",), f"set a password for {person.display_name}", at)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Wrong("\n".join(str(sentence) for sentence in error.messages)) from None
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        append(
            "password-set",
            person=who.name,
            acting=who.acting_name,
            subject=person.username,
            at=at,
        )


def change_password(who: Who, old: str, new: str, *, at: datetime) -> None:
    """One's own, with the old one given first."""
    if not who.person.check_password(old):
        raise Wrong("the present password is not that one")
    set_password(who, who.person, new, at=at)


def new_password() -> str:
    """One that can be read out over the telephone: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
