"""The account of a run: numbers, shapes, and every record with what became of it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncDate

from galleyproof.database.connect import connect
from galleyproof.marc.record import Record
from galleyproof.people.models import Person, Unit
from galleyproof.runs.judging import OUTCOMES
from galleyproof.runs.models import Run
from galleyproof.runs.states import ENDED, SETTLING, WORKED
from galleyproof.runs.tally import said_counts, shape_counts, tally

RECENT = timedelta(days=14)
"""How long a plan that nothing was made of is worth a reminder."""

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
        "error": run.error or None,
    }


def undone_by(run: Run) -> Run | None:
    """The undo of a run, on its way or done; None while there is none."""
    undos = run.undos.filter(dry_run=False).exclude(state__in=("cancelled", "failed"))
    found: Run | None = undos.order_by("pk").last()
    return found


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
    found = Run.objects.filter(chosen).select_related("person").order_by("-id")
    return list((found.distinct() if unit else found)[:limit])


def of_person(person: Person, limit: int) -> list[Run]:
    """Somebody's own runs, newest first."""
    return list(Run.objects.filter(person=person).select_related("person").order_by("-id")[:limit])


def numbered(numbers: Iterable[int]) -> dict[int, Run]:
    """The runs with these numbers, by number."""
    found: dict[int, Run] = Run.objects.select_related("person").in_bulk(list(numbers))
    return found


def last_of(person: Person, job: str) -> Run | None:
    """The last run or dry run of a job that somebody asked for."""
    found: Run | None = Run.objects.filter(person=person, job=job).order_by("-id").first()
    return found


class Needs(NamedTuple):
    """What waits for a person. plans: their dry runs of the last days that nothing was made of;
    waiting: their runs that wait for somebody else."""

    to_confirm: list[Run]
    plans: list[Run]
    paused: list[Run]
    waiting: list[Run]
    going: list[Run]


def needing(person: Person, at: datetime, limit: int = 10) -> Needs:
    runs = Run.objects.select_related("person").order_by("-id")
    mine = runs.filter(person=person)
    others = runs.filter(state="waiting").exclude(person=person)
    return Needs(
        list(others[:limit]) if person.has_role("systems-librarian") else [],
        list(
            mine.filter(
                state="planned",
                dry_run=True,
                undoes=None,
                used_by=None,
                requested__gt=at - RECENT,
                counts__changed__gt=0,
            )[:limit]
        ),
        list(mine.filter(state="paused")[:limit]),
        list(mine.filter(state="waiting")[:limit]),
        list(mine.filter(state__in=(WORKED | SETTLING))[:limit]),
    )


def changed_per_day(days: int, at: datetime, zone: tzinfo) -> list[tuple[date, dict[str, int]]]:
    """How many records runs changed on each of the last days, by environment; days in `zone`."""
    last = at.astimezone(zone).date()
    first = last - timedelta(days=days - 1)
    found = {first + timedelta(days=n): {"sandbox": 0, "production": 0} for n in range(days)}
    rows = (
        Run.objects.filter(finished__gte=datetime.combine(first, time.min, zone), dry_run=False)
        .exclude(job="load")
        .annotate(day=TruncDate("finished", tzinfo=zone))
        .values("day", "environment_id")
        .annotate(changed=Sum(Cast(KeyTextTransform("changed", "counts"), BigIntegerField())))
    )
    for row in rows:
        if row["day"] in found:
            found[row["day"]][row["environment_id"]] = row["changed"] or 0
    return list(found.items())


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
