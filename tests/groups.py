"""Groups of records made by hand, for jobs to be asked about without a database."""

from __future__ import annotations

from datetime import date

from inventory import ORDER_CODES

from galleyproof.jobs.around import Around
from galleyproof.jobs.job import Group, Held
from galleyproof.marc.record import Record

TODAY = date(2026, 11, 2)


def field(text: str) -> tuple[bytes, bytes]:
    """`866 31$81$av.1-` as tag and data."""
    return text[:3].encode(), text[4:].replace("$", "\x1f").encode()


RECEIVED = "1001014p    8   4001uueng0000000"


def mfhd(*fields: str, fixed: str = RECEIVED, leader: str = "y", sort: bool = True) -> Record:
    """A holding: 001, 008 (none where `fixed` is empty), 852 and the fields given."""
    parts = [(b"001", b"221")]
    parts += [(b"008", fixed.encode())] if fixed else []
    parts += [] if any(one[:3] == "852" for one in fields) else [field("852 0 $bMAIN$cSTACKS$hZ1")]
    parts += [field(one) for one in fields]
    if sort:
        parts.sort(key=lambda part: part[0])
    return Record.build(f"00000c{leader}  a2200000un 4500".encode(), parts)


def bib(*fields: str, level: str = "s", fixed: str = "") -> Record:
    parts = [
        (b"001", b"991"),
        (b"008", (fixed or "900101c19909999xx qr p       0   a0eng d").encode()),
        field("245 00$aThe lantern"),
        *(field(one) for one in fields),
    ]
    parts.sort(key=lambda part: part[0])
    return Record.build(f"00000na{level} a2200000 i 4500".encode(), parts)


def held(kind: str, id: int, record, parent: int | None = None, status: str = "active") -> Held:
    return Held(kind, id, 1, parent, 1, status, record.body)


CODES: dict[str, dict] = {}
for one in ORDER_CODES:
    CODES.setdefault(one.table, {})[one.code] = one


def group(*members: Held, beside: tuple[Held, ...] = (), given=None, **around) -> Group:
    around = {"codes": CODES, **around}
    return Group(members, beside, Around(TODAY, **around), given or {})
