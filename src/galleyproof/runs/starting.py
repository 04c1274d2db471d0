"""Starting what schedules are due: exactly one run for each time, however many workers look.

A worker claims a time by a guarded update and then asks for the run through the one door. A
worker that was killed in between leaves its claim, which another takes up after CLAIM; the run
names schedule and time, which are unique, so that none is made twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who, active
from galleyproof.runs.cron import next_after
from galleyproof.runs.models import Run, Schedule
from galleyproof.runs.requesting import Request, request
from galleyproof.runs.states import ENDED

LATE = timedelta(hours=1)
"""How late a run may still start. A time missed by more, while no worker lived, is left out and
said so: a job for the night must not begin in the middle of the day."""

CLAIM = timedelta(minutes=10)
"""After which a worker that claimed a time and made no run was surely killed."""


def start_due(at: datetime, asking: Callable[[Who, Request, datetime], Run] = request) -> list[Run]:
    """Starts a run for every schedule whose time has come; returns the runs made here."""
    made = []
    for number in due_now(at):
        claimed = claim(number, at)
        if claimed is None:
            continue
        run = start(*claimed, at, asking)
        if run is not None:
            made.append(run)
    return made


def due_now(at: datetime) -> list[int]:
    due = Schedule.objects.filter(state="active", next_due__lte=at)
    left = Schedule.objects.filter(claimed__isnull=False, claimed_at__lte=at - CLAIM)
    return sorted(set(due.values_list("pk", flat=True)) | set(left.values_list("pk", flat=True)))


def claim(number: int, at: datetime) -> tuple[Schedule, datetime] | None:
    """This schedule and the time to start it for, for this process alone; None if another has
    it, or the time is long past."""
    with transaction.atomic():
        schedule = (
            Schedule.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("person", "environment")
            .filter(pk=number)
            .first()
        )
        if schedule is None:
            return None
        if schedule.claimed is not None:
            if schedule.claimed_at > at - CLAIM:
                return None
            # A killed worker's: taken up where the run was not made.
            due = schedule.claimed
        elif schedule.state == "active" and schedule.next_due and schedule.next_due <= at:
            due = schedule.next_due
            schedule.next_due = next_after(schedule.cron, at, timezone.get_current_timezone())
        else:
            return None
        if at - due > LATE:
            schedule.claimed = schedule.claimed_at = None
            schedule.save()
            if not Run.objects.filter(schedule=schedule, due=due).exists():
                miss(schedule, due, "no worker was alive", at)
            return None
        schedule.claimed, schedule.claimed_at = due, at
        schedule.save()
    return schedule, due


def start(
    schedule: Schedule,
    due: datetime,
    at: datetime,
    asking: Callable[[Who, Request, datetime], Run],
) -> Run | None:
    """Asks for the run that is due; where it may not be, the schedule stops and says why."""
    last = Run.objects.filter(schedule=schedule, dry_run=False).order_by("-pk").first()
    if last is not None and last.due == due:
        release(schedule, due)
        return None
    if last is not None and last.state not in ENDED:
        with transaction.atomic():
            release(schedule, due)
            miss(schedule, due, f"run {last.pk}, of the time before, is {last.state}", at)
        return None
    try:
        run = asking(Who(active(schedule.person)), asked_by(schedule, due), at)
    except IntegrityError:
        release(schedule, due)  # another made the run for this time
        return None
    except (psycopg.OperationalError, OperationalError):
        raise  # the database went away; the claim is taken up again
    except Wrong as wrong:
        stop(schedule, due, str(wrong), at)
        return None
    except Exception as error:
        # One schedule must not bring the worker down, and the others with it.
        stop(schedule, due, f"it could not be started: {type(error).__name__}: {error}", at)
        return None
    release(schedule, due)
    return run


def asked_by(schedule: Schedule, due: datetime) -> Request:
    return Request(
        job=schedule.job,
        environment=schedule.environment_id,
        set_name=schedule.set_name,
        parameters=schedule.parameters,
        binding=schedule.binding,
        note=schedule.note,
        schedule=schedule.pk,
        due=due,
    )


def release(schedule: Schedule, due: datetime) -> None:
    Schedule.objects.filter(pk=schedule.pk, claimed=due).update(
        claimed=None, claimed_at=None, last_due=due, said=""
    )


def miss(schedule: Schedule, due: datetime, why: str, at: datetime) -> None:
    """Notes a time that passed without a run."""
    when = timezone.localtime(due)
    said = f"nothing was started for {when:%Y-%m-%d %H:%M}: {why}"
    Schedule.objects.filter(pk=schedule.pk).update(said=said, last_due=due)
    append(
        "schedule-missed",
        person=schedule.person.username,
        subject=f"schedule {schedule.pk}",
        reason=said,
        detail={"due": due},
        at=at,
    )


def stop(schedule: Schedule, due: datetime, why: str, at: datetime) -> None:
    """The schedule starts nothing any more until somebody resumes it: its owner may not, or what
    it asks for cannot be."""
    with transaction.atomic():
        Schedule.objects.filter(pk=schedule.pk).update(
            claimed=None, claimed_at=None, last_due=due, said=why
        )
        Schedule.objects.filter(pk=schedule.pk, state="active").update(
            state="stopped", next_due=None
        )
        append(
            "schedule-stopped",
            person=schedule.person.username,
            subject=f"schedule {schedule.pk}",
            reason=why,
            detail={"due": due, "job": schedule.job},
            at=at,
        )
