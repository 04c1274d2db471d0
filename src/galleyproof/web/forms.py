"""Forms made from a job's declared parameters: one field, one control. A new job needs no page."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from galleyproof.jobs.job import Parameters

PREFIX = "p-"


@dataclass
class Control:
    """One field as a form shows it.

    shape: `check`, `choice`, `number`, `date`, `text`, `lines` or `group` (of controls).
    """

    name: str
    label: str
    hint: str
    shape: str
    value: Any = ""
    choices: Sequence[tuple[str, str]] = ()
    required: bool = False
    folded: bool = False
    """Of a group: nothing in it is filled, so that it need not be open."""
    inside: list[Control] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"f-{self.name.replace('.', '-')}"


def controls(
    parameters: type[Parameters] | type[BaseModel],
    values: Mapping[str, Any],
    above: str = PREFIX,
) -> list[Control]:
    """The controls of a job's parameters, filled with values (field names as declared)."""
    return [
        control(name, info, values.get(name), above)
        for name, info in parameters.model_fields.items()
    ]


def control(name: str, info: FieldInfo, value: Any, above: str) -> Control:
    kind = bare(info.annotation)
    if value is None and not info.is_required():
        value = info.get_default(call_default_factory=True)
    made = Control(
        above + name,
        (info.title or name.replace("_", " ")).strip().capitalize(),
        info.description or "",
        shape_of(kind, required=info.is_required()),
        required=info.is_required(),
    )
    if made.shape == "group":
        given = value.model_dump() if isinstance(value, BaseModel) else (value or {})
        made.inside = controls(kind, given, f"{above}{name}.")
        made.folded = not given and takes_none(info)
    elif made.shape == "choice":
        made.choices = options(kind, made.required)
        made.value = plain(value)
    elif made.shape == "lines":
        several = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        made.value = "\n".join(plain(one) for one in several if one not in (None, ""))
    elif made.shape == "check":
        made.value = value in (True, "on", "true", "yes", "1")
    else:
        made.value = plain(value)
    return made


def bare(annotation: Any) -> Any:
    """The type itself, without Annotated, and without the None of an optional one."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return bare(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        rest = [one for one in get_args(annotation) if one is not type(None)]
        return bare(rest[0])
    return annotation


def shape_of(kind: Any, *, required: bool = False) -> str:
    """How a field of this type is shown. A yes or no that must be said is a choice: a box that is
    left empty would say no."""
    origin = get_origin(kind)
    if origin is Literal:
        return "choice"
    if origin in (list, tuple, set, frozenset, Sequence):
        return "lines"
    if not isinstance(kind, type):
        return "text"
    if kind is bool:
        return "choice" if required else "check"
    if issubclass(kind, Enum):
        return "choice"
    if issubclass(kind, BaseModel):
        return "group"
    if issubclass(kind, date):
        return "date"
    if issubclass(kind, (int, float, Decimal)):
        return "number"
    return "text"


def options(kind: Any, required: bool) -> list[tuple[str, str]]:
    """The values of a choice, each as people read it. The empty one comes first: nothing that must
    be chosen is chosen by the form."""
    if kind is bool:
        given: Sequence[Any] = ("yes", "no")
    else:
        given = get_args(kind) if get_origin(kind) is Literal else [one.value for one in kind]
    some = [(plain(one), plain(one).replace("-", " ").replace("_", " ")) for one in given]
    if any(value == "" for value, _word in some):
        return some
    return [("", _("choose one") if required else "–"), *some]


def plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value.value if isinstance(value, Enum) else value)


def values_of(
    parameters: type[Parameters] | type[BaseModel], sent: QueryDict, above: str = PREFIX
) -> dict[str, Any]:
    """What was sent, as a job's parameters are given: what was left empty is left out."""
    found: dict[str, Any] = {}
    for name, info in parameters.model_fields.items():
        kind = bare(info.annotation)
        key = above + name
        match shape_of(kind, required=info.is_required()):
            case "group":
                inside = values_of(kind, sent, f"{key}.")
                # A group that need not be there is there only where something was filled in.
                if inside and not (takes_none(info) and inside == untouched(kind)):
                    found[name] = inside
            case "check":
                found[name] = sent.get(key, "") in ("on", "true", "yes", "1")
            case "lines":
                lines = [one.strip() for one in sent.get(key, "").splitlines() if one.strip()]
                if lines:
                    found[name] = lines
            case _:
                if sent.get(key, "").strip():
                    found[name] = sent.get(key, "").strip()
    return found


def takes_none(info: FieldInfo) -> bool:
    return type(None) in get_args(info.annotation)


def untouched(kind: type[BaseModel]) -> dict[str, Any]:
    """What a form sends of a group in which nothing was filled in."""
    found: dict[str, Any] = {}
    for one in every(controls(kind, {}, "")):
        if one.shape == "check":
            found[one.name] = bool(one.value)
        elif one.shape != "group" and one.value:
            found[one.name] = one.value
    return found


def with_errors(some: list[Control], sentences: Sequence[str]) -> tuple[list[Control], list[str]]:
    """Puts each `parameter NAME: …` beside its control; returns the controls and the rest."""
    rest = []
    named = {one.name.removeprefix(PREFIX).replace("_", "-"): one for one in every(some)}
    for sentence in sentences:
        head, colon, said = sentence.partition(": ")
        found = named.get(head.removeprefix("parameter ")) if colon else None
        if found is not None and head.startswith("parameter "):
            found.errors.append(said)
        rest.append(sentence)
    return some, rest


def every(some: Sequence[Control]) -> list[Control]:
    return [one for each in some for one in (each, *every(each.inside))]
