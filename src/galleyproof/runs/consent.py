"""When a second person must agree before a production plan runs."""

from __future__ import annotations

from typing import Any

from galleyproof.jobs.codes import OF_EVERY_JOB
from galleyproof.permits.limits import stored_limits
from galleyproof.runs.models import Run


def kinds_of_change(run: Run) -> list[dict[str, Any]]:
    """Every kind of change of a plan or a run, with its count, as an envelope's `shapes` names
    them: the shapes, and what follows on other records. What is only listed changes nothing."""
    return [dict(one) for one in run.shapes] + [
        {"shape": follows(one), "count": one["count"]}
        for one in run.consequences
        if one["code"] not in OF_EVERY_JOB
    ]


def follows(one: dict[str, Any]) -> str:
    """What follows on other records, as a kind of change: by its code, whatever the words."""
    named = one["what"] if one["code"] == "changed" else one["code"]
    return f"follows: {one['kind']} {named}"


def what_it_waits_for(run: Run, plan: Run) -> dict[str, Any]:
    """Why a run must wait for a second person: {"above", "changed"} and {"shapes"}; {} if it
    need not.

    The permit's own ask_above counts in production, before the environment's. Shapes outside the
    permit's wait in production only: the sandbox is there to find them.
    """
    limits = stored_limits(run.limits)
    production = run.environment_id == "production"
    found: dict[str, Any] = {}
    asked = [one.envelope.ask_above for one in limits if one.envelope.ask_above is not None]
    above = min(asked) if asked and production else run.environment.ask_above
    changed = plan.counts.get("changed", 0)
    if above is not None and changed > above:
        found |= {"above": above, "changed": changed}
    if production and changed:
        new = [
            one
            for one in kinds_of_change(plan)
            if any(
                limit.envelope.shapes is not None and one["shape"] not in limit.envelope.shapes
                for limit in limits
            )
        ]
        if new:
            found["shapes"] = new
    return found


def sentences(waits_for: dict[str, Any]) -> list[str]:
    """What a run waits for, for people."""
    found = []
    if "above" in waits_for:
        found.append(
            f"{waits_for['changed']:,} records would change, more than {waits_for['above']:,}: a "
            "second person confirms the plan"
        )
    if "shapes" in waits_for:
        new = waits_for["shapes"]
        named = "; ".join(f"{one['shape']} ({one['count']:,})" for one in new[:12])
        more = f" and {len(new) - 12} more" if len(new) > 12 else ""
        kinds = "1 kind of change" if len(new) == 1 else f"{len(new)} kinds of change"
        found.append(
            f"{kinds} outside the permit's, to be reviewed by a second person: {named}{more}"
        )
    return found
