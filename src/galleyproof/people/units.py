"""Units, by code."""

from __future__ import annotations

import re

from galleyproof.marc.errors import Wrong
from galleyproof.people.models import Unit

CODE = re.compile(r"\w[\w&.+]*([-/][\w&.+]+)*")


def unit_coded(code: str) -> Unit:
    """The unit with this code or name, made if it is new, under the unit that its code begins
    with: `ITS-LANGDELL` hangs under `ITS`, `HKS/GUT` under `HKS`.

    Upper and lower case do not matter. Raises Wrong for what cannot be a code.
    """
    known = unit_there(code)
    if known is not None:
        return known
    if findings := code_faults(code):
        raise Wrong(findings[0])
    above = max(code.rfind("-"), code.rfind("/"))
    parent = unit_coded(code[:above]) if above > 0 else None
    unit: Unit = Unit.objects.create(code=code, parent=parent)
    return unit


def unit_there(text: str) -> Unit | None:
    """The unit with this code, else the one with this name, in any case; None if there is none."""
    said = " ".join(text.split())
    found: Unit | None = Unit.objects.filter(code__iexact=said).first()
    return found or (Unit.objects.filter(name__iexact=said).first() if said else None)


def code_faults(code: str) -> list[str]:
    """Why this cannot be the code of a unit, as sentences; none if it can."""
    if CODE.fullmatch(code) and len(code) <= 60:
        return []
    return [
        f"“{code}” cannot be the code of a unit: letters and digits, parts joined by - or /, "
        "at most 60 characters, like ITS-LANGDELL"
    ]
