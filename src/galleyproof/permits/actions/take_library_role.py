"""Taking a library role from an account: permits that need it wait for it again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.actions.library_roles import RIGHT
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.people.rights import require_role
from galleyproof.permits.elsewhere import known
from galleyproof.permits.models import Permit


def take_library_role(
    who: Who, person: Person, role: str, *, library: str = "", at: datetime
) -> list[int]:
    """Takes a library role away, and has the person's production permits wait whose job needs it
    where no other role of theirs does. Returns their numbers. By support or an administrator.

    Raises NotPermitted, and Wrong where the account does not carry it.
    """
    role, library = " ".join(role.split()).lower(), library.strip()
    require_role(who, RIGHT, f"take the library role {role} from {person.display_name}", at)
    where = library or "the institution"
    with transaction.atomic():
        found = person.library_roles.filter(role=role, library__iexact=library).first()
        if found is None:
            raise Wrong(f"{person.display_name} does not have the role {role} for {where}")
        found.delete()
        carried = set(person.library_roles.values_list("role", flat=True))
        waiting = []
        for permit in Permit.objects.filter(
            person=person, environment="production", grandfathered=False, waits_for_role=False
        ):
            job = known(permit.job)
            if job and role in job.library_roles and not carried & set(job.library_roles):
                waiting.append(permit.pk)
        Permit.objects.filter(pk__in=waiting).update(waits_for_role=True, role_taken=True)
        append(
            "library-role-taken",
            person=who.name,
            acting=who.acting_name,
            subject=person.username,
            detail={"role": role, "library": where, "permits_waiting": waiting},
            at=at,
        )
    return waiting
