"""Rule sets by name in a query: `rule "NAME"`."""

from __future__ import annotations

from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.rulebook.finding import version_shown
from galleyproof.rules.query import Named, RulesNamed


def rules_for(who: Who, environment: str) -> RulesNamed:
    """How the queries of somebody's sets find their rules: shared ones, and in the sandbox their
    own drafts. What is found is one version, the newest where none is said."""

    def found(binding: str) -> Named:
        version = version_shown(binding, who.person)
        if not version.rule_set.shared and environment != "sandbox":
            raise Wrong(
                f"the rule set “{version.rule_set.name}” is a private draft, and drafts are for "
                "the sandbox only; share it first"
            )
        return Named(version.binding, version.text)

    return found
