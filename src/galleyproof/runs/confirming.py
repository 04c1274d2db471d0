"""A second person agreeing to the plan of a run that waits."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.people.sameness import is_one_of, same_person
from galleyproof.permits.deciding import deny
from galleyproof.runs.models import Run
from galleyproof.runs.settling import move, settle
from galleyproof.runs.standing_again import require_again


def confirm(who: Who, number: int, at: datetime, digest: str = "") -> Run:
    """A second person confirms the plan of a run that waits; bound to the plan's digest.

    who: a systems librarian who is neither the requester nor another account of theirs, nor who
    typed the request under --as. digest: the plan's as they saw it, or its beginning; "" for the
    plan as it is. The requester's permit is asked for once more. Raises NotPermitted and Wrong.
    """
    run = run_to_confirm(number)
    plan = run.plan
    assert plan is not None
    if digest and not plan.digest.startswith(digest):
        raise Wrong(f"the plan's digest is {plan.digest[:16]}…, not {digest[:16]}…; look again")
    if has_asked(who, run) or not who.person.has_role("systems-librarian"):
        deny(
            who.person,
            f"confirm run {number}",
            f"run {number} needs a second person: a systems librarian other than "
            f"{run.person.display_name}",
            at=at,
            acting=who.acting,
        )
    # It may be confirmed at any hour: the run itself waits for its permit's hours.
    require_again(run, at, acting=who.acting, begins=False)
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=number)
        move(run, "queued")
        run.confirmed_by = who.person
        run.confirmed_at = at
        run.save()
        append(
            "plan-confirmed",
            person=who.name,
            acting=who.acting_name,
            subject=f"run {number}",
            detail={"plan": plan.id, "digest": plan.digest, "waited_for": run.waits_for},
            at=at,
        )
    settle(number, at)
    return Run.objects.select_related("person", "environment").get(pk=number)


def run_to_confirm(number: int) -> Run:
    run = Run.objects.filter(pk=number).select_related("person", "environment", "plan").first()
    if run is None:
        raise Wrong(f"there is no run {number}")
    if run.state != "waiting" or run.plan is None:
        raise Wrong(f"run {number} is {run.state}; it does not wait for a confirmation")
    return run


def has_asked(who: Who, run: Run) -> bool:
    """Whether who asks is the requester, or who typed the request for them, by account or mail."""
    if is_one_of(who, run.person):
        return True
    typed = Person.objects.filter(username=run.acting).first() if run.acting else None
    return typed is not None and same_person(who.person, typed)
