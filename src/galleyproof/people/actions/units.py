"""Units: making one, joining, and who is its liaison. Leaving one is in permits: it suspends."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.marc.plain_text import plain_name
from galleyproof.people.actions.change_person import change_person
from galleyproof.people.identity import Who
from galleyproof.people.models import Person, Unit
from galleyproof.people.rights import require_role
from galleyproof.people.units import code_faults, unit_coded, unit_there

RIGHT = ("administrator",)


def add_unit(who: Who, code: str, *, name: str = "", at: datetime) -> Unit:
    """Makes a unit, and those above it that its code names. Raises NotPermitted, and Wrong for a
    code that is taken or cannot be one."""
    require_role(who, RIGHT, f"make the unit {code}", at)
    if findings := code_faults(code):
        raise Wrong(findings[0])
    if Unit.objects.filter(code__iexact=code).exists():
        raise Wrong(f"there is a unit {code} already")
    plain_name(name, "the name of a unit")
    with transaction.atomic():
        unit = unit_coded(code)
        unit.name = name
        unit.save(update_fields=["name"])
        append(
            "unit-made",
            person=who.name,
            acting=who.acting_name,
            subject=unit.code,
            detail={"name": name, "above": unit.parent.code if unit.parent else None},
            at=at,
        )
    return unit


def join_unit(who: Who, person: Person, code: str, *, at: datetime) -> Unit:
    """Puts a person into a unit, which is made if it is new. Raises NotPermitted and Wrong."""
    require_role(who, RIGHT, f"put {person.display_name} into {code}", at)
    with transaction.atomic():
        unit = unit_coded(code)
        if person.units.filter(pk=unit.pk).exists():
            raise Wrong(f"{person.display_name} is in {unit.code} already")
        person.units.add(unit)
        log(who, "unit-joined", person, unit, at)
    return unit


def name_liaison(who: Who, person: Person, code: str, *, at: datetime) -> Unit:
    """Makes a person the liaison of a unit, and gives them the role liaison where they do not
    have it: they confirm the role forms of its people and of its sub-units'. Raises NotPermitted
    and Wrong."""
    require_role(who, RIGHT, f"make {person.display_name} liaison of {code}", at)
    unit = unit_known(code)
    named = person.liaison_of.filter(pk=unit.pk).exists()
    if named and person.has_role("liaison"):
        raise Wrong(f"{person.display_name} is liaison of {unit.code} already")
    with transaction.atomic():
        if not person.has_role("liaison"):
            change_person(who, person, roles=[*person.roles, "liaison"], at=at)
            person.refresh_from_db(fields=["roles"])
        if named:
            return unit
        person.liaison_of.add(unit)
        log(who, "liaison-named", person, unit, at)
    return unit


def end_liaison(who: Who, person: Person, code: str, *, at: datetime) -> Unit:
    """The opposite of name_liaison: with the last unit the role liaison goes too."""
    require_role(who, RIGHT, f"end {person.display_name} being liaison of {code}", at)
    unit = unit_known(code)
    if not person.liaison_of.filter(pk=unit.pk).exists():
        raise Wrong(f"{person.display_name} is not liaison of {unit.code}")
    with transaction.atomic():
        person.liaison_of.remove(unit)
        log(who, "liaison-ended", person, unit, at)
        if person.has_role("liaison") and not person.liaison_of.exists():
            rest = [role for role in person.roles if role != "liaison"]
            change_person(who, person, roles=rest, at=at)
            person.refresh_from_db(fields=["roles"])
    return unit


def unit_known(code: str) -> Unit:
    """The unit with this code or name, upper and lower case alike; Wrong if there is none."""
    found = unit_there(code)
    if found is None:
        raise Wrong(f"there is no unit {code}; `galley unit list` shows them")
    return found


def log(who: Who, action: str, person: Person, unit: Unit, at: datetime) -> None:
    append(
        action,
        person=who.name,
        acting=who.acting_name,
        subject=person.username,
        detail={"unit": unit.code},
        at=at,
    )
