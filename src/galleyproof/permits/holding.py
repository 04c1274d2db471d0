"""What a person holds: their own permits, those of their groups, and the denials against them.

`may` and every list of permits look here, so that they cannot tell different stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from galleyproof.people.models import Group, Person
from galleyproof.permits.days import day_of
from galleyproof.permits.elsewhere import known
from galleyproof.permits.envelope import Envelope
from galleyproof.permits.limits import Limits
from galleyproof.permits.models import Denial, Permit
from galleyproof.permits.standing import Stands, standing, why_not


class Holding(NamedTuple):
    """A permit as it stands for one person. state: one of STANDINGS, or `denied`. why: the
    sentence, "" where it is active. role: what a library role for some libraries only leaves."""

    permit: Permit
    state: str
    why: str
    role: Limits | None = None


def held_by(
    person: Person,
    at: datetime,
    *,
    job: str | None = None,
    binding: str | None = None,
    environment: str | None = None,
) -> list[Holding]:
    """Everything that a person holds, own permits and groups', by number. None does not narrow.
    Four queries, whatever there is."""
    groups = list(Group.objects.filter(people=person))
    wanted = Permit.objects.filter(Q(person=person) | Q(group__in=groups))
    if job is not None:
        wanted = wanted.filter(job=job)
    if binding is not None:
        wanted = wanted.filter(binding=binding)
    if environment is not None:
        wanted = wanted.filter(environment=environment)
    permits = wanted.select_related("person", "group", "issued_by", "revoked_by").order_by("pk")
    denials = denials_of(person, groups)
    roles = [(one.role, one.library) for one in person.library_roles.all()]
    return [as_held(permit, person, roles, denials, at) for permit in permits]


def as_held(
    permit: Permit,
    person: Person,
    roles: Sequence[tuple[str, str]],
    denials: Sequence[Denial],
    at: datetime,
) -> Holding:
    """roles: (library role, library) of the person's account."""
    state = state_of(permit, roles, denials, at)
    if state == "active":
        return Holding(permit, state, "", role_limits(permit, roles))
    if state == "denied":
        denial = beaten_by(denials, permit.job, permit.binding, permit.environment)
        assert denial is not None
        return Holding(permit, state, denied(denial))
    return Holding(permit, state, why_not(permit, at) or lacking(permit, person))


def state_of(
    permit: Stands,
    roles: Sequence[tuple[str, str]] | None,
    denials: Sequence[Denial],
    at: datetime,
) -> str:
    """How a permit stands for a person with these roles and denials, or for a group, which has no
    roles of its own (None): one of STANDINGS, or `denied`."""
    state = standing(permit, at)
    if state != "active":
        return state
    if beaten_by(denials, permit.job, permit.binding, permit.environment) is not None:
        return "denied"
    return state if roles is None or carries_role(permit, roles) else "waits-for-role"


def carries_role(permit: Stands, roles: Sequence[tuple[str, str]]) -> bool:
    """Whether an account with these roles has the one that the permit needs, if it needs one."""
    needed = roles_needed(permit)
    return not needed or any(role in needed for role, _ in roles)


def roles_needed(permit: Stands) -> Sequence[str]:
    """The library roles of which a permit needs one; none where it needs none.

    Only in production, and not for grandfathered permits, whose holders' accounts nobody has
    written down yet.
    """
    if permit.environment != "production" or permit.grandfathered:
        return ()
    job = known(permit.job)
    return () if job is None else job.library_roles


def lacking(permit: Permit, person: Person) -> str:
    needed = " or ".join(roles_needed(permit))
    return (
        f"permit {permit.pk} waits for the library role: {permit.job} needs {needed} in "
        f"production, and the account of {person.display_name} does not carry it"
    )


def role_limits(permit: Permit, roles: Sequence[tuple[str, str]]) -> Limits | None:
    """What a role for some libraries only leaves."""
    needed = roles_needed(permit)
    carried = [(role, library) for role, library in roles if role in needed]
    if not carried or any(library == "" for _, library in carried):
        return None
    libraries = tuple(sorted({library for _, library in carried}))
    named = " or ".join(sorted({role for role, _ in carried}))
    return Limits(f"the library role {named}", Envelope(libraries=libraries))


def denials_of(person: Person, groups: Iterable[Group]) -> list[Denial]:
    """The denials in force against a person or a group of theirs, the first first."""
    return list(
        Denial.objects.filter(Q(person=person) | Q(group__in=list(groups)), lifted_at=None)
        .select_related("person", "group", "denied_by")
        .order_by("pk")
    )


def beaten_by(denials: Sequence[Denial], job: str, binding: str, environment: str) -> Denial | None:
    """The first denial that covers this, if any."""
    for one in denials:
        if (
            one.job in ("", job)
            and one.binding in ("", binding)
            and one.environment in ("", environment)
        ):
            return one
    return None


def denied(denial: Denial) -> str:
    whom = f" to {denial.holder}" if denial.group_id else ""
    return (
        f"denied{whom} by {denial.denied_by.display_name} on {day_of(denial.denied_at)}: "
        f"{denial.reason} (denial {denial.pk}, which beats every permit)"
    )
