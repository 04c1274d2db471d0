"""Proofs: what is kept of a sandbox run, and what is shown of it later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from galleyproof.catalog.models import Environment
from galleyproof.jobs.catalogue import JOBS
from galleyproof.runs.models import Run
from galleyproof.runs.reporting import iso, said_rows, summary
from galleyproof.signoff.examples import examples
from galleyproof.signoff.models import Proof, Ticket

MOST_SAID = 50
SAMPLE = 10
"""The number of records that is suggested for a test."""

GOOD_ENDS = ("completed", "completed-with-failures")


def faults(ticket: Ticket, run: Run) -> list[str]:
    """Why a run is not a proof for this ticket, as sentences; none if it is."""
    found = []
    if run.environment_id != "sandbox":
        found.append(f"run {run.pk} was in {run.environment_id}; a proof is a sandbox run")
    if run.dry_run:
        found.append(f"run {run.pk} is a dry run: it wrote nothing, so there was nothing to check")
    if run.job != ticket.job:
        found.append(f"run {run.pk} is a run of {run.job}; the ticket is for {ticket.job}")
    elif run.binding != ticket.binding:
        found.append(
            f"run {run.pk} was with “{run.binding or 'no binding'}”; the ticket is for "
            f"“{ticket.binding or 'no binding'}”"
        )
    if run.person_id != ticket.person_id:
        found.append(
            f"run {run.pk} was {run.person.display_name}'s; a proof is a run of "
            f"{ticket.person.display_name}'s own"
        )
    if run.state == "completed-nothing-changed":
        found.append(f"run {run.pk} changed nothing, so it shows nothing")
    elif run.state not in GOOD_ENDS:
        found.append(f"run {run.pk} is {run.state}; a proof is a run that came to its end")
    job = JOBS.get(run.job)
    if job is not None and run.job == ticket.job and run.job_revision != job.revision:
        found.append(
            f"run {run.pk} was of revision {run.job_revision} of {run.job}, which is at "
            f"revision {job.revision} now; test it again"
        )
    if ticket.proofs.filter(run=run).exists():
        found.append(f"run {run.pk} is a proof of this ticket already")
    return found


def candidates(ticket: Ticket, limit: int = 10) -> list[Run]:
    """The newest sandbox runs that could be offered as proof of a ticket."""
    runs = Run.objects.filter(
        person=ticket.person,
        job=ticket.job,
        binding=ticket.binding,
        environment="sandbox",
        dry_run=False,
        undoes=None,
        state__in=GOOD_ENDS,
    )
    taken = ticket.proofs.values_list("run", flat=True)
    return list(runs.exclude(pk__in=taken).select_related("person").order_by("-pk")[:limit])


def keep(run: Run) -> dict[str, Any]:
    """What is kept of a run as evidence: its account, examples of every shape, the refused and
    failed, and the date of the sandbox's data."""
    said = [
        row._asdict()
        for outcome in ("refused", "failed")
        for row in said_rows(run, outcome, MOST_SAID)
    ]
    return {
        "report": summary(run),
        "job_revision": run.job_revision,
        "generation": run.generation,
        "data_of": iso(data_of(run)),
        "examples": {shape: [one.as_dict for one in some] for shape, some in examples(run).items()},
        "said": said,
    }


def data_of(run: Run) -> datetime | None:
    """The date of the data that a run saw: when the environment was last refreshed, or else
    filled, before it."""
    environment = Environment.objects.get(pk=run.environment_id)
    if environment.refreshed is not None and environment.refreshed <= run.requested:
        return environment.refreshed
    load = (
        Run.objects.filter(environment=run.environment_id, job="load", requested__lte=run.requested)
        .order_by("-pk")
        .first()
    )
    return (load.finished or load.requested) if load else None


def shown(proof: Proof) -> dict[str, Any]:
    """One proof, as `all_shown` shows several."""
    return all_shown([proof])[0]


def all_shown(proofs: Iterable[Proof]) -> list[dict[str, Any]]:
    """Proofs as people and programs read them: what was kept, and what became of it since. Two
    queries, however many there are."""
    listed = list(proofs)
    undos = Run.objects.filter(
        undoes__in=[one.run_id for one in listed], dry_run=False, state__in=GOOD_ENDS
    )
    undone = dict(undos.order_by("pk").values_list("undoes", "pk"))
    generations = dict(Environment.objects.values_list("pk", "generation"))
    return [as_shown(one, undone.get(one.run_id), generations) for one in listed]


def as_shown(proof: Proof, undo: int | None, generations: dict[str, int]) -> dict[str, Any]:
    run = proof.run
    report = proof.kept["report"]
    return {
        "run": run.pk,
        "turn": proof.turn,
        "stands": proof.turn == proof.ticket.turn,
        "note": proof.note,
        "at": iso(proof.at),
        "set": report["set"],
        "parameters": report["parameters"],
        "counts": report["counts"],
        "shapes": report["shapes"],
        "consequences": report["consequences"],
        "refusals": report["refusals"],
        "said": proof.kept["said"],
        "data_of": proof.kept["data_of"],
        "sandbox_refreshed_since": proof.kept["generation"] != generations[run.environment_id],
        "undone_by": undo,
    }


def standing_proofs(ticket: Ticket) -> list[Proof]:
    """The proofs that count: those since the ticket was last sent back to the sandbox."""
    return list(ticket.proofs.filter(turn=ticket.turn).select_related("run", "ticket"))


def advice(run: Run) -> str:
    """What might be said of a sample; "" where it is fine."""
    size = int(run.counts.get("set", 0))
    if size < SAMPLE:
        return f"a sample of about {SAMPLE} records is suggested; this one has {size}"
    return ""
