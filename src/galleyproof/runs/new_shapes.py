"""Records that show the kinds of change that a permit does not cover, for whoever reviews them."""

from __future__ import annotations

from galleyproof.jobs.office_names import job_named
from galleyproof.runs.before_after import Difference, differences
from galleyproof.runs.models import Run
from galleyproof.structures.forms import form_of

LOOKED_AT = 50_000
"""Changed records looked at, at the most, for examples of shapes that few records have."""


def examples(run: Run, each: int) -> dict[str, list[Difference]]:
    """For each new shape of a waiting run's plan at most `each` records that show it; an empty
    list for what follows on other records, which the consequences list."""
    new = [one["shape"] for one in run.waits_for.get("shapes", [])]
    found: dict[str, list[Difference]] = {shape: [] for shape in new}
    wanted = {shape for shape in new if not shape.startswith("follows: ")}
    if not wanted or run.plan is None:
        return found
    literal = job_named(run.job).literal
    for one in differences(run.plan, LOOKED_AT):
        for shape in map(str, form_of(one.kind).shapes(one.changes, literal)):
            if shape in wanted:
                found[shape].append(one)
                if len(found[shape]) >= each:
                    wanted.discard(shape)
        if not wanted:
            break
    return found
