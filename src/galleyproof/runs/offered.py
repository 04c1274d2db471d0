"""Every job of the product, by name."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

from galleyproof.jobs.cancel_print_subscription import CancelPrintSubscription
from galleyproof.jobs.cease_print_subscription import CeasePrintSubscription
from galleyproof.jobs.change_physical_items import ChangePhysicalItems
from galleyproof.jobs.close_work_orders import CloseWorkOrders
from galleyproof.jobs.create_work_orders import CreateWorkOrders
from galleyproof.jobs.delete_bibs import DeleteBibs
from galleyproof.jobs.edit_record import EditRecord
from galleyproof.jobs.job import Job
from galleyproof.jobs.move_work_orders import MoveWorkOrders
from galleyproof.jobs.normalize_bibs import NormalizeBibs
from galleyproof.jobs.normalize_holdings import NormalizeHoldings
from galleyproof.jobs.restore import Restore
from galleyproof.jobs.set_830_second_indicator import Set830SecondIndicator
from galleyproof.jobs.withdraw_items import WithdrawItems
from galleyproof.marc.errors import Wrong
from galleyproof.permits.elsewhere import Known
from galleyproof.runs.undo_job import UNDO

JOBS: dict[str, Job] = {
    job.code: job
    for job in (
        Set830SecondIndicator(),
        NormalizeBibs(),
        DeleteBibs(),
        CancelPrintSubscription(),
        CeasePrintSubscription(),
        NormalizeHoldings(),
        ChangePhysicalItems(),
        WithdrawItems(),
        CreateWorkOrders(),
        MoveWorkOrders(),
        CloseWorkOrders(),
        EditRecord(),
        Restore(),
        UNDO,
    )
}


def known_to_permits(code: str) -> Known | None:
    """What permits must know of a job. Library roles are written with “or” between them."""
    job = JOBS.get(code)
    if job is None:
        return None
    names = {name.replace("-", "_") for name in (*job.parameters.model_fields, *job.columns)}
    return Known(job.revision, roles_in(job.library_role), job.most_records, frozenset(names))


@cache
def roles_in(text: str) -> tuple[str, ...]:
    return tuple(role for role in text.split(" or ") if role)


def job_named(code: str) -> Job:
    """The job with this code; Wrong offers the nearest."""
    try:
        return JOBS[code]
    except KeyError:
        near = get_close_matches(code, JOBS, n=3, cutoff=0.4)
        offer = f"; did you mean {' or '.join(near)}?" if near else f"; there are {', '.join(JOBS)}"
        raise Wrong(f"there is no job “{code}”{offer}") from None
