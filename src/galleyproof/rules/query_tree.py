"""What a query is made of: conditions on a record and on those above it, comparisons, and bounds,
which are trees over heads alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from galleyproof.marc.tags import Need
from galleyproof.rules.query_fields import Asked, QueryField


class Head(NamedTuple):
    """What is known of a record without reading it. counts: how many hang under it, by name."""

    id: int
    created: datetime
    changed: datetime
    status: str
    counts: Mapping[str, int] = {}


class Looked(NamedTuple):
    """A record as a query looks at it. above: those above it, by kind, as far as they are there.
    answers: what SQL has answered already."""

    record: Any
    head: Head | None = None
    above: Mapping[str, Any] = {}
    answers: Sequence[bool] = ()


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison of a head field, or of a count; operator is a key of SIGNS, value of its
    type. scope: the kind of the record above that is meant, or ""; counted: the kind counted."""

    field: str
    operator: str
    value: Any
    scope: str = ""
    counted: str = ""


@dataclass(frozen=True, slots=True)
class FieldTest:
    """A comparison of a field of the body."""

    field: QueryField
    operator: str
    text: str
    asked: Asked = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Scoped:
    """A condition on the record above of this kind, which is there."""

    kind: str
    of: Any


@dataclass(frozen=True, slots=True)
class Answered:
    """A part that SQL answers; place: among the answers."""

    place: int


# ---- bounds: trees over heads


@dataclass(frozen=True, slots=True)
class TagNeed:
    """In a bound: the record's tags may hold what is needed."""

    need: Need
    scope: str = ""


@dataclass(frozen=True, slots=True)
class FieldNeed:
    """In a bound: the structure has something in one of these fields."""

    names: tuple[str, ...]
    scope: str = ""


@dataclass(frozen=True, slots=True)
class There:
    """In a bound: the record above of this kind is there."""

    kind: str


@dataclass(frozen=True, slots=True)
class Never:
    pass


Bound = Any
"""Always, Never, Not, And, Or, Compare, TagNeed, FieldNeed or There."""
