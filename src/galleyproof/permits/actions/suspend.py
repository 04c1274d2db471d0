"""Suspending: by hand, or by itself when what was signed off has changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.people.rights import require_role
from galleyproof.permits.actions.one import permit_numbered
from galleyproof.permits.models import Permit
from galleyproof.permits.suspensions import SUSPENSIONS, Suspension, by_hand, sentences


def suspend(who: Who, permit_id: int, *, why: str, at: datetime) -> Permit:
    """Suspends a permit by hand: a right of systems librarians and administrators. Runs under it
    stop at their next chunk.

    Raises NotPermitted, and Wrong for a permit that is not there, revoked, or suspended already.
    """
    require_role(who, ("systems-librarian", "administrator"), f"suspend permit {permit_id}", at)
    if not why.strip():
        raise Wrong("say why it is suspended; its holder will read it")
    with transaction.atomic():
        permit = permit_numbered(permit_id, lock=True)
        if permit.revoked_at is not None:
            raise Wrong(f"permit {permit_id} is revoked for good; there is nothing to suspend")
        if permit.suspended_at is not None:
            raise Wrong(f"permit {permit_id} is suspended already: {sentences(permit.suspensions)}")
        permit.suspended_at, permit.suspended_for = at, [by_hand(why).stored]
        permit.acknowledged_at = None
        permit.save(update_fields=["suspended_at", "suspended_for", "acknowledged_at"])
        append(
            "permit-suspended",
            person=who.name,
            acting=who.acting_name,
            subject=f"permit {permit_id}",
            reason=why,
            detail={"person": permit.holder, "job": permit.job, "for": "by-hand"},
            at=at,
        )
    return permit


def suspend_for_job(
    job: str, why: str, *, by: str = "", acting: str | None = None, at: datetime
) -> list[int]:
    """Suspends every permit for a job, whatever its binding: its definition has changed."""
    reason = Suspension("job", {"job": job, "why": why})
    return suspend_all(reason, by=by, acting=acting, at=at, job=job)


def suspend_for_bindings(
    bindings: Sequence[str],
    reason: Suspension,
    *,
    by: str = "",
    acting: str | None = None,
    at: datetime,
) -> list[int]:
    """Suspends every permit bound to one of these: the rule set or profile has changed.

    by: the user name of who changed it. Returns the permits' numbers; already suspended ones are
    to be acknowledged once more.
    """
    return suspend_all(reason, by=by, acting=acting, at=at, bindings=bindings)


def suspend_for_reading(
    reason: Suspension,
    *,
    job: str | None = None,
    by: str = "",
    acting: str | None = None,
    at: datetime,
) -> list[int]:
    """Suspends every permit that a reading is required for: those of one job, or (None) all."""
    return suspend_all(reason, by=by, acting=acting, at=at, job=job)


def suspend_for_person(
    person: Person,
    reason: Suspension,
    *,
    permit: int | None = None,
    by: str = "",
    acting: str | None = None,
    at: datetime,
) -> list[int]:
    """Suspends a person's own permits, or one of them: they left a unit, or broke a limit."""
    return suspend_all(reason, by=by, acting=acting, at=at, person=person.pk, permit=permit)


SUSPEND = """
    UPDATE governing.permit SET suspended_at = coalesce(suspended_at, %(at)s),
        acknowledged_at = NULL,
        suspended_for = CASE WHEN suspended_at IS NULL THEN '[]'::jsonb ELSE suspended_for END
                        || %(reason)s::jsonb
    WHERE revoked_at IS NULL AND ends >= %(at)s
      AND (%(job)s::text IS NULL OR job = %(job)s)
      AND (%(bindings)s::text[] IS NULL OR binding = ANY(%(bindings)s))
      AND (%(person)s::bigint IS NULL OR person_id = %(person)s)
      AND (%(permit)s::bigint IS NULL OR id = %(permit)s)
    RETURNING id
"""


def suspend_all(
    reason: Suspension,
    *,
    by: str,
    acting: str | None,
    at: datetime,
    job: str | None = None,
    bindings: Sequence[str] | None = None,
    person: int | None = None,
    permit: int | None = None,
) -> list[int]:
    """One statement and one log entry, however many permits there are. by: "" for the system."""
    code = reason.code
    if code not in SUSPENSIONS:
        raise ValueError(f"{code} is not a reason to suspend; there are {', '.join(SUSPENSIONS)}")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                SUSPEND,
                {
                    "at": at,
                    "reason": json.dumps([reason.stored]),
                    "job": job,
                    "bindings": None if bindings is None else list(bindings),
                    "person": person,
                    "permit": permit,
                },
            )
            numbers = sorted(number for (number,) in cursor.fetchall())
        if numbers:
            append(
                "permits-suspended",
                person=by,
                acting=acting,
                subject=", ".join(f"permit {number}" for number in numbers[:20])
                + (f" and {len(numbers) - 20} more" if len(numbers) > 20 else ""),
                reason=reason.sentence,
                detail={
                    "permits": numbers,
                    "for": code,
                    "because": reason.stored,
                    "job": job,
                    "bindings": bindings,
                },
                at=at,
            )
    return numbers
