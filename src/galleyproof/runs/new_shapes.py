"""Records that show the kinds of change that a permit does not cover, for whoever reviews them."""

from __future__ import annotations

from galleyproof.marc.shapes import shapes
from galleyproof.runs.before_after import Difference, differences
from galleyproof.runs.models import Run
from galleyproof.runs.offered import job_named

LOOKED_AT = 20_000
"""Changed records looked at, at the most, for examples of shapes that few records have."""


def examples(run: Run, each: int) -> dict[str, list[Difference]]:
    """For each new shape of a waiting run's plan at most `each` records that show it; an empty
    list for what follows on other records, which the consequences list."""
    new = [one["shape"] for one in run.waits_for.get("shapes", [])]
    found: dict[str, list[Difference]] = {shape: [] for shape in new}
    open_ = {shape for shape in new if not shape.startswith("follows: ")}
    if not open_ or run.plan is None:
        return found
    literal = job_named(run.job).literal
    for one in differences(run.plan, LOOKED_AT):
        for shape in shapes(one.kind, one.changes, literal):
            text = str(shape)
            if text in open_:
                found[text].append(one)
                if len(found[text]) >= each:
                    open_.discard(text)
        if not open_:
            break
    return found
