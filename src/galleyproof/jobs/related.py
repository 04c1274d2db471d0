"""Bibs that are linked with one another by linking entries (MARC 21 760 to 787, $w).

A bib is related to another one of the catalogue when its own $w names it, or when the other's $w
does: the continuation of a serial, another edition, the host of an article. A $w that names nothing
in this catalogue relates to nothing.
"""

from __future__ import annotations

from galleyproof.marc.field import subfield_values
from galleyproof.marc.keys import LINKING, bound_name
from galleyproof.marc.record import Record


def names(bib: Record) -> dict[str, str]:
    """Each number that the bib's linking entries name, with the tag that does."""
    found: dict[str, str] = {}
    data = bib.data
    for at, tag in enumerate(bib.tags):
        if tag in LINKING:
            for value in subfield_values(data[at], "w"):
                found.setdefault(bound_name(value), tag.decode())
    return found
