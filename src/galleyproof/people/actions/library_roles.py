"""Library roles: giving one to an account. Taking one is in permits: permits wait for it again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.marc.plain_text import plain_name
from galleyproof.people.identity import Who
from galleyproof.people.models import LibraryRole, Person
from galleyproof.people.rights import deny, require_role
from galleyproof.people.sameness import is_one_of

RIGHT = ("support", "administrator")


def give_library_role(
    who: Who, person: Person, role: str, *, library: str = "", at: datetime
) -> LibraryRole:
    """Gives an account a library role, like `catalog manager`, for the whole institution
    (library "") or for one library. By support or an administrator, never to oneself.

    Raises NotPermitted, and Wrong where the account carries it already.
    """
    role, library = " ".join(role.split()).lower(), library.strip()
    subject = f"give {person.display_name} the library role {role}"
    require_role(who, RIGHT, subject, at)
    if is_one_of(who, person):
        deny(
            who.person,
            subject,
            "nobody gives themselves a library role, administrators included; ask somebody else "
            "of support",
            at=at,
            acting=who.acting,
        )
    if not role or len(role) > 100 or len(library) > 60:
        raise Wrong("a library role has a name, like catalog manager, and perhaps a library's code")
    plain_name(role + library, "a library role")
    if person.library_roles.filter(role=role, library__iexact=library).exists():
        where = library or "the institution"
        raise Wrong(f"{person.display_name} has the role {role} for {where} already")
    with transaction.atomic():
        given: LibraryRole = LibraryRole.objects.create(person=person, role=role, library=library)
        append(
            "library-role-given",
            person=who.name,
            acting=who.acting_name,
            subject=person.username,
            detail={"role": role, "library": library or "the institution"},
            at=at,
        )
    return given
