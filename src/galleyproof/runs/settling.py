"""What becomes of a run when its chunks are through, or when it was asked to stop.

Everything here may be called at any time, by anybody, any number of times: it looks at the
ledger and makes the moves that are due.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.database.connect import connect
from galleyproof.permits.quota import give_back
from galleyproof.runs.consent import what_it_waits_for
from galleyproof.runs.coverage import coverage_of
from galleyproof.runs.faults import point
from galleyproof.runs.freezing import freeze_from_plan
from galleyproof.runs.models import Run
from galleyproof.runs.proving.ledger import sealed
from galleyproof.runs.ramp import release, step_done
from galleyproof.runs.states import ENDED, OWN_COMMAND, check_move
from galleyproof.runs.tally import (
    NOT_REACHED,
    PENDING,
    account,
    consequence_counts,
    digest,
    ledger_of,
    said_counts,
    shape_counts,
    tally,
)


def move(run: Run, state: str) -> None:
    check_move(run.state, state)
    run.state = state


def begin(run_id: int) -> None:
    """A worker takes a queued run; nothing where another has, or it was stopped meanwhile."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.state == "queued":
            move(run, "running")
            run.save(update_fields=["state"])


def settle(run_id: int, at: datetime, *, own: bool = False) -> str:
    """Makes the moves that are due; returns the run's state.

    own: the caller works a run that only its own command may end (states.OWN_COMMAND).
    """
    point("settling")
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.state in ("planning", "queued", "running", "pausing", "cancelling"):
            due(run, at, own)
    point("settled")
    go_on_with_others(run, at)
    return run.state


def go_on_with_others(run: Run, at: datetime) -> None:
    """What becomes of the runs that waited for a plan which has ended."""
    if run.dry_run and run.state in ENDED:
        for waiting in Run.objects.filter(plan_id=run.id, state="planning", dry_run=False):
            go_on_from_plan(waiting.id, at)


def due(run: Run, at: datetime, own: bool) -> None:
    if run.plan_id is not None and run.state == "planning":
        return  # it waits for its plan, which is settled for itself
    if run.job in OWN_COMMAND and not own:
        return  # between two of its chunks it looks as if it were through
    so_far = tally(run.environment_id, run.id)
    if run.state == "cancelling" and so_far.in_hand == 0:
        finish(run, "cancelled", at)
    elif so_far.through and run.state in ("planning", "pausing") and run.dry_run:
        finish(run, "planned", at)
    elif so_far.through and run.state in ("queued", "running", "pausing"):
        finish(run, ended_as(so_far.counts), at)
    elif run.state == "pausing" and so_far.in_hand == 0:
        rest(run, at)
    elif run.state in ("queued", "running") and so_far.step_through:
        if run.ramp == "automatic" and not so_far.counts["failed"]:
            next_step(run)
            run.save()
        else:
            run.error = step_done(run.ramp_step, so_far.counts)
            move(run, "pausing")
            rest(run, at)


def rest(run: Run, at: datetime) -> None:
    move(run, "paused")
    run.save()
    append(
        "run-paused",
        person=run.person.username,
        subject=f"run {run.id}",
        reason=run.error,
        at=at,
    )


def next_step(run: Run) -> None:
    """Goes on to the next step of its ramp; whoever asks saves the run."""
    run.ramp_step += 1
    release(run.environment_id, run.id, run.ramp_step)
    # Killed here, the run goes on with the step all the same.
    point("step-released")


def ended_as(counts: dict[str, int]) -> str:
    if counts["failed"]:
        return "completed-with-failures"
    return "completed" if counts["changed"] else "completed-nothing-changed"


def finish(run: Run, state: str, at: datetime) -> None:
    """Adds the ledger up and closes the run."""
    move(run, state)
    add_up(run, at)
    run.save()
    give_back_rest(run)
    append(
        "run-finished",
        person=run.person.username,
        acting=run.acting or None,
        subject=f"run {run.id}",
        reason=state,
        detail={"counts": run.counts, "digest": run.digest, **sealed(run.environment_id, run.id)},
        at=at,
    )


def add_up(run: Run, at: datetime) -> None:
    """What a run has come to at its end, whichever that is. What it never came to is refused, so
    that its counts add up like every other's; whoever asks saves the run."""
    environment, ledger = run.environment_id, ledger_of(run)
    counts = account(environment, ledger)
    refusals = said_counts(environment, ledger.run, "refused")
    if not_reached := counts.pop(PENDING):
        counts["refused"] += not_reached
        refusals.append((NOT_REACHED, not_reached))
    run.size = counts["set"]
    run.counts = counts
    run.said = [{"code": code, "count": count} for code, count in refusals]
    if not ledger.borrowed:
        shown = shape_counts(environment, run.id)
        run.shapes = [{"shape": str(shape), "count": count} for shape, count in shown]
        run.coverage = coverage_of(run)
        run.consequences = consequence_counts(environment, run.id)
        run.digest = digest(environment, run.id, run.kind)
    run.finished = at


def give_up(run_id: int, reason: str, at: datetime) -> None:
    """A draft whose request was killed before it could go on; nothing of it has run."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.state == "draft":
            run.error = reason
            finish(run, "failed", at)
    go_on_with_others(run, at)


def give_back_rest(run: Run) -> None:
    """What a run reserved of its permit's day and did not change, it gives back at its end."""
    if run.permit_id is not None and run.reserved and run.reserved_on is not None:
        give_back(run.permit_id, run.reserved - run.counts.get("changed", 0), run.reserved_on)


def go_on_from_plan(run_id: int, at: datetime) -> None:
    """A run that planned first: what becomes of it now that its plan is made."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        plan = run.plan
        if run.state != "planning" or plan is None:
            return
        if plan.state != "planned":
            run.error = f"its plan, run {plan.id}, is {plan.state}"
            finish(run, "cancelled" if plan.state == "cancelled" else "failed", at)
            return
        take_over(run, plan)
        run.waits_for = what_it_waits_for(run, plan)
        if not plan.counts["changed"]:
            finish(run, "completed-nothing-changed", at)
            return
        asked = run.waits_for and run.confirmed_by_id is None
        move(run, "waiting" if asked else "queued")
        run.save()


def take_over(run: Run, plan: Run) -> None:
    """Freezes a run from its plan, unless a killed attempt has done so already."""
    if tally(run.environment_id, run.id).size:
        return
    with connect(run.environment_id) as connection:
        excluded = [int(id) for id in run.excluded]
        run.size = freeze_from_plan(
            connection, run.id, run.kind, plan.id, excluded, ramp=bool(run.ramp)
        )
