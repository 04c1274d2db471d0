"""One field to be changed, as jobs on structures take it: a value, a condition, a mode.

Written `public-note=Text`, `public-note.condition=if-empty`, `public-note.mode=append`; in a file
of parameters also as `{"value": …, "condition": …}`, or as other systems' files have them
(unfolding).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from galleyproof.jobs.amounts import currency_of
from galleyproof.jobs.around import Around
from galleyproof.jobs.job import Parameters
from galleyproof.marc.errors import Wrong
from galleyproof.rules.values import Found, composed, spliced
from galleyproof.structures.money import amount_fault, with_digits
from galleyproof.structures.structure import (
    AMOUNT,
    CODE,
    TEXT,
    Structure,
    fields_of,
    value_of,
)

Condition = Literal["always", "if-empty", "if-not-empty"]
Mode = Literal["replace", "append", "prefix", "find-replace", "clear"]
NEED_A_VALUE = ("replace", "append", "prefix")


class FieldChange(BaseModel):
    """value: what is written; for find-replace what stands in for `find`. Append and prefix put
    one blank between."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str = ""
    condition: Condition = "always"
    mode: Mode = "replace"
    find: str = ""

    @model_validator(mode="before")
    @classmethod
    def value_alone(cls, given: Any) -> Any:
        if isinstance(given, bool):
            given = "yes" if given else "no"
        found = {"value": given} if isinstance(given, str) else given
        if isinstance(found, dict) and isinstance(found.get("value"), str):
            # A note of one blank is no note; but a blank may stand in for what is found.
            if not found["value"].strip() and found.get("mode") != "find-replace":
                return {**found, "value": ""}
        return found

    def new_value(self, old: str, value: str) -> str:
        """The text that a text field has afterwards. A text of blanks is empty."""
        there, old = old, old if old.strip() else ""
        if (self.condition == "if-empty" and old) or (self.condition == "if-not-empty" and not old):
            return there
        found = value
        match self.mode:
            case "clear":
                return ""
            case "append":
                found = f"{old} {value}" if old else value
            case "prefix":
                found = f"{value} {old}" if old else value
            case "find-replace":
                found = replaced(there, self.find, value)
                if found is there:
                    return there
        return found if found.strip() else ""


def replaced(text: str, find: str, value: str) -> str:
    """The text with every stretch replaced that is what is looked for, its letters composed or
    not; the rest stays as it is written. The same object where nothing is found."""
    whole, wanted = composed(text), composed(find)
    places = re.finditer(re.escape(wanted), whole)
    found = [Found(place.start(), place.end(), value) for place in places]
    return spliced(text, whole, found) if found else text


def parameters_for(
    kind: type[Structure], attributes: tuple[str, ...], base: type[Parameters], name: str
) -> type[Parameters]:
    """A parameters class with one FieldChange for each field named, after those of `base`."""
    fields = fields_of(kind)
    more: dict[str, Any] = {
        one: (
            FieldChange | None,
            Field(default=None, description=described(fields[one].name, fields[one].sort)),
        )
        for one in attributes
    }
    return create_model(name, __base__=base, **more)


def described(name: str, sort: str) -> str:
    said = name.replace("-", " ")
    if sort == TEXT:
        return f"{said}: new text, with .condition, .mode and (for find-replace) .find"
    return f"{said}: new {sort}, with .condition; .mode=clear empties it"


def faults(kind: type[Structure], given: Mapping[str, FieldChange], around: Around) -> list[str]:
    """What is wrong with the changes asked for, a sentence each."""
    found = []
    fields = fields_of(kind)
    for attribute, change in given.items():
        field = fields[attribute]
        if change.mode not in ("replace", "clear") and field.sort != TEXT:
            found.append(f"{field.name}: {change.mode} is for texts, and this is a {field.sort}")
        if (change.mode == "find-replace") != bool(change.find):
            found.append(f"{field.name}: find-replace and .find go together")
        column = field.name in around.columns
        if change.mode == "clear" and (change.value or column):
            said = "a column of the file gives one" if column else f"“{change.value}” is given"
            found.append(f"{field.name}: clear takes no value, and {said}")
        if column and change.value:
            found.append(
                f"{field.name}: its value is given twice, “{change.value}” and by the column"
            )
        if change.mode in NEED_A_VALUE and not change.value.strip() and not column:
            found.append(f"{field.name}: no value is given; to empty the field say .mode=clear")
        if change.mode == "replace" and change.value.strip():
            found += value_faults(kind, attribute, change.value, around)
    return found


def value_faults(kind: type[Structure], attribute: str, value: str, around: Around) -> list[str]:
    """The same for one value, from a parameter or from a line of a file."""
    field = fields_of(kind)[attribute]
    try:
        value_of(kind, attribute, value)
    except Wrong as wrong:
        return [str(wrong)]
    if field.sort == AMOUNT:
        fault = amount_fault(value, currency_of(around))
        return [f"{field.name}: {value} {fault}"] if fault else []
    if field.sort == CODE and field.table != "location":
        fault = around.code_fault(field.table, value, field.name)
        return [fault] if fault else []
    return []


def changed_fields(
    structure: Structure,
    given: Mapping[str, FieldChange],
    line: Mapping[str, str],
    around: Around,
) -> dict[str, Any]:
    """The fields that are to be set anew, with their values. line: values that are this record's
    alone, by the field's attribute. Of a field whose values come from a column of the file, it
    stays where this record's line says nothing."""
    kind = type(structure)
    fields = fields_of(kind)
    new: dict[str, Any] = {}
    for attribute, change in given.items():
        if attribute not in line and fields[attribute].name in around.columns:
            continue
        old = getattr(structure, attribute)
        if isinstance(old, str):
            value = change.new_value(old, line.get(attribute, change.value))
            if value and value != old and fields[attribute].sort == AMOUNT:
                value = with_digits(value, currency_of(around))
        else:
            empty = not old
            if (change.condition == "if-empty" and not empty) or (
                change.condition == "if-not-empty" and empty
            ):
                continue
            text = "" if change.mode == "clear" else line.get(attribute, change.value)
            value = value_of(kind, attribute, text) if text else type(old)() if old else old
            if old is not None and not text and not isinstance(old, bool):
                value = None
        if value != old:
            new[attribute] = value
    return new
