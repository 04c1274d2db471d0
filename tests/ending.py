"""Ending subscriptions without a database: what the jobs say of holdings made by hand."""

from __future__ import annotations

from groups import bib, group, held

from galleyproof.jobs.cancel_print_subscription import CancelPrintSubscription
from galleyproof.jobs.cease_print_subscription import CeasePrintSubscription
from galleyproof.jobs.outcome import Changed
from galleyproof.marc.record import Record

CANCEL, CEASE = CancelPrintSubscription(), CeasePrintSubscription()


def answers(job, *records: Record, beside=(), given=None, title=None, **parameters):
    """What the job says of each holding (numbered from 1), and of relatives."""
    members = [held("holding", at, one, 1) for at, one in enumerate(records, start=1)]
    relatives = (*beside, held("bib", 1, title or bib()))
    asked = job.parameters.model_validate(parameters)
    found = job.decide(group(*members, beside=relatives, given=given), asked)
    return {(one.about.kind, one.about.id): one.answer for one in found}


def cancelled(record: Record, **more):
    return answers(CANCEL, record, **more)["holding", 1]


def fields(answer, tag: str) -> list[str]:
    assert isinstance(answer, Changed), answer
    record = answer.record
    return [record.data[at].decode().replace("\x1f", "$") for at in record.positions(tag.encode())]


def codes(answer) -> list[str]:
    return [said.code for said in answer.notes]
