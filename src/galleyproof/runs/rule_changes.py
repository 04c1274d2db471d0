"""A new version of a rule set, and the permits that were signed off with the ones before.

Whoever may run an older version goes on with it only once they have acknowledged that there is a
newer one, and a systems librarian has confirmed. A private draft suspends nobody: its permits are
its owner's own, for trying.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from galleyproof.people.identity import Who
from galleyproof.permits.actions.suspend import suspend_for_bindings
from galleyproof.permits.suspensions import rules_changed
from galleyproof.rulebook.actions.add import Added, add_rules
from galleyproof.rulebook.models import RuleSetVersion


class Changed(NamedTuple):
    """What was added, and the numbers of the permits that it suspended."""

    added: Added
    suspended: list[int]


def change_rules(
    who: Who, name: str, text: str, *, share: bool = False, note: str = "", at: datetime
) -> Changed:
    """As `add_rules`, and raises what it raises."""
    with transaction.atomic():
        made = add_rules(who, name, text, share=share, note=note, at=at)
        version = made.version
        suspended: list[int] = []
        if made.added and version.number > 1 and version.rule_set.shared:
            before = RuleSetVersion.objects.filter(
                rule_set=version.rule_set, number__lt=version.number
            ).select_related("rule_set")
            suspended = suspend_for_bindings(
                [one.binding for one in before],
                rules_changed(version.rule_set.name, version.binding),
                by=who.name,
                acting=who.acting_name,
                at=at,
            )
    return Changed(made, suspended)
