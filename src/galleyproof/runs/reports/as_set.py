"""A set of records that a report lists."""

from __future__ import annotations

from datetime import datetime

from galleyproof.catalog.models import RecordSet
from galleyproof.catalog.sets import make_from_ids
from galleyproof.marc.errors import Wrong
from galleyproof.runs.models import Run
from galleyproof.runs.record_pages import ids_chosen
from galleyproof.runs.reporting import refuse_frozen_before
from galleyproof.runs.reports.choice import CONSEQUENCE, Choice
from galleyproof.runs.reports.consequences import ids_of


def make_set(run: Run, choice: Choice, name: str, by: str, at: datetime) -> RecordSet:
    """An itemized set of the records that are chosen and there. name: "" for one that says what
    they are. Raises Wrong where there are none, where they are of several kinds, and where the
    environment was refreshed since, so that the numbers may be other records' today."""
    refuse_frozen_before(run, run.environment_id)
    if choice.outcome == CONSEQUENCE:
        kind, ids = ids_of(run, choice.kind, choice.codes)
    else:
        kind = run.kind
        ids = ids_chosen(
            run, choice.outcome, shape=choice.shape, code=choice.code, part=choice.part
        )
    ids = [id for id in ids if id > 0]
    if not ids:
        raise Wrong("there are no such records in the catalogue")
    what = choice.shape or ", ".join(choice.codes) or choice.text
    return make_from_ids(
        name.strip() or f"{what} in run {run.pk}, {at:%Y-%m-%d %H:%M:%S}",
        kind,
        run.environment_id,
        ids,
        by,
        at,
        f"run {run.pk}: {choice.text}",
    )
