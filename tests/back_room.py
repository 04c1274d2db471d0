"""What stands behind the town's library: records that jobs refuse or list for rarer reasons.

Put in after the town's own (town_library.py), so that those keep their numbers.
"""

from __future__ import annotations

from datetime import date

from inventory import put_in
from stories import Library
from town_library import A_BOOK, ARTICLE, HOLDING_008, SERIAL, bib, built, holding, item

from galleyproof.marc.record import Record
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.portfolio import Portfolio
from galleyproof.structures.work_order import WorkOrder

OPEN = ("866", "41$80$av.1(1990)-")


def serial(number: int, title: str, *fields: tuple[str, str], fixed: str = "") -> Record:
    made = bib(number, title, *fields, leader=SERIAL)
    return made.with_data(made.positions(b"008")[0], fixed.encode()) if fixed else made


BIBS = [
    # 21 to 24: books whose copies are on their way, or wanted
    bib(21, "On reserve"),
    bib(22, "On its way"),
    bib(23, "Set aside"),
    bib(24, "Lost"),
    # 25: a set that comes part by part; 26 and 27: an earlier title and its later one
    bib(25, "Handbook in parts"),
    bib(26, "Earlier title"),
    bib(27, "Later title", ("780", "00$tEarlier title$w990000000000026")),
    # 28: shared with the zone; 29 to 33: serials whose 008 cannot all be brought up to date
    serial(28, "Shared serial", ("035", "  $a(EXLCZ)88"), ("830", " 4$aThe shared series")),
    serial(29, "Short 008", fixed="200101c2020"),
    serial(30, "Bulletin", ("362", "0 $aVol. 1 (1990)-")),
    serial(31, "Dated once", fixed="200101s2020    xx            000 0 eng d"),
    serial(32, "Without years"),
    serial(33, "With supplements"),
    # 34: an article of which the library has an offprint; 35: an 830 that lost its indicators
    bib(34, "An offprint", ("773", "08$tFar journal$w(OCoLC)99998"), leader=ARTICLE),
    built(
        "00000nam a2200000 i 4500",
        ("001", f"99{35:013d}"),
        ("008", "200101s2020    xx            000 0 eng d"),
        ("245", "00$aFrom an old system"),
        ("830", "The old series"),
    ),
    bib(36, "In two places"),
    # 37: bought, on two shelves, by an order that is closed; 38: in print and electronic
    bib(37, "Bought and closed"),
    bib(38, "Also electronic"),
]

HOLDINGS = [
    holding(22, 21, **A_BOOK),
    holding(23, 22, **A_BOOK),
    holding(24, 23, **A_BOOK),
    holding(25, 24, **A_BOOK),
    holding(26, 25, **A_BOOK),
    # 27 to 32: subscriptions of 28 to 33
    holding(27, 28, OPEN),
    holding(28, 29, OPEN),
    holding(29, 30, OPEN),
    holding(30, 31, OPEN),
    holding(31, 32, ("866", "41$80$av.1-")),
    holding(
        32,
        33,
        ("866", "41$80$av.1(1980)-v.5(1984), v.7(1986)-"),
        OPEN,
        ("867", "41$80$aSuppl. 1 (1991)-"),
        ("863", "41$82.1$a1-$i1990-"),
        ("853", "20$82$av.$i(year)"),
    ),
    # 33: coded as complete already; 34: coded as unknown under a serial; 35: without 852
    holding(33, 30, OPEN, fixed=HOLDING_008.replace("1001014p", "1001012p"), place="LAW$cSTACKS"),
    holding(34, 30, OPEN, leader="00000cu  a2200000un 4500", place="LAW$cRESERVE"),
    built(
        "00000cy  a2200000un 4500",
        ("001", f"22{35:013d}"),
        ("004", f"99{30:013d}"),
        ("008", HOLDING_008),
        OPEN,
    ),
    holding(36, 34, **A_BOOK),
    # 37 and 38: one title under two call numbers
    holding(37, 36, **A_BOOK),
    holding(38, 36, place="LAW$cSTACKS", call="$hZ 9", **A_BOOK),
    holding(39, 37, **A_BOOK),
    holding(40, 37, place="LAW$cSTACKS", **A_BOOK),
    holding(41, 38, **A_BOOK),
    # 42: an 866 that lost its indicators
    holding(42, 35, ("866", "v.1-"), **A_BOOK),
]


ITEMS = [
    item(18, 22, course_reserve=True),
    item(19, 23, process_type="TRANSIT"),
    item(20, 24, process_type="HOLDSHELF"),
    item(21, 25, process_type="LOST_LOAN"),
    item(22, 26, order_line="POL-B1"),
    # 23: its library has closed; 24: in the depot; 25: not where its holding is
    item(23, 22, library="OLD"),
    item(24, 22, location="DEPOT"),
    item(25, 22, location="RARE"),
    # 26: which issue it is nobody can tell
    item(26, 32, description="Festschrift"),
    item(27, 36),
    item(28, 37),
    item(29, 39),
    item(30, 40, library="LAW"),
    item(31, 41),
]
LINES = [
    OrderLine(
        bib=25,
        number="POL-B1",
        type="continuous physical journal",
        status="Sent",
        items=(22,),
    ),
    OrderLine(
        bib=37,
        number="POL-B2",
        type="one-time physical book",
        status="Closed",
        holdings=(39, 40),
    ),
]
WORK_ORDERS = [
    WorkOrder(
        item=18,
        number="W2",
        type="BIND",
        department="BINDERY",
        opened=date(2026, 9, 5),
        closed=date(2026, 9, 9),
    ),
    WorkOrder(item=3, number="W3", type="BIND", department="CATALOGING", opened=date(2026, 10, 5)),
]
PORTFOLIOS = [Portfolio(bib=38, number="P2", url="https://example.org/38", library="MAIN")]


def fill_back_room(library: Library, environment: str = "sandbox") -> None:
    """Puts these in behind the town's, which is there already."""
    for kind, records in {
        "bib": BIBS,
        "holding": HOLDINGS,
        "item": ITEMS,
        "order-line": LINES,
        "work-order": WORK_ORDERS,
        "portfolio": PORTFOLIOS,
    }.items():
        put_in(library, kind, records, environment)
