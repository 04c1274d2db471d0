"""Pause, resume, cancel: what people may do to a run on its way."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.database.connect import connect
from galleyproof.database.locks import Lock, try_lock
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.permits.deciding import deny
from galleyproof.runs.beginning import INTERRUPTED, end_dead_drafts
from galleyproof.runs.models import Run
from galleyproof.runs.reporting import undone_by
from galleyproof.runs.settling import add_up, give_back_rest, move, next_step, settle
from galleyproof.runs.standing_again import another_revision, asks_nobody, require_again
from galleyproof.runs.states import OWN_COMMAND, WORKED
from galleyproof.runs.tally import tally
from galleyproof.runs.undo_rights import require_undo

HELD = "paused by the system: "


def run_numbered(number: int) -> Run:
    run = Run.objects.filter(pk=number).select_related("person", "environment").first()
    if run is None:
        raise Wrong(f"there is no run {number}")
    return run


def not_being_made(number: int, at: datetime) -> Run:
    """The run, which somebody wants to steer. One whose request was killed has ended then; one
    that is being made ready at this moment is not to be steered yet."""
    run = run_numbered(number)
    if run.state == "draft":
        end_dead_drafts(at)
        run = run_numbered(number)
    if run.state == "draft":
        raise Wrong(f"run {number} is being made ready just now: its set is frozen; ask again")
    return run


def may_steer(who: Who, run: Run, what: str, at: datetime) -> None:
    """One's own run, or anybody's for systems librarians and administrators."""
    if who.person.pk == run.person_id or who.person.has_role("systems-librarian", "administrator"):
        return
    deny(
        who.person,
        f"{what} run {run.id}",
        f"run {run.id} is {run.person.display_name}'s; only they, a systems librarian or an "
        f"administrator may {what} it",
        at=at,
        acting=who.acting,
    )


def refuse_load(run: Run, what: str) -> None:
    if run.job in OWN_COMMAND:
        named = "a first filling" if run.job == "load" else "a refresh"
        raise Wrong(
            f"run {run.id} is {named}, which cannot be {what}: interrupt the command, and "
            "give it again to go on"
        )


def pause(who: Who, number: int, at: datetime) -> Run:
    run = not_being_made(number, at)
    may_steer(who, run, "pause", at)
    refuse_load(run, "paused")
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=number)
        move(run, "pausing")
        run.error = ""
        run.save()
        log(who, "run-pause-asked", run, at)
    settle(number, at)
    return run_numbered(number)


def cancel(who: Who, number: int, at: datetime) -> Run:
    run = not_being_made(number, at)
    may_steer(who, run, "cancel", at)
    if run.error == INTERRUPTED:
        return run
    if run.job == "load":
        return cancel_load(who, run, at)
    refuse_load(run, "cancelled")
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=number)
        # Why it was paused, or what it waited for, is over.
        run.error = ""
        if run.state == "waiting":
            move(run, "cancelled")
            add_up(run, at)
            give_back_rest(run)
        elif not (run.state == "planning" and run.plan_id is not None):
            move(run, "cancelling")
        run.save()
        log(who, "run-cancelled", run, at)
    if run.state == "planning" and run.plan_id is not None:
        cancel_plan_of(run, at)
    settle(number, at)
    return run_numbered(number)


def cancel_load(who: Who, run: Run, at: datetime) -> Run:
    """A load whose files are lost cannot go on; what it loaded stays. Not while it is going."""
    with connect(run.environment_id, autocommit=True) as connection:
        if not try_lock(connection, Lock.LOADING, run.id):
            raise Wrong(f"run {run.id} is loading just now; interrupt that command first")
        with transaction.atomic():
            run = Run.objects.select_for_update().get(pk=run.id)
            move(run, "cancelling")
            run.save()
            log(who, "run-cancelled", run, at)
        settle(run.id, at)
    return run_numbered(run.id)


def cancel_plan_of(run: Run, at: datetime) -> None:
    """A run that is still being planned is cancelled through its plan."""
    assert run.plan_id is not None
    with transaction.atomic():
        plan = Run.objects.select_for_update().get(pk=run.plan_id)
        if plan.state in ("planning", "pausing", "paused"):
            move(plan, "cancelling")
            plan.save()
    settle(run.plan_id, at)


def resume(who: Who, number: int, at: datetime) -> Run:
    """Works on what is pending, if the permit is still good. A run that is under way needs no
    resuming: it is only looked after again, should the command that waited for it be gone."""
    run = not_being_made(number, at)
    may_steer(who, run, "resume", at)
    if run.job in OWN_COMMAND:
        refuse_load(run, "resumed")
    if run.state in WORKED:
        return run
    if run.state != "paused":
        raise Wrong(f"run {number} is {run.state}; only a paused run can be resumed")
    if run.undoes is not None:
        require_undo(run.person, run.undoes, at, acting=who.acting)
    elif not asks_nobody(run):
        require_again(run, at, acting=who.acting)
    if said := another_revision(run):
        raise Wrong(said)
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=number)
        undo = undone_by(run)
        if undo is not None:
            raise Wrong(
                f"run {number} was undone while it was paused, by run {undo.id}, so it does not "
                "go on; cancel it, and begin a new one"
            )
        move(run, "planning" if run.dry_run else "queued")
        if tally(run.environment_id, run.id).step_through:
            next_step(run)
        run.error = ""
        run.save()
        log(who, "run-resumed", run, at)
    settle(number, at)
    return run_numbered(number)


def hold(number: int, reason: str, at: datetime) -> None:
    """The system itself stops a run that cannot go on for now, and says why."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=number)
        if run.state in ("planning", "queued", "running"):
            move(run, "pausing")
            run.error = reason
            run.save()
    settle(number, at)


def log(who: Who, action: str, run: Run, at: datetime) -> None:
    append(
        action,
        person=who.person.username,
        acting=who.acting.username if who.acting else None,
        subject=f"run {run.id}",
        at=at,
    )
