"""Titles bound with others: several bibs in one volume, whose item hangs under one of them.

A bib is bound with others when a host bib names it in 774 $w, when its own 773 $w names a host, or
when the field that the environment names (`bound-with`: a local 977, a holdings 014) refers to it.
A host, with 774 $w of its own, holds the item of all of them.
"""

from __future__ import annotations

from galleyproof.jobs.around import Around
from galleyproof.jobs.settings import LIST, Setting
from galleyproof.marc.field import subfield_values
from galleyproof.marc.keys import bound_name, keys
from galleyproof.marc.record import Record

BOUND_WITH = Setting(
    "bound-with",
    LIST,
    "774",
    "Fields that name the titles bound with a record: 774 ($w), a local 977 ($w) of bibs, 014 ($a) "
    "of holdings.",
    only=r"774|977|014",
    said="774, 977 or 014",
)


def hosts_by_itself(bib: Record, around: Around) -> str:
    """What a bib says itself of being bound with others, as a sentence; "" for nothing."""
    if any(subfield_values(bib.data[at], "w") for at in bib.positions(b"773")):
        return "its 773 $w names a host"
    if is_host(bib):
        return "it is a host: its 774 $w names what is bound with it"
    return ""


def is_host(bib: Record) -> bool:
    return any(subfield_values(bib.data[at], "w") for at in bib.positions(b"774"))


def called(bib: Record) -> set[str]:
    """The values by which another record's field may name this bib."""
    return {
        bound_name(f"(OCoLC){value}" if scheme == "oclc" else value)
        for scheme, value in keys(bib, "bib")
        if scheme in ("mms", "035", "oclc")
    }
