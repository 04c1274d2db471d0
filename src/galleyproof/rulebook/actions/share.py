"""Sharing a private draft. What is shared stays shared: permits, runs and sets lean on it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.people.identity import Who
from galleyproof.rulebook.finding import rule_set_named
from galleyproof.rulebook.models import RuleSet
from galleyproof.rulebook.rights import require_hand_in


def share_rules(who: Who, name: str, *, at: datetime) -> tuple[RuleSet, bool]:
    """Shares a rule set; also whether it was a draft until now. Raises Wrong, NotPermitted."""
    rule_set = rule_set_named(name)
    require_hand_in(who, rule_set, "share it", at)
    if rule_set.shared:
        return rule_set, False
    with transaction.atomic():
        set_shared(rule_set)
        append(
            "rules-shared",
            person=who.name,
            acting=who.acting_name,
            subject=rule_set.name,
            detail={"kind": rule_set.kind},
            at=at,
        )
    return rule_set, True


def set_shared(rule_set: RuleSet) -> None:
    rule_set.shared = True
    rule_set.save(update_fields=["shared"])
