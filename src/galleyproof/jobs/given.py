"""What a run's parameters say, as a permit's limits look at it: plain values.

A change of a field is the value that it would write, whatever its mode; a column of the input file
is every value that stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel

from galleyproof.jobs.job import Parameters
from galleyproof.jobs.unfolding import FIELD_PARTS

VALUE, COLUMN = "value", "column"


class Given(NamedTuple):
    """values: by the parameters' field names; of a change of a field its parts (`value`, `mode`),
    of one that is not asked for nothing, {}; `column` holds what a column of the file says. said:
    the names of parameters that say something else than where nothing is said."""

    values: Mapping[str, Any]
    said: frozenset[str] = frozenset()

    def of(self, name: str) -> Iterator[Any]:
        """The plain values of a parameter, each once; a dotted name goes deeper. None where it is
        not given; nothing at all where it is a field that is left as it is."""
        found: Any = self.values
        for part in name.split("."):
            if isinstance(found, Mapping) and not found and found is not self.values:
                return
            found = found.get(part) if isinstance(found, Mapping) else None
        if not (isinstance(found, Mapping) and (not found or VALUE in found or COLUMN in found)):
            yield found
            return
        column = found.get(COLUMN, ())
        if VALUE in found and (found[VALUE] or not column):
            yield found[VALUE]
        yield from column


def given_by(parameters: Parameters, columns: Mapping[str, Sequence[str]] | None = None) -> Given:
    """columns: of the input file, by the names by which the job knows them, with the values that
    stand in each."""
    values: dict[str, Any] = parameters.model_dump(mode="json")
    said = set()
    for name, info in type(parameters).model_fields.items():
        default = info.get_default(call_default_factory=True)
        if info.is_required() or getattr(parameters, name) != default:
            said.add(name)
        if values[name] is None and is_field_change(info.annotation):
            values[name] = {}
    for column, some in (columns or {}).items():
        name = column.replace("-", "_")
        said.add(name)
        held = values.get(name)
        parts = held if isinstance(held, dict) else {} if held is None else {VALUE: held}
        values[name] = {**parts, COLUMN: list(some)}
    return Given(values, frozenset(said))


def is_field_change(annotation: Any) -> bool:
    """Whether a parameter is a change of a field, which has a value and how it is written."""
    options = getattr(annotation, "__args__", (annotation,))
    return any(
        isinstance(one, type)
        and issubclass(one, BaseModel)
        and set(FIELD_PARTS) <= set(one.model_fields)
        for one in options
    )
