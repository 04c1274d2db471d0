"""Cases for what jobs say rarely: each code that a job declares is met by an example.

They are tried on the town's library with its back room (back_room.py), in a dry run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import Case
from stories import NOW, Library

from galleyproof.marc.record import Record
from galleyproof.structures.forms import form_of

NOT_MET = {
    ("restore", "nothing-before"): "only a sandbox that was made anew holds such a record",
    ("change-physical-items", "wrong-value"): "columns are checked before the start; it is said "
    "where a code has gone since",
}
"""Codes without an example here, and why; tests/jobs tries them."""


def these(kind: str, *ids: int) -> Any:
    return lambda library: {"ids": ids, "kind": kind}


def one_edited(kind: str, id: int, **new: Any) -> Any:
    """One record with some fields set anew: of MARC the first field of each tag."""

    def prepare(library: Library) -> Mapping[str, Any]:
        body = edited(kind, library.body(id, kind=kind), new)
        parameters = {"body": body.decode()}
        return {"ids": (id,), "kind": kind, "parameters": parameters}

    return prepare


def edited(kind: str, body: bytes, new: Mapping[str, Any]) -> bytes:
    record = form_of(kind).read(body)
    if not isinstance(record, Record):
        return record.changed(**new).body
    for tag, text in new.items():
        at = record.positions(tag[1:].encode())[0]
        record = record.with_data(at, text.replace("$", "\x1f").encode())
    return record.body


def an_old_edit(library: Library) -> Mapping[str, Any]:
    more = one_edited("bib", 1, f245="00$aOlder")(library)
    return {**more, "parameters": {**more["parameters"], "opened_at": 7}}


def items_withdrawn(library: Library) -> Mapping[str, Any]:
    library.permit(job="withdraw-items")
    parameters = {"reason": "x"}
    library.run(job="withdraw-items", ids=(12,), kind="item", parameters=parameters)
    return {"ids": (12, 6), "kind": "item"}


def withdrawn_then_moved(library: Library) -> Mapping[str, Any]:
    """An item goes, then its holding is moved to another library."""
    items_withdrawn(library)
    library.permit(job="edit-record")
    asked = one_edited("holding", 13, f852="0 $bLAW$cSTACKS$hPN 100")(library)
    library.run(job="edit-record", **asked)
    return {"ids": (12,), "kind": "item"}


def deleted_with_all(library: Library) -> Mapping[str, Any]:
    for job in ("delete-bibs", "withdraw-items"):
        library.permit(job=job)
    parameters = {"inventory": "delete-too"}
    library.run(job="delete-bibs", ids=(38,), kind="bib", parameters=parameters)
    return {"ids": (38,), "kind": "bib"}


def setting(name: str, value: str, prepare: Any) -> Any:
    """What is prepared, in an environment with this setting."""

    def with_setting(library: Library) -> Mapping[str, Any]:
        from galleyproof.runs.changing_settings import change_setting

        change_setting(library.ada, "sandbox", name, value, at=NOW)
        return prepare(library)

    return with_setting


STACKS_TO = """
rule "move" when exists "852" then
  replaceContents "852.c.STACKS" with "{}"
end
"""
HOLDINGS_OF_BOOKS = these("holding", 13, 22)

RARER = (
    Case(
        "normalize-bibs",
        "bib",
        rules='rule "x" when exists "830" then addSubField "830.5.XyZ" end',
        name="malformed",
    ),
    Case(
        "normalize-holdings",
        "holding",
        rules='rule "x" when exists "866" then addSubField "866.x.seen" end',
        name="malformed",
    ),
    Case("set-830-second-indicator", "bib", prepare=these("bib", 28, 35), name="shared"),
    Case(
        "delete-bibs",
        "bib",
        parameters={"inventory": "delete-too"},
        prepare=these("bib", *range(10, 14), 17, *range(21, 28), 37),
        also=("withdraw-items",),
        name="with-all",
    ),
    Case("delete-bibs", "bib", parameters={"linked-only": True}, name="linked-only"),
    Case(
        "cancel-print-subscription",
        "holding",
        parameters={
            "last-issue": "from-items",
            "even-if-ordered": True,
            "supplements": True,
            "public-note": "Cancelled",
        },
        prepare=these("holding", *range(31, 36)),
        name="by-items",
    ),
    Case(
        "cancel-print-subscription",
        "holding",
        parameters={
            "last-issue": "v.40(2026)",
            "paired-statements": "refuse",
            "supplements": True,
            "public-note": "Cancelled",
            "even-if-ordered": True,
        },
        prepare=these("holding", 17, *range(29, 36)),
        name="pairs",
    ),
    Case(
        "cease-print-subscription",
        "holding",
        parameters={
            "last-issue": "v.40(2026)",
            "paired-statements": "refuse",
            "update-bib": True,
            "supplements": True,
            "public-note": "Ceased",
        },
        prepare=these("holding", 1, 17, *range(27, 36)),
        name="with-bib",
    ),
    Case(
        "cease-print-subscription",
        "holding",
        parameters={"last-issue": "v.40", "update-bib": True},
        prepare=these("holding", 31),
        name="no-year",
    ),
    Case(
        "cease-print-subscription",
        "holding",
        parameters={"last-issue": "from-items", "even-if-ordered": True},
        name="by-items",
    ),
    Case("cease-print-subscription", "holding", name="nothing-given"),
    Case(
        "normalize-holdings",
        "holding",
        rules=STACKS_TO.format("DEPOT"),
        prepare=HOLDINGS_OF_BOOKS,
        name="to-the-depot",
    ),
    Case(
        "normalize-holdings",
        "holding",
        rules=STACKS_TO.format("NOWHERE"),
        prepare=HOLDINGS_OF_BOOKS,
        name="to-nowhere",
    ),
    Case(
        "normalize-holdings",
        "holding",
        rules=STACKS_TO.format("RARE"),
        prepare=HOLDINGS_OF_BOOKS,
        name="to-the-rare-books",
    ),
    Case(
        "normalize-holdings",
        "holding",
        rules=STACKS_TO.format("RARE"),
        prepare=setting("moved-holdings", "refuse", HOLDINGS_OF_BOOKS),
        name="items-stay",
    ),
    Case(
        "change-physical-items",
        "item",
        parameters={"library": "LAW", "location": "STACKS", "emptied-holding": "delete"},
        prepare=these("item", 6, 12, 23, 24, 25, 28, 29),
        name="to-law",
    ),
    Case(
        "change-physical-items",
        "item",
        parameters={"library": "LAW", "location": "STACKS", "emptied-holding": "suppress"},
        prepare=these("item", 12, 28),
        name="suppressing",
    ),
    Case(
        "change-physical-items",
        "item",
        parameters={"library": "LAW", "location": "STACKS"},
        prepare=items_withdrawn,
        name="withdrawn",
    ),
    Case(
        "change-physical-items",
        "item",
        parameters={"temporary-library": "LAW", "temporary-location": "RESERVE"},
        prepare=these("item", 12, 15),
        name="lent-out",
    ),
    Case(
        "change-physical-items",
        "item",
        parameters={"in-temporary-location": "yes"},
        prepare=these("item", 12, 15),
        name="half",
    ),
    Case(
        "withdraw-items",
        "item",
        parameters={
            "reason": "weeded",
            "emptied-holding": "delete",
            "emptied-bib": "delete",
            "skip-with-work-orders": False,
        },
        prepare=these("item", 14, *range(18, 31)),
        also=("delete-bibs",),
        name="wanted",
    ),
    Case(
        "withdraw-items",
        "item",
        parameters={"reason": "weeded", "emptied-holding": "suppress", "emptied-bib": "suppress"},
        prepare=these("item", 12, 28),
        name="suppressing",
    ),
    Case(
        "withdraw-items",
        "item",
        parameters={"reason": "weeded", "emptied-holding": "delete"},
        prepare=these("item", 12, 28),
        name="keeping-bibs",
    ),
    Case(
        "create-work-orders",
        "item",
        parameters={"type": "BIND", "department": "BINDERY"},
        prepare=items_withdrawn,
        name="withdrawn",
    ),
    Case("move-work-orders", "work-order", parameters={"department": "BINDERY"}, name="served"),
    Case("edit-record", "bib", prepare=an_old_edit, name="too-late"),
    Case(
        "edit-record",
        "holding",
        prepare=setting(
            "moved-holdings", "refuse", one_edited("holding", 1, f852="0 $bMAIN$cRARE$hPN 100")
        ),
        name="items-stay",
    ),
    Case("edit-record", "bib", prepare=one_edited("bib", 1, f001="12"), name="numbered-anew"),
    Case("edit-record", "bib", prepare=one_edited("bib", 28, f245="00$a"), name="emptied-title"),
    Case("edit-record", "item", prepare=one_edited("item", 12, location="RARE"), name="apart"),
    Case(
        "edit-record",
        "item",
        prepare=one_edited("item", 12, inventory_price="-5"),
        name="below-zero",
    ),
    Case(
        "edit-record",
        "holding",
        prepare=one_edited("holding", 13, f852="0 $bMAIN$hPN 100"),
        name="no-shelf",
    ),
    Case(
        "edit-record",
        "holding",
        prepare=one_edited("holding", 22, f852="0 $bMAIN$cRARE$hPN 100"),
        name="other-items",
    ),
    Case("restore", "item", prepare=withdrawn_then_moved, name="moved-since"),
    Case("restore", "bib", prepare=deleted_with_all, name="with-all"),
)
