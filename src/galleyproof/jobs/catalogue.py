"""The master list of jobs: every job of the product, and those that offices' lists name and that
are not built yet.

A new job is added here and nowhere else; its title, scope and the names that offices call it stand
in its own file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

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
from galleyproof.jobs.undo import Undo
from galleyproof.jobs.withdraw_items import WithdrawItems

UNDO = Undo()

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
"""The jobs that can be run, by code."""


class Listed(NamedTuple):
    """A job as lists name it.

    binds: what narrows it to one sign-off ("rule", "profile", "kind"), "" where nothing does.
    names: other names it goes by, in any case and punctuation. bindings: names that stand for the
    job together with a binding. restrictions: what may stand in parentheses after a name, and the
    parameter that it fixes. most: records a run and a day under a permit that comes from a list,
    None for no limit but the environment's. built: whether it can be run.
    """

    scope: str
    title: str
    code: str
    binds: str = ""
    names: tuple[str, ...] = ()
    bindings: Mapping[str, str] = {}
    restrictions: Mapping[str, tuple[str, Any]] = {}
    most: int | None = None
    built: bool = False


NOT_BUILT = (
    Listed(
        "Import profiles", "Create an import profile", "create-import-profile", binds="kind",
        names=("create import profile", "create a profile", "create profile",
               "create import profiles"),
        bindings={
            "create a profile (physical)": "physical",
            "create an import profile (physical)": "physical",
            "create a physical import profile": "physical",
            "create a physical profile": "physical",
            "create a profile (electronic)": "electronic",
            "create an import profile (electronic)": "electronic",
            "create an electronic import profile": "electronic",
            "create an electronic profile": "electronic",
        },
    ),
    Listed(
        "Import profiles", "Run an import profile", "import", binds="profile",
        names=("run a profile", "run profile", "run import profile", "import records", "import",
               "run import profiles", "run profiles", "run a md import profile"),
        bindings={
            "staff generic 1": "Staff Generic 1",
            "staff generic 2": "Staff Generic 2",
            "staff generic 3": "Staff Generic 3",
            "staff generic profile 1": "Staff Generic 1",
            "staff generic profile 2": "Staff Generic 2",
            "staff generic profile 3": "Staff Generic 3",
            "overlay based on 001": "Overlay based on 001",
            "overlay based on 001 alma id": "Overlay based on 001",
            "overlay based on alma id": "Overlay based on 001",
            "judaica digital projects": "Judaica Digital Projects",
            "judaica digital project": "Judaica Digital Projects",
            "hua": "HUA",
            "hua profile": "HUA",
        },
    ),
    Listed(
        "Bib changes", "Use local authority records to update authorized access points",
        "update-access-points",
        names=("update authorized access points", "update access points",
               "local authority records update authorized access points",
               "use local authorities to update authorized access points"),
    ),
    Listed(
        "PO lines", "Update PO lines information", "update-order-lines",
        names=("update po line information", "update order lines", "update po lines"),
    ),
    Listed(
        "PO lines", "Change PO lines status", "change-order-line-status",
        names=("change po line status", "change order line status", "po lines status"),
    ),
    Listed(
        "PO lines", "Update PO lines workflow", "update-order-line-workflow",
        names=("update po line workflow", "update order line workflow"),
    ),
    Listed(
        "PO lines", "Update PO lines transactions", "update-order-line-transactions",
        names=("update po line transactions", "update order line transactions"),
    ),
)  # fmt: skip
"""Jobs that lists name and that cannot be run yet: permits for them are kept until they can."""

BINDS = {"": "", "rule-set": "rule"}
"""What a job is bound to, in the word that lists use."""


def listed(job: Job) -> Listed:
    """A job that is built, as lists name it."""
    return Listed(
        job.scope,
        job.title,
        job.code,
        BINDS[job.binding],
        job.office_names,
        {},
        job.restrictions,
        job.most_records,
        built=True,
    )


MASTER_LIST = (*map(listed, JOBS.values()), *NOT_BUILT)
BY_CODE = {one.code: one for one in MASTER_LIST}

PREFIXES = ("zdbm staff use", "zdbm", "staff use only", "staff use")
"""What offices put before a name so that it sorts together; it says nothing about the job."""


def title_of(code: str) -> str:
    """A job's title, as lists show it; its code for one that the list does not have."""
    return BY_CODE[code].title if code in BY_CODE else code


def scope_of(code: str) -> str:
    return BY_CODE[code].scope if code in BY_CODE else ""
