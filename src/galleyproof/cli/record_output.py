"""MARC as catalogers know it, and what changes in it, on a terminal."""

from __future__ import annotations

from rich.text import Text

from galleyproof.cli.face import out
from galleyproof.marc.changes import Change
from galleyproof.marc.field import indicators, is_control, subfields
from galleyproof.marc.record import Record


def field_text(tag: bytes, data: bytes) -> str:
    name = tag.decode("ascii", "replace")
    if name == "LDR" or is_control(tag):
        return f"{name}    {data.decode('utf-8', 'replace')}"
    one, two = indicators(data)
    parts = "".join(f" ${code} {value}" for code, value in subfields(data))
    return f"{name} {blank(one)}{blank(two)}{parts}"


def blank(indicator: str) -> str:
    return "␣" if indicator == " " else indicator


def show_record(body: bytes) -> None:
    record = Record(body)
    out.print(f"LDR    {record.leader.decode('ascii', 'replace')}", markup=False)
    for tag, data in zip(record.tags, record.data, strict=True):
        out.print(field_text(tag, data), markup=False)


def show_changes(found: list[Change]) -> None:
    """Each change as - before and + after; marked by the sign, and by colour besides."""
    for change in found:
        if change.before is not None and change.before == change.after:
            out.print(f"  ~ {field_text(change.tag, change.before)}  (moved)", markup=False)
            continue
        if change.before is not None:
            out.print(Text(f"  - {field_text(change.tag, change.before)}", style="red"))
        if change.after is not None:
            out.print(Text(f"  + {field_text(change.tag, change.after)}", style="green"))
