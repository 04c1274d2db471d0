"""How often each part of a job had a hand in a change: for rules, each rule and each action."""

from __future__ import annotations

from typing import Any

from galleyproof.marc.errors import Wrong
from galleyproof.runs.binding import job_of
from galleyproof.runs.models import Run
from galleyproof.runs.tally import coverage_counts


def coverage_of(run: Run) -> list[dict[str, Any]]:
    """One entry for each action, in the order written, with the number of changed records that it
    (`records`) and that its rule (`rule_records`) applied to, zeros included; a rule without
    actions has one entry, action 0. part: the number by which its records are listed; that of its
    rule is smaller by `action`. Added up from the ledger; [] for jobs that count nothing."""
    try:
        job = job_of(run)
    except Wrong:
        return []  # a first filling, or a job that is not offered any more
    labels = job.coverage(job.parameters.model_validate(run.parameters))
    if not labels:
        return []
    counts = coverage_counts(run.environment_id, run.id)
    entries = []
    of_rule = 0
    for place, label in enumerate(labels):
        alone = place + 1 == len(labels) or labels[place + 1].action == 0
        if label.action == 0:
            of_rule = counts.get(place, 0)
            if not alone:
                continue
        entries.append(
            {
                "rule": label.rule,
                "line": label.line,
                "action": label.action,
                "text": label.text,
                "part": place,
                "records": counts.get(place, 0),
                "rule_records": of_rule,
            }
        )
    return entries
