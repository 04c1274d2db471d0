"""The base of every structure, and what its fields say of themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Annotated, Any, ClassVar, NamedTuple, get_type_hints

import msgspec

from galleyproof.marc.errors import Wrong

CODE, TEXT, DATE, FLAG, AMOUNT, LINK, COUNT = (
    "code",
    "text",
    "date",
    "flag",
    "amount",
    "link",
    "count",
)


def code(table: str) -> Any:
    """A coded field; its codes are those of a code table of the environment ("" for any)."""
    return msgspec.Meta(extra={"sort": CODE, "table": table})


def link(kind: str) -> Any:
    """The number in the catalogue of another record."""
    return msgspec.Meta(extra={"sort": LINK, "to": kind})


Text = Annotated[str, msgspec.Meta(extra={"sort": TEXT})]
"""Free text."""
Day = Annotated[date | None, msgspec.Meta(extra={"sort": DATE})]
Flag = Annotated[bool, msgspec.Meta(extra={"sort": FLAG})]
Amount = Annotated[str, msgspec.Meta(extra={"sort": AMOUNT}, pattern=r"^(-?\d+(\.\d+)?)?$")]
"""A decimal number as written, never a float."""
Count = Annotated[int, msgspec.Meta(extra={"sort": COUNT})]


class FieldSort(NamedTuple):
    """One field: its name as people and files write it (`item-policy`), what sort it is, the code
    table or the kind linked to, and whether it holds several."""

    name: str
    sort: str
    table: str = ""
    to: str = ""
    several: bool = False


class Structure(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One record that is not MARC. A field that is not set has its type's empty value."""

    kind: ClassVar[str]
    own: ClassVar[str] = "number"
    """The field that holds the record's own number, as people know it."""
    keyed: ClassVar[Mapping[str, str]] = {}
    """Key schemes and the fields that they are made of."""
    above: ClassVar[str] = ""
    """The link field that names the record above, or ""."""
    shown_by: ClassVar[Sequence[str]] = ("name",)
    """Fields that tell a person at a glance which record it is."""
    told_by: ClassVar[str] = ""
    """The field that says who is to be told of what becomes of the record, or ""."""
    together: ClassVar[Sequence[tuple[str, ...]]] = ()
    """Fields that say one thing together; an undo takes them back together or not at all."""
    aliases: ClassVar[Mapping[str, str]] = {}
    """Other names by which columns of files call a field."""

    @property
    def body(self) -> bytes:
        return msgspec.json.encode(self)

    @property
    def parent(self) -> int | None:
        """The number of the record above, or None."""
        return getattr(self, self.above) or None if self.above else None

    def changed(self, **fields: Any) -> Any:
        """The structure with some fields set anew."""
        return msgspec.structs.replace(self, **fields)


@cache
def fields_of(kind: type[Structure]) -> dict[str, FieldSort]:
    """Attribute name -> what the field is, in the order of the declaration."""
    hints = get_type_hints(kind, include_extras=True)
    found = {}
    for attribute in kind.__struct_fields__:
        several = False
        hint = hints[attribute]
        meta = meta_of(hint)
        if meta is None:
            several = True
            meta = meta_of(hint.__args__[0])
        extra = (meta.extra or {}) if meta else {}
        found[attribute] = FieldSort(
            attribute.replace("_", "-"),
            extra.get("sort", TEXT),
            extra.get("table", ""),
            extra.get("to", ""),
            several,
        )
    return found


def meta_of(hint: Any) -> msgspec.Meta | None:
    return next(
        (one for one in getattr(hint, "__metadata__", ()) if isinstance(one, msgspec.Meta)), None
    )


@cache
def encoded_fields(kind: type[Structure]) -> tuple[bytes, ...]:
    return tuple(name.encode() for name in kind.__struct_fields__)


def decode(kind: type[Structure], body: bytes) -> Any:
    """A structure from its body. Raises Wrong with the field and what is the matter with it."""
    try:
        return decoder(kind).decode(body)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise Wrong(f"this is no {kind.kind}: {sentence_of(error)}") from None


@cache
def decoder(kind: type[Structure]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def sentence_of(error: Exception) -> str:
    said = str(error)
    found = re.search(r"^(.*?) - at `\$\.?([\w\[\].]*)`$", said)
    if found is None:
        return said
    return f"{found[2].replace('_', '-') or 'the record'}: {found[1]}"


# ---- from a row of a table

ZONE = re.compile(r"(?<=^\d{4}-\d\d-\d\d)(T00:00:00(\.0+)?| 00:00:00)?(Z|[+-]\d\d:?\d\d)?$")
"""What may follow a day that another system writes: 2018-10-09Z (XML Schema, xs:date)."""
TRUE = frozenset(("yes", "true", "1", "y"))
FALSE = frozenset(("no", "false", "0", "n", ""))


def from_row(kind: type[Structure], row: Mapping[str, str]) -> Any:
    """A structure from a row: column name -> cell. Raises Wrong naming every cell that is wrong."""
    named = columns_of(kind)
    values: dict[str, Any] = {}
    findings = []
    for column, cell in row.items():
        attribute = named.get(column_name(column))
        text = cell.strip()
        if attribute is None or not text:
            continue
        try:
            values[attribute] = value_of(kind, attribute, text)
        except Wrong as wrong:
            findings.append(str(wrong))
    if findings:
        raise Wrong("; ".join(findings))
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise Wrong(sentence_of(error)) from None


@cache
def columns_of(kind: type[Structure]) -> dict[str, str]:
    """Every name of a column -> the attribute that it fills."""
    found = {column_name(name): name for name in kind.__struct_fields__}
    found.update({column_name(other): name for other, name in kind.aliases.items()})
    return found


def column_name(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.strip()).casefold()


def value_of(kind: type[Structure], attribute: str, text: str) -> Any:
    """A cell or a parameter as the field's value; Wrong says what was expected."""
    field = fields_of(kind)[attribute]
    if field.several:
        return tuple(part.strip() for part in text.split(";") if part.strip())
    if field.sort == FLAG:
        if text.casefold() in TRUE:
            return True
        if text.casefold() in FALSE:
            return False
        raise Wrong(f"{field.name} is yes or no, not “{text}”")
    if field.sort == DATE:
        try:
            return date.fromisoformat(ZONE.sub("", text))
        except ValueError:
            raise Wrong(f"{field.name} is a date like 2026-01-31, not “{text}”") from None
    if field.sort in (LINK, COUNT):
        if not re.fullmatch(r"\d{1,18}", text):
            raise Wrong(f"{field.name} is a whole number, not “{text}”")
        return int(text)
    if field.sort == AMOUNT:
        if re.fullmatch(r"-\d+(\.\d+)?", text):
            raise Wrong(f"{field.name} is an amount, which is not below zero like “{text}”")
        if not (text.isascii() and re.fullmatch(r"\d+(\.\d+)?", text)):
            raise Wrong(f"{field.name} is an amount like 12.50, not “{text}”")
    return text


def shown(value: Any) -> str:
    """A field's value as people read it; empty ones are ""."""
    if value is None or value == "" or value == ():
        return ""
    if value is True:
        return "yes"
    if value is False:
        return "no"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(str(one) for one in value)
    return str(value)
