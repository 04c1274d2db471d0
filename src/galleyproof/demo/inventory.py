"""What stands on the shelves of the library that does not exist: holdings, items, orders, loans.

What hangs under bib n follows from n alone, whatever the size of the library, like the bib. About
1.2 items a bib. Bib 77 has ten thousand items under one holding. Of every 50 bibs the one with
remainder 11 is a volume in which the next two are bound. The rest is thrown: items on loan, in
transit, on the hold shelf, in a department, in a temporary location, committed to be retained.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, timedelta

from galleyproof.demo.library import BOUND, HOST, Dice, Field, body, field, mms, outline
from galleyproof.demo.words import PUBLISHERS, SUBJECTS

GIANT = 77
GIANT_ITEMS = 10_000
FIRST_DAY = date(2012, 1, 2)
TODAY = date(2026, 11, 2)
MATERIAL = {"book": "BOOK", "serial": "ISSBD", "score": "SCORE", "map": "MAP", "film": "DVD"}
HOMES = (
    *(("MAIN", "STACKS"),) * 8,
    ("MAIN", "REF"),
    ("MAIN", "RARE"),
    *(("LAW", "STACKS"),) * 3,
    *(("SCI", "STACKS"),) * 3,
    ("MUSIC", "STACKS"),
    *(("DEPOT", "OFFSITE"),) * 2,
    ("OLD", "STACKS"),
)
SERIAL_HOMES = (("MAIN", "PER"), ("MAIN", "PER"), ("LAW", "PER"), ("SCI", "PER"))

Row = dict[str, str]


@dataclasses.dataclass(slots=True)
class Shelf:
    """All that hangs under one bib. rows: kind -> rows of its table, columns by name."""

    n: int
    form: str
    year: int
    dice: Dice
    holdings: list[bytes] = dataclasses.field(default_factory=list)
    rows: dict[str, list[Row]] = dataclasses.field(default_factory=dict)

    def add(self, kind: str, row: Row) -> None:
        self.rows.setdefault(kind, []).append(row)


def shelf(n: int) -> Shelf:
    """What hangs under bib n."""
    form, year = outline(n)
    one = Shelf(n, form, year, Dice(n, b"shelf"))
    dice = one.dice
    if n == GIANT:
        add_holding(one, 0, ("MAIN", "STACKS"), items=GIANT_ITEMS, giant=True)
    elif n % BOUND in (HOST + 1, HOST + 2):
        # What is bound with others has no item of its own, and the second no holding either.
        if n % BOUND == HOST + 1:
            add_holding(one, 0, ("MAIN", "STACKS"), items=0)
    elif form == "serial":
        add_serial(one)
    else:
        throw = dice.upto(100)
        if throw < 4:
            pass  # electronic only
        else:
            items = 0 if throw < 8 else 2 if throw < 14 else 1
            add_holding(one, 0, dice.one(HOMES), items=items)
            if throw >= 94:
                add_holding(one, 1, dice.one(HOMES), items=1)
    if dice.upto(6) == 0 or not one.holdings:
        add_portfolio(one)
    return one


def shelves(count: int, start: int = 0) -> Iterator[Shelf]:
    for n in range(start, start + count):
        yield shelf(n)


def holdings(count: int) -> Iterator[bytes]:
    """The MARC holdings of `count` bibs; 004 names the bib."""
    for one in shelves(count):
        yield from one.holdings


# ---- numbers


def holding_number(n: int, k: int) -> str:
    return f"22{n * 4 + k:013d}"


def item_number(n: int, k: int) -> str:
    return f"239{k:012d}" if n == GIANT else f"23{n * 16 + k:013d}"


def barcode(n: int, k: int) -> str:
    """Fourteen digits; every 23rd an old one with zeros before it, one in 4,000 used twice."""
    if n == GIANT:
        return f"32999{k:09d}"
    number = n * 16 + k
    if n % 4000 == 3999:
        number -= 16
    return f"00{number:08d}" if n % 23 == 5 else f"32044{number:09d}"


def line_number(n: int, k: int = 1) -> str:
    return f"POL-{100000 + n}-{k}"


def day(dice: Dice, first: date = FIRST_DAY, last: date = TODAY) -> date:
    return first + timedelta(dice.upto((last - first).days))


# ---- holdings


def add_holding(
    one: Shelf,
    k: int,
    home: tuple[str, str],
    *,
    items: int,
    giant: bool = False,
    more: list[Field] | None = None,
    received: str = "2",
) -> None:
    n = one.n
    library, location = home
    fields: list[Field] = [
        (b"001", holding_number(n, k).encode()),
        (b"004", mms(n).encode()),
        (b"005", b"20200101000000.0"),
        (b"008", b"200101%bp    8   4001uueng0000000" % received.encode()),
        field(
            "852",
            "0 ",
            f"b{library}",
            f"c{location}",
            f"hZ{200 + n % 800}",
            f"i.{chr(65 + n % 26)}{n % 97} {one.year}",
        ),
        *(more or ()),
    ]
    if not giant and n % 40 == 3:
        fields.append(
            field(
                "583",
                "1 ",
                "acommitted to retain",
                "c20210701",
                "d20460630",
                "fTown shared print",
                "5XXD",
            )
        )
    if n % 61 == 8:
        fields.append(field("014", "1 ", f"a{mms(n)}"))
    part = "y" if one.form == "serial" else "v" if items > 1 else "x"
    one.holdings.append(body(b"00000c%b  a2200000un 4500" % part.encode(), fields))
    for number in range(items):
        add_item(one, k, number + 8 * k, home, giant=giant)


OPEN = (
    "v.1-",
    "v.{0}-",
    "v.1- ({1}- )",
    "v.1-{2} ({1}-{3}) ; v.{4}- ({5}- )",
    "v.1- ",
    "v.1- Some issues wanting",
    "no.1-{2}",
)
"""Statements of what is there, as they are found: open ones, in the forms people wrote."""


def add_serial(one: Shelf) -> None:
    """A serial: current, cancelled or ceased; its volumes, its order."""
    dice, n = one.dice, one.n
    volumes = 1 + dice.upto(5)
    state = dice.one(("current", "current", "current", "cancelled", "ceased"))
    first = one.year
    if state == "current":
        said = dice.one(OPEN).format(2, first, 20, first + 19, 22, first + 21)
    else:
        said = f"v.1-{volumes} ({first}-{first + volumes - 1})"
    more: list[Field] = []
    if n % 7 == 0:
        more.append(field("853", "20", "81", "av.", "i(year)"))
        end = "-" if state == "current" else f"-{volumes}"
        more.append(field("863", "40", "81.1", f"a1{end}", f"i{first}-"))
        more.append(field("866", "40", "81", f"a{said}"))
    elif n % 31 != 4:
        more.append(field("866", "41", "80", f"a{said}"))
    if n % 19 == 2:
        more.append(field("867", "41", "80", f"asuppl.1 ({first})"))
        more.append(field("868", "41", "80", f"aindex v.1-{volumes}"))
    received = {"current": "4", "cancelled": "5", "ceased": "2"}[state]
    if n % 29 == 6:
        received = "0"
    home = dice.one(SERIAL_HOMES)
    add_holding(one, 0, home, items=volumes, more=more, received=received)
    status = {
        "current": dice.one(("Sent", "Waiting for renewal")),
        "cancelled": "Cancelled",
        "ceased": "Closed",
    }[state]
    add_line(one, "continuous physical journal", status, home[0], holding=holding_number(n, 0))


def add_line(
    one: Shelf, type: str, status: str, library: str, *, holding: str = "", item: str = ""
) -> None:
    one.add(
        "order-line",
        {
            "MMS ID": mms(one.n),
            "PO line reference": line_number(one.n),
            "type": type,
            "status": status,
            "owner-library": library,
            "vendor": PUBLISHERS[one.n % len(PUBLISHERS)],
            "Holding ID": holding,
            "Item ID": item,
        },
    )


def add_portfolio(one: Shelf) -> None:
    n = one.n
    one.add(
        "portfolio",
        {
            "MMS ID": mms(n),
            "Portfolio ID": f"53{n * 4:013d}",
            "library": "MAIN",
            "collection": f"{SUBJECTS[n % 20]} online",
            "url": f"https://example.org/full/{n}",
            "coverage": f"{one.year}-" if one.form == "serial" else "",
            "access-type": "CURRENT" if n % 3 else "PERPETUAL",
        },
    )


# ---- items


def add_item(
    one: Shelf, k: int, number: int, home: tuple[str, str], *, giant: bool = False
) -> None:
    n, dice = one.n, one.dice
    library, location = home
    row: Row = {
        "Holding ID": holding_number(n, k),
        "Item ID": item_number(n, number),
        "barcode": barcode(n, number),
        "library": library,
        "location": location,
        "material-type": "BOX" if giant else MATERIAL[one.form],
        "item-policy": policy(one, location),
    }
    one.add("item", row)
    if giant:
        row["description"] = f"box {number + 1}"
        row["enumeration-a"] = str(number + 1)
        return
    row["received-date"] = day(dice).isoformat()
    row["provenance"] = ("PURCHASE", "PURCHASE", "GIFT", "")[n % 4]
    row["copy-id"] = str(number + 1) if one.form != "serial" and number else ""
    if n % 5 == 1:
        row["pages"] = str(80 + n % 700)
        row["replacement-cost"] = f"{20 + n % 90}.{n % 100:02d}"
    if n % 11 == 4:
        row["inventory-number"] = f"{one.year}/{n * 16 + number}"
        row["inventory-date"] = day(dice).isoformat()
        row["physical-condition"] = ("GOOD", "GOOD", "BRITTLE", "DAMAGED")[n % 4]
    if one.form == "serial":
        row["enumeration-a"] = str(number + 1)
        row["chronology-i"] = str(one.year + number)
        row["description"] = f"v.{number + 1} ({one.year + number})"
        row["PO line"] = line_number(n)
    elif n % 9 == 2 and number == 0:
        row["PO line"] = line_number(n)
        status = ("Closed", "Closed", "Closed", "Waiting for invoice", "Cancelled", "Sent")[n % 6]
        add_line(one, "one-time physical book", status, library, item=row["Item ID"])
    notes(one, row)
    where_it_is(one, row)
    if n % 5000 == 4321:
        row["Holding ID"] = f"229{n:012d}"  # nothing has this number


def policy(one: Shelf, location: str) -> str:
    if one.n % 500 == 123:
        return "OLD-BOOK"  # a code that no table has any more
    if location in ("REF", "RARE"):
        return "REFERENCE"
    if one.form == "serial":
        return "PERIODICAL"
    if one.form == "film":
        return "MEDIA"
    return "SHORT" if one.n % 8 == 0 else "BOOK"


def notes(one: Shelf, row: Row) -> None:
    n = one.n
    if n % 12 == 5:
        row["public-note"] = ("Plates wanting", "Signed by the author", "Bound in calf")[n % 3]
    if n % 17 == 3:
        row["internal-note-1"] = f"shelf check {2015 + n % 10}"
    if n % 37 == 9:
        row["internal-note-3"] = "from the Harbour Lane branch"
    if n % 26 == 7:
        row["fulfilment-note"] = "Check for two maps in the pocket"
    if n % 60 == 4:
        row["statistics-note-1"] = "RETAIN-2046 shared print"
    if n % 40 == 3:
        row["retain"] = "yes"
        row["retention-reason"] = "SHARED"
        row["retention-note"] = "Town shared print, until 2046"


def where_it_is(one: Shelf, row: Row) -> None:
    """On the shelf, mostly; or one of the things that keep an item from going elsewhere."""
    dice, item = one.dice, row["Item ID"]
    throw = dice.upto(200)
    if throw < 6:
        lent = day(dice, TODAY - timedelta(60), TODAY)
        row["process-type"] = "LOAN"
        one.add(
            "loan",
            {
                "Loan ID": f"L{item[2:]}",
                "Item ID": item,
                "lent": lent.isoformat(),
                "due": (lent + timedelta(28)).isoformat(),
            },
        )
    elif throw < 8:
        row["process-type"] = "TRANSIT"
    elif throw < 10:
        row["process-type"] = "HOLDSHELF"
        add_request(one, item, "yes", dice)
    elif throw == 10:
        row["process-type"] = "LOST_LOAN"
    elif throw < 13:
        row["process-type"] = "WORK_ORDER_DEPARTMENT"
        row["department"] = "BINDERY"
        one.add(
            "work-order",
            {
                "Work order ID": f"W{item[2:]}",
                "Barcode": row["barcode"],
                "type": "BIND",
                "department": "BINDERY",
                "status": "SENT",
                "opened": day(dice, TODAY - timedelta(90), TODAY).isoformat(),
            },
        )
    elif throw < 18:
        row["temporary-library"], row["temporary-location"] = "MAIN", "RESERVE"
        row["in-temporary-location"] = "yes"
        row["temporary-policy"] = "SHORT"
        row["due-back"] = (TODAY + timedelta(dice.upto(90))).isoformat()
        row["course-reserve"] = "yes" if throw == 13 else ""
    elif throw == 18:
        row["missing-status"] = "MISSING"
    elif throw < 22:
        add_request(one, item if throw < 20 else "", "yes", dice)
    elif throw == 22:
        add_request(one, item, "no", dice)
    elif throw < 30:
        lent = day(dice, FIRST_DAY, TODAY - timedelta(90))
        one.add(
            "loan",
            {
                "Loan ID": f"L{item[2:]}",
                "Item ID": item,
                "lent": lent.isoformat(),
                "due": (lent + timedelta(28)).isoformat(),
                "returned": (lent + timedelta(dice.upto(28))).isoformat(),
            },
        )
    elif throw == 30:
        opened = day(dice, FIRST_DAY, TODAY - timedelta(90))
        one.add(
            "work-order",
            {
                "Work order ID": f"W{item[2:]}",
                "Barcode": row["barcode"],
                "type": "REPAIR",
                "department": "LAB",
                "status": "BACK",
                "opened": opened.isoformat(),
                "closed": (opened + timedelta(30)).isoformat(),
            },
        )


def add_request(one: Shelf, item: str, active: str, dice: Dice) -> None:
    """For one item, or (without) for any of the title."""
    one.add(
        "request",
        {
            "MMS ID": mms(one.n),
            "Request ID": f"R{one.n * 16:011d}{item[-2:]}",
            "Item ID": item,
            "type": "HOLD",
            "requester": f"U{one.n % 9_973:05d}",
            "active": active,
            "placed": day(dice, TODAY - timedelta(60), TODAY).isoformat(),
        },
    )
