"""Asking for an undo: it is a run like any other, over what the first one wrote."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime

from django.db import transaction

from galleyproof.catalog.models import Environment
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.permits.days import day_of
from galleyproof.runs.beginning import drafting, end_dead_drafts, new_run, settled
from galleyproof.runs.control import run_numbered
from galleyproof.runs.faults import point
from galleyproof.runs.freezing import freeze_undo
from galleyproof.runs.models import Run
from galleyproof.runs.settling import move
from galleyproof.runs.states import ENDED
from galleyproof.runs.undo_rights import require_undo


def request_undo(
    who: Who, number: int, at: datetime, *, note: str = "", dry_run: bool = False
) -> Run:
    """Makes the undo of a run, frozen and ready to be worked. It uses none of the quota.

    Raises Wrong where there is nothing to undo, NotPermitted where it may not be.
    """
    end_dead_drafts(at)
    undone = run_numbered(number)
    check_undoable(undone)
    answer = require_undo(who.person, undone, at, acting=who.acting)
    with ExitStack() as stack:
        with transaction.atomic():
            # Once more, and now nobody resumes it meanwhile.
            check_undoable(Run.objects.select_for_update().get(pk=number))
            run = new_run(
                who,
                {
                    "job": "undo",
                    "job_revision": 1,
                    "binding": "",
                    "environment": undone.environment,
                    "generation": undone.generation,
                    "person": who.person,
                    "acting": who.acting.username if who.acting else "",
                    "note": note,
                    "kind": undone.kind,
                    "source": {"undo": undone.id},
                    "undoes": undone,
                    "dry_run": dry_run,
                    "permit_id": answer.permit_id,
                    "limits": [one.stored() for one in answer.limits],
                    "requested": at,
                    "day": day_of(at),
                },
                at,
            )
            connection = stack.enter_context(drafting(run))
        point("drafted")
        run.size = freeze_undo(connection, run.id, undone.id)
        connection.commit()
        point("frozen")
        move(run, "planning" if dry_run else "queued")
        run.save()
    return settled(run, at)


def check_undoable(undone: Run) -> None:
    if undone.dry_run:
        raise Wrong(f"run {undone.id} is a dry run: it changed nothing, so nothing is to undo")
    if undone.job == "load":
        raise Wrong(f"run {undone.id} is a first filling, which cannot be undone")
    if undone.job == "refresh":
        raise Wrong(f"run {undone.id} is a refresh of the sandbox, which cannot be undone")
    if undone.state not in ENDED and undone.state != "paused":
        raise Wrong(
            f"run {undone.id} is {undone.state}; cancel it or wait for its end before undoing it"
        )
    generation = Environment.objects.get(pk=undone.environment_id).generation
    if undone.generation != generation:
        raise Wrong(
            f"run {undone.id} was before the {undone.environment_id} was refreshed (generation "
            f"{undone.generation}; it is at {generation} now): what it changed has been replaced, "
            "so there is nothing to take back. Its report stays"
        )
    going = undone.undos.filter(dry_run=False).exclude(state__in=ENDED).first()
    if going is not None:
        raise Wrong(f"run {undone.id} is being undone already, by run {going.id}")
