"""Making a run: its row, its share of the permit's day and its frozen set.

The row and the share come in one transaction. The set is frozen in another one, for it is the
environment's, and until that is done the run is a draft. Whoever freezes it holds a lock for as
long, so that a draft whose request was killed is known for what it is at once (end_dead_drafts).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection as django_connection
from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.catalog.generations import refuse_while_refreshing
from galleyproof.catalog.models import Environment
from galleyproof.catalog.sets import Chosen, keep_file
from galleyproof.database.connect import connect
from galleyproof.database.locks import Lock, holders, try_lock
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.permits.days import day_of
from galleyproof.permits.quota import reserve
from galleyproof.runs.consent import what_it_waits_for
from galleyproof.runs.faults import point
from galleyproof.runs.freezing import freeze, freeze_from_plan, keep_given
from galleyproof.runs.models import Run
from galleyproof.runs.settling import give_up, move, settle

INTERRUPTED = "the request was interrupted before its set was frozen; nothing of it has run"


def run_directly(
    who: Who, values: dict[str, Any], chosen: Chosen, at: datetime, *, most: int | None
) -> Run:
    """A run over a set; a dry run where values say so. most: what the permit's limits leave of
    its day."""
    with ExitStack() as stack:
        with transaction.atomic():
            run = new_run(who, values | share(values), at, most=most)
            connection = stack.enter_context(drafting(run))
        freeze_chosen(connection, run, who, chosen, at)
        move(run, "planning" if run.dry_run else "queued")
        run.save()
    return settled(run, at)


def run_from_plan(
    who: Who,
    values: dict[str, Any],
    plan: Run,
    exclude: Sequence[int],
    at: datetime,
    *,
    most: int | None,
) -> Run:
    """A run of a plan that is made. It may have to wait for a second person (runs.consent)."""
    with ExitStack() as stack:
        with transaction.atomic():
            more = {"plan": plan, "excluded": list(exclude)}
            run = new_run(who, values | share(values) | more, at, most=most)
            connection = stack.enter_context(drafting(run))
        point("drafted")
        run.size = freeze_from_plan(
            connection, run.id, run.kind, plan.id, exclude, ramp=bool(run.ramp)
        )
        connection.commit()
        point("frozen")
        move(run, "planning")
        run.waits_for = what_it_waits_for(run, plan)
        move(run, "waiting" if run.waits_for else "queued")
        run.save()
    return settled(run, at)


def plan_then_run(
    who: Who, values: dict[str, Any], chosen: Chosen, at: datetime, *, most: int | None
) -> Run:
    """In production a run plans first; it goes on from that plan as soon as it is made."""
    with ExitStack() as stack:
        with transaction.atomic():
            plan = new_run(who, values | {"dry_run": True, "ramp": ""}, at)
            run = new_run(who, values | share(values) | {"plan": plan}, at, most=most)
            move(run, "planning")
            run.save()
            connection = stack.enter_context(drafting(plan))
        freeze_chosen(connection, plan, who, chosen, at)
        Run.objects.filter(pk=run.pk).update(source=plan.source)
        move(plan, "planning")
        plan.save()
    settle(plan.id, at)
    return settled(run, at)


def share(values: dict[str, Any]) -> dict[str, Any]:
    """What a run that writes reserves of its permit's day."""
    if values.get("dry_run"):
        return {}
    return {"reserved": values["size"], "reserved_on": day_of(values["requested"])}


def settled(run: Run, at: datetime) -> Run:
    settle(run.id, at)
    run.refresh_from_db()
    return run


def new_run(who: Who, values: dict[str, Any], at: datetime, *, most: int | None = None) -> Run:
    """The row of a run, and its share of its permit's day; in the caller's transaction. Raises
    NotPermitted where the day has not so much left."""
    refuse_if_refreshed(values["environment"])
    run = Run(state="draft", **values)
    if run.reserved_on is not None:
        assert run.permit_id is not None
        take_share(run, who, at, most)
    run.save()
    append(
        "run-requested",
        person=who.person.username,
        acting=who.acting.username if who.acting else None,
        subject=f"run {run.id}",
        reason=run.note,
        detail={
            "job": run.job,
            "binding": run.binding,
            "environment": run.environment_id,
            "dry_run": run.dry_run,
            "plan": run.plan_id,
            "undoes": run.undoes_id,
            "set": run.source,
            "size": run.size,
            "parameters": run.parameters,
            "permit": run.permit_id,
            "schedule": run.schedule_id,
            **({"ramp": run.ramp} if run.ramp else {}),
        },
        at=at,
    )
    return run


def take_share(run: Run, who: Who, at: datetime, most: int | None) -> None:
    assert run.permit_id is not None
    reserve(run.permit_id, run.reserved, at, person=who.person, acting=who.acting, most=most)


def refuse_if_refreshed(seen: Environment) -> None:
    """A run and a refresh begin one after the other; what the run was asked on must stand."""
    settings = Environment.objects.select_for_update().get(pk=seen.pk)
    refuse_while_refreshing(settings)
    if settings.generation != seen.generation:
        raise Wrong(f"the {seen.pk} was refreshed just now; ask again")


@contextmanager
def drafting(run: Run) -> Iterator[psycopg.Connection[Any]]:
    """The connection on which a run's set is frozen. As long as it lives, and until the caller
    has moved the run on, the draft has somebody who makes it ready.

    To be entered before the row is to be seen, in its transaction."""
    with connect(run.environment_id) as connection:
        try_lock(connection, Lock.DRAFTING, run.id)
        connection.commit()
        yield connection


def freeze_chosen(
    connection: psycopg.Connection[Any], run: Run, who: Who, chosen: Chosen, at: datetime
) -> None:
    """Freezes a set, and what a file says beside its ids."""
    point("drafted")
    if chosen.file is not None:
        run.source = keep_file(connection, run.environment_id, chosen, who.person.username, at)
        keep_given(connection, run.id, chosen.file)
    run.size = freeze(connection, run.id, run.kind, chosen.members(), ramp=bool(run.ramp))
    connection.commit()
    point("frozen")


DEAD = (
    "SELECT id FROM governing.run AS r"
    f" WHERE state = 'draft' AND {holders(Lock.DRAFTING, 'r.id')} = 0 ORDER BY id"
)


def end_dead_drafts(at: datetime) -> None:
    """Ends the drafts whose request was killed, and gives back what they had reserved."""
    with django_connection.cursor() as cursor:
        cursor.execute(DEAD)
        dead = [number for (number,) in cursor.fetchall()]
    for number in dead:
        give_up(number, INTERRUPTED, at)
