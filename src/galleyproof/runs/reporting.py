"""The account of a run: numbers, shapes, and every record with what became of it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.db.models import Q

from galleyproof.catalog.tables import safe
from galleyproof.database.connect import connect
from galleyproof.runs.coverage import coverage_of
from galleyproof.runs.judging import OUTCOMES
from galleyproof.runs.models import Run
from galleyproof.runs.states import ENDED
from galleyproof.runs.tally import said_counts, shape_counts, tally
from galleyproof.structures.forms import form_of

BY_NAME = {name: mark for mark, name in OUTCOMES.items()}


def iso(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def summary(run: Run) -> dict[str, Any]:
    """What `--json` prints of a run; a run on its way is added up from its ledger."""
    counts = dict(run.counts)
    shown_shapes, refusals, coverage = run.shapes, run.said, run.coverage
    if run.state not in ENDED:
        so_far = tally(run.environment_id, run.id)
        counts = {"set": so_far.size, **so_far.counts}
        shown_shapes = [
            {"shape": str(shape), "count": count}
            for shape, count in shape_counts(run.environment_id, run.id)
        ]
        refusals = [
            {"code": code, "count": count}
            for code, count in said_counts(run.environment_id, run.id, "refused")
        ]
        coverage = coverage_of(run)
    seconds = (run.finished - run.requested).total_seconds() if run.finished else 0
    undone_by = run.undos.filter(dry_run=False).exclude(state__in=("cancelled", "failed")).last()
    return {
        "run": run.id,
        "plan": run.plan_id,
        "job": run.job,
        "binding": run.binding or None,
        "environment": run.environment_id,
        "state": run.state,
        "dry_run": run.dry_run,
        "person": run.person.username,
        "note": run.note,
        "set": run.source,
        "parameters": run.parameters if run.job != "edit-record" else {},
        "permit": run.permit_id,
        "started": iso(run.requested),
        "finished": iso(run.finished),
        "records_per_second": round(counts.get("set", 0) / seconds) if seconds else None,
        "counts": counts,
        "shapes": shown_shapes,
        "coverage": coverage,
        "consequences": run.consequences,
        "refusals": refusals,
        "digest": run.digest or None,
        "undoes": run.undoes_id,
        "undone_by": undone_by.id if undone_by else None,
        "error": run.error or None,
    }


class Row(NamedTuple):
    """One record of a run in its report."""

    kind: str
    id: int | None
    number: str
    outcome: str
    code: str
    sentence: str


def said_rows(run: Run, outcome: str | None = None, limit: int | None = None) -> Iterator[Row]:
    """The outcome rows of a run: everything that there was something to say about."""
    chosen = "" if outcome is None else " AND o.outcome = %(outcome)s"
    most = "" if limit is None else " LIMIT %(limit)s"
    with connect("governing") as connection, connection.cursor(name="said") as cursor:
        cursor.execute(
            "SELECT o.kind, o.id, v.body, o.outcome, o.code, o.sentence"
            f" FROM {run.environment_id}.outcome AS o"
            f" LEFT JOIN {run.environment_id}.record AS r ON r.kind = o.kind AND r.id = o.id"
            f" LEFT JOIN {run.environment_id}.version AS v"
            " ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version"
            f" WHERE o.run = %(run)s{chosen} ORDER BY o.start, o.id, o.place{most}",
            {"run": run.id, "outcome": outcome, "limit": limit},
        )
        for kind, id, body, what, code, sentence in cursor:
            yield Row(kind, id, own_number(kind, body), what, code, sentence)


def own_number(kind: str, body: bytes | None) -> str:
    """The number that people know a record by: the 001 of a MARC record."""
    return form_of(kind).own_number(form_of(kind).read(bytes(body))) if body else ""


def ids_with(run: Run, outcome: str) -> Iterator[tuple[int, int]]:
    """(number, version judged at) of every member with this outcome, in the run's order."""
    mark = BY_NAME[outcome]
    with connect("governing") as connection, connection.cursor(name="ids", binary=True) as cursor:
        cursor.execute(
            f"SELECT ids, versions, marks FROM {run.environment_id}.chunk"
            " WHERE run = %s AND state = 'done' ORDER BY start",
            (run.id,),
        )
        for ids, versions, marks in cursor:
            for place, found in enumerate(marks):
                if found == mark:
                    yield ids[place], versions[place]


def all_ids(run: Run) -> list[int]:
    """The numbers that a run froze of its set, in its order."""
    with connect("governing") as connection:
        cursor = connection.execute(
            f"SELECT ids FROM {run.environment_id}.chunk WHERE run = %s ORDER BY start", (run.id,)
        )
        return [id for (ids,) in cursor for id in ids]


def listing(
    *, state: str = "", job: str = "", person: str = "", environment: str = "", limit: int = 50
) -> list[Run]:
    chosen = Q()
    if state:
        chosen &= Q(state=state)
    if job:
        chosen &= Q(job=job)
    if person:
        chosen &= Q(person__username=person) | Q(person__display_name=person)
    if environment:
        chosen &= Q(environment_id=environment)
    return list(Run.objects.filter(chosen).select_related("person").order_by("-id")[:limit])


def export_rows(run: Run, path: Path, outcome: str | None = None) -> int:
    """Writes a report as CSV: every member of the set in exactly one line; returns the lines.

    A cell that a spreadsheet would take for a formula is preceded by an apostrophe.
    """
    said: dict[int | None, list[Row]] = {}
    for row in said_rows(run):
        said.setdefault(row.id, []).append(row)
    count = 0
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["kind", "number in the catalogue", "outcome", "code", "what is said"])
        for name in OUTCOMES.values():
            if outcome is not None and name != outcome:
                continue
            for id, _ in ids_with(run, name):
                rows = said.get(id, [])
                writer.writerow(
                    [
                        run.kind,
                        id,
                        name,
                        safe(" · ".join(row.code for row in rows)),
                        safe(" · ".join(row.sentence for row in rows)),
                    ]
                )
                count += 1
    return count
