"""A rule set that changes suspends the permits for its older versions."""

from __future__ import annotations

import pytest
from stories import NOW, Library, series

RULES = 'rule "series" when exists "830" then\n  changeSecondIndicator "830" to "0"\nend\n'
JOB = "normalize-bibs"


def change(library: Library, text: str, who=None, **more):
    from galleyproof.runs.rule_changes import change_rules

    return change_rules(who or library.bob, "series", text, at=NOW, **more)


def test_the_permits_of_older_versions_wait_until_acknowledged_and_confirmed(
    library: Library,
) -> None:
    from galleyproof.people.denial import NotPermitted
    from galleyproof.permits.actions.acknowledge import acknowledge, confirm

    library.load([series(1)])
    library.set()
    first = change(library, RULES, share=True)
    assert (first.added.version.binding, first.suspended) == ("series@1", [])
    permit = library.permit(job=JOB, binding="series@1")
    assert change(library, RULES).suspended == []
    assert change(library, RULES.replace("830", "800")).suspended == [permit.pk]
    with pytest.raises(NotPermitted, match="suspended.*series@2.*Amy acknowledges it"):
        library.run(job=JOB, binding="series@1")
    acknowledge(library.amy, permit.pk, at=NOW)
    confirm(library.bob, permit.pk, at=NOW)
    assert library.run(job=JOB, binding="series@1").counts["changed"] == 1


def test_a_private_draft_suspends_nobody(library: Library) -> None:
    change(library, RULES, who=library.amy)
    library.permit(job=JOB, binding="series@1")
    assert change(library, RULES.replace("830", "800"), who=library.amy).suspended == []
