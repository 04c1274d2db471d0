"""Reading the ranges of a holdings statement: issues, what joins two of them, and brackets.

ANSI/NISO Z39.71: a hyphen makes a range, a comma or semicolon stands between ranges, square
brackets mark what is incomplete. A range that ends in less than it begins with has the rest in
common with its beginning: `1981-88`, `v.12:no.3-5`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from galleyproof.marc.chronology import (
    DASH,
    Chronology,
    abbreviated_year,
    earlier,
    scan_chronology,
)
from galleyproof.marc.designations import (
    BOTH,
    CHRONOLOGY,
    DOTTED,
    ENUMERATION,
    YEAR_FIRST,
    Designation,
)
from galleyproof.marc.scanning_designations import scan_designation

A_DASH = re.compile(rf"(?P<before>\s*)[{DASH}](?P<after>\s*)")
SEPARATOR = re.compile(r"\s*(?P<sign>[;,])\s*|\s*(?P<stop>\.)(?:\s+|(?=\[))|(?P<and>u\.)(?=[0-9])")
OPEN_CHRONOLOGY = re.compile(rf"\((?P<begins>[^(){DASH}]*[^(){DASH}\s])\s*[{DASH}]\s*\)")


class Range(NamedTuple):
    """One issue, or a range. last: its end, None where it is open; end: the place behind it; of an
    open one, dash: where its dash stands with its blanks; chronology, gap: as in OpenStatement.
    uneven: a blank stands on one side of the dash only."""

    first: Designation
    last: Designation | None
    end: int
    dash: tuple[int, int] = (0, 0)
    chronology: Chronology | None = None
    gap: str = ""
    uneven: bool = False


class NotRead(NamedTuple):
    """Where the reading stopped, and why."""

    at: int
    why: str


class Ranges(NamedTuple):
    """The ranges of a statement, the signs between them, and the place behind the last; stopped:
    what is no range behind a separator."""

    ranges: list[Range]
    signs: list[str]
    end: int
    stopped: NotRead | None = None


def ranges_of(text: str, at: int, in_brackets: bool = False) -> Ranges | NotRead:
    """The ranges from a place on, as far as there are separators between them. in_brackets: they
    stand in brackets, and have none inside."""
    ranges: list[Range] = []
    signs: list[str] = []
    while True:
        grouped = text[at : at + 1] == "[" and not in_brackets
        found = group_of(text, at) if grouped else range_of(text, at)
        if isinstance(found, NotRead):
            # What is behind the last separator may be a note.
            return Ranges(ranges, signs[:-1], ranges[-1].end, found) if ranges else found
        ranges.append(counting_on(ranges, found))
        separator = SEPARATOR.match(text, found.end)
        if separator is None or separator.end() == len(text):
            return Ranges(ranges, signs, found.end)
        signs.append(separator["sign"] or separator["stop"] or ",")
        at = separator.end()


def range_of(text: str, at: int) -> Range | NotRead:
    found = scan_designation(text, at)
    if found is None:
        return NotRead(at, f"“{shortened(text[at:])}” is not plainly an issue")
    return from_first(text, found.issue, found.end)


def group_of(text: str, at: int) -> Range | NotRead:
    """What stands in square brackets, which mark what is incomplete; the beginning of a range, or
    ranges that are closed."""
    whole = scan_designation(text, at)
    if whole is not None:
        return from_first(text, whole.issue, whole.end)
    inner_at = at + 1 + (text[at + 1 : at + 2] == " ")
    inner = ranges_of(text, inner_at, in_brackets=True)
    if isinstance(inner, NotRead):
        return inner
    end = inner.end
    if text[end : end + 1] != "]" or any(one.last is None for one in inner.ranges):
        return NotRead(at, f"“{shortened(text[at:])}” is not plainly an issue in brackets")
    only = inner.ranges[0]
    if len(inner.ranges) == 1 and only.last is only.first:
        return from_first(text, replace(only.first, bracketed=True), end + 1)
    if A_DASH.match(text, end + 1):
        return NotRead(end, "a range in brackets is followed by a hyphen")
    return inner.ranges[-1]._replace(first=only.first, end=end + 1)


def from_first(text: str, first: Designation, end: int) -> Range | NotRead:
    """An issue, with the range that begins with it."""
    dash = A_DASH.match(text, end)
    if dash is None:
        return Range(first, first, end)
    second = scan_designation(text, dash.end(), first.units)
    if second is None:
        return open_range(text, first, dash)
    last, end = end_of_range(first, second.issue), second.end
    if last is not None and several_issues(first, second.issue, dash[0]):
        # `v.1:no.1-2(1990)` is one, and may begin a range.
        return from_first(text, last.named_as(first).only_its_end(), end)
    third = A_DASH.match(text, end)
    further = scan_designation(text, third.end(), second.issue.units) if third else None
    if last is not None and third and further:
        if several_issues(second.issue, further.issue, third[0]):
            last, end = end_of_range(last, further.issue), further.end
    if last is None:
        said = shortened(text[dash.end() : end])
        return NotRead(end, f"its range does not plainly end in “{said}”")
    return Range(first, last, end, uneven=bool(dash["before"]) != bool(dash["after"]))


def several_issues(first: Designation, second: Designation, dash: str) -> bool:
    """Whether two designations are issues of one volume with one date: `v.51:no.1-2(2006)`."""
    return (
        len(dash) == 1
        and len(first.levels) > 1
        and first.kind == ENUMERATION
        and len(second.levels) == 1
        and second.kind == BOTH
        and not second.captioned
    )


def open_range(text: str, first: Designation, dash: re.Match[str]) -> Range | NotRead:
    """A range without an end; of `v.1- (1990- )` with its chronology."""
    place = dash.start(), dash.start() + len(dash["before"]) + 1
    begins = OPEN_CHRONOLOGY.match(text, dash.end())
    if begins is None:
        # Blanks behind the dash of an open range belong to what follows.
        return Range(first, None, place[1], place)
    found = scan_chronology(begins["begins"].strip(), 0)
    if first.kind != ENUMERATION or found is None or found[1] != len(begins["begins"].strip()):
        return NotRead(dash.start(), "enumeration and chronology cannot be told apart")
    return Range(first, None, begins.end(), place, found[0], dash["after"])


def end_of_range(first: Designation, second: Designation) -> Designation | None:
    """The end of a range, with what it has in common with the beginning: `1981-88` ends in 1988,
    `v.12:no.3-5` in v.12:no.5. None where the two are of another kind, or in another order."""
    if first.kind == CHRONOLOGY and second.kind == ENUMERATION:
        return abbreviated(first, second)
    if second.kind == CHRONOLOGY and first.kind != CHRONOLOGY:
        return None
    if first.kind == CHRONOLOGY:
        last = second
        if second.kind != CHRONOLOGY:
            return None
    else:
        filled = in_common(first, second)
        if filled is None or backward(first, filled):
            return None
        last = filled
    if first.chronology and last.chronology:
        if earlier(last.chronology.moment, first.chronology.moment):
            return None
    return last


def abbreviated(first: Designation, second: Designation) -> Designation | None:
    """The 1988 of `1981-88`."""
    if first.chronology is None or first.chronology.depth > 1 or len(second.levels) > 1:
        return None
    short = second.levels[0].text
    if len(short) != 2 or not short.isdigit():
        return None
    year = abbreviated_year(first.chronology.year, short)
    if year is None:
        return None
    found = replace(first.chronology, text=str(year), years=str(year), year=year)
    return replace(first, text=second.text, chronology=found)


def in_common(first: Designation, second: Designation) -> Designation | None:
    """The end of a range of enumerations, with the levels above that only its beginning names."""
    named = next((at for at, unit in enumerate(second.units) if unit), None)
    if named is None:
        above = max(len(first.levels) - len(second.levels), 0)
    elif second.units[named] in first.units:
        above = first.units.index(second.units[named]) - named
    elif named or not first.captioned:
        above = 0
    else:
        return None
    if above < 0 or (named is None and in_figures(first) != in_figures(second)):
        return None
    if first.form == DOTTED and second.form == DOTTED:
        above = 0
    last = second.counting_as(first.units[above:])
    chronology = second.chronology or (first.chronology if above else None)
    return replace(
        last,
        levels=(*first.levels[:above], *last.levels),
        joints=(*first.joints[:above], *last.joints),
        chronology=chronology,
        series=last.series or first.series,
    )


def in_figures(issue: Designation) -> bool:
    return bool(issue.levels) and issue.levels[-1].value.lstrip("[")[0].isdigit()


def backward(first: Designation, last: Designation) -> bool:
    """Whether a range ends before it begins, as far as both count the same."""
    if first.series_key != last.series_key or not first.levels or not last.levels:
        return False
    if first.form == last.form == YEAR_FIRST and first.year != last.year:
        return False
    common = 0
    for ours, theirs in zip(first.units, last.units, strict=False):
        if ours != theirs:
            break
        common += 1
    return last.numbers[:common] < first.numbers[:common]


def shortened(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 40 else f"{text[:40]}…"


def counting_on(before: list[Range], found: Range) -> Range:
    """A range with the units of the one before it: `v.1-10,12-` counts volumes."""
    last = before[-1].last if before else None
    first = found.first
    if last is None or first.captioned or len(first.levels) != len(last.levels):
        return found
    same = found.last is first
    counted = first.counting_as(last.units)
    end = found.last.counting_as(last.units) if found.last else None
    return found._replace(first=counted, last=counted if same else end)
