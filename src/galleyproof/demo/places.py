"""Libraries, locations and code tables of the library that does not exist, as rows of tables."""

from __future__ import annotations

LIBRARIES = (
    ("MAIN", "Main Library", "yes"),
    ("LAW", "Law Library", "yes"),
    ("MUSIC", "Music Library", "yes"),
    ("SCI", "Science Library", "yes"),
    ("DEPOT", "Depository", "yes"),
    ("OLD", "Harbour Lane branch (closed)", "no"),
)
LOCATIONS = (
    # library, code, name, no batch moves
    ("MAIN", "STACKS", "Stacks", ""),
    ("MAIN", "REF", "Reference", ""),
    ("MAIN", "PER", "Periodicals", ""),
    ("MAIN", "RARE", "Rare books", ""),
    ("MAIN", "RESERVE", "Course reserve", ""),
    ("LAW", "STACKS", "Stacks", ""),
    ("LAW", "PER", "Periodicals", ""),
    ("MUSIC", "STACKS", "Stacks", ""),
    ("MUSIC", "SCORES", "Scores", ""),
    ("SCI", "STACKS", "Stacks", ""),
    ("SCI", "PER", "Periodicals", ""),
    ("DEPOT", "OFFSITE", "Off-site storage", "yes"),
    ("OLD", "STACKS", "Stacks", ""),
)
CODES: dict[str, tuple[str, ...]] = {
    # table: code, or code=name; after @ the libraries that it serves, after # what it means
    "item-policy": (
        "BOOK=Four weeks",
        "SHORT=One week",
        "REFERENCE=In the library only",
        "PERIODICAL=Periodical",
        "MEDIA=Media",
    ),
    "material-type": ("BOOK", "ISSBD=Bound issue", "ISSUE", "SCORE", "MAP", "DVD", "BOX"),
    "provenance": ("GIFT=Gift", "PURCHASE=Purchase", "EXCHANGE=Exchange"),
    "missing-status": ("MISSING=Missing", "CLAIMED=Claimed"),
    "process-type": (
        "LOAN=On loan",
        "TRANSIT=In transit",
        "TRANSIT_RS=In resource-sharing transit",
        "HOLDSHELF=On the hold shelf",
        "LOST_LOAN=Lost",
        "WORK_ORDER_DEPARTMENT=In a department",
        "ACQ=In acquisition",
    ),
    "department": ("BINDERY=Bindery@MAIN;LAW", "CATALOGING=Cataloging", "LAB=Conservation@MAIN"),
    "call-number-type": ("0=LC", "1=Dewey", "8=Other scheme"),
    "call-number-source": ("lcc", "ddc"),
    "physical-condition": ("GOOD", "BRITTLE", "DAMAGED"),
    "retention-reason": ("SHARED=Shared print", "LOCAL=Local history"),
    "access-type": ("CURRENT", "PERPETUAL"),
    "order-line-type": (
        "one-time physical book#one-time; physical",
        "one-time electronic book#one-time; electronic",
        "continuous physical journal#continuous; physical",
        "continuous electronic journal#continuous; electronic",
    ),
    "order-line-status": (
        "In review#open",
        "Ready#open",
        "Sent#open",
        "Waiting for invoice#open",
        "Waiting for renewal#open",
        "Closed#closed",
        "Cancelled#cancelled",
    ),
    "request-type": ("HOLD=Hold", "BOOKING=Booking", "DIGITIZATION=Digitization"),
    "work-order-type": ("BIND=Binding", "REPAIR=Repair", "RELABEL=New label"),
    "work-order-status": ("SENT=Sent", "IN-HAND=In hand", "BACK=Back"),
}


def library_rows() -> list[dict[str, str]]:
    return [{"code": code, "name": name, "active": active} for code, name, active in LIBRARIES]


def location_rows() -> list[dict[str, str]]:
    return [
        {"library": library, "code": code, "name": name, "no-batch-moves": fixed}
        for library, code, name, fixed in LOCATIONS
    ]


def code_rows() -> list[dict[str, str]]:
    rows = []
    for table, codes in CODES.items():
        for one in codes:
            text, _, meaning = one.partition("#")
            code, _, rest = text.partition("=")
            name, _, libraries = rest.partition("@")
            rows.append(
                {
                    "table": table,
                    "code": code,
                    "name": name or code,
                    "libraries": libraries,
                    "meaning": meaning,
                }
            )
    return rows
