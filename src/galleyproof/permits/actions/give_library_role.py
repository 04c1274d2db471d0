"""Giving a library role to an account: permits that had taken effect and wait only because the role
was taken away go on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.people.actions import library_roles
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.permits.actions.take_effect import note_effect
from galleyproof.permits.holding import carries_role
from galleyproof.permits.models import Permit


def give_library_role(
    who: Who, person: Person, role: str, *, library: str = "", at: datetime
) -> list[int]:
    """Gives the role; returns the numbers of the permits that go on. One whose role form has not
    been applied yet is for `take_effect`. Rights and refusals as in people.actions.library_roles.
    """
    with transaction.atomic():
        library_roles.give_library_role(who, person, role, library=library, at=at)
        carried = [(one.role, one.library) for one in person.library_roles.all()]
        waiting = Permit.objects.select_for_update().filter(person=person, role_taken=True)
        back = [permit for permit in waiting.order_by("pk") if carries_role(permit, carried)]
        for permit in back:
            note_effect(who, permit, at, reason="the library role is given again")
    return [permit.pk for permit in back]
