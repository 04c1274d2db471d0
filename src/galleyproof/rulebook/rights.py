"""Who may do what with a rule set: its owner, and once it is shared, systems librarians too."""

from __future__ import annotations

from datetime import datetime

from galleyproof.people.identity import Who
from galleyproof.people.rights import deny
from galleyproof.rulebook.finding import of_others, private
from galleyproof.rulebook.models import RuleSet

KEEPERS = ("systems-librarian", "administrator")


def require_hand_in(who: Who, rule_set: RuleSet, what: str, at: datetime) -> None:
    """Passes who may add to a rule set, or share it; denies everybody else."""
    if rule_set.owner_id == who.person.pk:
        return
    if of_others(rule_set, who.person):
        sentence = private(rule_set)
    elif who.person.has_role(*KEEPERS):
        return
    else:
        sentence = (
            f"the rule set “{rule_set.name}” is {rule_set.owner.display_name}'s; only they, a "
            f"systems librarian or an administrator may {what}"
        )
    deny(who.person, f"{what}: {rule_set.name}", sentence, at=at, acting=who.acting)


def require_use(who: Who, rule_set: RuleSet, what: str, environment: str, at: datetime) -> None:
    """Passes a shared rule set, and in the sandbox the owner with a private draft. what: what is
    refused otherwise, for the log."""
    if rule_set.shared:
        return
    if of_others(rule_set, who.person):
        sentence = private(rule_set)
    elif environment == "sandbox":
        return
    else:
        sentence = (
            f"the rule set “{rule_set.name}” is a private draft, and drafts run in the sandbox "
            f"only; share it first: `galley rules share {rule_set.name}`"
        )
    deny(who.person, f"{what} in {environment}", sentence, at=at, acting=who.acting)
