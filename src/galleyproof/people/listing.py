"""Lists of people, units and groups, each in a handful of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from galleyproof.marc.errors import Wrong
from galleyproof.people.models import ROLES, Group, Person, Unit

BESIDE = ("units", "liaison_of", "groups", "library_roles")


def people(*, unit: str = "", role: str = "") -> list[Person]:
    """Everybody, by user name, with units, groups and roles read; of a unit, its sub-units'
    people too. Raises Wrong for a unit or role that is none."""
    return list(asked_for(unit, role))


def asked_for(unit: str, role: str) -> QuerySet[Person]:
    wanted = Person.objects.prefetch_related(*BESIDE).order_by("username")
    if role and role not in ROLES:
        raise Wrong(f"“{role}” is not a role; the roles are {', '.join(ROLES)}")
    if role:
        wanted = wanted.filter(roles__contains=[role])
    if unit:
        wanted = wanted.filter(units__in=[one.pk for one in within(unit)]).distinct()
    return wanted


def page(
    *, name: str = "", unit: str = "", role: str = "", after: str = "", limit: int
) -> list[Person]:
    """People whose names have `name` in them, by user name, from the one after `after` on."""
    wanted = asked_for(unit, role)
    if name:
        wanted = wanted.filter(Q(username__icontains=name) | Q(display_name__icontains=name))
    if after:
        wanted = wanted.filter(username__gt=after)
    return list(wanted[:limit])


def within(code: str) -> list[Unit]:
    """A unit and all under it. Raises Wrong for one that is not there."""
    units = list(Unit.objects.all())
    top = [one for one in units if one.code.casefold() == code.casefold()]
    if not top:
        raise Wrong(f"there is no unit {code}; `galley unit list` shows them")
    return under(top, units)


def under(top: Iterable[Unit], units: Sequence[Unit]) -> list[Unit]:
    """These units and, among all units, those anywhere under them."""
    found = {one.pk: one for one in top}
    while True:
        more = {one.pk: one for one in units if one.parent_id in found and one.pk not in found}
        if not more:
            return list(found.values())
        found |= more


def is_liaison_for(liaison: Person, person: Person) -> bool:
    """Whether one of the units that somebody is liaison of, or one under it, is the person's."""
    theirs = set(person.units.values_list("pk", flat=True))
    covered = under(liaison.liaison_of.all(), list(Unit.objects.all()))
    return any(one.pk in theirs for one in covered)


def units() -> list[Unit]:
    """All units, by code, with their people, liaisons and the unit above read."""
    wanted = Unit.objects.select_related("parent").prefetch_related("people", "liaisons")
    return list(wanted.order_by("code"))


def groups() -> list[Group]:
    """All groups, by name, with their members and permits read."""
    return list(Group.objects.prefetch_related("people", "permits").order_by("name"))
