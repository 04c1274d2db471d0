"""Whether a permit is good at a moment: in Python, and in SQL for the commit of a chunk."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from galleyproof.permits.days import day_of
from galleyproof.permits.elsewhere import known
from galleyproof.permits.models import Permit
from galleyproof.permits.suspensions import Suspension, job_changed, sentences

STANDINGS = ("active", "waits-for-role", "suspended", "not-yet", "expired", "revoked")
"""From the best to the worst."""


class Stands(Protocol):
    """What of a permit says how it stands: a Permit, or a row of these columns."""

    job: str
    binding: str
    environment: str
    job_revision: int
    starts: datetime
    ends: datetime
    grandfathered: bool
    waits_for_role: bool
    suspended_at: datetime | None
    revoked_at: datetime | None


def standing(permit: Stands, at: datetime) -> str:
    """One of STANDINGS: of the permit itself, whoever asks."""
    if permit.revoked_at is not None:
        return "revoked"
    if at > permit.ends:
        return "expired"
    if at < permit.starts:
        return "not-yet"
    if permit.suspended_at is not None or job_has_changed(permit):
        return "suspended"
    return "waits-for-role" if permit.waits_for_role else "active"


def job_has_changed(permit: Stands) -> bool:
    """Whether the job is at another revision than was signed off, or acknowledged since."""
    job = known(permit.job)
    return job is not None and job.revision != permit.job_revision


def why_not(permit: Permit, at: datetime) -> str:
    """Why a permit is not good, as a sentence; "" if it is."""
    match standing(permit, at):
        case "revoked":
            by = permit.revoked_by.display_name if permit.revoked_by else "somebody"
            why = f": {permit.reason}" if permit.reason else ""
            return f"permit {permit.pk} was revoked on {day_of(permit.revoked_at)} by {by}{why}"
        case "not-yet":
            return f"permit {permit.pk} starts on {day_of(permit.starts)}"
        case "expired":
            return f"permit {permit.pk} expired on {day_of(permit.ends)}"
        case "suspended":
            return suspended(permit)
        case "waits-for-role":
            when = (
                "it was taken from the account; the permit goes on when it is given again"
                if permit.role_taken
                else "it takes effect when the role form has been applied"
            )
            return f"permit {permit.pk} waits for the library role: {when}"
    return ""


def why_suspended(permit: Permit) -> list[Suspension]:
    """Why a permit rests. One whose job has changed says so though its row does not yet."""
    if permit.suspended_at is not None:
        return permit.suspensions
    job = known(permit.job)
    return [job_changed(permit.job, permit.job_revision, job.revision if job else None)]


def suspended(permit: Permit) -> str:
    since = f" since {day_of(permit.suspended_at)}" if permit.suspended_at else ""
    why = sentences(why_suspended(permit))
    if permit.acknowledged_at is None:
        step = f"{permit.holder} acknowledges it (galley permit acknowledge {permit.pk})"
    else:
        step = f"a systems librarian confirms it (galley permit confirm {permit.pk})"
    return f"permit {permit.pk} is suspended{since}: {why}; next, {step}"


def permit_still_good_sql() -> str:
    """One row if the permit numbered %(permit)s is good now for the person numbered %(person)s,
    none otherwise.

    For the environments' roles, in the transaction that commits a chunk; now() is its start. The
    function is in migrations/standing.sql; what it cannot know, a job's revision, is asked
    whenever a worker begins on a run.
    """
    return "SELECT 1 WHERE governing.permit_is_good(%(permit)s, %(person)s)"
