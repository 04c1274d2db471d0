"""What the positions of coded fields mean: the data elements of leader, 006, 007 and 008.

One element may take several positions: a year has four, a country three. MARC 21 Format for
Bibliographic, Holdings and Authority Data. Positions that no table names are elements of one
position each, as are all of the leader's.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from galleyproof.marc.changes import LEADER

CODED = frozenset((LEADER, b"006", b"007", b"008"))
"""MARC 21 fields whose positions are codes; the other control fields are free text."""


class Element(NamedTuple):
    """One datum of a coded field: positions start to end - 1. name: "" where no table names it."""

    start: int
    end: int
    name: str = ""
    is_date: bool = False

    @property
    def where(self) -> str:
        """`06`, or `07-10`."""
        return (
            f"{self.start:02d}"
            if self.end == self.start + 1
            else f"{self.start:02d}-{self.end - 1:02d}"
        )


def table(text: str, offset: int = 0) -> tuple[Element, ...]:
    """Elements from lines like `07-10 date 1 *`; * marks dates."""
    found = []
    for line in text.strip().splitlines():
        where, name = line.split(maxsplit=1)
        first, _, last = where.partition("-")
        is_date = name.endswith(" *")
        start, end = int(first) + offset, int(last or first) + 1 + offset
        found.append(Element(start, end, name.removesuffix(" *"), is_date))
    return tuple(found)


BIB_008 = table("""
00-05 date entered on file *
06 type of date
07-10 date 1 *
11-14 date 2 *
15-17 place of publication
35-37 language
38 modified record
39 cataloging source
""")
HOLDING_008 = table("""
00-05 date entered on file *
06 receipt status
07 method of acquisition
08-11 expected acquisition end date *
12 general retention policy
13-15 specific retention policy
16 completeness
17-19 number of copies reported
20 lending policy
21 reproduction policy
22-24 language
25 separate or composite copy report
26-31 date of report *
""")
AUTHORITY_008 = table("""
00-05 date entered on file *
""")
MATERIALS = {
    "books": "01-04 illustrations\n07-10 nature of contents",
    "continuing resources": "08-10 nature of contents",
    "maps": "01-04 relief\n05-06 projection\n16-17 special format characteristics",
    "music": "01-02 form of composition\n07-12 accompanying matter\n13-14 literary text",
    "visual materials": "01-03 running time",
}
"""Positions of 006. In 008 they are 17 further on (18-34). Only elements of several positions."""
FORMS = {
    **dict.fromkeys(b"at", "books"),
    **dict.fromkeys(b"s", "continuing resources"),
    **dict.fromkeys(b"ef", "maps"),
    **dict.fromkeys(b"cdij", "music"),
    **dict.fromkeys(b"gkor", "visual materials"),
}
"""006/00, or leader/06, -> material; language material that goes on (leader/07) is apart."""
GOES_ON = b"bis"
BY_MATERIAL = Element(18, 35, "what 18-34 mean for its material")
"""Of an 008 that stands for another material now: one datum, since its positions mean others."""
CATEGORIES = {
    ord("c"): table("06-08 image bit depth"),
    ord("f"): table("03-04 class of braille writing\n06-08 braille music format"),
    ord("h"): table("06-08 reduction ratio"),
    ord("m"): table("17-22 film inspection date *"),
    ord("r"): table("09-10 data type"),
}
"""007/00 -> its elements of several positions."""
DATE_SUBFIELDS = frozenset(
    f"{tag} ${code}"
    for tag, codes in {
        "033": "a",
        "045": "bc",
        "046": "bcdefgjklmnopqrst",
        "263": "a",
        "541": "d",
        "542": "bghijo",
        "583": "c",
        "863": "ijklm",
        "864": "ijklm",
        "865": "ijklm",
        "876": "d",
        "877": "d",
        "878": "d",
        "883": "dx",
        "884": "g",
    }.items()
    for code in codes
)
"""Subfields that hold a date as a code (`20261102`, `2026`), in any of the three formats."""
SAID_TOGETHER = {"bib": range(6, 15)}
"""Positions of 008 whose elements say one thing together, the first what the others mean: in bibs
06 says what dates 07-14 are."""


def elements_of(
    kind: str, tag: bytes, one: bytes, other: bytes, leaders: tuple[bytes, ...] = ()
) -> tuple[Element, ...]:
    """The named elements of a coded field, for two values of it. kind: of the record. leaders: of
    the records that the values are in, where they are known; without them nothing is said of
    008/18-34 of bibs."""
    if tag == b"008":
        if kind == "holding":
            return HOLDING_008
        if kind == "authority":
            return AUTHORITY_008
        return bib_008(frozenset(material_of(leader) for leader in leaders))
    if not one or one[:1] != other[:1]:
        return ()
    if tag == b"006":
        return of_material(FORMS.get(one[0], ""), 0)
    return CATEGORIES.get(one[0], ()) if tag == b"007" else ()


def material_of(leader: bytes) -> str:
    """The material that 008/18-34 of a bib are about."""
    material = FORMS.get(leader[6], "") if len(leader) > 7 else ""
    if material == "books" and leader[6:7] == b"a" and leader[7] in GOES_ON:
        return "continuing resources"
    return material


@lru_cache(64)
def bib_008(materials: frozenset[str]) -> tuple[Element, ...]:
    if not materials:
        return BIB_008
    if len(materials) > 1:
        return (*BIB_008, BY_MATERIAL)
    return (*BIB_008, *of_material(*materials, 17))


@lru_cache(64)
def of_material(material: str, offset: int) -> tuple[Element, ...]:
    return table(MATERIALS[material], offset) if material in MATERIALS else ()


def differing(elements: tuple[Element, ...], one: bytes, other: bytes) -> Iterator[Element]:
    """The elements in which two values of the same length differ, in order."""
    at = 0
    while at < len(one):
        if one[at] == other[at]:
            at += 1
            continue
        found = next((each for each in elements if each.start <= at < each.end), None)
        yield found or Element(at, at + 1)
        at = found.end if found else at + 1
