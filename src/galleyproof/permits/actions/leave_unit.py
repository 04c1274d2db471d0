"""Leaving a unit: what somebody was signed off for there is suspended until it is looked at."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from galleyproof.marc.errors import Wrong
from galleyproof.people.actions.units import RIGHT, log, unit_known
from galleyproof.people.identity import Who
from galleyproof.people.models import Person, Unit
from galleyproof.people.rights import require_role
from galleyproof.permits.actions.suspend import suspend_for_person
from galleyproof.permits.suspensions import unit_left


class Left(NamedTuple):
    unit: Unit
    suspended: list[int]


def leave_unit(who: Who, person: Person, code: str, *, at: datetime) -> Left:
    """Takes a person out of a unit and suspends their own permits, whichever unit they were
    signed off for: a permit does not say. Groups' permits are left by leaving the group.

    Raises NotPermitted unless who asks is an administrator, and Wrong where they are not in it.
    """
    require_role(who, RIGHT, f"take {person.display_name} out of {code}", at)
    unit = unit_known(code)
    if not person.units.filter(pk=unit.pk).exists():
        raise Wrong(f"{person.display_name} is not in {unit.code}")
    with transaction.atomic():
        person.units.remove(unit)
        suspended = suspend_for_person(
            person,
            unit_left(person.display_name, unit.code),
            by=who.name,
            acting=who.acting_name,
            at=at,
        )
        log(who, "unit-left", person, unit, at)
    return Left(unit, suspended)
