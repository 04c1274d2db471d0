"""A small library with shelves: bibs, holdings and items under them, put in without a run."""

from __future__ import annotations

from stories import NOW, Library, marc

from galleyproof.marc.record import Record
from galleyproof.structures.forms import form_of
from galleyproof.structures.places import Code, LibraryPlace, LocationPlace


def holding(
    number: int,
    bib: int,
    library: str = "MAIN",
    location: str = "STACKS",
    *,
    received: str = "4",
    **more: str,
):
    """An MFHD: 004 names the bib; received: its 008/06; more: `f866=" 0$av.1-"`."""
    fields = [
        (b"001", b"22%013d" % number),
        (b"004", b"99%013d" % bib),
        (b"008", f"100101{received}p    8   4001uueng0000000".encode()),
        (b"852", f"0 $b{library}$c{location}$hZ{bib}".replace("$", "\x1f").encode()),
    ]
    fields += [(tag[1:].encode(), text.replace("$", "\x1f").encode()) for tag, text in more.items()]
    return Record.build(b"00000cy  a2200000un 4500", sorted(fields, key=lambda one: one[0]))


def put_in(library: Library, kind: str, records: list, environment: str = "sandbox") -> None:
    """Puts records in under the numbers 1, 2, 3 … of their kind, or after those there are. With
    order lines come the codes that say what their types and statuses mean, where none do."""
    from galleyproof.catalog.filling import NewRecord, fill
    from galleyproof.database.connect import connect

    if kind == "order-line" and not library.rows(
        "SELECT 1 FROM key WHERE scheme = 'code' AND value LIKE 'order-line-%%'",
        environment=environment,
    ):
        put_in(library, "code", ORDER_CODES, environment)
    form = form_of(kind)
    with connect(environment) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM record WHERE kind = %s", (kind,))
        first = cursor.fetchone()[0] + 1
        new = []
        for id, record in enumerate(records, start=first):
            above = record.first(b"004") if isinstance(record, Record) else None
            new.append(
                NewRecord(
                    id,
                    record.body,
                    form.tags(record),
                    form.keys(record),
                    above=above.decode() if above and kind == "holding" else None,
                    parent=form.parent(record),
                )
            )
        fill(cursor, kind, new, 0, NOW)


ORDER_CODES = [
    Code(table=table, code=code, meaning=meaning)
    for table, some in {
        "order-line-type": {
            "continuous physical journal": ("continuous", "physical"),
            "one-time physical book": ("one-time", "physical"),
        },
        "order-line-status": {
            "Sent": ("open",),
            "Waiting for renewal": ("open",),
            "Closed": ("closed",),
            "Cancelled": ("cancelled",),
        },
    }.items()
    for code, meaning in some.items()
]
"""What a library's words for order lines mean."""

PLACES = {
    "library": [
        LibraryPlace(code="MAIN", name="Main Library"),
        LibraryPlace(code="LAW", name="Law Library"),
        LibraryPlace(code="OLD", name="Closed branch", active=False),
    ],
    "location": [
        LocationPlace(library="MAIN", code="STACKS"),
        LocationPlace(library="MAIN", code="RARE"),
        LocationPlace(library="LAW", code="STACKS"),
        LocationPlace(library="LAW", code="RESERVE"),
        LocationPlace(library="MAIN", code="DEPOT", no_batch_moves=True),
        LocationPlace(library="OLD", code="STACKS"),
    ],
    "code": [
        Code(table="item-policy", code="BOOK", name="Book"),
        Code(table="item-policy", code="REFERENCE", name="Reference"),
        Code(table="material-type", code="BOOK", name="Book"),
        Code(table="department", code="BINDERY", name="Bindery", libraries=("MAIN",)),
        Code(table="department", code="CATALOGING", name="Cataloging"),
        Code(table="work-order-type", code="BIND", name="Binding"),
        Code(table="work-order-status", code="SENT", name="Sent"),
        Code(table="work-order-status", code="BACK", name="Back"),
        *ORDER_CODES,
    ],
}


def shelves(library: Library, bibs: int = 3, environment: str = "sandbox") -> None:
    """Libraries, locations, codes and some bibs."""
    for kind, records in PLACES.items():
        put_in(library, kind, records, environment)
    library.load([marc(number) for number in range(1, bibs + 1)], environment=environment)


def state(library: Library, environment: str = "sandbox") -> list[tuple]:
    """Every record as it is: what an undo must give back. Versions and times left out, what is
    deleted too."""
    return library.rows(
        "SELECT r.kind, r.id, r.parent, r.root, r.status, r.tags, v.body FROM record AS r"
        " JOIN version AS v ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version"
        " WHERE r.status <> 'deleted' ORDER BY r.kind, r.id",
        environment=environment,
    )


def key_rows(library: Library, environment: str = "sandbox") -> list[tuple]:
    return library.rows(
        "SELECT k.* FROM key AS k JOIN record AS r ON r.kind = k.kind AND r.id = k.id"
        " WHERE r.status <> 'deleted' ORDER BY k.kind, k.scheme, k.value, k.id",
        environment=environment,
    )
