"""Revoking a permit. Runs under it stop at their next chunk."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.rights import require_role
from galleyproof.permits.actions.one import permit_numbered
from galleyproof.permits.days import day_of
from galleyproof.permits.listed_row import other_of_row
from galleyproof.permits.models import Permit


class Revoked(NamedTuple):
    """What was revoked. along: the sandbox permit of the same row of an office's list, which went
    with it. stays: the production permit of that row, where only the sandbox was revoked."""

    permit: Permit
    along: Permit | None = None
    stays: Permit | None = None


def revoke(who: Who, permit_id: int, *, reason: str = "", at: datetime) -> Revoked:
    """Revokes a permit for good. A right of systems librarians and administrators.

    One for production that came from an office's list takes the sandbox permit along that came
    with it; who loses only the sandbox keeps what the list gives in production. Raises
    NotPermitted, and Wrong for a permit that is not there or revoked already.
    """
    require_role(who, ("systems-librarian", "administrator"), f"revoke permit {permit_id}", at)
    with transaction.atomic():
        permit = permit_numbered(permit_id, lock=True)
        if permit.revoked_at is not None:
            by = permit.revoked_by.display_name if permit.revoked_by else "somebody"
            raise Wrong(
                f"permit {permit_id} was revoked already, on {day_of(permit.revoked_at)} by {by}"
            )
        other = other_of_row(permit, at)
        take_away(who, permit, reason, at)
        if other is None:
            return Revoked(permit)
        if permit.environment != "production":
            return Revoked(permit, stays=other)
        along = permit_numbered(other.pk, lock=True)
        take_away(who, along, reason, at, with_permit=permit_id)
    return Revoked(permit, along)


def take_away(who: Who, permit: Permit, reason: str, at: datetime, **more: int) -> None:
    permit.revoked_at = at
    permit.revoked_by = who.person
    permit.reason = reason
    permit.save(update_fields=["revoked_at", "revoked_by", "reason"])
    append(
        "permit-revoked",
        person=who.name,
        acting=who.acting_name,
        subject=f"permit {permit.pk}",
        reason=reason,
        detail={"person": permit.holder, "job": permit.job, **more},
        at=at,
    )
