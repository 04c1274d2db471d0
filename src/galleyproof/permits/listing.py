"""Listing permits."""

from __future__ import annotations

from datetime import datetime

from galleyproof.people.finding import person_named
from galleyproof.permits.models import Permit
from galleyproof.permits.standing import standing


def listing(
    *, person: str = "", job: str = "", environment: str = "", active_at: datetime | None = None
) -> list[Permit]:
    """The permits asked for, in the order of their numbers, with person and issuer read.

    person: a name. active_at: only those that are good at that moment. Raises Wrong for a name
    that is nobody's.
    """
    wanted = Permit.objects.select_related("person", "issued_by", "revoked_by").order_by("pk")
    if person:
        wanted = wanted.filter(person=person_named(person))
    if job:
        wanted = wanted.filter(job=job)
    if environment:
        wanted = wanted.filter(environment=environment)
    return [one for one in wanted if active_at is None or standing(one, active_at) == "active"]
