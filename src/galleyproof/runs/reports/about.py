"""What a report is of, for the head of a file: job, set, parameters, versions."""

from __future__ import annotations

import json
import re
from typing import Any

from galleyproof.jobs.catalogue import JOBS
from galleyproof.runs.models import Run, program
from galleyproof.runs.reporting import iso, summary
from galleyproof.runs.reports.choice import WHOLE, Choice
from galleyproof.structures.structure import shown

ABOUT = "About: "
"""How the last head of a CSV file begins; nothing stands in its column."""
BLANKS = re.compile(r"[\s\x00-\x1f]+")


def about(run: Run, choice: Choice = WHOLE) -> list[tuple[str, str]]:
    """(what, its value) of a run and of what is listed of it; what says nothing is left out."""
    data = summary(run)
    job = JOBS.get(run.job)
    counts = ", ".join(f"{count:,} {name}" for name, count in data["counts"].items())
    found = [
        ("run", " ".join(filter(None, (str(run.id), what_of(run))))),
        ("job", f"{run.job} (revision {run.job_revision})"),
        ("title", job.title if job else ""),
        ("rule or profile", run.binding),
        ("environment", f"{run.environment_id}, generation {run.generation}"),
        ("set", set_text(run.source)),
        *((f"parameter {name}", value) for name, value in parameters_of(data["parameters"])),
        ("plan", str(run.plan_id or "")),
        ("permit", str(run.permit_id or "")),
        ("note", run.note),
        ("asked for by", run.person.username),
        ("asked for at (UTC)", iso(run.requested) or ""),
        ("ended at (UTC)", iso(run.finished) or ""),
        ("state", run.state),
        ("because", str(data["error"] or "")),
        ("counts", counts),
        ("digest", run.digest),
        ("listed here", choice.text),
        ("Galleyproof", run.program),
        ("written by Galleyproof", program() if program() != run.program else ""),
    ]
    return [(name, value) for name, value in found if value]


def head_cell(run: Run, choice: Choice = WHOLE) -> str:
    """The same as one line without tabs: the last head of a CSV file."""
    return ABOUT + "; ".join(
        BLANKS.sub(" ", f"{name} {value}") for name, value in about(run, choice)
    )


def what_of(run: Run) -> str:
    if run.undoes_id is not None:
        return f"({'preview of the undo' if run.dry_run else 'undo'} of run {run.undoes_id})"
    return "(dry run)" if run.dry_run else ""


def set_text(source: dict[str, Any]) -> str:
    """Where a run's records came from, in words."""
    if "undo" in source:
        return f"what run {source['undo']} changed"
    if "files" in source:
        return ", ".join(one["name"] for one in source["files"])
    if "file" in source:
        return f"file {source['file']}"
    if "set" in source:
        return str(source["set"])
    if "ids" in source:
        return "records named one by one"
    return "all of production" if "copy" in source else ""


def parameters_of(given: dict[str, Any]) -> list[tuple[str, str]]:
    """The parameters that say something, each as people write it."""
    found = []
    for name, value in given.items():
        text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else shown(value)
        if value not in (None, "", [], {}, ()) and text:
            found.append((name.replace("_", "-"), text))
    return found
