"""The last issue of a subscription, as somebody writes it."""

from __future__ import annotations

from galleyproof.marc.designations import Designation
from galleyproof.marc.scanning_designations import parse_designation

FROM_ITEMS = "from-items"


def written(text: str) -> Designation | None:
    """The last issue as somebody writes it, `v.35(2024)`; None where it is not plainly one."""
    text = text.strip()
    issue = parse_designation(text) or parse_designation(text.rstrip("."))
    return None if issue is None or issue.bracketed else issue
