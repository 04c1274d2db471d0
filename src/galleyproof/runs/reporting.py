"""The account of a run: numbers, shapes, and every record with what became of it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.db.models import Q

from galleyproof.database.connect import connect
from galleyproof.marc.record import Record
from galleyproof.people.models import Person, Unit
from galleyproof.runs.judging import OUTCOMES
from galleyproof.runs.models import Run
from galleyproof.runs.states import ENDED
from galleyproof.runs.tally import said_counts, shape_counts, tally

BY_NAME = {name: mark for mark, name in OUTCOMES.items()}


def iso(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def summary(run: Run) -> dict[str, Any]:
    """What `--json` prints of a run; a run on its way is added up from its ledger."""
    counts = dict(run.counts)
    shown_shapes, refusals = run.shapes, run.said
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
    seconds = (run.finished - run.requested).total_seconds() if run.finished else 0
    undo = undone_by(run)
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
        "schedule": run.schedule_id,
        "waits_for": run.waits_for or None,
        "confirmed_by": run.confirmed_by.username if run.confirmed_by else None,
        "started": iso(run.requested),
        "finished": iso(run.finished),
        "records_per_second": round(counts.get("set", 0) / seconds) if seconds else None,
        "counts": counts,
        "shapes": shown_shapes,
        "consequences": run.consequences,
        "refusals": refusals,
        "digest": run.digest or None,
        "undoes": run.undoes_id,
        "undone_by": undo.id if undo else None,
        "error": run.error or plan_paused(run) or None,
    }


def undone_by(run: Run) -> Run | None:
    """The undo of a run, on its way or done; None while there is none."""
    undos = run.undos.filter(dry_run=False).exclude(state__in=("cancelled", "failed"))
    found: Run | None = undos.order_by("pk").last()
    return found


def plan_paused(run: Run) -> str:
    """Why a run that is being planned does not get on, as a sentence; "" if it does."""
    plan = run.plan
    if run.state != "planning" or plan is None or plan.state != "paused":
        return ""
    because = f": {plan.error}" if plan.error else ""
    return f"its plan, run {plan.id}, is paused{because}; galley resume {plan.id} goes on with it"


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
            yield Row(kind, id, own_number(body), what, code, sentence)


def own_number(body: bytes | None) -> str:
    """A MARC record's 001, as people know it by."""
    if body is None:
        return ""
    first = Record(bytes(body)).first(b"001")
    return first.decode("utf-8", "replace").strip() if first is not None else ""


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
    *,
    state: str = "",
    job: str = "",
    person: str = "",
    environment: str = "",
    unit: str = "",
    set_name: str = "",
    what: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Run]:
    """At most `limit` runs, newest first; what is left empty does not narrow.

    state: one, or `going`, `ended`. unit: of whoever asked for it, its sub-units included. what:
    `runs` or `dry-runs`. since, until: asked for from then on, and before then. before: only
    those numbered below.
    """
    chosen = Q()
    if state == "going":
        chosen &= ~Q(state__in=ENDED)
    elif state == "ended":
        chosen &= Q(state__in=ENDED)
    elif state:
        chosen &= Q(state=state)
    if job:
        chosen &= Q(job=job)
    if person:
        named = Person.objects.filter(Q(username=person) | Q(display_name=person))
        chosen &= Q(person__in=list(named.values_list("pk", flat=True)))
    if environment:
        chosen &= Q(environment_id=environment)
    if unit:
        units = Unit.objects.filter(Q(code__iexact=unit) | Q(parent__code__iexact=unit))
        chosen &= Q(person__units__in=list(units))
    if set_name:
        chosen &= Q(source__set=set_name)
    if what:
        chosen &= Q(dry_run=what == "dry-runs")
    if since is not None:
        chosen &= Q(requested__gte=since)
    if until is not None:
        chosen &= Q(requested__lt=until)
    if before is not None:
        chosen &= Q(id__lt=before)
    found = Run.objects.filter(chosen).select_related("person", "confirmed_by", "plan")
    return list((found.distinct() if unit else found).order_by("-id")[:limit])


COLUMNS = ("kind", "number in the catalogue", "outcome", "code", "what is said")


def report_lines(run: Run, outcome: str | None = None) -> Iterator[tuple[str, int, str, str, str]]:
    """Every member of the set in exactly one line, by COLUMNS; of one outcome, if one is named."""
    said: dict[int | None, list[Row]] = {}
    for row in said_rows(run):
        said.setdefault(row.id, []).append(row)
    for name in OUTCOMES.values():
        if outcome is not None and name != outcome:
            continue
        for id, _ in ids_with(run, name):
            rows = said.get(id, [])
            codes = " · ".join(row.code for row in rows)
            yield run.kind, id, name, codes, " · ".join(row.sentence for row in rows)


def export_rows(run: Run, path: Path, outcome: str | None = None) -> int:
    """Writes a report as CSV; returns the lines.

    A cell that a spreadsheet would take for a formula is preceded by an apostrophe.
    """
    count = 0
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for kind, id, name, codes, sentences in report_lines(run, outcome):
            writer.writerow([kind, id, name, safe(codes), safe(sentences)])
            count += 1
    return count


def safe(cell: str) -> str:
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
