"""May they? The one answer, always with its reason. Everybody asks here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from galleyproof.jobs.given import Given
from galleyproof.people.denial import Answer, NotPermitted
from galleyproof.people.models import Group, Person
from galleyproof.people.rights import deny
from galleyproof.permits.days import day_of
from galleyproof.permits.elsewhere import open_ticket
from galleyproof.permits.holding import Holding, beaten_by, denials_of, denied, held_by
from galleyproof.permits.limits import Asked, Limits, day_limit, faults
from galleyproof.permits.models import Permit
from galleyproof.permits.quota import used_on
from galleyproof.permits.standing import STANDINGS
from galleyproof.permits.trip import trip

__all__ = ["Answer", "NotPermitted", "deny", "may", "require"]


def may(
    person: Person,
    job: str,
    *,
    binding: str = "",
    environment: str,
    records: int | None = None,
    parameters: Given | None = None,
    at: datetime,
    writes: bool = True,
    scheduled: bool = False,
    undoes_others: bool = False,
    and_today: bool = False,
    only: int | None = None,
) -> Answer:
    """Whether the person may run the job, with this binding, in this environment.

    records: the size of the set; None asks without one. parameters: what the job's say; None asks
    without them. writes: false for a dry run, which needs no hours and which an open ticket
    allows too. scheduled: for a run that a schedule starts. undoes_others: to undo a run of the
    job that somebody else made. and_today: also whether the day has
    that many records left, which a run that has reserved its own does not ask. only: by this
    permit and no other, for a run that began under it.

    An account that is not active may nothing. A denial beats every permit. Of a person's own
    permits and their groups', the narrower holds, limit by limit: the own permit is used, and the
    group's is asked too.
    """
    if not person.is_active:
        return Answer(False, f"the account of {person.display_name} is not active")
    groups = list(Group.objects.filter(people=person))
    denial = beaten_by(denials_of(person, groups), job, binding, environment)
    if denial is not None:
        return Answer(False, denied(denial))
    held = held_by(person, at, job=job, binding=binding, environment=environment)
    good = [one for one in held if one.state == "active"]
    own = [one for one in good if one.permit.person_id]
    others = [one for one in good if one.permit.group_id]
    if only is not None:
        used = [one for one in held if one.permit.pk == only]
        if not used or used[0].state != "active":
            return Answer(False, *not_good(used, only))
        own, others = used, others if used[0].permit.person_id else []
    if not good:
        ticket = None if writes else open_ticket(person, job, binding, environment)
        if ticket is not None:
            reason = f"a dry run is allowed by ticket {ticket.number}, which is {ticket.state}"
            return Answer(True, reason, None, ticket.number)
        if not held:
            return Answer(False, none_at_all(person, job, binding, environment, at))
        nearest = min(held, key=lambda one: (STANDINGS.index(one.state), -one.permit.pk))
        return Answer(False, nearest.why, nearest.permit.pk, nearest.permit.ticket)

    asked = Asked(
        timezone.localtime(at),
        records,
        parameters,
        environment == "production",
        writes,
        scheduled,
        undoes_others,
    )
    chosen, fault = best(own or others, asked, and_today, at)
    if fault:
        return Answer(False, fault, chosen.permit.pk, chosen.permit.ticket, broken=True)
    limits = limits_of(chosen)
    if own and others:
        # The group's day is the group's own count; its number of records a day still narrows.
        beside, fault = best(others, asked, False, at)
        limits += limits_of(beside)
        most = day_limit(limits)
        if not fault and and_today and most is not None and records is not None and writes:
            fault = over_the_day(beside, most, chosen.permit, records, at)
        if fault:
            reason = f"{fault}; a person's permit beats their group's only in being narrower"
            return Answer(False, reason, beside.permit.pk, beside.permit.ticket, broken=True)
    return Answer(True, allowed_by(chosen.permit), chosen.permit.pk, chosen.permit.ticket, limits)


def require(
    person: Person,
    job: str,
    *,
    binding: str = "",
    environment: str,
    at: datetime,
    acting: Person | None = None,
    trips: bool = False,
    **asked: Any,
) -> Answer:
    """As `may`, whose keywords it takes; what is not allowed is logged as denied, and raised as
    NotPermitted. trips: breaking a limit suspends the permit, where the environment says so."""
    answer = may(person, job, binding=binding, environment=environment, at=at, **asked)
    if not answer.allowed:
        if trips and answer.broken:
            trip(person, answer, environment, at)
        deny(
            person,
            f"{named(job, binding)} in {environment}",
            answer.reason,
            at=at,
            acting=acting,
            permit_id=answer.permit_id,
        )
    return answer


def best(
    good: Sequence[Holding], asked: Asked, and_today: bool, at: datetime
) -> tuple[Holding, str]:
    """The first that allows it, the widest first; else the widest, and what it refuses for."""
    widest_first = sorted(good, key=lambda one: width(one.permit), reverse=True)
    refused = ""
    for one in widest_first:
        fault = over_limit(one, asked, and_today, at)
        if not fault:
            return one, ""
        refused = refused or fault
    return widest_first[0], refused


def width(permit: Permit) -> tuple[float, float, int]:
    return (
        float("inf") if permit.max_records is None else permit.max_records,
        float("inf") if permit.max_per_day is None else permit.max_per_day,
        -permit.pk,
    )


def over_limit(held: Holding, asked: Asked, and_today: bool, at: datetime) -> str:
    """Which limits are broken, as sentences; "" if none."""
    permit = held.permit
    limits = Limits(f"permit {permit.pk}", permit.limits)
    if and_today and permit.max_per_day is not None:
        asked = replace(asked, used=used_on(permit.pk, day_of(at)))
    return "; ".join(faults(limits, asked, first_run_reviewed=permit.first_run_reviewed))


def over_the_day(beside: Holding, most: int, permit: Permit, records: int, at: datetime) -> str:
    used = used_on(permit.pk, day_of(at))
    if used + records <= most:
        return ""
    said = f"permit {beside.permit.pk} of {beside.permit.holder}"
    used_up = f"{used:,} are used under permit {permit.pk} on {day_of(at)}, " if used else ""
    return f"{said} ends at {most:,} records a day, {used_up}the set has {records:,}"


def limits_of(held: Holding) -> tuple[Limits, ...]:
    own = Limits(f"permit {held.permit.pk}", held.permit.limits)
    return (own,) if held.role is None else (own, held.role)


def allowed_by(permit: Permit) -> str:
    ticket = f" (ticket {permit.ticket})" if permit.ticket is not None else ""
    listed = f" (list “{permit.listed_in}”)" if permit.listed_in and not ticket else ""
    return f"allowed by permit {permit.pk}{ticket}{listed}"


def not_good(held: Sequence[Holding], number: int) -> tuple[str, int | None, int | None]:
    if held:
        return held[0].why, number, held[0].permit.ticket
    return f"permit {number} is not theirs any more", number, None


def none_at_all(person: Person, job: str, binding: str, environment: str, at: datetime) -> str:
    """No permit, and the nearest that they do have."""
    sentence = (
        f"no permit: {person.display_name} has none for {named(job, binding)} in {environment}"
    )
    theirs = [one.permit for one in held_by(person, at) if one.state == "active"]
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
