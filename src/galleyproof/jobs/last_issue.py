"""The last issue of a subscription, as somebody writes it."""

from __future__ import annotations

from galleyproof.marc.designations import Designation
from galleyproof.marc.scanning_designations import parse_designation
from galleyproof.marc.statements import parse_range

FROM_ITEMS = "from-items"
"""Written instead of an issue: the highest of the holding's items."""


def written(text: str) -> Designation | None:
    """The last issue as somebody writes it, `v.35(2024)`; None where it is not plainly one."""
    text = text.strip()
    issue = parse_designation(text) or parse_designation(text.rstrip("."))
    return None if issue is None or issue.bracketed else issue


def last_issue_fault(text: str) -> str:
    """What was expected where a last issue, from a parameter or from a column, is not plainly one;
    "" where it is, or where there is none."""
    if not text.strip() or text.strip() == FROM_ITEMS or written(text) is not None:
        return ""
    return "expected one issue as in a statement, v.35(2024), or from-items" + hint_for(text)


def hint_for(text: str) -> str:
    """What to do instead, where a last issue is not plainly one."""
    if text.startswith("["):
        return f"; “{text}” without its brackets"
    ended = parse_range(text)
    if ended is not None:
        return f"; “{text}” is a range: give the issue in which it ends"
    return ""
