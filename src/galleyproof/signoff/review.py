"""What a reviewer looks at: the proofs beside a dry run of the same job in production, and every
shape of change, each to be opened at least once by whoever signs."""

from __future__ import annotations

from typing import Any, NamedTuple

from galleyproof.marc.errors import Wrong
from galleyproof.people.models import Person
from galleyproof.people.sameness import same_person
from galleyproof.runs.models import Run
from galleyproof.runs.reporting import said_rows, summary
from galleyproof.signoff.examples import EACH, Example, examples
from galleyproof.signoff.models import Proof, ShapeOpened, Ticket
from galleyproof.signoff.next_step import quoted
from galleyproof.signoff.proofs import MOST_SAID, all_shown, standing_proofs

MOST_FRESH = 2 * EACH
"""Of so many examples from production those are shown that no proof has shown."""


class ShapeSeen(NamedTuple):
    """A shape of the review. number: what it is opened by. in_sandbox, in_production: records
    that show it in the proofs together, and in the dry run. opened: by whoever asks."""

    number: int
    shape: str
    in_sandbox: int
    in_production: int
    opened: bool


class Review(NamedTuple):
    """proofs: those that count. dry_run: of the same job in production, None if there is none
    yet."""

    ticket: Ticket
    proofs: list[Proof]
    dry_run: Run | None
    shapes: list[ShapeSeen]

    @property
    def unopened(self) -> list[ShapeSeen]:
        return [one for one in self.shapes if not one.opened]

    @property
    def only_in_production(self) -> list[ShapeSeen]:
        return [one for one in self.shapes if not one.in_sandbox]


def review(ticket: Ticket, person: Person) -> Review:
    """Everything there is to look at, with what this person has opened. A handful of queries,
    however large the runs are."""
    proofs = standing_proofs(ticket)
    dry = production_dry_run(ticket)
    in_sandbox: dict[str, int] = {}
    for proof in proofs:
        for one in proof.kept["report"]["shapes"]:
            in_sandbox[one["shape"]] = in_sandbox.get(one["shape"], 0) + one["count"]
    in_production = {one["shape"]: one["count"] for one in dry.shapes} if dry else {}
    opened = opened_by(ticket, person)
    names = sorted(in_sandbox.keys() | in_production.keys())
    return Review(
        ticket,
        proofs,
        dry,
        [
            ShapeSeen(
                number,
                name,
                in_sandbox.get(name, 0),
                in_production.get(name, 0),
                name in opened,
            )
            for number, name in enumerate(names, start=1)
        ],
    )


def production_dry_run(ticket: Ticket) -> Run | None:
    """The newest dry run of the ticket's job in production that its requester or a reviewer made
    since it was opened."""
    runs = (
        Run.objects.filter(
            job=ticket.job,
            binding=ticket.binding,
            environment="production",
            dry_run=True,
            state="planned",
            undoes=None,
            requested__gte=ticket.opened_at,
        )
        .select_related("person")
        .order_by("-pk")[:50]
    )
    for run in runs:
        reviewer = run.person.has_role("systems-librarian") and not same_person(
            run.person, ticket.person
        )
        if run.person_id == ticket.person_id or reviewer:
            return run
    return None


def opened_by(ticket: Ticket, person: Person) -> set[str]:
    return set(
        ShapeOpened.objects.filter(ticket=ticket, person=person, turn=ticket.turn).values_list(
            "shape", flat=True
        )
    )


def shape_asked(seen: Review, asked: str) -> ShapeSeen:
    """A shape by its number or its text. Raises Wrong for one that is not there."""
    for one in seen.shapes:
        if asked.strip() in (str(one.number), one.shape):
            return one
    known = len(seen.shapes)
    raise Wrong(
        f"“{asked}” is not a shape of ticket {seen.ticket.pk}"
        + (f"; its shapes have the numbers 1 to {known}" if known else ", which has none yet")
    )


def examples_of(seen: Review, shape: str) -> dict[str, list[Example]]:
    """Examples of a shape, by where they are from: as kept with the proofs, and from the dry run
    in production, without the records that a proof has shown with just that change."""
    found: dict[str, list[Example]] = {}
    shown_already = []
    for proof in seen.proofs:
        kept = proof.kept["examples"].get(shape, [])
        if kept:
            some = [Example.of(one) for one in kept]
            shown_already += [(one.number, one.fields) for one in some]
            found[f"run {proof.run_id}, sandbox"] = some
    if seen.dry_run is not None:
        fresh = [
            one
            for one in examples(seen.dry_run, {shape}, MOST_FRESH).get(shape, [])
            if (one.number, one.fields) not in shown_already
        ]
        if fresh:
            found[f"run {seen.dry_run.pk}, production, not written"] = fresh[:EACH]
    return found


def to_dry_run(ticket: Ticket) -> str:
    """How the dry run in production is made, as one would type it."""
    bound = f" --binding {quoted(ticket.binding)}" if ticket.binding else ""
    return f"galley run {ticket.job}{bound} --environment production --set NAME --dry-run"


def as_dict(seen: Review) -> dict[str, Any]:
    """The review as one JSON object."""
    return {
        "proofs": all_shown(seen.proofs),
        "production_dry_run": dry_run_dict(seen.dry_run),
        "shapes": [one._asdict() for one in seen.shapes],
        "unopened": [one.number for one in seen.unopened],
    }


def dry_run_dict(run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    said = [
        row._asdict()
        for outcome in ("refused", "failed")
        for row in said_rows(run, outcome, MOST_SAID)
    ]
    return {**summary(run), "said": said}
