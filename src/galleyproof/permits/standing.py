"""Whether a permit is good at a moment, in Python and in SQL."""

from __future__ import annotations

from datetime import datetime

from galleyproof.permits.models import Permit


def standing(permit: Permit, at: datetime) -> str:
    """active, not-yet, expired or revoked."""
    if permit.revoked_at is not None:
        return "revoked"
    if at < permit.starts:
        return "not-yet"
    return "active" if at <= permit.ends else "expired"


def permit_still_good_sql() -> str:
    """One row if the permit numbered %(permit)s is good now, none otherwise.

    For the environments' roles, in the transaction that commits a chunk; now() is its start.
    """
    return (
        "SELECT 1 FROM governing.permit WHERE id = %(permit)s"
        " AND revoked_at IS NULL AND now() BETWEEN starts AND ends"
    )
