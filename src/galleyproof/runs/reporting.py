"""The account of a run: its numbers and shapes, and what there was to say about records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Q

from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.people.models import Person, Unit
from galleyproof.runs.coverage import coverage_of
from galleyproof.runs.models import Run
from galleyproof.runs.states import ENDED
from galleyproof.runs.tally import (
    EDITED_SINCE,
    OUTCOMES,
    PENDING,
    account,
    consequence_counts,
    ledger_of,
    said_counts,
    shape_counts,
)
from galleyproof.structures.forms import form_of


def iso(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def summary(run: Run) -> dict[str, Any]:
    """What `--json` prints of a run; a run on its way is added up from its ledger."""
    counts = dict(run.counts)
    shown_shapes, refusals, coverage = run.shapes, run.said, run.coverage
    consequences = run.consequences
    if run.state not in ENDED:
        ledger = ledger_of(run)
        counts = account(run.environment_id, ledger)
        shown_shapes = [
            {"shape": str(shape), "count": count}
            for shape, count in shape_counts(run.environment_id, run.id)
        ]
        refusals = [
            {"code": code, "count": count}
            for code, count in said_counts(run.environment_id, ledger.run, "refused")
        ]
        coverage = coverage_of(run)
        consequences = consequence_counts(run.environment_id, run.id)
    # What the database kept as JSON has lost its order.
    counts = {name: counts[name] for name in ("set", *OUTCOMES, PENDING) if name in counts}
    shown_shapes = [{"shape": one["shape"], "count": one["count"]} for one in shown_shapes]
    refusals = [{"code": one["code"], "count": one["count"]} for one in refusals]
    seconds = (run.finished - run.requested).total_seconds() if run.finished else 0
    undo = undone_by(run)
    return {
        "run": run.id,
        "plan": run.plan_id,
        "job": run.job,
        "binding": run.binding or None,
        "job_revision": run.job_revision,
        "program": run.program,
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
        "coverage": coverage,
        "consequences": consequences,
        "refusals": refusals,
        "digest": run.digest or None,
        "undoes": run.undoes_id,
        "taken_back": taken_back(run, counts) if run.undoes_id and counts else None,
        "undone_by": undo.id if undo else None,
        "error": run.error or plan_paused(run) or None,
    }


def taken_back(run: Run, counts: dict[str, int]) -> dict[str, int]:
    """What an undo takes back: records whole, only partly, and not at all."""
    said = dict(said_counts(run.environment_id, ledger_of(run).run, "changed"))
    partly = said.get(EDITED_SINCE, 0)
    return {
        "whole": counts.get("changed", 0) - partly,
        "partly": partly,
        "not_at_all": counts.get("refused", 0) + counts.get("failed", 0),
    }


def undone_in_part(data: dict[str, Any]) -> str:
    """What is to be said first of an undo that does not take everything back, from its `summary`;
    "" of one that does, and of what is no undo."""
    found = data["taken_back"]
    if not found:
        return ""
    followed = sum(one["count"] for one in data["consequences"] if one["code"] == EDITED_SINCE)
    parts = []
    if found["partly"]:
        parts.append(f"{found['partly']:,} only partly")
    if found["not_at_all"]:
        parts.append(f"{found['not_at_all']:,} not at all")
    would = "would be" if data["dry_run"] else "are"
    sentences = []
    if parts:
        of = f"of {sum(found.values()):,} records"
        sentences.append(f"{' and '.join(parts)} {of} {would} taken back")
    if followed:
        sentences.append(f"{followed:,} changes that followed on other records stay")
    return f"{'; '.join(sentences)}: what was edited since stays" if sentences else ""


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
            # The record as the run saw or left it: what became of it later is not of this report.
            f" LEFT JOIN LATERAL (SELECT coalesce(n.body, b.body) AS body"
            f" FROM {run.environment_id}.version AS n LEFT JOIN {run.environment_id}.version AS b"
            " ON b.kind = n.kind AND b.id = n.id AND b.version = n.same_as"
            " WHERE n.kind = o.kind AND n.id = o.id AND n.run <= o.run"
            " ORDER BY n.version DESC LIMIT 1) AS v ON true"
            f" WHERE o.run = %(run)s{chosen} ORDER BY o.start, abs(o.id), o.place{most}",
            {"run": run.id, "outcome": outcome, "limit": limit},
        )
        for kind, id, body, what, code, sentence in cursor:
            yield Row(kind, id, own_number(kind, body), what, code, sentence)


EXAMPLES = 3
"""Records that are named for each thing that a load has to say."""


def examples_said(run: Run) -> list[dict[str, str]]:
    """The first records of each thing that there was to say about, with what was said."""
    with connect("governing") as connection:
        cursor = connection.execute(
            "SELECT outcome, code, sentence FROM (SELECT outcome, code, sentence, start, place,"
            " row_number() OVER (PARTITION BY outcome, code ORDER BY start, abs(id), place) AS n"
            f" FROM {run.environment_id}.outcome WHERE run = %s) AS said WHERE n <= %s"
            " ORDER BY outcome DESC, code, n",
            (run.id, EXAMPLES),
        )
        return [
            {"outcome": outcome, "code": code, "sentence": sentence}
            for outcome, code, sentence in cursor
        ]


def own_number(kind: str, body: bytes | None) -> str:
    """The number that people know a record by: the 001 of a MARC record."""
    return form_of(kind).own_number(form_of(kind).read(bytes(body))) if body else ""


def all_ids(run: Run) -> list[int]:
    """The numbers that a run froze of its set, in its order."""
    with connect("governing") as connection:
        cursor = connection.execute(
            f"SELECT ids FROM {run.environment_id}.chunk WHERE run = %s ORDER BY start", (run.id,)
        )
        return [id for (ids,) in cursor for id in ids]


def frozen_of(run: Run, environment: str) -> list[int]:
    """The numbers that a run froze, to be compared with a set of this environment as it is now."""
    refuse_frozen_before(run, environment)
    return all_ids(run)


def refuse_frozen_before(run: Run, environment: str) -> None:
    """Refuses a run whose numbers say nothing about the records of an environment today."""
    if run.environment_id != environment:
        raise Wrong(f"run {run.id} was in {run.environment_id}, not in {environment}")
    if run.generation != run.environment.generation or not run.kind:
        raise Wrong(
            f"run {run.id} was before the {environment} was refreshed: its numbers may be other "
            "records' today"
        )


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
