"""What is wrong with a record that somebody has edited by hand: what the other jobs look at too.

What an edit makes wrong is refused; what was so before, and what is only unlikely, is told. MARC
21: 001, 004, 006, 008 (their lengths), data fields (indicators and subfields), Holdings 852.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from galleyproof.jobs.around import Around
from galleyproof.marc.field import MARK, is_control, subfield_values, subfields
from galleyproof.marc.keys import canonical
from galleyproof.marc.record import Record
from galleyproof.structures.item import Item
from galleyproof.structures.structure import CODE, Structure, fields_of

LENGTHS = {
    ("bib", b"008"): 40,
    ("holding", b"008"): 32,
    ("authority", b"008"): 40,
    ("bib", b"006"): 18,
}
"""Characters of fields of a fixed length."""
ONCE = (b"001", b"003", b"004", b"005", b"008")
"""Control fields that MARC 21 does not repeat."""
NEEDED = {"bib": b"245", "holding": b"852"}


class Finding(NamedTuple):
    """Something that is wrong, or unlikely. place: what it is of, so that the same in the record as
    it was can be told; error: to be refused where the edit brings it in."""

    place: str
    sentence: str
    error: bool = True


class Checked(NamedTuple):
    errors: list[str]
    doubts: list[str]


def checked(kind: str, before: Any, after: Any, parent: Record | None, around: Around) -> Checked:
    """The sentences on an edited record. parent: the record above it, if any."""
    if isinstance(after, Record):
        now = list(of_marc(kind, after, parent, around))
        then = set(of_marc(kind, before, parent, around))
        kept = kept_number_marc(before, after)
    else:
        now = list(of_structure(after, around))
        then = set(of_structure(before, around))
        kept = kept_number(before, after)
    errors = [one.sentence for one in now if one.error and one not in then]
    doubts = [one.sentence for one in now if not (one.error and one not in then)]
    return Checked([*kept, *errors], doubts)


# ---- MARC


def kept_number_marc(before: Record, after: Record) -> Iterator[str]:
    """Other records name this one by its 001."""
    old, new = before.first(b"001"), after.first(b"001")
    if old is not None and (new or b"").strip() != old.strip():
        said = "is gone" if new is None else f"would become {shown(new)}"
        yield f"001: its number {shown(old)} {said}; a record keeps its number"


def of_marc(kind: str, record: Record, parent: Record | None, around: Around) -> Iterator[Finding]:
    counted = Counter(record.tags)
    for tag in ONCE:
        if counted[tag] > 1:
            name = tag.decode()
            yield Finding(name, f"{name} stands {counted[tag]} times; it is there once")
    for tag, data in zip(record.tags, record.data, strict=True):
        name = tag.decode("ascii", "replace")
        length = LENGTHS.get((kind, tag))
        if length is not None and len(data.decode("utf-8", "replace")) != length:
            count = len(data.decode("utf-8", "replace"))
            yield Finding(name, f"{name} has {count} characters; of a {kind} it has {length}")
        elif not is_control(tag):
            yield from of_field(name, data)
    needed = NEEDED.get(kind)
    if needed is not None and not counted[needed]:
        yield Finding(needed.decode(), f"it has no {needed.decode()}", error=False)
    if kind == "holding":
        yield from of_holding(record, parent, around)


def of_field(name: str, data: bytes) -> Iterator[Finding]:
    """What is wrong with the form of a data field."""
    head, mark, _ = data.partition(MARK)
    if not mark:
        yield Finding(name, f"{name} has no subfield: {shown(data)}")
    elif len(head.decode("utf-8", "replace")) != 2:
        yield Finding(name, f"{name} has not two indicators: {shown(data)}")
    else:
        for code, value in subfields(data):
            if not value.strip():
                yield Finding(name, f"{name} ${code} is empty", error=False)


def of_holding(record: Record, parent: Record | None, around: Around) -> Iterator[Finding]:
    above = (record.first(b"004") or b"").strip()
    number = (parent.first(b"001") or b"").strip() if parent is not None else b""
    if number and above != number:
        said = f"names {shown(above)}" if above else "is not there"
        yield Finding("004", f"004 {said}, and its bib is {shown(number)}")
    for at in record.positions(b"852"):
        data = record.data[at]
        library, location = (
            next(iter(subfield_values(data, code)), "").strip() for code in ("b", "c")
        )
        if library and location:
            fault = around.location_fault(library, location, "852 $b $c")
        else:
            fault = around.code_fault("library", library, "852 $b")
        if fault:
            yield Finding("852", fault)


def shown(data: bytes) -> str:
    text = data.decode("utf-8", "replace").replace("\x1f", "$").strip()
    return f"“{text[:60]}”"


# ---- structures


def kept_number(before: Structure, after: Structure) -> Iterator[str]:
    own = before.own
    old, new = getattr(before, own), getattr(after, own)
    if old and new != old:
        said = f"would become “{new}”" if new else "is gone"
        yield f"{own}: “{old}” {said}; a record keeps its {own}"


def of_structure(record: Structure, around: Around) -> Iterator[Finding]:
    for attribute, field in fields_of(type(record)).items():
        value = getattr(record, attribute)
        if field.sort != CODE or not value or field.table == "location":
            continue
        for code in value if field.several else (value,):
            if fault := around.code_fault(field.table, code, field.name):
                yield Finding(field.name, fault)
    if isinstance(record, Item):
        yield from of_item(record, around)


def of_item(item: Item, around: Around) -> Iterator[Finding]:
    for what, library, location in (
        ("location", item.library, item.location),
        ("temporary-location", item.temporary_library, item.temporary_location),
    ):
        known = library in around.libraries  # one that is not is told already
        if known and location and (fault := around.location_fault(library, location, what)):
            yield Finding(what, fault)
        elif location and not library:
            yield Finding(what, f"{what} “{location}” is given without its library")
    line = canonical(item.order_line.strip())
    if line and ("order-line", "order-line", line) not in around.there:
        yield Finding("order-line", f"order-line: there is no PO line “{line}”")
