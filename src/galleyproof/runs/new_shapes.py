"""Records that show the kinds of change that a permit does not cover, for whoever reviews them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from galleyproof.database.connect import connect
from galleyproof.jobs.job import Held
from galleyproof.marc.changes import changes
from galleyproof.marc.record import Record
from galleyproof.marc.shapes import shapes
from galleyproof.runs.before_after import Difference, proposed
from galleyproof.runs.models import Run
from galleyproof.runs.offered import job_named
from galleyproof.runs.reporting import ids_with, own_number
from galleyproof.runs.undoing import bodies_of

LOOKED_AT = 50_000
"""Changed records looked at, at the most, for examples of shapes that few records have."""


def examples(run: Run, each: int) -> dict[str, list[Difference]]:
    """For each new shape of a waiting run's plan at most `each` records that show it; an empty
    list for what follows on other records, which the consequences list."""
    new = [one["shape"] for one in run.waits_for.get("shapes", [])]
    found: dict[str, list[Difference]] = {shape: [] for shape in new}
    wanted = {shape for shape in new if not shape.startswith("follows: ")}
    if not wanted or run.plan is None:
        return found
    literal = job_named(run.job).literal
    for one in changed_records(run.plan):
        for shape in map(str, shapes(one.kind, one.changes, literal)):
            if shape in wanted:
                found[shape].append(one)
                if len(found[shape]) >= each:
                    wanted.discard(shape)
        if not wanted:
            break
    return found


def changed_records(plan: Run) -> Iterator[Difference]:
    """What a plan would change, with what would change in it, a thousand to a query."""
    with connect("governing", autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(f"SET search_path = {plan.environment_id}, governing")
        ids = islice(ids_with(plan, "changed"), LOOKED_AT)
        while some := list(islice(ids, 1000)):
            bodies = bodies_of(cursor, [(plan.kind, id, version) for id, version in some])
            for id, version in some:
                before = bytes(bodies[plan.kind, id, version])
                held = Held(plan.kind, id, version, None, id, "active", before)
                after = proposed(plan, held)
                found = list(changes(Record(before), Record(after)))
                yield Difference(plan.kind, id, own_number(before), found, before, after)
