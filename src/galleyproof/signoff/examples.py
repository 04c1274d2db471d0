"""Examples of the shapes of a run or a plan: some records of each, before and after."""

from __future__ import annotations

from typing import Any, NamedTuple

from galleyproof.marc.changes import Change
from galleyproof.marc.saying import field_text
from galleyproof.runs.before_after import Difference, differences, literal_of
from galleyproof.runs.models import Run
from galleyproof.structures.forms import form_of
from galleyproof.structures.table import STRUCTURES

EACH = 3
"""How many records of a shape are shown."""


class Example(NamedTuple):
    """A record that shows a shape: kind, number in the catalogue, its 001, and the fields that
    show it as (before, after), "" where there is none."""

    kind: str
    id: int
    number: str
    fields: list[tuple[str, str]]

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Example:
        """An example as it was kept with a proof."""
        fields = [(before, after) for before, after in kept["fields"]]
        return cls(kept["kind"], kept["id"], kept["number"], fields)

    @property
    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "id": self.id, "number": self.number, "fields": self.fields}


def examples(
    run: Run, wanted: set[str] | None = None, each: int = EACH
) -> dict[str, list[Example]]:
    """Up to `each` examples of each shape (all, or those wanted), by the shape's text.

    Reads some hundred records at a time, and stops as soon as every shape has its examples; the
    last record that shows a rare one is as far as it goes.
    """
    names = {one["shape"] for one in run.shapes}
    found: dict[str, list[Example]] = {
        name: [] for name in (names if wanted is None else names & wanted)
    }
    literal = literal_of(run)
    for one in differences(run):
        if all(len(some) >= each for some in found.values()):
            break
        shown = by_shape(one, literal)
        for name in found:
            fields = shown.get(name)
            if fields is not None and len(found[name]) < each:
                found[name].append(Example(one.kind, one.id, one.number, fields))
    return {name: found[name] for name in sorted(found)}


def by_shape(one: Difference, literal: frozenset[str]) -> dict[str, list[tuple[str, str]]]:
    """The fields that show each shape of one record's change; of a change of status the record's
    title."""
    form = form_of(one.kind)
    found: dict[str, list[tuple[str, str]]] = {}
    for change in one.changes:
        for shape in form.shapes([change], literal):
            found.setdefault(str(shape), []).append(before_after(one.kind, change))
    if one.status[0] != one.status[1]:
        title = form.title(form.read(one.before))
        old, new = (f"{title} {status}".lstrip() for status in one.status)
        found.setdefault(one.shapes(literal)[-1], []).append((old, new))
    return found


def before_after(kind: str, change: Change) -> tuple[str, str]:
    return (
        "" if change.before is None else as_text(kind, change.tag, change.before),
        "" if change.after is None else as_text(kind, change.tag, change.after),
    )


def as_text(kind: str, tag: bytes, data: bytes) -> str:
    """A field as catalogers know it: `830 ␣0 $a Series ; $v 4`; of what is not MARC, its name and
    its value."""
    if kind in STRUCTURES:
        return f"{tag.decode('utf-8', 'replace')}: {data.decode('utf-8', 'replace')}"
    return field_text(tag, data)
