"""What came into a set and what went since a run froze it, in steps that each end soon."""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.catalog import set_pages
from galleyproof.catalog.generations import refuse_stale
from galleyproof.catalog.models import RecordSet
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.runs.models import Run
from galleyproof.runs.reporting import refuse_frozen_before


class Drifted(NamedTuple):
    """A step of the comparison. came, went: numbers of records, ascending. reached: the number
    it got to."""

    came: list[int]
    went: list[int]
    reached: int
    done: bool


def drift_some(record_set: RecordSet, run: Run, after: int = 0) -> Drifted:
    """Compares the records numbered above `after`, until the time of a step is up. Wrong for a
    run in another environment, on other records or before a refresh."""
    environment = record_set.environment_id
    refuse_frozen_before(run, environment)
    if run.kind != record_set.kind:
        raise Wrong(f"run {run.id} worked on {run.kind} records; this is a set of others")
    refuse_stale(record_set)
    now = set_pages.members_some(record_set, after)
    with connect(environment, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT id FROM (SELECT unnest(ids) FROM chunk WHERE run = %(run)s) AS frozen (id)"
            " WHERE id > %(after)s AND (%(done)s OR id <= %(reached)s)",
            {"run": run.id, "after": after, "done": now.done, "reached": now.reached},
        ).fetchall()
    here, then = set(now.ids), {id for (id,) in rows}
    return Drifted(sorted(here - then), sorted(then - here), now.reached, now.done)
