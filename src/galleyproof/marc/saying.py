"""A field as catalogers write it in a line."""

from __future__ import annotations

from galleyproof.marc.field import indicators, is_control, subfields
from galleyproof.marc.malformed import is_malformed
from galleyproof.marc.mrk import variable


def field_text(tag: bytes, data: bytes) -> str:
    """`852 0␣ $b MAIN $c STACKS`, of a field, of a control field or of the leader (LDR)."""
    name = tag.decode("ascii", "replace")
    if name == "LDR" or is_control(tag):
        return f"{name}    {data.decode('utf-8', 'replace')}"
    if is_malformed(data):
        return f"{name} {variable(data.decode('utf-8', 'replace'))}"
    one, two = indicators(data)
    parts = "".join(f" ${code} {value}" for code, value in subfields(data))
    return f"{name} {blank(one)}{blank(two)}{parts}"


def blank(indicator: str) -> str:
    return "␣" if indicator == " " else indicator
