"""What each job is tried with: uses of it over the town's library (town_library.py).

A job of the catalogue without a case here fails the suite by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stories import NOW, Library

from galleyproof.marc.record import Record

Prepare = Callable[[Library], Mapping[str, Any]]


def nothing(library: Library) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Case:
    """One use of a job. query: the set, of `kind`; parameters and binding as they are asked with.

    prepare: what has to be in the library first; it returns what is further asked with. also: jobs
    for which Amy has permits beside, for what may follow.
    """

    job: str
    kind: str
    query: str = "TRUE"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    rules: str = ""
    prepare: Prepare = nothing
    also: tuple[str, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        return f"{self.job}-{self.name}" if self.name else self.job

    def asked(self, library: Library) -> dict[str, Any]:
        """How it is asked for, with what it needs in the library put there."""
        from galleyproof.catalog.sets import make_from_query

        more = dict(self.prepare(library))
        asked: dict[str, Any] = {"job": self.job, "parameters": dict(self.parameters)}
        if self.rules:
            asked["binding"] = library.rules(f"rules-of-{self.job}", self.rules)
        for job in (self.job, *self.also):
            library.permit(job=job, **({"binding": asked["binding"]} if self.rules else {}))
        if not ("ids" in more or "file" in more):
            make_from_query("these", self.kind, "sandbox", self.query, "amy", NOW)
            more["set_name"] = "these"
        return asked | more


def withdrawn_and_deleted(library: Library) -> Mapping[str, Any]:
    """Items withdrawn with their holdings and bibs, to be restored."""
    for job in ("withdraw-items", "delete-bibs"):
        library.permit(job=job)
    library.run(
        job="withdraw-items",
        ids=(11, 12, 16),
        kind="item",
        parameters={"reason": "x", "emptied-holding": "delete", "emptied-bib": "delete"},
    )
    return {"ids": (11, 12, 16), "kind": "item"}


def an_edit(library: Library) -> Mapping[str, Any]:
    """An edited serial: its title, its 008 and a note."""
    record = Record(library.body(1))
    titled = record.with_data(record.positions(b"245")[0], b"00\x1faJournal of the town, revised")
    fixed = record.first(b"008") or b""
    body = titled.with_data(titled.positions(b"008")[0], fixed[:6] + b"d20002020" + fixed[15:])
    return {"ids": (1,), "kind": "bib", "parameters": {"body": body.body.decode()}}


def a_move_by_hand(library: Library) -> Mapping[str, Any]:
    """A holding whose 852 says another library: its two items go along."""
    record = Record(library.body(1, kind="holding"))
    at = record.positions(b"852")[0]
    body = record.with_data(at, b"0 \x1fbLAW\x1fcRESERVE\x1fhPN 100")
    return {"ids": (1,), "kind": "holding", "parameters": {"body": body.body.decode()}}


CASES = (
    Case("set-830-second-indicator", "bib"),
    Case(
        "set-830-second-indicator",
        "bib",
        parameters={"include-880": True, "skip-nonfiling": True},
        name="with-880s",
    ),
    Case(
        "normalize-bibs",
        "bib",
        rules="""
rule "series" when exists "830" then
  changeSecondIndicator "830" to "0"
end
rule "titles" when exists "245" then
  replaceContents "245.a.Journal" with "Newspaper"
  addField "599.a.looked at" if (exists "245.a.*e*")
end
rule "languages" when exists "008.{35,3}.ger" then
  replaceControlContents "008.{35,3}.ger" with "und"
end
""",
    ),
    Case(
        "normalize-holdings",
        "holding",
        rules="""
rule "statements" when exists "866" then
  addSubField "866.x.seen"
end
""",
    ),
    Case(
        "normalize-holdings",
        "holding",
        rules="""
rule "stacks of law" when exists "852.b.LAW" then
  replaceContents "852.c.STACKS" with "RESERVE"
end
rule "rare" when exists "852.b.MAIN" then
  replaceContents "852.c.STACKS" with "RARE"
end
""",
        name="to-another-place",
    ),
    Case("delete-bibs", "bib", parameters={"inventory": "delete-too", "if-related": "ignore"}),
    Case("delete-bibs", "bib", name="plain"),
    Case(
        "cancel-print-subscription",
        "holding",
        parameters={
            "last-issue": "from-items",
            "public-note": "Cancelled",
            "action": "cancelled",
            "even-if-ordered": True,
        },
    ),
    Case(
        "cancel-print-subscription",
        "holding",
        parameters={"last-issue": "v.40(2026)"},
        name="one-last-issue",
    ),
    Case(
        "cease-print-subscription",
        "holding",
        parameters={"last-issue": "v.40(2026)", "update-bib": True, "even-if-ordered": True},
    ),
    Case(
        "change-physical-items",
        "item",
        parameters={
            "library": "LAW",
            "location": "STACKS",
            "emptied-holding": "delete",
            "item-policy": "REFERENCE",
            "public-note": "Moved",
            "public-note.mode": "append",
        },
    ),
    Case(
        "withdraw-items",
        "item",
        parameters={
            "reason": "weeded",
            "emptied-holding": "delete",
            "emptied-bib": "delete",
            "skip-with-requests": False,
        },
        also=("delete-bibs",),
    ),
    Case("withdraw-items", "item", parameters={"reason": "weeded"}, name="plain"),
    Case(
        "create-work-orders",
        "item",
        parameters={"type": "BIND", "department": "BINDERY", "order-note": "new spine"},
    ),
    Case("move-work-orders", "work-order", parameters={"department": "CATALOGING"}),
    Case("close-work-orders", "work-order"),
    Case("restore", "item", prepare=withdrawn_and_deleted),
    Case("edit-record", "bib", prepare=an_edit),
    Case("edit-record", "holding", prepare=a_move_by_hand, name="moves-a-holding"),
)
