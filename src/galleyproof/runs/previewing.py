"""What a job makes of records, asked again for a preview: nothing is kept and nothing written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from galleyproof.catalog.reading import held_under_roots, held_with_ids
from galleyproof.jobs.job import Group, Held, Proposal
from galleyproof.jobs.outcome import Changed
from galleyproof.runs.assignment import assignment_of
from galleyproof.runs.models import Run
from galleyproof.runs.surroundings import read_around, read_given


def proposed(
    cursor: psycopg.Cursor[Any],
    run: Run,
    some: Sequence[tuple[int, int]],
    bodies: dict[tuple[str, int, int], bytes],
) -> dict[int, bytes]:
    """The bodies that a plan's job makes of some of its records, as they were planned on.

    What hangs together is asked about as it is now; where that has changed, so may the answer.
    """
    assignment = assignment_of(run)
    now = {held.id: held for held in held_with_ids(cursor, run.kind, [id for id, _ in some])}
    members = []
    for id, version in some:
        held = now.get(id)
        body = bodies.get((run.kind, id, version))
        if held is not None and body is not None:
            members.append(held._replace(version=version, body=body))
    relatives: dict[int, list[Held]] = {}
    if assignment.relatives:
        roots = sorted({held.root for held in members})
        for held in held_under_roots(cursor, assignment.relatives, roots):
            relatives.setdefault(held.root, []).append(held)
    around = read_around(cursor, assignment, relatives) if assignment.job.looks_around else None
    given = {}
    if assignment.job.columns:
        given = read_given(cursor, assignment, [id for id, _ in some])
    found: dict[int, bytes] = {}
    for root, group in by_root(members):
        own = {held.id for held in group}
        others = [
            held
            for held in relatives.get(root, [])
            if not (held.kind == run.kind and held.id in own)
        ]
        asked = Group(group, others, given=given)
        if around is not None:
            asked = asked._replace(around=around)
        for proposal in assignment.job.decide(asked, assignment.parameters):
            if isinstance(proposal, Proposal) and proposal.about.kind == run.kind:
                if isinstance(proposal.answer, Changed) and proposal.about.id in own:
                    found[proposal.about.id] = proposal.answer.record.body
    return found


def by_root(members: Iterable[Held]) -> list[tuple[int, list[Held]]]:
    found: dict[int, list[Held]] = {}
    for held in members:
        found.setdefault(held.root, []).append(held)
    return list(found.items())
