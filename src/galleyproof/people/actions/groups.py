"""Groups: making one, joining and leaving.

A group's permits are its members', so joining one is a grant: never one's own doing.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.marc.plain_text import plain_name
from galleyproof.people.identity import Who
from galleyproof.people.models import Group, Person
from galleyproof.people.rights import deny, require_role
from galleyproof.people.sameness import is_one_of

RIGHT = ("systems-librarian", "administrator")


def add_group(who: Who, name: str, *, about: str = "", at: datetime) -> Group:
    """Makes a group without members. Raises NotPermitted, and Wrong for a name that is taken."""
    require_role(who, RIGHT, f"make the group {name}", at)
    name = " ".join(name.split())
    if not name or len(name) > 100:
        raise Wrong("a group has a name of at most 100 characters")
    plain_name(name, "the name of a group")
    if Group.objects.filter(name__iexact=name).exists():
        raise Wrong(f"there is a group “{name}” already")
    with transaction.atomic():
        group: Group = Group.objects.create(name=name, about=about)
        append(
            "group-made",
            person=who.name,
            acting=who.acting_name,
            subject=name,
            detail={"about": about},
            at=at,
        )
    return group


def join_group(who: Who, group: Group, person: Person, *, at: datetime) -> None:
    """Puts a person into a group, whose permits are theirs from then on: by a systems librarian,
    never into it oneself. Raises NotPermitted, and Wrong where they are in it."""
    subject = f"put {person.display_name} into {group.name}"
    require_role(who, ("systems-librarian",), subject, at)
    if is_one_of(who, person):
        deny(
            who.person,
            subject,
            "nobody puts themselves into a group, administrators included: its permits would be "
            "theirs; ask another systems librarian",
            at=at,
            acting=who.acting,
        )
    if group.people.filter(pk=person.pk).exists():
        raise Wrong(f"{person.display_name} is in {group.name} already")
    with transaction.atomic():
        group.people.add(person)
        log(who, "group-joined", group, person, at)


def leave_group(who: Who, group: Group, person: Person, *, at: datetime) -> None:
    """Takes a person out of a group; runs of theirs under its permits stop at their next chunk.
    By a systems librarian, an administrator, or themselves. Raises NotPermitted and Wrong."""
    if who.person.pk != person.pk:
        require_role(who, RIGHT, f"take {person.display_name} out of {group.name}", at)
    if not group.people.filter(pk=person.pk).exists():
        raise Wrong(f"{person.display_name} is not in {group.name}")
    with transaction.atomic():
        group.people.remove(person)
        log(who, "group-left", group, person, at)


def log(who: Who, action: str, group: Group, person: Person, at: datetime) -> None:
    append(
        action,
        person=who.name,
        acting=who.acting_name,
        subject=group.name,
        detail={"person": person.username},
        at=at,
    )
