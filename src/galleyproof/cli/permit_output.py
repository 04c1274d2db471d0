"""How a permit is shown."""

from __future__ import annotations

from typing import Any


def who_holds(permit: Any) -> str:
    return permit.person.username if permit.person else f"group {permit.group.name}"


def from_where(permit: Any) -> str:
    if permit.ticket is not None:
        return f"ticket {permit.ticket}"
    return f"list “{permit.listed_in}”" if permit.listed_in else "by hand"


def suspensions(permit: Any, state: str) -> list[Any]:
    """Why a permit rests; nothing for one that does not."""
    from galleyproof.permits.standing import why_suspended

    return why_suspended(permit) if state == "suspended" else []


def described(permit: Any, state: str, why: str) -> dict[str, Any]:
    return {
        "permit": permit.id,
        "person": permit.person.username if permit.person else None,
        "group": permit.group.name if permit.group else None,
        "job": permit.job,
        "binding": permit.binding or None,
        "environment": permit.environment,
        "state": state,
        "why": why or None,
        "suspended_for": [
            {**one.stored, "sentence": one.sentence} for one in suspensions(permit, state)
        ],
        "limits": permit.limits.stored(),
        "max_records": permit.max_records,
        "max_per_day": permit.max_per_day,
        "starts": permit.starts.isoformat(),
        "ends": permit.ends.isoformat(),
        "ticket": permit.ticket,
        "list": permit.listed_in or None,
        "grandfathered": permit.grandfathered,
        "issued_by": permit.issued_by.username,
        "revoked": permit.revoked_at.isoformat() if permit.revoked_at else None,
    }
