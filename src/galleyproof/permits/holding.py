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
from galleyproof.permits.standing import standing, why_not


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
    state = standing(permit, at)
    if state != "active":
        return Holding(permit, state, why_not(permit, at))
    denial = beaten_by(denials, permit.job, permit.binding, permit.environment)
    if denial is not None:
        return Holding(permit, "denied", denied(denial))
    lacking, role = role_limits(permit, person, roles)
    if lacking:
        return Holding(permit, "waits-for-role", lacking)
    return Holding(permit, state, "", role)


def role_limits(
    permit: Permit, person: Person, roles: Sequence[tuple[str, str]]
) -> tuple[str, Limits | None]:
    """(what is lacking, what a role for some libraries only leaves).

    Only in production, and not for grandfathered permits, whose holders' accounts nobody has
    written down yet.
    """
    job = known(permit.job)
    if permit.environment != "production" or permit.grandfathered:
        return "", None
    if job is None or not job.library_roles:
        return "", None
    carried = [(role, library) for role, library in roles if role in job.library_roles]
    if not carried:
        needed = " or ".join(job.library_roles)
        return (
            f"permit {permit.pk} waits for the library role: {permit.job} needs {needed} in "
            f"production, and the account of {person.display_name} does not carry it"
        ), None
    if any(library == "" for _, library in carried):
        return "", None
    libraries = tuple(sorted({library for _, library in carried}))
    named = " or ".join(sorted({role for role, _ in carried}))
    return "", Limits(f"the library role {named}", Envelope(libraries=libraries))


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
