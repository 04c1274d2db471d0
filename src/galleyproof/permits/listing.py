"""Listing permits: each with how it stands, and whom it holds for."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from django.db.models import Q

from galleyproof.people.finding import person_named
from galleyproof.people.models import Person
from galleyproof.permits.elsewhere import known
from galleyproof.permits.holding import Holding, beaten_by, denied, held_by
from galleyproof.permits.models import Denial, Permit
from galleyproof.permits.standing import standing, why_not


def listing(
    *,
    person: str = "",
    job: str = "",
    environment: str = "",
    state: str = "",
    active_at: datetime | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[Permit]:
    """The permits asked for, in the order of their numbers, with holder and issuer read.

    person: a name; their groups' permits are theirs too. state: one of STANDINGS, at active_at.
    active_at: only those that are good at that moment. after: only those numbered
    above. Raises Wrong for a name that is nobody's.
    """
    wanted = Permit.objects.select_related("person", "group", "issued_by", "revoked_by")
    if person:
        found = person_named(person)
        wanted = wanted.filter(Q(person=found) | Q(group__in=list(found.groups.all())))
    if job:
        wanted = wanted.filter(job=job)
    if environment:
        wanted = wanted.filter(environment=environment)
    if after:
        wanted = wanted.filter(pk__gt=after)
    if active_at is None:
        return list(wanted.order_by("pk")[:limit])
    if (state or "active") == "active":
        wanted = wanted.filter(active(active_at))
    permits = wanted.order_by("pk").iterator(chunk_size=500)
    good = (one for one in permits if standing(one, active_at) == (state or "active"))
    return list(islice(good, limit))


def active(at: datetime) -> Q:
    """The permits that `standing` calls active at a moment, found by the database."""
    changed = Q()
    for code in Permit.objects.values_list("job", flat=True).distinct():
        job = known(code)
        if job is not None:
            changed |= Q(job=code) & ~Q(job_revision=job.revision)
    good = Q(
        revoked_at=None,
        starts__lte=at,
        ends__gte=at,
        suspended_at=None,
        waits_for_role=False,
    )
    return good & ~changed if changed else good


def standings(
    at: datetime, *, person: Person | None = None, job: str = "", environment: str = ""
) -> list[Holding]:
    """Permits with how they stand, at a handful of queries however many there are.

    person: as they stand for that person, groups' permits and library roles included; without
    one, as they stand for their holder: a denial of the holder itself shows, one of a single
    member of a group does not.
    """
    if person is not None:
        return held_by(person, at, job=job or None, environment=environment or None)
    permits = listing(job=job, environment=environment)
    denials = list(
        Denial.objects.filter(lifted_at=None).select_related("person", "group", "denied_by")
    )
    return [of_holder(permit, denials, at) for permit in permits]


def of_holder(permit: Permit, denials: list[Denial], at: datetime) -> Holding:
    state, why = standing(permit, at), why_not(permit, at)
    against = [
        one
        for one in denials
        if (one.person_id, one.group_id) == (permit.person_id, permit.group_id)
    ]
    denial = beaten_by(against, permit.job, permit.binding, permit.environment)
    if state == "active" and denial is not None:
        return Holding(permit, "denied", denied(denial))
    return Holding(permit, state, why)


def denials(*, all: bool = False) -> list[Denial]:
    """The denials in force (all: lifted ones too), in the order of their numbers."""
    wanted = Denial.objects.select_related("person", "group", "denied_by", "lifted_by")
    if not all:
        wanted = wanted.filter(lifted_at=None)
    return list(wanted.order_by("pk"))
