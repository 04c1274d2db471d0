"""The first production run under a permit: small, and looked at before larger ones."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.rights import deny, require_role
from galleyproof.permits.actions.one import is_holder, permit_numbered
from galleyproof.permits.models import Permit
from galleyproof.runs.confirming import has_asked
from galleyproof.runs.control import run_numbered
from galleyproof.runs.models import Run


def review_first_run(who: Who, number: int, *, note: str = "", at: datetime) -> Permit:
    """Says that the first run under a permit has been looked at; larger ones may follow.

    who: a systems librarian who is neither its requester nor the permit's holder. number: the
    run's. Raises NotPermitted for anybody else, and Wrong for a run that is not a finished
    production run under a permit that waits for this.
    """
    subject = f"review run {number} as a first run"
    require_role(who, ("systems-librarian",), subject, at)
    run = run_numbered(number)
    permit = check(run)
    if has_asked(who, run) or is_holder(who, permit):
        deny(
            who.person,
            subject,
            "nobody reviews a run of their own, administrators included; ask another systems "
            "librarian",
            at=at,
            acting=who.acting,
        )
    with transaction.atomic():
        permit = permit_numbered(permit.pk, lock=True)
        permit.first_run_reviewed = True
        permit.save(update_fields=["first_run_reviewed"])
        append(
            "first-run-reviewed",
            person=who.name,
            acting=who.acting_name,
            subject=f"permit {permit.pk}",
            reason=note or f"run {number}",
            detail={"run": number, "digest": run.digest},
            at=at,
        )
    return permit


def asks_for_review(run: Run) -> bool:
    """Whether a run is one that somebody should look at before larger ones."""
    try:
        check(run)
    except Wrong:
        return False
    return True


def check(run: Run) -> Permit:
    if run.permit_id is None or run.dry_run or run.undoes_id is not None:
        raise Wrong(f"run {run.pk} is no run under a permit that could be reviewed as its first")
    permit = permit_numbered(run.permit_id)
    if permit.environment != "production" or permit.limits.first_run is None:
        raise Wrong(f"permit {permit.pk} asks for no review of a first run")
    if permit.first_run_reviewed:
        raise Wrong(f"the first run under permit {permit.pk} has been looked at already")
    if not run.state.startswith("completed") or not run.counts.get("changed"):
        raise Wrong(f"run {run.pk} is {run.state}; a first run to review has changed something")
    return permit
