"""The town's library with what the practice sheets ask for beside it: one record of each sort."""

from __future__ import annotations

from datetime import date

from inventory import put_in
from stories import NOW, Library
from town_library import HOLDING_008, SERIAL, bib, fill_town, holding, item

from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.work_order import WorkOrder

MAP = "00000nem a2200000 i 4500"
BIBS = [
    bib(21, "The lantern", ("830", " 4$aThe lamps"), ("830", " 4$aThe lights"), ("900", "  $ax")),
    bib(22, "Weekly", ("362", "0 $aVol. 1 (1990)-"), ("785", "00$w990000000000023"), leader=SERIAL),
    bib(23, "Daily", ("780", "00$w990000000000022"), ("900", "  $ax"), leader=SERIAL),
    bib(24, "Atlas", ("650", " 0$aMaps"), ("650", " 0$aStreets"), leader=MAP),
    bib(25, "Lonely", ("650", " 0$aQuiet"), ("830", " 4$aOpen roads")),
    bib(26, "Lonelier", ("830", "  $aRoads")),
    bib(27, "Kept as it is", ("830", " 0$aRoads")),
    bib(28, "To be deleted with all that is under it"),
    bib(29, "A host of volumes elsewhere", ("774", "08$w(OCoLC)88888")),
    bib(30, "Ordered, and not here yet"),
]
COMPLETE = HOLDING_008[:6] + "2" + HOLDING_008[7:]
STOPPED = HOLDING_008[:6] + "5" + HOLDING_008[7:]
HOLDINGS = [
    holding(22, 22, ("866", "41$80$av.1(1990)-v.3(1992)"), ("866", "41$80$av.5(1994)-"),
            ("866", "41$80$av.7(1996)-"), ("867", "41$80$asuppl.1(1991)-")),
    holding(23, 23, ("866", "41$80$av.1(1990)-v.2(1991)"), fixed=STOPPED),
    holding(24, 23, ("866", "41$80$av.1(1990)-v.2(1991)"), fixed=COMPLETE, place="LAW$cSTACKS"),
    holding(25, 24, ("852", "0 $bLAW$cSTACKS$zSecond place"), call="$zOn request"),
    holding(26, 25),
    holding(27, 22, ("866", "41$80$av.1(1990)-"), place="LAW$cSTACKS"),
    holding(28, 28),
]  # fmt: skip
ITEMS = [
    item(18, 22, enumeration_a="9", chronology_i="1998", public_note="Frail"),
    item(19, 25, course_reserve=True),
    item(20, 26, public_note="Signed"),
    item(21, 22, enumeration_a="10", chronology_i="1999"),
    item(22, 28),
]
LINES = [
    OrderLine(bib=26, number="POL-21", type="one-time physical book", status="Closed"),
    OrderLine(bib=30, number="POL-22", type="one-time physical book", status="Sent"),
]
WORK_ORDERS = [
    WorkOrder(item=18, number="W2", type="BIND", department="BINDERY", opened=date(2026, 10, 6)),
    WorkOrder(
        item=18,
        number="W3",
        type="BIND",
        department="BINDERY",
        status="SENT",
        opened=date(2026, 10, 7),
    ),
    WorkOrder(
        item=20,
        number="W4",
        type="BIND",
        department="CATALOGING",
        status="SENT",
        opened=date(2026, 1, 6),
        closed=date(2026, 2, 7),
    ),
    WorkOrder(item=3, number="W5", type="BIND", department="CATALOGING", opened=date(2026, 10, 8)),
    WorkOrder(item=1, number="W6", type="BIND", department="CATALOGING", opened=date(2026, 10, 8)),
]


def fill_practice(library: Library) -> None:
    """Everything, and an item that is withdrawn, a title deleted alone and one with what is under
    it."""
    fill_town(library)
    for kind, records in {
        "bib": BIBS,
        "holding": HOLDINGS,
        "item": ITEMS,
        "order-line": LINES,
        "work-order": WORK_ORDERS,
    }.items():
        put_in(library, kind, records)
    for job in ("withdraw-items", "delete-bibs"):
        library.permit(library.dan, job=job)
    gone = {"who": library.dan, "at": NOW}
    library.run(job="withdraw-items", ids=(11,), kind="item", parameters={"reason": "x"}, **gone)
    library.run(
        job="delete-bibs",
        ids=(14, 28),
        kind="bib",
        parameters={"inventory": "delete-too"},
        **gone,
    )
