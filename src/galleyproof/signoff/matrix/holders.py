"""The people and groups that a list names: found, or made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from galleyproof.audit.log import append
from galleyproof.people.actions.add_person import faults, names
from galleyproof.people.identity import Who
from galleyproof.people.models import Group, Person
from galleyproof.people.units import unit_coded


@dataclass(slots=True)
class Holders:
    """Everybody and every group, read once, and added to as a list is worked through."""

    by_name: dict[str, list[Person]] = field(default_factory=dict)
    by_username: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    made: list[Person] = field(default_factory=list)
    groups_made: list[Group] = field(default_factory=list)

    @classmethod
    def read(cls) -> Holders:
        found = cls()
        for person in Person.objects.order_by("pk").prefetch_related("units"):
            found.know(person)
        for group in Group.objects.prefetch_related("people"):
            found.groups[group.name.casefold()] = group
        return found

    def know(self, person: Person) -> None:
        self.by_username[person.username] = person
        for name in names_of(person):
            self.by_name.setdefault(name, []).append(person)

    def units_of(self, person: Person) -> set[str]:
        """The codes of a person's units; they were read with the person."""
        return {one.code for one in person.units.all()}

    def people_named(self, name: str) -> list[Person]:
        """The people that a list may mean: by user name, display name, or “Last, First”. A user
        name written exactly is that person's, whatever others are called."""
        if name in self.by_username:
            return [self.by_username[name]]
        for one in (name.casefold(), plain_name(name), turned(name)):
            if one and one in self.by_name:
                return self.by_name[one]
        return []


def names_of(person: Person) -> set[str]:
    """The names by which a list may mean a person, as compared."""
    return {person.username.casefold(), plain_name(person.display_name)}


def plain_name(name: str) -> str:
    return " ".join(name.casefold().split())


def turned(name: str) -> str:
    """“Alvarez, Amy” as “amy alvarez”; "" for a name without a comma."""
    last, comma, first = name.partition(",")
    return plain_name(f"{first} {last}") if comma and first.strip() else ""


def upright(name: str) -> str:
    """A name as it is displayed: “Alvarez, Amy” is Amy Alvarez."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else name


def name_fault(name: str) -> str:
    """Why no account can be made under a name, as a doubt; "" if one can."""
    username, _ = names(upright(name), "")
    found = [one for one in faults(name, username, "", "", (), "") if "already" not in one]
    return found[0] if found else ""


def make_person(
    who: Who, holders: Holders, name: str, units_named: Sequence[str], at: datetime
) -> Person:
    """An account that cannot sign in until an administrator activates it. units_named: codes."""
    username, display = names(upright(name), "")
    taken = {known.casefold() for known in holders.by_username}
    free, count = username, 2
    while free.casefold() in taken:
        free, count = f"{username}{count}", count + 1
    person = Person(username=free, display_name=display, roles=["staff"], is_active=False)
    person.set_unusable_password()
    person.save()
    units = [unit_coded(code) for code in units_named]
    person.units.set(units)
    append(
        "person-added",
        person=who.name,
        acting=who.acting_name,
        subject=free,
        detail={
            "display_name": display,
            "email": "",
            "roles": person.roles,
            "unit": ", ".join(one.code for one in units),
            "active": False,
        },
        at=at,
    )
    holders.know(person)
    holders.made.append(person)
    return person


def make_group(holders: Holders, name: str) -> Group:
    group: Group = Group.objects.create(name=name[:100], about="named in an imported list")
    holders.groups[group.name.casefold()] = group
    holders.groups_made.append(group)
    return group
