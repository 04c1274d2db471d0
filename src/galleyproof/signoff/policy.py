"""Policies of the institution: few, by name, each with what it means."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches
from typing import Any, NamedTuple

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.rights import require_role
from galleyproof.signoff.models import Policy


class Offered(NamedTuple):
    """default: what holds until somebody sets it; its type is the policy's."""

    default: bool | int
    means: str


POLICIES = {
    "three-people": Offered(
        False, "who asks, who issued the sandbox permit and who signs off are three people"
    ),
    "stale-after": Offered(90, "days without a move after which a ticket ends as stale"),
    "sandbox-days": Offered(90, "days for which the sandbox permit of a ticket is issued"),
}


def policy(name: str) -> Any:
    """What a policy is set to."""
    row = Policy.objects.filter(name=name).first()
    return POLICIES[name].default if row is None else row.value


def all_policies() -> dict[str, Any]:
    known = dict(Policy.objects.values_list("name", "value"))
    return {name: known.get(name, offered.default) for name, offered in POLICIES.items()}


def set_policy(who: Who, name: str, value: str, *, at: datetime) -> Any:
    """Sets a policy: a right of administrators. value: as typed (yes, no, or a number of days).

    Raises NotPermitted, and Wrong for a policy or a value that is none.
    """
    require_role(who, ("administrator",), f"set the policy {name}", at)
    if name not in POLICIES:
        near = get_close_matches(name, POLICIES, n=1)
        offer = f"did you mean {near[0]}?" if near else "there are " + ", ".join(POLICIES)
        raise Wrong(f"“{name}” is not a policy; {offer}")
    meant = understood(name, value)
    with transaction.atomic():
        Policy.objects.update_or_create(name=name, defaults={"value": meant})
        append(
            "setting-changed",
            person=who.name,
            acting=who.acting_name,
            subject=f"policy {name}",
            detail={"value": meant},
            at=at,
        )
    return meant


def understood(name: str, value: str) -> bool | int:
    typed = value.strip().lower()
    if isinstance(POLICIES[name].default, bool):
        if typed not in ("yes", "no", "on", "off", "true", "false"):
            raise Wrong(f"{name} is yes or no, not “{value}”")
        return typed in ("yes", "on", "true")
    if not typed.isdecimal() or not 1 <= int(typed) <= 3650:
        raise Wrong(f"{name} is a number of days from 1 to 3650, not “{value}”")
    return int(typed)
