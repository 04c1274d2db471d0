"""A library as librarians know them, beside the demo's: what is on its shelves is awkward.

Local words for types and statuses of orders in five languages, several holdings a bib (some
without items), statements in words and in five languages, bound-withs both ways, title requests,
duplicate barcodes, analytic records, a bib with a 583, holdings whose 008 has other lengths. Each
record is named here once,
and the recorded outcomes (conformance/recorded) name it by its number.
"""

from __future__ import annotations

from datetime import date

from inventory import PLACES, put_in
from stories import Library, coded

from galleyproof.marc.record import Record
from galleyproof.structures.circulation import Loan, Request
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.places import Code
from galleyproof.structures.portfolio import Portfolio
from galleyproof.structures.work_order import WorkOrder

SERIAL, MONOGRAPH, ARTICLE = (
    "00000nas a2200000 i 4500",
    "00000nam a2200000 i 4500",
    "00000naa a2200000 i 4500",
)
HOLDING_008 = "1001014p    8   4001uueng0000000"
A_BOOK = {"fixed": "1001012p    8   1001uueng0000000", "leader": "00000cx  a2200000un 4500"}
"""A single part, complete: nothing more is expected."""


def bib(
    number: int, title: str, *fields: tuple[str, str], leader: str = MONOGRAPH, language="eng"
) -> Record:
    fixed = (
        f"200101{'c20009999' if leader == SERIAL else 's2020    '}xx            000 0 {language} d"
    )
    return built(
        leader,
        ("001", f"99{number:013d}"),
        ("005", "20200101000000.0"),
        ("008", fixed),
        ("035", f"  $a(OCoLC){5000 + number}"),
        ("245", f"00$a{title}"),
        *fields,
    )


def holding(
    number: int,
    bib: int,
    *fields: tuple[str, str],
    place: str = "MAIN$cSTACKS",
    fixed: str | None = HOLDING_008,
    leader: str = "00000cy  a2200000un 4500",
    call: str = "$hPN 100",
) -> Record:
    own = [("008", fixed)] if fixed is not None else []
    return built(
        leader,
        ("001", f"22{number:013d}"),
        ("004", f"99{bib:013d}"),
        ("005", "20200101000000.0"),
        *own,
        ("852", f"0 $b{place}{call}"),
        *fields,
    )


def built(leader: str, *fields: tuple[str, str]) -> Record:
    parts = [(tag.encode(), coded(tag, text)) for tag, text in fields]
    return Record.build(leader.encode(), sorted(parts, key=lambda part: part[0]))


BIBS = [
    # 1 to 5: serials, one for each language that their statements are written in
    bib(1, "Journal of the town", ("830", " 4$aThe town series ;$v1"), leader=SERIAL),
    bib(2, "Zeitschrift der Stadt", ("830", " 4$aDie Stadt"), leader=SERIAL, language="ger"),
    bib(3, "Revue de la ville", ("830", " 2$aL'année"), leader=SERIAL, language="fre"),
    bib(4, "Revista de la ciudad", leader=SERIAL, language="spa"),
    bib(
        5,
        "Gorodskoĭ zhurnal",
        ("245", "00$6880-01$aGorodskoĭ zhurnal"),
        ("830", " 0$6880-02$aGorod"),
        ("880", "00$6245-01$aГородской журнал"),
        ("880", " 4$6830-02$aГород"),
        leader=SERIAL,
        language="rus",
    ),
    # 6 and 7: a volume and what is bound in it, each naming the other
    bib(6, "Bound volume", ("774", "08$w990000000000007")),
    bib(7, "Bound in volume 6", ("773", "08$w990000000000006")),
    # 8: an article whose host is not here; 9: a guest that alone names its host (6)
    bib(8, "An article", ("773", "08$tFar journal$w(OCoLC)99999"), leader=ARTICLE),
    bib(9, "Also bound in volume 6", ("773", "08$w990000000000006")),
    # 10: the library promised to keep it; 11: somebody waits for any copy
    bib(10, "Promised", ("583", "1 $acommitted to retain$c20200101$5MAIN")),
    bib(11, "Awaited"),
    # 12: two copies with one barcode; 13: two holdings, one with statements alone
    bib(12, "Copies", ("830", "  $aSeries of copies")),
    bib(13, "Half empty"),
    # 14: nothing under it, host of a volume that is not here; 15: electronic; 16: shared with the
    # community zone
    bib(14, "Alone", ("774", "08$tVolumes elsewhere$w(OCoLC)88888")),
    bib(15, "Electronic"),
    bib(16, "Shared", ("035", "  $a(EXLCZ)77")),
    # 17: closed orders only; 18: on loan; 19: a right-to-left title
    bib(17, "Ordered once"),
    bib(18, "Lent"),
    bib(
        19,
        "al-Kitāb",
        ("245", "03$6880-01$aal-Kitāb"),
        ("830", " 3$6880-02$aal-Silsilah"),
        ("880", "03$6245-01/(3/r$aالكتاب"),
        ("880", " 2$6830-02/(3/r$aالسلسلة"),
        language="ara",
    ),
    bib(20, "In the bindery"),
]

HOLDINGS = [
    holding(1, 1, ("866", "41$80$av.1(1990)-")),
    holding(2, 1, ("866", "41$80$av.1(1990)-v.9(1998)"), place="LAW$cSTACKS"),
    holding(3, 2, ("866", "41$80$aBd. 1 (1990)-")),
    holding(4, 3, ("866", "41$80$an° 1 (janv. 1990)-")),
    holding(5, 4, ("866", "41$80$at. 1 (1990)- $zFaltan números")),
    holding(6, 5, ("866", "41$80$aт. 1 (1990)-")),
    holding(7, 6, **A_BOOK),
    holding(8, 10, **A_BOOK),
    holding(9, 11, **A_BOOK),
    holding(10, 12, **A_BOOK),
    holding(11, 13),
    holding(12, 13, ("866", "41$80$aJahrgang 1 vollständig"), place="LAW$cSTACKS"),
    holding(13, 17, **A_BOOK),
    holding(14, 18, **A_BOOK),
    # 15 and 16: an 008 that is too short, and none
    holding(15, 1, ("866", "41$80$av.1-"), place="MAIN$cRARE", fixed="1001014p"),
    holding(16, 1, ("866", "41$80$av.1-"), place="LAW$cRESERVE", fixed=None),
    # 17: paired with an 863
    holding(
        17,
        2,
        ("853", "20$81$av.$i(year)"),
        ("863", "41$81.1$a1-$i1990-"),
        ("866", "41$81.1$av.1(1990)-"),
        place="LAW$cSTACKS",
    ),
    holding(18, 3, ("866", "41$80$aLatest 5 years"), place="LAW$cSTACKS"),
    holding(19, 4, ("866", "41$80$a1990 to present"), place="LAW$cSTACKS"),
    holding(20, 20, **A_BOOK),
    holding(21, 19, **A_BOOK),
]


def item(number: int, holding: int, **more: object) -> Item:
    values = {
        "number": f"23{number:013d}",
        "barcode": f"B{number:05d}",
        "library": "MAIN",
        "location": "STACKS",
        "material_type": "BOOK",
        "item_policy": "BOOK",
    }
    return Item(holding=holding, **(values | more))


ITEMS = [
    item(1, 1, enumeration_a="35", chronology_i="2024", description="v.35 (2024)"),
    item(2, 1, enumeration_a="34", chronology_i="2023", description="v.34 (2023)"),
    item(3, 2, library="LAW", enumeration_a="9", chronology_i="1998"),
    item(4, 3, enumeration_a="12", chronology_i="2001", public_note="Lesesaal"),
    item(5, 4, enumeration_a="7", chronology_i="2010", internal_note_3="relié"),
    item(6, 7),
    item(7, 8, retain=True),
    item(8, 9),
    item(9, 10, barcode="SAME"),
    item(10, 10, barcode="SAME", copy_id="2"),
    item(11, 11),
    item(12, 13),
    item(13, 14, process_type="LOAN"),
    item(14, 20, process_type="WORK_ORDER_DEPARTMENT", department="BINDERY"),
    item(
        15,
        21,
        in_temporary_location=True,
        temporary_library="LAW",
        temporary_location="RESERVE",
        temporary_policy="REFERENCE",
    ),
    item(16, 6, enumeration_a="3", chronology_i="1992", fulfilment_note="т. 3"),
    item(17, 5, enumeration_a="4", chronology_i="1993"),
]
LINES = [
    OrderLine(
        bib=1, number="POL-1", type="continuous physical journal", status="Sent", holdings=(1,)
    ),
    OrderLine(
        bib=2, number="POL-2", type="continuous physical journal", status="Closed", holdings=(3,)
    ),
    OrderLine(bib=17, number="POL-3", type="one-time physical book", status="Closed", items=(12,)),
    # In the libraries' own words: by code or by name, in capitals, in other languages.
    OrderLine(bib=2, number="POL-4", type="ZS-ABO", status="LAUFEND", holdings=(3,)),
    OrderLine(bib=3, number="POL-5", type="Abonnement papier", status="Résilié", holdings=(4,)),
    OrderLine(bib=3, number="POL-6", type="ABONNEMENT PAPIER", status="en cours", holdings=(18,)),
    OrderLine(bib=4, number="POL-7", type="Suscripción impresa", status="CERRADO"),
    OrderLine(bib=5, number="POL-8", type="Подписка", status="Действует"),
    OrderLine(bib=10, number="POL-9", type="Print Book - One Time", status="CANCELLED", items=(7,)),
    OrderLine(bib=12, number="POL-10", type="PRINT_OT", status="ACTIVE", items=(10,)),
    OrderLine(bib=13, number="POL-11", type="print_sub", status="closed", holdings=(12,)),
    # Words that no table has any more: taken as going on, and as open.
    OrderLine(bib=7, number="POL-12", type="Standing order (old)", status="Legacy"),
]
LOANS = [Loan(item=13, number="L1", lent=date(2026, 10, 1), due=date(2026, 12, 4))]
REQUESTS = [
    Request(bib=11, number="R1", type="hold", placed=date(2026, 10, 2)),
    Request(bib=12, item=9, number="R2", type="hold", placed=date(2026, 10, 3)),
]
WORK_ORDERS = [
    WorkOrder(item=14, number="W1", type="BIND", department="BINDERY", opened=date(2026, 10, 5)),
]
PORTFOLIOS = [Portfolio(bib=15, number="P1", url="https://example.org/15", library="MAIN")]


CODES = [
    Code(table="process-type", code="LOAN", name="Loan"),
    Code(table="process-type", code="WORK_ORDER_DEPARTMENT", name="In a department"),
    *(
        Code(table=f"order-line-{table}", code=code, name=name, meaning=meaning)
        for table, code, name, meaning in (
            ("type", "PRINT_SUB", "Print Journal - Subscription", ("continuous", "physical")),
            ("type", "PRINT_OT", "Print Book - One Time", ("one-time", "physical")),
            ("type", "ZS-ABO", "Zeitschriftenabonnement", ("continuous", "physical")),
            ("type", "ABO", "Abonnement papier", ("continuous", "physical")),
            ("type", "SUSC", "Suscripción impresa", ("continuous", "physical")),
            ("type", "PODP", "Подписка", ("continuous", "physical")),
            ("status", "ACTIVE", "Active", ("open",)),
            ("status", "LAUFEND", "Laufend", ("open",)),
            ("status", "COURS", "En cours", ("open",)),
            ("status", "RESIL", "Résilié", ("cancelled",)),
            ("status", "CERRADO", "Cerrado", ("closed",)),
            ("status", "DEYST", "Действует", ("open",)),
        )
    ),
]


def fill_town(library: Library, environment: str = "sandbox") -> None:
    """Puts everything in, under the numbers 1, 2, 3 … of each kind."""
    for kind, records in {
        **PLACES,
        "bib": BIBS,
        "holding": HOLDINGS,
        "item": ITEMS,
        "order-line": LINES,
        "loan": LOANS,
        "request": REQUESTS,
        "work-order": WORK_ORDERS,
        "portfolio": PORTFOLIOS,
    }.items():
        more = CODES if kind == "code" else []
        put_in(library, kind, [*records, *more], environment)
