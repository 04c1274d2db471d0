"""Why an item must stay: what withdrawing it, or deleting what is above it, refuses.

Each rule is a pure function of an item and what hangs around it. A job takes its `circumstances`
once, then asks `first_refusal` for each item. Codes of process types differ between
libraries: the environment's settings name them, the defaults are those of the best-known system.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from galleyproof.jobs.around import Around
from galleyproof.jobs.circumstances import Circumstances
from galleyproof.jobs.job import Group, Held
from galleyproof.jobs.order_lines import is_continuous, status_of
from galleyproof.jobs.outcome import Refused
from galleyproof.jobs.settings import LIST, Setting
from galleyproof.marc.field import subfield_values
from galleyproof.marc.record import Record
from galleyproof.structures.circulation import Request
from galleyproof.structures.item import STATISTICS, Item
from galleyproof.structures.work_order import WorkOrder

ITEM_REFUSALS = {
    "lost-with-charges": "a lost item whose borrower is charged for it",
    "on-loan": "an item on loan",
    "in-transit": "an item in transit",
    "on-hold-shelf": "an item on the hold shelf",
    "course-reserve": "an item on course reserve",
    "temporary-location": "an item in a temporary location",
    "retention": (
        "what the library is committed to retain: the item's own field, a code in its statistics "
        "notes, or a 583 of its holding or its bib"
    ),
    "bound-with": (
        "a title bound with others, or an item of one, by the fields that the setting "
        "`bound-with` names"
    ),
    "requested": (
        "an item, or a title, that somebody has requested; of a requested title the last items "
        "that could fill it"
    ),
    "work-order": "an item in a work order",
    "order-line-open": "an item or a holding that an open PO line is for",
}
"""Codes of the rules below, with their meanings."""

PROCESSES = {
    code: Setting(f"process-types-{code}", LIST, usual, f"Process types of items that are {words}.")
    for code, usual, words in (
        ("on-loan", "LOAN, CLAIM_RETURNED_LOAN", "on loan"),
        ("in-transit", "TRANSIT, TRANSIT_RS, TRANSIT_TO_REMOTE_STORAGE", "in transit"),
        ("on-hold-shelf", "HOLDSHELF", "on the hold shelf"),
        ("lost-with-charges", "LOST_LOAN, LOST_ILL", "lost, with charges"),
        ("work-order", "WORK_ORDER_DEPARTMENT", "away in a department"),
    )
}
"""Process types that refuse, by the code of the refusal."""
RETENTION_CODES = Setting(
    "retention-codes",
    LIST,
    "",
    "Codes that commit the library to keep an item, where they stand in a statistics note.",
)
STATISTICS_RETENTION = Setting(
    "statistics-retention",
    LIST,
    "1, 2, 3",
    "The statistics notes in which retention codes are looked for.",
    only=r"[123]",
    said="1, 2 or 3",
)
RETENTION_ACTIONS = Setting(
    "retention-actions",
    LIST,
    "committed to retain, will retain, retain, retained",
    "Actions in 583 $a of a bib or a holding that commit the library to keep its items.",
)
RETENTION = (RETENTION_CODES, STATISTICS_RETENTION, RETENTION_ACTIONS)
ITEM_SETTINGS = (*PROCESSES.values(), *RETENTION)
"""What the rules on items read."""


# ---- one rule each


def on_loan(one: Circumstances, around: Around) -> Refused | None:
    for loan in one.loans:
        until = f" until {loan.due}" if loan.due else ""
        return Refused("on-loan", f"on loan{until}")
    return in_process(one, around, "on-loan", "on loan")


def in_transit(one: Circumstances, around: Around) -> Refused | None:
    return in_process(one, around, "in-transit", "in transit")


def on_hold_shelf(one: Circumstances, around: Around) -> Refused | None:
    return in_process(one, around, "on-hold-shelf", "on the hold shelf")


def lost_with_charges(one: Circumstances, around: Around) -> Refused | None:
    return in_process(one, around, "lost-with-charges", "lost, and its borrower is charged for it")


def course_reserve(one: Circumstances, around: Around) -> Refused | None:
    if one.item.course_reserve:
        return Refused("course-reserve", "on course reserve")
    return None


def temporary_location(one: Circumstances, around: Around) -> Refused | None:
    if one.item.in_temporary_location:
        where = place(one.item.temporary_library, one.item.temporary_location)
        return Refused("temporary-location", f"in a temporary location{where}")
    return None


def retention(one: Circumstances, around: Around) -> Refused | None:
    item = one.item
    if item.retain:
        why = f": {item.retention_reason}" if item.retention_reason else ""
        return Refused("retention", f"the library is committed to retain it{why}")
    for name in notes_of_retention(around):
        code = code_in(getattr(item, name), around.setting(RETENTION_CODES))
        if code:
            note = name.replace("_", " ")
            return Refused("retention", f"retention code {code} in {note}")
    for record, where in ((one.holding, "583 of its holding"), (one.title, "583 of its bib")):
        found = None if record is None else commitment(record, where, around)
        if found is not None:
            return found
    return None


def bound_with(one: Circumstances, around: Around) -> Refused | None:
    why = around.bound_with.get(one.bib)
    return Refused("bound-with", f"bound with another title: {why}") if why else None


def requested(one: Circumstances, around: Around) -> Refused | None:
    return request_refusal([request for request in one.requests if request.active])


def requested_inactively(one: Circumstances, around: Around) -> Refused | None:
    return request_refusal([request for request in one.requests if not request.active])


def work_order(one: Circumstances, around: Around) -> Refused | None:
    for order in one.work_orders:
        return Refused("work-order", f"in a work order{at_department(order)}")
    return in_process(one, around, "work-order", "in a work order")


def order_line_open(one: Circumstances, around: Around) -> Refused | None:
    for line in one.lines:
        if is_continuous(line, around):
            said = status_of(line, around)
            return Refused("order-line-open", f"linked to the open PO line {line.number} ({said})")
    return None


Rule = Callable[[Circumstances, Around], Refused | None]

ITEM_RULES: tuple[Rule, ...] = (
    lost_with_charges,
    on_loan,
    in_transit,
    on_hold_shelf,
    course_reserve,
    temporary_location,
    retention,
    bound_with,
    requested,
    requested_inactively,
    work_order,
    order_line_open,
)
"""All of them, the one that says most of an item first."""


def first_refusal(
    one: Circumstances, around: Around, *, leave_out: Iterable[Rule] = ()
) -> Refused | None:
    """The first rule that says no, or None where the item may go. leave_out: rules that the
    job's parameters wave."""
    waved = set(leave_out)
    for rule in ITEM_RULES:
        if rule not in waved:
            refused = rule(one, around)
            if refused is not None:
                return refused
    return None


# ---- what the rules look at, for jobs on holdings and bibs too


def in_process(one: Circumstances, around: Around, code: str, words: str) -> Refused | None:
    """Refused where the item's process type is one of those that the code stands for."""
    process = one.item.process_type
    if not process:
        return None
    named = around.setting(PROCESSES[code])
    if process.casefold() in {each.casefold() for each in named}:
        return Refused(code, f"{words} (process type {process})")
    return None


def commitment(record: Record, where: str, around: Around) -> Refused | None:
    """A 583 with a retention action whose time ($d, yyyymmdd) has not run out. where: what to
    call the field in the sentence."""
    actions = {one.casefold() for one in around.setting(RETENTION_ACTIONS)}
    for at in record.positions(b"583"):
        data = record.data[at]
        said = [value.strip().rstrip(".").casefold() for value in subfield_values(data, "a")]
        if actions.intersection(said) and not run_out(data, around.today):
            until = "".join(f" until {value}" for value in subfield_values(data, "d")[:1])
            return Refused("retention", f"{where}: committed to retain{until}")
    return None


def run_out(data: bytes, today: date) -> bool:
    """Whether a 583's interval ends with a day that has gone by."""
    days = [value.strip() for value in subfield_values(data, "d")]
    return bool(days) and all(
        re.fullmatch(r"\d{8}", day) and day < f"{today:%Y%m%d}" for day in days
    )


def notes_of_retention(around: Around) -> Sequence[str]:
    """The statistics notes that may hold retention codes: those that the setting
    `statistics-retention` names by number, else all three."""
    named = [f"statistics_note_{number}" for number in around.setting(STATISTICS_RETENTION)]
    return [name for name in named if name in STATISTICS] or STATISTICS


def code_in(note: str, codes: Iterable[str]) -> str:
    """The first of the codes that stands in a note as a word of its own, or ""."""
    if not note:
        return ""
    for code in codes:
        if re.search(rf"(?<!\w){re.escape(code)}(?!\w)", note, re.IGNORECASE):
            return code
    return ""


def request_refusal(requests: Sequence[Request]) -> Refused | None:
    for request in requests:
        kind = "requested" if request.active else "requested (the request is inactive)"
        since = f" since {request.placed}" if request.placed else ""
        return Refused("requested", kind + since)
    return None


def at_department(order: WorkOrder) -> str:
    return f" at {order.department}" if order.department else ""


def place(library: str, location: str) -> str:
    where = " ".join(part for part in (library, location) if part)
    return f" ({where})" if where else ""


def title_requests(group: Group) -> list[tuple[Held, Request]]:
    """Requests for any item of the title that are open."""
    found = [(held, held.record) for held in group.of_kind("request")]
    return [(held, one) for held, one in found if one.is_open and not one.item]


def could_fill(held: Held, around: Around) -> bool:
    """Whether an item could fill a request for any item of its title, now or when it is back."""
    item: Item = held.record
    if held.status in ("withdrawn", "deleted") or item.missing_status:
        return False
    return (
        in_process(Circumstances(held.id, item, held.root), around, "lost-with-charges", "") is None
    )


def last_to_fill(group: Group, going: Collection[int], requests: Sequence[Request]) -> set[int]:
    """Of the items that would go, those that open requests for any item of the title need: with
    them the last would go that could fill these."""
    if not requests:
        return set()
    able = {held.id for held in group.of_kind("item") if could_fill(held, group.around)}
    return set() if able.difference(going) else able.intersection(going)
