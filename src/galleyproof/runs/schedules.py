"""Schedules: making one, pausing, resuming, removing. Each is its owner's, under their permit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from galleyproof.audit.log import append
from galleyproof.catalog.models import Environment
from galleyproof.jobs.given import given_by
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.rights import deny
from galleyproof.permits.deciding import require
from galleyproof.permits.limits import closed_now
from galleyproof.runs.asking_checks import check_parameters
from galleyproof.runs.cron import checked, next_after
from galleyproof.runs.models import Schedule
from galleyproof.runs.requesting import Request, check_set, check_usage


def add_schedule(
    who: Who,
    job: str,
    *,
    cron: str,
    environment: str,
    set_name: str,
    parameters: Mapping[str, Any] | None = None,
    binding: str = "",
    note: str = "",
    at: datetime,
) -> Schedule:
    """Has a job start by itself, on a named set as it will be then, from the next time on.

    The same checks as for a run, in the same order, and scheduling must be within the permit;
    they are asked again each time. Raises Wrong and NotPermitted.
    """
    cron = checked(cron)
    asked = Request(
        job=job,
        environment=environment,
        set_name=set_name,
        parameters=dict(parameters or {}),
        binding=binding,
        note=note,
    )
    found, _, binding = check_usage(asked)
    chosen = check_set(asked, found, None)
    complete = given_by(check_parameters(found, asked.parameters))
    due = next_after(cron, at, timezone.get_current_timezone())
    answer = require(
        who.person,
        job,
        binding=binding,
        environment=environment,
        records=chosen.size,
        parameters=complete,
        scheduled=True,
        at=at,
        writes=False,
        acting=who.acting,
    )
    # The hours are those at which it is to start, not the one at which it is made.
    if closed := closed_now(answer.limits, timezone.localtime(due)):
        raise Wrong(f"it would start outside the hours: {closed} when it is first due")
    with transaction.atomic():
        schedule: Schedule = Schedule.objects.create(
            person=who.person,
            job=job,
            binding=binding,
            environment=Environment.objects.get(pk=environment),
            set_name=set_name,
            parameters=dict(parameters or {}),
            note=note,
            cron=cron,
            made_at=at,
            next_due=due,
        )
        append(
            "schedule-made",
            person=who.name,
            acting=who.acting_name,
            subject=f"schedule {schedule.pk}",
            reason=note,
            detail={
                "job": job,
                "binding": binding,
                "environment": environment,
                "set": set_name,
                "parameters": dict(parameters or {}),
                "cron": cron,
            },
            at=at,
        )
    return schedule


def schedule_numbered(number: int, *, lock: bool = False) -> Schedule:
    wanted = Schedule.objects.select_related("person", "environment")
    if lock:
        wanted = wanted.select_for_update(of=("self",))
    found: Schedule | None = wanted.filter(pk=number).first()
    if found is None:
        raise Wrong(f"there is no schedule {number}; `galley schedule list` shows them")
    return found


def listing(*, all: bool = False) -> list[Schedule]:
    """The schedules there are, by number; all: removed ones too."""
    wanted = Schedule.objects.select_related("person", "environment").order_by("pk")
    return list(wanted if all else wanted.exclude(state="removed"))


def pause_schedule(who: Who, number: int, *, at: datetime) -> Schedule:
    """Nothing starts until it is resumed. One's own, or anybody's for systems librarians."""
    may_change(who, schedule_numbered(number), "pause", at)
    return become(who, number, ("active",), "paused", "schedule-paused", at)


def remove_schedule(who: Who, number: int, *, at: datetime) -> Schedule:
    """Nothing starts any more, for good. One's own, or anybody's for systems librarians."""
    may_change(who, schedule_numbered(number), "remove", at)
    return become(who, number, ("active", "paused", "stopped"), "removed", "schedule-removed", at)


def resume_schedule(who: Who, number: int, *, at: datetime) -> Schedule:
    """Goes on from the next time, if its owner's permit allows it now."""
    schedule = schedule_numbered(number)
    may_change(who, schedule, "resume", at)
    if schedule.state not in ("paused", "stopped"):
        raise Wrong(f"schedule {number} is {schedule.state}; only a paused or stopped one goes on")
    require(
        schedule.person,
        schedule.job,
        binding=schedule.binding,
        environment=schedule.environment_id,
        scheduled=True,
        at=at,
        writes=False,
        acting=who.acting,
    )
    return become(who, number, ("paused", "stopped"), "active", "schedule-resumed", at)


def may_change(who: Who, schedule: Schedule, what: str, at: datetime) -> None:
    if who.person.pk == schedule.person_id:
        return
    if who.person.has_role("systems-librarian", "administrator"):
        return
    deny(
        who.person,
        f"{what} schedule {schedule.pk}",
        f"schedule {schedule.pk} is {schedule.person.display_name}'s; only they, a systems "
        f"librarian or an administrator may {what} it",
        at=at,
        acting=who.acting,
    )


def become(
    who: Who, number: int, before: tuple[str, ...], state: str, action: str, at: datetime
) -> Schedule:
    with transaction.atomic():
        schedule = schedule_numbered(number, lock=True)
        if schedule.state not in before:
            raise Wrong(f"schedule {number} is {schedule.state}; it cannot become {state}")
        schedule.state = state
        active = state == "active"
        zone = timezone.get_current_timezone()
        schedule.next_due = next_after(schedule.cron, at, zone) if active else None
        schedule.said = "" if active else schedule.said
        schedule.save(update_fields=["state", "next_due", "said"])
        append(
            action,
            person=who.name,
            acting=who.acting_name,
            subject=f"schedule {number}",
            detail={"job": schedule.job, "owner": schedule.person.username},
            at=at,
        )
    return schedule
