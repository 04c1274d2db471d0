"""The two permits of one row of an office's list: production, and the sandbox that came with it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from galleyproof.permits.models import Permit


def other_of_row(permit: Permit, at: datetime) -> Permit | None:
    """The permit in the other environment that came from a list for just the same: this holder,
    job and binding; None where there is none that is neither revoked nor past. A sandbox permit
    that another production permit from a list stands on is not this one's."""
    if not permit.listed_in:
        return None
    production = permit.environment == "production"
    if production and alike(permit, "production", at).exclude(pk=permit.pk).exists():
        return None
    return alike(permit, "sandbox" if production else "production", at).order_by("pk").last()


def alike(permit: Permit, environment: str, at: datetime) -> QuerySet[Permit]:
    return Permit.objects.filter(
        person=permit.person_id,
        group=permit.group_id,
        job=permit.job,
        binding=permit.binding,
        environment=environment,
        revoked_at=None,
        ends__gt=at,
    ).exclude(listed_in="")
