"""The master list of jobs: every job that an office's list may name, built yet or not.

Names as offices write them are matched to codes here and nowhere else. A restriction in
parentheses after a name fixes a parameter; a binding in a name is the rule or profile meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Listed(NamedTuple):
    """A job of the master list.

    scope and title: as lists show them. binds: what narrows it to one sign-off ("rule",
    "profile", "kind"), "" where nothing does. names: other names it goes by, in any case and
    punctuation. bindings: names that stand for the job together with a binding. restrictions:
    what may stand in parentheses after a name, and the parameter that it fixes. most: records a
    run and a day under a permit that comes from a list, None for no limit but the environment's.
    """

    scope: str
    title: str
    code: str
    binds: str = ""
    names: tuple[str, ...] = ()
    bindings: Mapping[str, str] = {}
    restrictions: Mapping[str, tuple[str, Any]] = {}
    most: int | None = None


MASTER_LIST = (
    Listed(
        "Items", "Change physical items", "change-physical-items",
        names=("change physical item information", "change item information", "change items",
               "physical item changes"),
    ),
    Listed(
        "Items", "Batch item withdrawals", "withdraw-items",
        names=("withdraw items", "batch withdraw items", "item withdrawals",
               "batch item withdrawal", "withdraw physical items"),
        most=1_000,
    ),
    Listed(
        "Work orders", "Batch create work orders", "create-work-orders",
        names=("create work orders", "create physical item work orders", "batch work orders"),
    ),
    Listed("Work orders", "Move work orders", "move-work-orders"),
    Listed("Work orders", "Close work orders", "close-work-orders"),
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
        "Bib changes", "Set 830 second indicator to 0", "set-830-second-indicator",
        names=("set 830 2nd indicator to 0", "set 830 ind2 to 0", "830 second indicator to 0",
               "set 830 second indicator to zero", "set second indicator of 830 to 0"),
    ),
    Listed(
        "Bib changes", "Use local authority records to update authorized access points",
        "update-access-points",
        names=("update authorized access points", "update access points",
               "local authority records update authorized access points",
               "use local authorities to update authorized access points"),
    ),
    Listed(
        "Bib changes", "Bib normalization", "normalize-bibs", binds="rule",
        names=("bib normalization choose a rule", "normalize bibs", "bibliographic normalization",
               "marc 21 bib normalization", "run bib normalization",
               "bib record normalization"),
    ),
    Listed(
        "Bib changes", "Delete bibliographic records", "delete-bibs",
        names=("delete bibs", "delete bib records", "batch delete bibliographic records",
               "batch delete bibs", "bib deletion"),
        restrictions={
            "for CZ/IZ issue": ("linked_only", True),
            "CZ/IZ issue": ("linked_only", True),
        },
    ),
    Listed(
        "Holding changes", "Cancel print subscription", "cancel-print-subscription",
        names=("cancelled print subscription", "canceled print subscription",
               "cancel print subscriptions", "print subscription cancelled"),
    ),
    Listed(
        "Holding changes", "Ceased print subscription", "cease-print-subscription",
        names=("cease print subscription", "ceased print subscriptions",
               "print subscription ceased"),
    ),
    Listed(
        "Holding changes", "Holdings normalization", "normalize-holdings", binds="rule",
        names=("holdings normalization choose a rule", "normalize holdings",
               "holding normalization", "marc 21 holdings normalization"),
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
    Listed("Any record", "Edit a record", "edit-record"),
    Listed("Any record", "Restore records", "restore", names=("restore",)),
    Listed("Any record", "Undo a run", "undo", names=("undo", "undo jobs")),
)  # fmt: skip

BY_CODE = {one.code: one for one in MASTER_LIST}

PREFIXES = ("zdbm staff use", "zdbm", "staff use only", "staff use")
"""What offices put before a name so that it sorts together; it says nothing about the job."""


def title_of(code: str) -> str:
    """A job's title, as lists show it; its code for one that the list does not have."""
    return BY_CODE[code].title if code in BY_CODE else code


def scope_of(code: str) -> str:
    return BY_CODE[code].scope if code in BY_CODE else ""
