"""Who counts as the same person: nobody issues, widens or confirms their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galleyproof.people.models import Group, Person

if TYPE_CHECKING:
    from galleyproof.people.identity import Who


def same_person(one: Person, other: Person) -> bool:
    """Two accounts with one e-mail address are one person. So are an account and whoever else set
    its password last, who may be the one that signs in with it."""
    mail = one.email.strip().casefold()
    return (
        bool(one.pk == other.pk)
        or (mail != "" and mail == other.email.strip().casefold())
        or one.password_by == other.username
        or other.password_by == one.username
    )


def is_one_of(who: Who, *people: Person) -> bool:
    """Whether who asks, or under --as who really typed it, is one of these people."""
    asking = [who.person] + ([who.acting] if who.acting else [])
    return any(same_person(one, other) for one in asking for other in people)


def is_among(who: Who, group: Group) -> bool:
    """The same for the members of a group."""
    return is_one_of(who, *group.people.all())
