"""The last issue of a subscription: as somebody writes it, or the highest of a holding's items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from galleyproof.marc.designations import (
    BOTH,
    CHRONOLOGY,
    ENUMERATION,
    PARENTHESES,
    PLAIN,
    YEAR,
    Designation,
    last_year,
    natural,
    only_enumeration,
    parse_designation,
)
from galleyproof.structures.item import CHRONOLOGIES, ENUMERATIONS, Item

FROM_ITEMS = "from-items"
BESIDE = re.compile(r"(?:suppl|index|spec|erg|beil|reg)", re.IGNORECASE)
"""How captions of supplements, special issues and indexes begin: they are not the last issue."""


class LastIssue(NamedTuple):
    """The issue, and its values as 863 has them: subfield code -> value without caption."""

    issue: Designation
    values: dict[str, str]


def written(text: str) -> LastIssue | None:
    """The last issue as somebody writes it; None where it is not plainly one issue."""
    issue = parse_designation(text.strip().rstrip("."))
    if issue is None or issue.bracketed:
        return None
    values = {letter: level.value for letter, level in zip("abcdefgh", issue.levels, strict=False)}
    years = re.findall(YEAR, issue.chronology)
    if years:
        values["i"] = years[-1]
    if issue.month:
        values["j"] = issue.month
    return LastIssue(issue, values)


def highest(items: Iterable[Item]) -> LastIssue | None:
    """The highest of some items: by year where all have one, then by enumeration as people count,
    then by the rest of the chronology. None where no item says what it is."""
    found = [one for one in map(of_item, items) if one is not None]
    for kinds in ((BOTH, ENUMERATION), (CHRONOLOGY,)):
        some = [one for one in found if one.issue.kind in kinds]
        if some:
            break
    else:
        return None
    with_years = all(one.issue.year is not None for one in some)
    return max(some, key=lambda one: key_of(one, with_years))


def key_of(one: LastIssue, with_years: bool) -> tuple[object, ...]:
    return (
        one.issue.year if with_years else 0,
        [natural(level.value) for level in one.issue.levels],
        [natural(one.values.get(letter, "")) for letter in "jklm"],
    )


def of_item(item: Item) -> LastIssue | None:
    """What an item's enumeration and chronology say, else its description."""
    enumeration = filled([getattr(item, name) for name in ENUMERATIONS])
    chronology = filled([getattr(item, name) for name in CHRONOLOGIES])
    if not enumeration and not chronology:
        found = written(item.description)
        return None if found is None or beside(found.issue) else found
    counted = only_enumeration(":".join(enumeration)) if enumeration else None
    if enumeration and (counted is None or beside(counted)):
        return None
    years = re.findall(YEAR, chronology[0]) if chronology else []
    levels = counted.levels if counted else ()
    values = {letter: level.value for letter, level in zip("abcdefgh", levels, strict=False)}
    values.update(zip("ijklm", chronology, strict=False))
    if not years:
        return LastIssue(counted, values) if counted else None
    values["i"] = years[-1]
    kind, form = (BOTH, PARENTHESES) if levels else (CHRONOLOGY, PLAIN)
    text = f"{counted.enumeration}({years[-1]})" if counted else years[-1]
    series = counted.series if counted else ""
    return LastIssue(Designation(text, kind, form, series, levels, years[-1]), values)


def filled(values: Sequence[str]) -> list[str]:
    """The values up to the first empty one."""
    found = []
    for value in values:
        if not value.strip():
            break
        found.append(value.strip())
    return found


def beside(issue: Designation) -> bool:
    return any(BESIDE.match(level.caption) for level in issue.levels)


def year_of(one: LastIssue | None) -> int | None:
    """The last year that it names."""
    if one is None:
        return None
    return one.issue.year or (last_year(one.values["i"]) if "i" in one.values else None)
