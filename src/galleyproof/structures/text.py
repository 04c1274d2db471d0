"""A structure as text that people edit: a field a line, `name: value`; and as JSON.

In a line \\n is a line break, \\\\ a backslash, \\s a blank at either end, and \\; a semicolon that
does not part two values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import msgspec

from galleyproof.marc.errors import Wrong
from galleyproof.structures.structure import (
    FLAG,
    Structure,
    column_name,
    columns_of,
    decode,
    fields_of,
    shown,
    value_of,
)

ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
BACK = {"n": "\n", "r": "\r", "t": "\t", "s": " "}


def to_text(structure: Structure, *, empty: bool = False) -> str:
    """The structure, a field a line; with `empty` fields that hold nothing too."""
    lines = []
    for name, field in fields_of(type(structure)).items():
        value = getattr(structure, name)
        if field.sort == FLAG or value or empty:
            lines.append(f"{field.name}: {value_text(value)}".rstrip(" "))
    return "\n".join(lines) + "\n"


def value_text(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(escaped(str(one)).replace(";", "\\;") for one in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if value else ""
    return escaped(shown(value))


def escaped(text: str) -> str:
    plain = "".join(ESCAPES.get(letter, letter) for letter in text)
    core = plain.strip(" ")
    if core == plain:
        return plain
    before = len(plain) - len(plain.lstrip(" ")) if core else 0
    return "\\s" * before + core + "\\s" * (len(plain) - len(core) - before)


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: BACK.get(found[1], found[1]), text)


def from_text(kind: type[Structure], text: str) -> Structure:
    """A structure from lines; # begins a comment. Raises Wrong naming every line that is wrong."""
    if text.lstrip().startswith("{"):
        return from_json(kind, text)
    named = columns_of(kind)
    values: dict[str, Any] = {}
    findings = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, cell = line.partition(":")
        attribute = named.get(column_name(name))
        if not colon or attribute is None:
            findings.append(f"line {number}: “{name.strip()[:40]}” is no field{offer(kind, name)}")
        elif attribute in values:
            findings.append(f"line {number}: {name.strip()} is there twice")
        else:
            try:
                values[attribute] = value_from(kind, attribute, cell.strip(" \t\r\n"))
            except Wrong as wrong:
                findings.append(f"line {number}: {wrong}")
    if findings:
        raise Wrong("\n".join(findings))
    if not values:
        raise Wrong(f"it holds no field of {kind.kind} records")
    given = {name: value for name, value in values.items() if not is_blank(value)}
    return checked(kind, msgspec.to_builtins(given))


def value_from(kind: type[Structure], attribute: str, cell: str) -> Any:
    """A field's value from its text; None where it holds nothing."""
    if not cell:
        return None
    if fields_of(kind)[attribute].several:
        parts = (part.strip(" \t") for part in re.findall(r"(?:\\.|[^;\\])+", cell))
        some = [unescaped(part) for part in parts if part]
        if fields_of(kind)[attribute].to:
            if not all(part.isascii() and part.isdigit() for part in some):
                raise Wrong(f"{fields_of(kind)[attribute].name} are numbers of the catalogue")
            return tuple(int(part) for part in some)
        return tuple(some)
    return value_of(kind, attribute, unescaped(cell))


def from_json(kind: type[Structure], text: str) -> Structure:
    """A structure from a JSON object, names with - or _. Raises Wrong."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Wrong(f"this is no JSON: {error}") from None
    if not isinstance(found, Mapping):
        raise Wrong("this is no JSON object of a record's fields")
    named = columns_of(kind)
    values = {}
    findings = []
    for name, value in found.items():
        attribute = named.get(column_name(name))
        if attribute is None:
            findings.append(f"“{name}” is no field{offer(kind, name)}")
        elif value != [] and not is_blank(value):
            values[attribute] = value
    if findings:
        raise Wrong("\n".join(findings))
    return checked(kind, values)


def is_blank(value: Any) -> bool:
    """Whether a field's value is nothing: a text of blanks is."""
    return value is None or (isinstance(value, str) and not value.strip())


def checked(kind: type[Structure], values: Any) -> Structure:
    found: Structure = decode(kind, msgspec.json.encode(values))
    return found


def as_values(structure: Structure) -> dict[str, Any]:
    """The fields that hold something, by their names, as JSON has them."""
    fields = fields_of(type(structure))
    return {
        fields[name].name: value
        for name, value in msgspec.to_builtins(structure, builtin_types=()).items()
    }


def offer(kind: type[Structure], name: str) -> str:
    known = [field.name for field in fields_of(kind).values()]
    near = get_close_matches(name.strip().casefold(), known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f" of {kind.kind} records"
