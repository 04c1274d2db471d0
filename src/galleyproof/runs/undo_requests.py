"""Asking for an undo: it is a run like any other, over what the first one wrote."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from galleyproof.catalog.models import Environment
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.permits.deciding import deny, require
from galleyproof.runs.control import run_numbered
from galleyproof.runs.freezing import freeze_undo
from galleyproof.runs.models import Run
from galleyproof.runs.requesting import new_run
from galleyproof.runs.settling import move, settle
from galleyproof.runs.states import ENDED

OWN_DAYS = 30
"""How long undoing one's own run is granted with the permit it ran under, after that has ended."""


def request_undo(
    who: Who, number: int, at: datetime, *, note: str = "", dry_run: bool = False
) -> Run:
    """Makes the undo of a run, frozen and ready to be worked. It uses none of the quota.

    Raises Wrong where there is nothing to undo, NotPermitted where it may not be.
    """
    undone = run_numbered(number)
    check_undoable(undone)
    permit = permit_for(who, undone, at)
    with transaction.atomic():
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
                "permit_id": permit,
                "requested": at,
            },
            at,
        )
    with connect(run.environment_id) as connection:
        run.size = freeze_undo(connection, run.id, undone.id)
    move(run, "planning" if dry_run else "queued")
    run.save()
    settle(run.id, at)
    run.refresh_from_db()
    return run


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


def permit_for(who: Who, undone: Run, at: datetime) -> int | None:
    """One's own run: within the permit it ran under, and 30 days after that ends. Somebody
    else's: a permit for the job `undo`."""
    permit = undone.permit
    if who.person.pk == undone.person_id and permit is not None:
        if permit.revoked_at is None and at <= permit.ends + timedelta(days=OWN_DAYS):
            return None
        deny(
            who.person,
            f"undo run {undone.id}",
            f"permit {permit.id}, under which run {undone.id} ran, has been revoked or ended "
            f"more than {OWN_DAYS} days ago",
            at=at,
            acting=who.acting,
        )
    if who.person.pk == undone.person_id and undone.undoes_id is not None:
        return None  # taking back one's own undo
    answer = require(
        who.person,
        "undo",
        environment=undone.environment_id,
        records=(undone.counts or {}).get("changed"),
        at=at,
        acting=who.acting,
    )
    return answer.permit_id
