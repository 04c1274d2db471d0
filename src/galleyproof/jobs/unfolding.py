"""Names of parameters as people and files write them, put together to a job's parameters.

A change of a field comes as `public-note`, `public-note.mode`, `public-note.condition`; in files of
another system as `PUBLIC_NOTE_selected`, `PUBLIC_NOTE_value`, `PUBLIC_NOTE_condition`, all of them
for every field, those that are not selected too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from galleyproof.marc.errors import Wrong

FIELD_PARTS = ("value", "condition", "mode")
ENDINGS = {
    "_isselected": "selected",
    "_selected": "selected",
    "_value": "value",
    "_condition": "condition",
}
NO_CONDITION = frozenset(("", "null", "none", "unconditional", "unconditionally"))
NO = frozenset(("false", "no", "0", ""))


def squeezed(name: str) -> str:
    """A name without what differs from one file to another: `ITEM_POLICY`, `itemPolicy`."""
    return re.sub(r"[\s_-]+", "", name).casefold()


def unfolded(given: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Parameters by their field names, with their parts put together.

    names: squeezed name -> the parameter's field name. A name that is not known stays as it is.
    Raises Wrong where one is given twice, whatever it is called.
    """
    parts: dict[str, dict[str, Any]] = {}
    twice = []
    selectable = {
        base.casefold() for name in given if (base := without_ending(name, "selected")) is not None
    }
    for name, value in given.items():
        base, part = name_and_part(name, selectable)
        field = names.get(squeezed(base), base)
        for one, its in parts_of(part, value):
            held = parts.setdefault(field, {})
            if one in held:
                twice.append(field + (f".{one}" if one != "value" else ""))
            held[one] = its
    if twice:
        said = ", ".join(dict.fromkeys(twice)).replace("_", "-")
        raise Wrong(f"given twice: {said}; say each parameter once")
    found = {}
    for field, some in parts.items():
        selected = some.pop("selected", None)
        if selected is not None and str(selected).casefold() in NO:
            continue
        if selected is not None:
            some = as_selected(some)
        found[field] = some["value"] if set(some) == {"value"} else some
    return found


def without_ending(name: str, part: str) -> str | None:
    """What such a name is of: `ITEM_POLICY` of `ITEM_POLICY_selected`."""
    plain = name.strip().replace("-", "_")
    for ending, of in ENDINGS.items():
        if of == part and plain.casefold().endswith(ending) and len(plain) > len(ending):
            return plain[: -len(ending)]
    return None


def name_and_part(name: str, selectable: set[str]) -> tuple[str, str]:
    plain = name.strip().replace("-", "_")
    base, dot, part = plain.partition(".")
    if dot:
        return base, part.casefold()
    for of in dict.fromkeys(ENDINGS.values()):
        stem = without_ending(name, of)
        if stem is not None and stem.casefold() in selectable:
            return stem, of
    return plain, ""


def parts_of(part: str, value: Any) -> list[tuple[str, Any]]:
    """A value by its parts; an object of a file has several."""
    if part == "condition":
        said = re.sub(r"[\s_]+", "-", str(value).strip()).casefold()
        return [("condition", "always" if said in NO_CONDITION else said)]
    if part:
        return [(part, value)]
    if isinstance(value, Mapping) and value and set(value) <= {*FIELD_PARTS, "find"}:
        return [pair for name, its in value.items() for pair in parts_of(name, its)]
    return [("value", value)]


def as_selected(parts: Mapping[str, Any]) -> dict[str, Any]:
    """What another system's file says of a field that it has selected: a flag has no value."""
    found = dict(parts)
    if set(found) <= {"condition"}:
        return {"value": True}
    if str(found.get("value")).casefold() == "null":
        found["value"] = ""
    return found
