"""The two steps out of a suspension: the holder acknowledges, a systems librarian confirms."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.rights import deny, require_role
from galleyproof.permits.actions.one import is_holder, permit_numbered
from galleyproof.permits.elsewhere import revision_of, unread
from galleyproof.permits.models import Permit
from galleyproof.permits.standing import standing, suspended, why_suspended
from galleyproof.permits.suspensions import sentences

SUSPENDED = [
    "suspended_at",
    "suspended_for",
    "acknowledged_at",
    "acknowledged_revision",
]


def acknowledge(who: Who, permit_id: int, *, at: datetime) -> Permit:
    """The holder (of a group's permit: a member) says that they have seen what changed.

    Raises NotPermitted for anybody else, and Wrong for a permit that is not suspended, or that
    rests for a reading which they have not read.
    """
    permit = permit_numbered(permit_id)
    if not is_holder(who, permit):
        deny(
            who.person,
            f"acknowledge for permit {permit_id}",
            f"permit {permit_id} is {permit.holder}'s; only its holder acknowledges the change",
            at=at,
            acting=who.acting,
        )
    with transaction.atomic():
        permit = permit_numbered(permit_id, lock=True)
        if standing(permit, at) != "suspended":
            raise Wrong(f"permit {permit_id} is {standing(permit, at)}, not suspended")
        revision = revision_of(permit.job)
        if permit.acknowledged_at is not None and permit.acknowledged_revision == revision:
            raise Wrong(suspended(permit))
        reasons = why_suspended(permit)
        for_reading = any(one.code == "reading" for one in reasons)
        if for_reading and (missing := unread(who.person, permit.job)):
            raise Wrong("\n".join(missing))
        if permit.suspended_at is None:
            # The job's definition changed under it; from here on the row says so itself.
            permit.suspended_at = at
            permit.suspended_for = [one.stored for one in reasons]
        permit.acknowledged_at = at
        permit.acknowledged_revision = revision
        permit.save(update_fields=SUSPENDED)
        append(
            "permit-acknowledged",
            person=who.name,
            acting=who.acting_name,
            subject=f"permit {permit_id}",
            reason=sentences(reasons),
            at=at,
        )
    return permit


def confirm(who: Who, permit_id: int, *, at: datetime) -> Permit:
    """A systems librarian who is not the holder lets an acknowledged permit go on.

    Raises NotPermitted for anybody else, and Wrong for a permit that is not suspended, or that its
    holder has not acknowledged.
    """
    subject = f"confirm permit {permit_id}"
    require_role(who, ("systems-librarian",), subject, at)
    permit = permit_numbered(permit_id)
    if is_holder(who, permit):
        deny(
            who.person,
            subject,
            "nobody confirms their own permit, administrators included; ask another systems "
            "librarian",
            at=at,
            acting=who.acting,
        )
    with transaction.atomic():
        permit = permit_numbered(permit_id, lock=True)
        if standing(permit, at) != "suspended":
            raise Wrong(f"permit {permit_id} is {standing(permit, at)}, not suspended")
        if permit.acknowledged_at is None:
            raise Wrong(suspended(permit))
        revision = revision_of(permit.job)
        if permit.acknowledged_revision != revision:
            raise Wrong(
                f"{permit.job} is at revision {revision} by now, and {permit.holder} acknowledged "
                f"revision {permit.acknowledged_revision}; they acknowledge once more"
            )
        why = sentences(permit.suspensions)
        permit.suspended_at, permit.suspended_for = None, []
        permit.acknowledged_at = permit.acknowledged_revision = None
        permit.job_revision = revision
        permit.save(update_fields=[*SUSPENDED, "job_revision"])
        append(
            "permit-confirmed",
            person=who.name,
            acting=who.acting_name,
            subject=f"permit {permit_id}",
            reason=why,
            detail={"job": permit.job, "job_revision": permit.job_revision},
            at=at,
        )
    return permit
