"""Closing an open holdings statement with its last issue, in the statement's own form.

The hyphen joins like with like (ANSI/NISO Z39.71): to an enumeration goes an enumeration, to a year
a year, to volumes volumes; what has fewer levels than the beginning, counts something else, or lies
before it closes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from galleyproof.marc.captions import is_plural, rank_of
from galleyproof.marc.chronology import Chronology, earlier
from galleyproof.marc.designations import (
    BOTH,
    CHRONOLOGY,
    DOTTED,
    ENUMERATION,
    YEAR_FIRST,
    Designation,
    Level,
)
from galleyproof.marc.scanning_ranges import backward
from galleyproof.marc.statements import OpenStatement


class Unfit(NamedTuple):
    """Why a last issue does not close a statement."""

    why: str


def close(statement: OpenStatement, last: Designation) -> str | Unfit:
    """The statement with its last range closed by the last issue. A range that would begin and end
    in the same issue becomes that issue."""
    first = statement.first
    begins = replace(first, chronology=first.chronology or statement.chronology)
    wrong = unlike(begins, last)
    if wrong:
        return Unfit(wrong)
    fitted = in_form_of(begins, last)
    if isinstance(fitted, Unfit):
        return fitted
    if before_its_start(begins, fitted):
        return Unfit(f"“{last.text}” is before its start")
    alone = same_issue(begins, fitted)
    if statement.chronology:
        begun, ended = statement.chronology.text, fitted.chronology
        counted = replace(fitted, chronology=None).written()
        end = "" if alone else f"{statement.dash}{counted}"
        when = begun if alone or ended is None else f"{begun}{statement.dash.strip()}{ended.text}"
        return f"{statement.before}{end}{statement.gap}({when}){statement.note}"
    end = "" if alone else f"{even(statement.dash)}{fitted.written()}"
    return f"{statement.before}{end}{statement.note}"


def even(dash: str) -> str:
    """A dash with the blank before it on both sides: `25.1965 -` goes on with ` - `."""
    return dash + dash[: len(dash) - len(dash.lstrip())]


def unlike(first: Designation, last: Designation) -> str:
    """A sentence where the two are of different kinds; else ""."""
    if first.kind == BOTH != last.kind:
        return f"it needs enumeration and chronology, and “{last.text}” has only one"
    if first.kind not in (last.kind, BOTH) and last.kind != BOTH:
        return f"“{last.text}” is {last.kind}, and the statement counts by {first.kind}"
    return ""


def in_form_of(first: Designation, last: Designation) -> Designation | Unfit:
    """The last issue as the statement would write it: its captions, signs and order."""
    levels = levels_in_form_of(first, last) if first.levels else ()
    if isinstance(levels, Unfit):
        return levels
    when = None
    if first.chronology and last.chronology:
        when = chronology_in_form_of(first, last.chronology)
        if when is None and last.chronology.depth < first.chronology.depth:
            return Unfit(f"“{last.text}” has no month or day, as “{first.chronology.text}” has")
        if when is None:
            one, other = last.text, first.chronology.text
            return Unfit(f"“{one}” and “{other}” give the month in figures and in words")
    named = last.series_key or (first.series_key and not last.captioned)
    return replace(
        first,
        levels=levels,
        joints=joints_of(first, last, len(levels)),
        chronology=when,
        series=first.series if named else "",
    )


def chronology_in_form_of(first: Designation, when: Chronology) -> Chronology | None:
    assert first.chronology is not None
    text = when.in_form_of(first.chronology)
    if text is None:
        return None
    # A range inside one designation, `v.35(2023-2024)`, is kept where the form is the same.
    kept = first.levels and text == when.text and (first.form != DOTTED or "-" not in when.whole)
    return replace(when, text=text, whole=when.whole if kept else "")


def levels_in_form_of(first: Designation, last: Designation) -> tuple[Level, ...] | Unfit:
    if last.series_key and last.series_key != first.series_key:
        return Unfit(f"“{last.text}” is of another series than “{first.text}”")
    if len(last.levels) < len(first.levels):
        return Unfit(f"“{last.text}” has fewer levels than “{first.text}”")
    more = last.levels[len(first.levels) :]
    if more and (first.form == DOTTED or not all(level.unit for level in more)):
        return Unfit(f"“{last.text}” has more levels than the statement can say")
    found = []
    for ours, theirs in zip(first.levels, last.levels, strict=False):
        dotted = first.form == DOTTED and not ours.unit and rank_of(theirs.unit) == 1
        if theirs.unit and theirs.unit != ours.unit and not dotted:
            return Unfit(f"“{last.text}” counts by other units than “{first.text}”")
        if ours.after and not (theirs.after or ours.after.startswith(".") or ours.caption):
            return Unfit(f"“{last.text}” does not say its ordinal number as “{first.text}” does")
        after = theirs.after if ours.after and theirs.after else ours.after
        caption = ours.caption
        if is_plural(caption):
            caption = theirs.caption or caption if len(first.levels) > 1 else ""
        found.append(ours._replace(caption=caption, value=theirs.value, after=after))
    return (*found, *more)


def joints_of(first: Designation, last: Designation, levels: int) -> tuple[str, ...]:
    """What stands between the levels: as in the statement, then as in the last issue."""
    more = last.joints[len(first.levels) - 1 :] if first.levels else ()
    if first.joints:
        more = (first.joints[-1],) * len(more)
    return (*first.joints, *more)[: max(levels - 1, 0)]


def before_its_start(first: Designation, last: Designation) -> bool:
    """Whether the last issue lies before the first, by number or by date."""
    if first.chronology and last.chronology:
        if earlier(last.chronology.moment, first.chronology.moment):
            return True
        if first.form == YEAR_FIRST and last.chronology.year > first.chronology.year:
            return False
    return first.kind != CHRONOLOGY and backward(replace(first, form=""), replace(last, form=""))


def same_issue(first: Designation, last: Designation) -> bool:
    """Whether a range would end where it begins."""
    if first.numbers != last.numbers or len(first.levels) != len(last.levels):
        return False
    if first.kind == ENUMERATION or last.chronology is None or first.chronology is None:
        return first.kind == ENUMERATION
    ours, theirs = first.chronology, last.chronology
    return (ours.year, ours.month, ours.day) == (theirs.year, theirs.month, theirs.day)
