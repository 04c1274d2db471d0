"""Who may undo a run: its requester within the permit it ran under, others by a permit."""

from __future__ import annotations

from datetime import datetime, timedelta

from galleyproof.people.denial import Answer
from galleyproof.people.models import Person
from galleyproof.permits.deciding import deny, may
from galleyproof.permits.holding import beaten_by, denials_of, denied
from galleyproof.permits.models import Permit
from galleyproof.permits.standing import suspended
from galleyproof.runs.models import Run

OWN_DAYS = 30
"""How long undoing one's own run is granted with the permit it ran under, after that has ended."""

STILL_UNDOES = ("job", "binding", "reading")
"""Suspensions that leave undoing one's own run alone: what has changed is what the job does, and
an undo does not do it."""


def may_undo(person: Person, undone: Run, at: datetime) -> Answer:
    """Whether a person may undo a run, by which permit (None for one's own) and in which limits.

    A cap of the day never hinders an undo, and hours never one's own.
    """
    if person.pk == undone.person_id and (undone.permit_id or undone.undoes_id):
        return own(person, undone, at)
    changed = (undone.counts or {}).get("changed")
    place = {"environment": undone.environment_id, "records": changed, "at": at}
    by_undo = may(person, "undo", **place)
    if by_undo.allowed:
        return by_undo
    by_job = may(person, undone.job, binding=undone.binding, undoes_others=True, **place)
    if by_job.allowed:
        return by_job
    if by_job.permit_id is not None and by_undo.permit_id is None:
        return by_job
    return by_undo


def own(person: Person, undone: Run, at: datetime) -> Answer:
    """One's own run, or one's own undo taken back."""
    permit = undone.permit
    against = denials_of(person, person.groups.all())
    denial = beaten_by(against, "undo", "", undone.environment_id)
    if denial is None and permit is not None:
        denial = beaten_by(against, permit.job, permit.binding, permit.environment)
    if denial is not None:
        return Answer(False, denied(denial))
    fault = own_fault(permit, undone, at) if permit is not None else ""
    if fault:
        return Answer(False, fault, undone.permit_id)
    return Answer(True, f"run {undone.pk} is their own")


def own_fault(permit: Permit, undone: Run, at: datetime) -> str:
    if permit.revoked_at is not None or at > permit.ends + timedelta(days=OWN_DAYS):
        return (
            f"permit {permit.pk}, under which run {undone.pk} ran, has been revoked or ended "
            f"more than {OWN_DAYS} days ago"
        )
    if any(one.code not in STILL_UNDOES for one in permit.suspensions):
        return suspended(permit)
    return ""


def require_undo(
    person: Person, undone: Run, at: datetime, *, acting: Person | None = None
) -> Answer:
    """As may_undo; what is not allowed is logged and raised as NotPermitted."""
    answer = may_undo(person, undone, at)
    if not answer.allowed:
        deny(
            person,
            f"undo run {undone.pk}",
            answer.reason,
            at=at,
            acting=acting,
            permit_id=answer.permit_id,
        )
    return answer
