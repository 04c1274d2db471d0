"""Adding a person: a right of administrators."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.marc.plain_text import name_fault
from galleyproof.people.identity import Who
from galleyproof.people.models import ROLES, Person
from galleyproof.people.rights import require_role
from galleyproof.people.units import code_faults, unit_coded

USERNAME = re.compile(r"\w[\w.@+-]*")


def add_person(
    who: Who,
    name: str,
    *,
    unit: str = "",
    roles: Sequence[str] = ("staff",),
    display_name: str = "",
    email: str = "",
    at: datetime,
) -> Person:
    """Adds an account. A name with blanks is the display name; a user name is made from it.

    Raises NotPermitted unless who asks is an administrator, and Wrong, with everything that is
    wrong at once, for a role that is none, a name taken, and the like.
    """
    require_role(who, ("administrator",), "add a person", at)
    username, display_name = names(name, display_name)
    findings = faults(name, username, display_name, unit, roles, email)
    if findings:
        raise Wrong("\n".join(findings))
    with transaction.atomic():
        person = Person(username=username, display_name=display_name, email=email.strip())
        person.roles = [role for role in ROLES if role in roles]
        person.set_unusable_password()
        person.save()
        if unit:
            person.units.add(unit_coded(unit))
        append(
            "person-added",
            person=who.name,
            acting=who.acting_name,
            subject=username,
            detail={
                "display_name": display_name,
                "email": person.email,
                "roles": person.roles,
                "unit": unit,
            },
            at=at,
        )
    return person


def names(name: str, display_name: str) -> tuple[str, str]:
    """User name and display name: "Dan Gray" is the display name of dan.gray."""
    name = " ".join(name.split())
    display_name = " ".join(display_name.split()) or name
    if " " not in name:
        return name, display_name
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^\w]+", ".", bare).strip("."), display_name


def faults(
    name: str, username: str, display_name: str, unit: str, roles: Sequence[str], email: str
) -> list[str]:
    found = []
    if not USERNAME.fullmatch(username) or len(username) > 150:
        found.append(
            f"“{name}” makes no user name: letters, digits and . @ + - _, beginning with a letter "
            "or digit, at most 150 characters"
        )
    else:
        taken = Person.objects.filter(username__iexact=username).first()
        if taken is not None:
            found.append(f"there is a {taken.username} already ({taken.display_name})")
    hidden = name_fault(display_name, "the name of a person")
    found += [hidden] if hidden else []
    found += [role_fault(role) for role in roles if role not in ROLES]
    if unit:
        found += code_faults(unit)
    if email.strip() and not re.fullmatch(r"[^@\s]+@[^@\s]+", email.strip()):
        found.append(f"“{email}” is not an e-mail address")
    return found


def role_fault(role: str) -> str:
    close = get_close_matches(role.casefold().replace(" ", "-"), ROLES, n=1, cutoff=0.6)
    offer = f"did you mean {close[0]}?" if close else f"the roles are {', '.join(ROLES)}"
    return f"“{role}” is not a role; {offer}"
