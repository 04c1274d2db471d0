"""May they? The one answer, always with its reason. Everybody asks here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from galleyproof.people.denial import Answer, NotPermitted
from galleyproof.people.models import Person
from galleyproof.people.rights import deny
from galleyproof.permits.days import day_of
from galleyproof.permits.models import Permit
from galleyproof.permits.quota import day_is_full, used_on
from galleyproof.permits.standing import standing

__all__ = ["Answer", "NotPermitted", "deny", "may", "require"]


def may(
    person: Person,
    job: str,
    *,
    binding: str = "",
    environment: str,
    records: int | None = None,
    at: datetime,
    and_today: bool = False,
) -> Answer:
    """Whether the person may run the job, with this binding, in this environment.

    records: the size of the set; None asks without one. and_today: also whether the day has
    that many left, which a dry run, or a run that has reserved its own, does not ask.
    """
    permits = list(
        Permit.objects.filter(
            person=person, job=job, binding=binding, environment=environment
        ).select_related("revoked_by")
    )
    if not permits:
        return Answer(False, none_at_all(person, job, binding, environment, at))
    good = [permit for permit in permits if standing(permit, at) == "active"]
    if not good:
        nearest = nearest_to_good(permits, at)
        return Answer(False, not_good(nearest, at), nearest.pk)
    # The widest first, so that a refusal speaks of the most there is.
    for permit in sorted(good, key=width, reverse=True):
        fault = over_limit(permit, records, at, and_today)
        if not fault:
            return Answer(True, f"allowed by permit {permit.pk}", permit.pk)
    widest = max(good, key=width)
    return Answer(False, over_limit(widest, records, at, and_today), widest.pk)


def require(
    person: Person,
    job: str,
    *,
    binding: str = "",
    environment: str,
    records: int | None = None,
    at: datetime,
    acting: Person | None = None,
    and_today: bool = False,
) -> Answer:
    """As `may`; what is not allowed is logged as denied, and raised as NotPermitted."""
    answer = may(
        person,
        job,
        binding=binding,
        environment=environment,
        records=records,
        at=at,
        and_today=and_today,
    )
    if not answer.allowed:
        deny(
            person,
            f"{named(job, binding)} in {environment}",
            answer.reason,
            at=at,
            acting=acting,
            permit_id=answer.permit_id,
        )
    return answer


def width(permit: Permit) -> tuple[float, float, int]:
    return (
        float("inf") if permit.max_records is None else permit.max_records,
        float("inf") if permit.max_per_day is None else permit.max_per_day,
        -permit.pk,
    )


def over_limit(permit: Permit, records: int | None, at: datetime, and_today: bool) -> str:
    """Which limit the set breaks, as a sentence; "" if none."""
    if records is None:
        return ""
    if permit.max_records is not None and records > permit.max_records:
        return f"permit {permit.pk} ends at {permit.max_records:,} records, the set has {records:,}"
    if and_today and permit.max_per_day is not None:
        day = day_of(at)
        if used_on(permit.pk, day) + records > permit.max_per_day:
            return day_is_full(permit, records, day)
    return ""


def nearest_to_good(permits: Sequence[Permit], at: datetime) -> Permit:
    """The one worth speaking of: not yet begun, else expired, else revoked; the newest."""
    order = {"not-yet": 2, "expired": 1, "revoked": 0}
    return max(permits, key=lambda permit: (order[standing(permit, at)], permit.ends, permit.pk))


def not_good(permit: Permit, at: datetime) -> str:
    match standing(permit, at):
        case "revoked":
            by = permit.revoked_by.display_name if permit.revoked_by else "somebody"
            why = f": {permit.reason}" if permit.reason else ""
            return f"permit {permit.pk} was revoked on {day_of(permit.revoked_at)} by {by}{why}"
        case "not-yet":
            return f"permit {permit.pk} starts on {day_of(permit.starts)}"
        case _:
            return f"permit {permit.pk} expired on {day_of(permit.ends)}"


def none_at_all(person: Person, job: str, binding: str, environment: str, at: datetime) -> str:
    """No permit, and the nearest that they do have."""
    sentence = (
        f"no permit: {person.display_name} has none for {named(job, binding)} in {environment}"
    )
    theirs = [
        permit
        for permit in Permit.objects.filter(person=person).order_by("pk")
        if standing(permit, at) == "active"
    ]
    same_job = [permit for permit in theirs if permit.job == job]
    for near in (same_job, [permit for permit in theirs if permit.environment == environment]):
        if near:
            return f"{sentence}; they have {listed(near)}"
    return sentence


def listed(permits: Sequence[Permit]) -> str:
    shown = [
        f"{named(permit.job, permit.binding)} in {permit.environment} (permit {permit.pk})"
        for permit in permits[:3]
    ]
    more = f" and {len(permits) - 3} more" if len(permits) > 3 else ""
    return ", ".join(shown) + more


def named(job: str, binding: str) -> str:
    return f"{job} with {binding}" if binding else job
