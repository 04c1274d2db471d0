"""Records as catalogers know them, and what changes in them, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from galleyproof.catalog.links import named_links
from galleyproof.cli.face import out
from galleyproof.marc.changes import Change
from galleyproof.marc.mrk import to_text
from galleyproof.marc.record import Record
from galleyproof.marc.saying import field_text
from galleyproof.structures.forms import form_of
from galleyproof.structures.saying import name_of, side_text
from galleyproof.structures.structure import shown
from galleyproof.structures.table import STRUCTURES, structure
from galleyproof.structures.text import as_values


def as_data(kind: str, body: bytes, environment: str) -> dict[str, Any]:
    """A record for --json: .mrk; or the fields that hold something, and the own numbers of what
    it names."""
    if kind in STRUCTURES:
        one = structure(kind, body)
        return {"fields": as_values(one), "links": named_links(environment, one)}
    return {"mrk": to_text(body)}


def show_record(kind: str, body: bytes, links: dict[str, list[str]]) -> None:
    if kind in STRUCTURES:
        values = as_values(structure(kind, body))
        width = max(map(len, values), default=0)
        for name, value in values.items():
            named = f"  ({'; '.join(links[name])})" if name in links else ""
            out.print(f"{name:{width}}  {shown(value)}{named}", markup=False)
        return
    record = Record(body)
    out.print(f"LDR    {record.leader.decode('ascii', 'replace')}", markup=False)
    for tag, data in zip(record.tags, record.data, strict=True):
        out.print(field_text(tag, data), markup=False)


def change_data(kind: str, change: Change) -> dict[str, Any]:
    """A change for --json."""
    if kind in STRUCTURES:
        sides = [
            None if side is None else side_text(side) for side in (change.before, change.after)
        ]
        return {"field": name_of(change.tag), "before": sides[0], "after": sides[1]}
    return {
        "tag": change.tag.decode("ascii", "replace"),
        "before": marc_text(change.before),
        "after": marc_text(change.after),
    }


def marc_text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", "replace").replace("\x1f", "$")


def show_changes(kind: str, found: Sequence[Change]) -> None:
    """Each change as - before and + after; marked by the sign, and by colour besides."""
    text = form_of(kind).text
    for change in found:
        if change.before is not None and change.before == change.after:
            out.print(f"  ~ {text(change.tag, change.before)}  (moved)", markup=False)
            continue
        if change.before is not None:
            out.print(Text(f"  - {text(change.tag, change.before)}", style="red"))
        if change.after is not None:
            out.print(Text(f"  + {text(change.tag, change.after)}", style="green"))
