"""The trip policy: a run asked for beyond its permit's limits suspends the permit. Off by default,
and set for each environment by an administrator."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.catalog.kinds import environment_named
from galleyproof.catalog.models import Environment
from galleyproof.people.denial import Answer
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.people.rights import require_role
from galleyproof.permits.actions.suspend import suspend_for_person
from galleyproof.permits.suspensions import limit_broken


def trip(person: Person, answer: Answer, environment: str, at: datetime) -> list[int]:
    """Suspends the permit whose limit was broken, where the environment's policy says so; returns
    what was suspended. A group's permit is left alone: one member is not all of them."""
    if answer.permit_id is None or not Environment.objects.get(pk=environment).trip:
        return []
    return suspend_for_person(person, limit_broken(answer.reason), permit=answer.permit_id, at=at)


def set_trip(who: Who, environment: str, on: bool, *, at: datetime) -> Environment:
    """Turns the policy on or off: a right of administrators. Raises NotPermitted and Wrong."""
    require_role(who, ("administrator",), "set the trip policy", at)
    with transaction.atomic():
        chosen = Environment.objects.select_for_update().get(pk=environment_named(environment))
        chosen.trip = on
        chosen.save(update_fields=["trip"])
        append(
            "setting-changed",
            person=who.name,
            acting=who.acting_name,
            subject=f"trip of {environment}",
            detail={"now": on},
            at=at,
        )
    return chosen
