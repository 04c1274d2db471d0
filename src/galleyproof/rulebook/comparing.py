"""What is different between two versions of a rule set."""

from __future__ import annotations

from difflib import unified_diff

from galleyproof.rulebook.models import RuleSetVersion


def difference(one: RuleSetVersion, other: RuleSetVersion) -> list[str]:
    """Lines of a unified diff, without their ends; none where the texts are the same."""
    return list(
        unified_diff(
            one.text.splitlines(),
            other.text.splitlines(),
            one.binding,
            other.binding,
            lineterm="",
        )
    )
