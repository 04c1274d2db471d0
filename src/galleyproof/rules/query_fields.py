"""What a query may ask of each kind of record by name: head, fields, counts, records above."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple
from unicodedata import normalize

from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import subfield_values
from galleyproof.marc.tags import Need
from galleyproof.structures.structure import (
    AMOUNT,
    CODE,
    COUNT,
    DATE,
    FLAG,
    LINK,
    TEXT,
    fields_of,
)
from galleyproof.structures.table import STRUCTURES

TIME, NUMBER, STATUS, CHILDREN, NOTES, MARC = (
    "time",
    "number",
    "status",
    "children",
    "notes",
    "marc",
)
HEAD_SORTS = (TIME, NUMBER, STATUS, CHILDREN)
"""Sorts of what the head tells, or the heads below it: no body is read for them."""
CONTAINS = "contains"
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}

BELOW: dict[str, dict[str, str]] = {
    "bib": {
        "holdings": "holding",
        "items": "item",
        "portfolios": "portfolio",
        "order-lines": "order-line",
        "requests": "request",
    },
    "holding": {"items": "item"},
    "item": {"loans": "loan", "work-orders": "work-order"},
}
"""Kind -> what may be counted below a record of it -> the kind counted. Deleted and withdrawn ones
are not counted, and of what ends only what is open."""
ENDS = {"loan": "returned", "work-order": "closed", "request": "cancelled"}
"""Kind -> the field that is set once such a record is over."""


class QueryField(NamedTuple):
    """A field as queries name it. attributes: of the structure (or subfields of MARC, `852$b`);
    table: the code table; kind: what is counted."""

    name: str
    sort: str
    attributes: tuple[str, ...] = ()
    table: str = ""
    kind: str = ""
    several: bool = False


@cache
def kinds_above(kind: str) -> tuple[str, ...]:
    """The kinds of the records above one of this kind, the nearest first."""
    if kind == "holding":
        return ("bib",)
    structure = STRUCTURES.get(kind)
    if structure is None or not structure.above:
        return ()
    nearest = fields_of(structure)[structure.above].to
    return (nearest, *kinds_above(nearest))


@cache
def fields_for(kind: str) -> Mapping[str, QueryField]:
    """Every name that a query may use for a field of this kind."""
    found = {
        "created": QueryField("created", TIME),
        "changed": QueryField("changed", TIME),
        "id": QueryField("id", NUMBER),
        "status": QueryField("status", STATUS),
        "record-status": QueryField("status", STATUS),
    }
    for name, below in BELOW.get(kind, {}).items():
        found[name] = QueryField(name, CHILDREN, kind=below)
    structure = STRUCTURES.get(kind)
    if structure is None:
        found["number"] = QueryField("number", MARC, ("001",))
        if kind == "holding":
            found["library"] = QueryField("library", MARC, ("852$b",), "library")
            found["location"] = QueryField("location", MARC, ("852$c",), "location")
        return found
    fields = fields_of(structure)
    for attribute, field in fields.items():
        found[field.name] = QueryField(
            field.name, field.sort, (attribute,), field.table, several=field.several
        )
    for other, attribute in structure.aliases.items():
        found.setdefault(other.replace(" ", "-"), found[fields[attribute].name])
    notes = tuple(
        name
        for name, field in fields.items()
        if "note" in name.split("_") and field.sort == TEXT and not field.several
    )
    if notes:
        found["notes"] = QueryField("notes", NOTES, notes)
    return found


def field_named(kind: str, name: str) -> QueryField:
    """Raises Wrong with the nearest names where the kind has no such field."""
    known = fields_for(kind)
    field = known.get(name)
    if field is not None:
        return field
    dotted = [f"{above}.{one}" for above in kinds_above(kind) for one in BELOW.get(above, {})]
    near = get_close_matches(
        name, [*known, *dotted, "exists", "existsControl", "rule"], n=2, cutoff=0.55
    )
    if near:
        offer = "; did you mean " + " or ".join(near) + "?"
    else:
        listed = list(dict.fromkeys(field.name for field in known.values()))
        offer = "; there are " + ", ".join(listed[:16]) + (", …" if len(listed) > 16 else "")
    elsewhere = [one for one in kinds_above(kind) if name in fields_for(one)]
    if elsewhere:
        offer = f"; did you mean {elsewhere[0]}.{name}?"
    raise Wrong(f"“{name}” is not a field of {article(kind)} in the query language{offer}")


def article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


class Asked(NamedTuple):
    """A comparison of a field of the body: a test of the record; what the record must have for it
    (MARC: a tag; structures: fields, any of them), or None where it may have nothing. exact: that
    something is in the field (or, where not `has`, that nothing is) is all that it asks."""

    test: Callable[[Any], bool]
    need: Need | tuple[str, ...] | None
    exact: bool = False
    has: bool = True


def ask(field: QueryField, sign: str, text: str) -> Asked:
    """The comparison `field sign text`. Raises Wrong saying what was expected."""
    if field.sort == MARC:
        return ask_marc(field, sign, text)
    if field.sort == NOTES:
        if sign != CONTAINS:
            raise Wrong(f"notes are asked with contains, not {sign}")
        return Asked(contains(field.attributes, folded_text(text)), field.attributes)
    name = field.attributes[0]
    if text == "":
        if sign == CONTAINS:
            raise Wrong("contains takes a text that is not empty")
        if sign not in ("=", "!="):
            raise Wrong(f"an empty {field.name} is asked with = or !=, not {sign}")
        has = sign == "!="
        return Asked(lambda record: bool(getattr(record, name)) == has, (name,), True, has)
    if sign == CONTAINS:
        if field.sort not in (TEXT, CODE):
            raise Wrong(f"{field.name} is no text; it is compared with = != < <= > >=")
        wanted = folded_text(text)
        if field.several:
            return Asked(
                lambda record: any(wanted in folded(one) for one in getattr(record, name)),
                (name,),
            )
        return Asked(contains((name,), wanted), (name,))
    if field.sort == FLAG:
        return ask_flag(field, sign, text)
    return ask_value(field, sign, text)


def folded_text(text: str) -> str:
    if not text:
        raise Wrong("contains takes a text that is not empty")
    return folded(text)


def folded(text: str) -> str:
    """Texts are looked into without regard to case, canonically equivalent Unicode as equal."""
    return text.lower() if text.isascii() else normalize("NFC", text.casefold())


def contains(attributes: tuple[str, ...], wanted: str) -> Callable[[Any], bool]:
    def test(record: Any) -> bool:
        for name in attributes:
            value = getattr(record, name)
            if value and wanted in folded(value):
                return True
        return False

    return test


def ask_flag(field: QueryField, sign: str, text: str) -> Asked:
    name = field.attributes[0]
    if sign not in ("=", "!="):
        raise Wrong(f"{field.name} is compared with = or !=, not {sign}")
    words = {"yes": True, "true": True, "no": False, "false": False}
    if text.casefold() not in words:
        raise Wrong(f"{field.name} is yes or no, not “{text}”")
    wanted = words[text.casefold()] == (sign == "=")
    return Asked(lambda record: getattr(record, name) is wanted, (name,), True, wanted)


def ask_value(field: QueryField, sign: str, text: str) -> Asked:
    """Texts and codes by = and !=; dates, amounts and numbers by all signs. What is empty is not
    equal, not less and not greater."""
    name, compared = field.attributes[0], SIGNS[sign]
    if field.sort in (TEXT, CODE):
        if sign not in ("=", "!="):
            raise Wrong(f"{field.name} is compared with =, != or contains, not {sign}")
        wanted: Any = normalize("NFC", text)
        read: Callable[[Any], Any] = composed
    else:
        wanted, read = typed(field, text), plain(field)
    without = (name,) if sign != "!=" else None
    if field.several:
        any_of = SIGNS["=" if sign == "!=" else sign]
        found = sign != "!="
        return Asked(
            lambda record: any(any_of(read(one), wanted) for one in getattr(record, name)) is found,
            without,
        )

    def test(record: Any) -> bool:
        value = getattr(record, name)
        if not value:
            return sign == "!="
        return compared(read(value), wanted)

    return Asked(test, without)


def composed(value: str) -> str:
    return value if value.isascii() else normalize("NFC", value)


def plain(field: QueryField) -> Callable[[Any], Any]:
    return Decimal if field.sort == AMOUNT else same


def same(value: Any) -> Any:
    return value


def typed(field: QueryField, text: str) -> Any:
    """The value of a text, by the field's sort."""
    if field.sort == AMOUNT:
        try:
            return Decimal(text)
        except ArithmeticError:
            raise Wrong(f"{field.name} is an amount like 12.50, not “{text}”") from None
    if field.sort == DATE:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Wrong(f"{field.name} is a date like 2026-01-31, not “{text}”") from None
    assert field.sort in (LINK, COUNT)
    if not (text.isascii() and text.isdigit()):
        raise Wrong(f"{field.name} is a number of the catalogue, not “{text}”")
    return int(text)


def ask_marc(field: QueryField, sign: str, text: str) -> Asked:
    """A subfield of any occurrence of a MARC field, or a whole control field."""
    tag, _, code = field.attributes[0].partition("$")
    wanted = folded(text) if sign == CONTAINS else normalize("NFC", text)
    if sign not in ("=", "!=", CONTAINS):
        raise Wrong(f"{field.name} is compared with =, != or contains, not {sign}")
    if sign == CONTAINS and not text:
        raise Wrong("contains takes a text that is not empty")
    raw = tag.encode()

    def has(record: Any) -> bool:
        for at in record.positions(raw):
            data = record.data[at]
            values = subfield_values(data, code) if code else [data.decode("utf-8", "replace")]
            for value in values:
                value = value.strip()
                if wanted in folded(value) if sign == CONTAINS else composed(value) == wanted:
                    return True
        return False

    if sign == "!=":
        return Asked(lambda record: not has(record), None)
    return Asked(has, Need.tag(tag))
