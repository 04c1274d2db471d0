"""Listing permits."""

from __future__ import annotations

from datetime import datetime

from galleyproof.people.finding import person_named
from galleyproof.permits.models import Permit


def listing(
    *,
    person: str = "",
    job: str = "",
    environment: str = "",
    active_at: datetime | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[Permit]:
    """The permits asked for, in the order of their numbers, with person and issuer read.

    person: a name. active_at: only those that are good at that moment. after: only those numbered
    above it. Raises Wrong for a name that is nobody's.
    """
    wanted = Permit.objects.select_related("person", "issued_by", "revoked_by").order_by("pk")
    if person:
        wanted = wanted.filter(person=person_named(person))
    if job:
        wanted = wanted.filter(job=job)
    if environment:
        wanted = wanted.filter(environment=environment)
    if after:
        wanted = wanted.filter(pk__gt=after)
    if active_at is not None:
        wanted = wanted.filter(revoked_at=None, starts__lte=active_at, ends__gte=active_at)
    return list(wanted[:limit])
