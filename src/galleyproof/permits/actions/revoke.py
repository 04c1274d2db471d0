"""Revoking a permit. Runs under it stop at their next chunk."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.rights import require_role
from galleyproof.permits.actions.one import permit_numbered
from galleyproof.permits.days import day_of
from galleyproof.permits.models import Permit


def revoke(who: Who, permit_id: int, *, reason: str = "", at: datetime) -> Permit:
    """Revokes a permit for good. A right of systems librarians and administrators.

    Raises NotPermitted, and Wrong for a permit that is not there or revoked already.
    """
    require_role(who, ("systems-librarian", "administrator"), f"revoke permit {permit_id}", at)
    with transaction.atomic():
        permit = permit_numbered(permit_id, lock=True)
        if permit.revoked_at is not None:
            by = permit.revoked_by.display_name if permit.revoked_by else "somebody"
            raise Wrong(
                f"permit {permit_id} was revoked already, on {day_of(permit.revoked_at)} by {by}"
            )
        permit.revoked_at = at
        permit.revoked_by = who.person
        permit.reason = reason
        permit.save(update_fields=["revoked_at", "revoked_by", "reason"])
        append(
            "permit-revoked",
            person=who.name,
            acting=who.acting_name,
            subject=f"permit {permit_id}",
            reason=reason,
            detail={"person": permit.holder, "job": permit.job},
            at=at,
        )
    return permit
