"""Titles bound with others: several bibs in one volume, whose item hangs under one of them.

The host holds the item of all of them. A host names its guests in 774 $w, a guest its host in 773
$w (MARC 21); libraries have fields of their own as well, a 977 $w of bibs, a 014 $a of holdings.
Which of these count says the setting `bound-with`. Each counts in both directions: whether the
record names the other, or the other names it, both are bound. A name that no title of the
catalogue has binds nothing, in either direction, and is listed.
"""

from __future__ import annotations

from collections.abc import Iterable

from galleyproof.jobs.around import Around
from galleyproof.jobs.job import Group, Held
from galleyproof.jobs.outcome import Said
from galleyproof.jobs.settings import LIST, Setting
from galleyproof.marc.field import subfield_values
from galleyproof.marc.keys import BOUND, bound_name, keys
from galleyproof.marc.record import Record

BOUND_WITH = Setting(
    "bound-with",
    LIST,
    "773, 774",
    "Fields that name the titles bound with a record, in whichever of the two they stand: 773 ($w) "
    "of a guest, 774 ($w) of a host, a local 977 ($w) of bibs, 014 ($a) of holdings.",
    only=r"773|774|977|014",
    said="773, 774, 977 or 014",
)
NOT_HERE = {
    "bound-with-not-here": (
        "a title that names one bound with it (773, 774 or another field of the setting "
        "`bound-with`) which is not in this catalogue, or an item of such a title"
    ),
}
CALLED = {"773": "a host", "774": "a guest"}
"""What the other title is to the one whose field names it."""


def bound_fields(around: Around) -> tuple[str, ...]:
    return around.setting(BOUND_WITH)


def named_by(held: Held, tags: Iterable[str]) -> dict[str, str]:
    """What a bib or a holding names in these fields: name -> tag of the first that does."""
    record: Record = held.record
    found: dict[str, str] = {}
    for tag in tags:
        code = BOUND.get((held.kind, tag.encode()))
        for at in record.positions(tag.encode()) if code else ():
            for value in subfield_values(record.data[at], code or ""):
                found.setdefault(bound_name(value), tag)
    return found


def called(bib: Record) -> set[str]:
    """The values by which another record's field may name this bib."""
    return {
        bound_name(f"(OCoLC){value}" if scheme == "oclc" else value)
        for scheme, value in keys(bib, "bib")
        if scheme in ("mms", "035", "oclc")
    }


def names_not_here(held: Held, tag: str, names: Iterable[str]) -> str:
    """A sentence on titles that a bib or a holding names and that are not in this catalogue."""
    own = "its bib's" if held.kind == "bib" else f"its holding {held.id}'s"
    other = CALLED.get(tag, "a title")
    return f"{own} {tag} names {other} that is not in this catalogue: {', '.join(names)}"


def bound_elsewhere(group: Group) -> list[Said]:
    """What is to be told of a group that says it is bound with titles which are not here: nothing
    here would be lost with it, and somebody should look."""
    return [
        Said("bound-with-not-here", sentence)
        for bib, sentences in group.around.bound_elsewhere.items()
        if any(one.root == bib for one in group.members)
        for sentence in sentences
    ]
