"""Which issues the items of a holding are, and the last of them.

An item says it in its enumeration and chronology, or in its description. What stands beside the
issues, supplements and indexes, is told by its words. An item that cannot be read is never passed
over: the highest of the others might be too low.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from galleyproof.jobs.job import Held
from galleyproof.marc.captions import INDEX, SUPPLEMENT, folded, unit_of, words_of
from galleyproof.marc.chronology import DASH, MONTH_FIRST, NUMBERS, Chronology, parse_chronology
from galleyproof.marc.designations import (
    ENUMERATION,
    PARENTHESES,
    YEAR_FIRST,
    Designation,
    Level,
)
from galleyproof.marc.months import month_codes
from galleyproof.marc.scanning_designations import scan_designation
from galleyproof.marc.statements import parse_range
from galleyproof.structures.item import CHRONOLOGIES, ENUMERATIONS, Item

ISSUE = "issue"
WORD = re.compile(r"[^\W\d_]+\.?")
SPECIAL = words_of("special spec extra sondernummer hors-série hors speciale especial")
"""Words of special issues, beside those of supplements."""
A_RANGE = re.compile(rf"[{DASH}]")
BELOW = re.compile(r"[\s:](?P<word>[^\W\d_]+\.?)")
SIGNS = re.compile(r"^[\s.:,]+")
COPY = re.compile(r"[,;]?\s+(?:c|cop|copy|kopie|ex|exemplar|ej)\.?\s?[0-9]+$", re.IGNORECASE)
"""The number of a copy behind an issue."""
MOST_NAMED = 3


class ItemIssue(NamedTuple):
    """What one item is: an issue, a supplement or an index; issue: which, None where that is not
    plain; text: what the item says of it."""

    item: Held
    kind: str
    issue: Designation | None
    text: str

    @property
    def name(self) -> str:
        record: Item = self.item.record
        number = record.barcode or record.number or str(self.item.id)
        return f"{number} “{self.text}”" if self.text else f"{number}, which says nothing"


class NoneHighest(NamedTuple):
    """Why no item is plainly the last. unclear: what stands in the way are items that are not
    plain, not that there are none."""

    why: str
    unclear: bool = True


def highest(
    items: Sequence[Held], first: Designation, kind: str = ISSUE
) -> Designation | NoneHighest:
    """The last of the issues (supplements, indexes) among the items of a holding, for a range that
    begins with `first`; items from before its year are of another range."""
    found = [one for one in map(issue_of, items) if one.kind == kind]
    unread = [one for one in found if one.issue is None]
    if unread:
        return NoneHighest(f"it is not plain which {kind} {named(unread)}")
    issues = [(one, one.issue) for one in found if one.issue and not is_before(one.issue, first)]
    if not issues:
        return NoneHighest(f"none of its items says which {kind} it is", unclear=False)
    with_years = all(issue.year is not None for _, issue in issues)
    if not first.levels and not with_years:
        undated = named([one for one, issue in issues if not issue.year])
        return NoneHighest(f"the statement counts by years, and none is in {undated}")
    counted = [(one, issue) for one, issue in issues if issue.levels or not first.levels]
    if not counted:
        counted = issues
    best = max(counted, key=lambda pair: order_of(pair[1], with_years, first))
    doubtful = [one for one, issue in issues if not is_below(issue, best[1], first)]
    if doubtful:
        return NoneHighest(
            f"it is not plain whether {named([best[0]])} or {named(doubtful)} is the last"
        )
    return down_to(best[1], len(first.levels))


def named(some: Sequence[ItemIssue]) -> str:
    """The first few items by number and text."""
    shown = ", ".join(f"item {one.name}" for one in some[:MOST_NAMED])
    more = f" and {len(some) - MOST_NAMED} more" if len(some) > MOST_NAMED else ""
    return f"{shown}{more}"


def is_before(issue: Designation, first: Designation) -> bool:
    return issue.year is not None and first.year is not None and issue.year < first.year


def order_of(issue: Designation, with_years: bool, first: Designation) -> tuple[object, ...]:
    when = issue.chronology.moment if issue.chronology and with_years else (0,)
    if not first.levels:
        return (when, issue.numbers)
    return (when[0], issue.numbers, when)


def is_below(issue: Designation, best: Designation, first: Designation) -> bool:
    """Whether an issue is plainly not later than the best one: in number and date alike, as far as
    both have them."""
    if issue is best:
        return True
    years = issue.year is not None and best.year is not None
    if years and (issue.year or 0) > (best.year or 0):
        return False
    if not first.levels or not issue.levels:
        return years
    if issue.series_key != best.series_key or not same_units(issue, best):
        return years and (issue.year or 0) < (best.year or 0)
    starts_anew = first.form == YEAR_FIRST and years and issue.year != best.year
    depth = min(len(issue.levels), len(best.levels))
    return starts_anew or issue.numbers[:depth] <= best.numbers[:depth]


def same_units(one: Designation, other: Designation) -> bool:
    pairs = zip(one.units, other.units, strict=False)
    return all(ours == theirs or not ours or not theirs for ours, theirs in pairs)


def down_to(issue: Designation, levels: int) -> Designation:
    """Without the levels below those of a statement that have no captions, which it could not
    name."""
    named = [at + 1 for at, level in enumerate(issue.levels) if level.unit]
    keep = max([levels, *named]) if levels else len(issue.levels)
    return replace(issue, levels=issue.levels[:keep], joints=issue.joints[: max(keep - 1, 0)])


def issue_of(held: Held) -> ItemIssue:
    """What an item's enumeration and chronology say, else its description."""
    item: Item = held.record
    enumeration = [getattr(item, name).strip() for name in ENUMERATIONS]
    chronology = [getattr(item, name).strip() for name in CHRONOLOGIES]
    description = item.description.strip()
    described = described_as(description)
    if not any(enumeration) and not any(chronology):
        kind, issue = described
        return ItemIssue(held, kind, issue, description)
    text = ":".join(filter(None, enumeration))
    text += f" ({':'.join(filter(None, chronology))})" if any(chronology) else ""
    kind = next((kind_of(value) for value in enumeration if kind_of(value) != ISSUE), described[0])
    issue = from_parts(enumeration, chronology)
    if issue is not None and described[1] is not None and says_more(described[1], issue):
        issue = described[1]
    return ItemIssue(held, kind, issue, text.strip())


def described_as(text: str) -> tuple[str, Designation | None]:
    """What a description says: the kind, and the issue (the end of a range)."""
    return kind_of(text), parse_range(COPY.sub("", without_kind(text)))


def without_kind(text: str) -> str:
    """A text without the word of a supplement or index at its beginning."""
    found = WORD.match(text)
    if found is None or kind_of(found[0]) == ISSUE:
        return text
    return SIGNS.sub("", text[found.end() :])


def kind_of(text: str) -> str:
    """Supplement, index or issue, by the word that a text begins with, or that follows an issue
    (`v.35 Suppl.`). “v.35 with index” is an issue."""
    found = WORD.match(text)
    unit = unit_of(found[0]) if found else ""
    if unit in (SUPPLEMENT, INDEX):
        return unit
    if found and folded(found[0]) in SPECIAL:
        return SUPPLEMENT
    of_issue = scan_designation(text, 0)
    below = BELOW.match(text, of_issue.end) if of_issue else None
    return SUPPLEMENT if below and unit_of(below["word"]) == SUPPLEMENT else ISSUE


def from_parts(enumeration: Sequence[str], chronology: Sequence[str]) -> Designation | None:
    """An issue from an item's levels (of each a range counts to its end); None where one of them
    is not plain."""
    if not is_filled(enumeration) or not is_filled(chronology):
        return None
    values, dates = filled(enumeration), filled(chronology)
    if values and not dates and parse_chronology(values[0]):
        # Chronology alone stands where enumeration does (MARC 21 Holdings 853 $a).
        values, dates = [], values
    levels: list[Level] = []
    series = ""
    for value in values:
        rest = without_kind(value)
        counted = parse_range(rest) if rest else None
        if rest and (counted is None or counted.kind != ENUMERATION):
            return None
        if counted is not None:
            levels += counted.levels
            series = series or counted.series
    when = when_of(dates)
    if when is not None and any(A_RANGE.search(value) for value in values):
        when = replace(when, whole="")
    if (when is None and dates) or not (levels or when):
        return None
    joints = (":",) * (len(levels) - 1)
    text = series + ":".join(level.text for level in levels)
    if when is None:
        return Designation(text, tuple(levels), series=series, joints=joints)
    if not levels:
        return Designation(when.text, (), when)
    text += f"({when.text})"
    return Designation(text, tuple(levels), when, PARENTHESES, series, joints)


def when_of(values: Sequence[str]) -> Chronology | None:
    """Year, month or season, and day, coded or in words."""
    if not values:
        return None
    year = parse_chronology(values[0])
    if year is None or year.depth > 1:
        return None
    if len(values) == 1:
        return year
    months, day = values[1], values[2] if len(values) > 2 else ""
    if re.fullmatch(r"[0-9]{1,2}(?:[/-][0-9]{1,2})?", months):
        parts = [f"{int(one):02}" for one in re.split("[/-]", months)]
        if any(not (1 <= int(one) <= 12 or 21 <= int(one) <= 24) for one in parts):
            return None
        code, form = "/".join(parts) if "/" in months else parts[-1], NUMBERS
    else:
        code, form = month_codes(months), MONTH_FIRST
        if not code:
            return None
    text = f"{year.text}:{months}" + (f":{day}" if day else "")
    return Chronology(text, form, year.years, year.year, code, months, day)


def says_more(described: Designation, parts: Designation) -> bool:
    """Whether a description names the same issue as an item's fields, and its months in words."""
    depth = len(parts.levels)
    return (
        described.numbers[:depth] == parts.numbers
        and len(described.levels) >= depth
        and (parts.year is None or described.year == parts.year)
        and (parts.month in ("", described.month))
    )


def filled(values: Sequence[str]) -> list[str]:
    """The values up to the first empty one."""
    found = list(values)
    return found[: found.index("")] if "" in found else found


def is_filled(values: Sequence[str]) -> bool:
    """Whether no value follows an empty one."""
    return not any(values[len(filled(values)) :])
