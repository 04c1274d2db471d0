"""Textual holdings statements (MARC 21 Holdings 866 to 868 $a): which are open, and closing them.

A statement is open where its last range has no end: `v.1-`, `v.1(1990)-`, `1990-`, `v.1-10,v.12-`,
`v.1- (1990- )`, with blanks or a note behind it. Only what is plainly one of these is ever edited.
The hyphen joins like with like (ANSI/NISO Z39.71): to an enumeration goes an enumeration, to a year
a year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from galleyproof.marc.designations import (
    BOTH,
    CHRONOLOGY,
    DOTTED,
    ENUMERATION,
    YEAR_FIRST,
    Designation,
    parse_designation,
)

OPEN, CLOSED, UNCLEAR = "open", "closed", "unclear"

DASH = r"\-\u2010\u2011\u2013"
"""Hyphens and the en dash, for the inside of a character class."""
NOTE_WORDS = (
    "lack|want|miss|imperfect|incomplete|scattered|some|with gaps|current|latest|retain|"
    "library has|library keeps|kept"
)
NOTE = rf"\s*[;,]?\s+(?:<[^<>]*>|\([^()\d]*\)|\[[^\[\]\d]*\]|(?:{NOTE_WORDS})[^{DASH}]*)"
ONE_OPEN = re.compile(
    rf"(?P<before>.*\S)(?P<gap>\s*)(?P<dash>[{DASH}])(?P<rest>\s*|{NOTE}\s*)",
    re.IGNORECASE | re.DOTALL,
)
TWO_OPEN = re.compile(
    rf"(?P<before>.*\S)\s*(?P<dash>[{DASH}])(?P<gap>\s*)"
    rf"\((?P<chronology>[^(){DASH}]*[^(){DASH}\s])\s*[{DASH}]\s*\)(?P<rest>\s*|{NOTE}\s*)",
    re.IGNORECASE | re.DOTALL,
)
LOOKS_OPEN = re.compile(
    rf"[{DASH}\u2014]\s*(?:$|[,;)\]>.]|(?:to\s+)?(?:present|date|current|heute)\b)"
    rf"|[{DASH}]\s+(?:[<(]|\[?[^\W\d_]{{4,}}\b(?!\.?\s*\d))"
    r"|\d\s*\+\s*$|\d\s*ff?\.?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class OpenStatement:
    """A statement that is plainly open. head: what stands before its last designation, `first`;
    dash with the blank before it; chronology: of `v.1- (1990- )` the year, with the gap before the
    parenthesis; note: what follows."""

    head: str
    first: Designation
    dash: str
    note: str = ""
    chronology: str = ""
    gap: str = ""


class Classified(NamedTuple):
    """state: open, closed or unclear; why: of what is unclear, what is in the way."""

    state: str
    statement: OpenStatement | None = None
    why: str = ""


def classify(text: str) -> Classified:
    """Whether a statement is open, closed, or not plainly either."""
    found = TWO_OPEN.fullmatch(text)
    chronology = found["chronology"].strip() if found else ""
    if found is None:
        found = ONE_OPEN.fullmatch(text)
        if found is None:
            if LOOKS_OPEN.search(text):
                return Classified(UNCLEAR, why="it seems open, but not by a hyphen at its end")
            return Classified(CLOSED)
    head, last = split_last(found["before"])
    first = parse_designation(last)
    if first is None:
        return Classified(UNCLEAR, why=f"what its hyphen follows, “{last.strip()}”, is no issue")
    if chronology:
        of_it = parse_designation(chronology)
        if first.kind != ENUMERATION or of_it is None or of_it.kind != CHRONOLOGY:
            return Classified(UNCLEAR, why="enumeration and chronology cannot be told apart")
        statement = OpenStatement(
            head, first, found["dash"], found["rest"].rstrip(), chronology, found["gap"]
        )
    else:
        dash = found["gap"] + found["dash"] + found["gap"]
        statement = OpenStatement(head, first, dash, found["rest"].rstrip())
    if LOOKS_OPEN.search(head.rstrip(" ,;")) or re.search(rf"[{DASH}]\s*[,;]", head):
        return Classified(UNCLEAR, why="more than one of its ranges is open")
    if head.rstrip().endswith(",") and mixed(head, first):
        return Classified(UNCLEAR, why="enumeration and chronology are given one after the other")
    return Classified(OPEN, statement)


def split_last(text: str) -> tuple[str, str]:
    """What stands before the last comma, semicolon, or full stop after a bracket, that is not
    inside brackets; and what follows it."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        one = text[at]
        if one in ")]":
            depth += 1
        elif one in "([":
            depth -= 1
        elif depth == 0 and (one in ",;" or (one == "." and text[at - 1 : at] in ("]", ")"))):
            rest = text[at + 1 :]
            blanks = len(rest) - len(rest.lstrip())
            return text[: at + 1 + blanks], rest[blanks:]
    return "", text


def mixed(head: str, first: Designation) -> bool:
    """Whether the range before a comma is of another kind: then the two may be areas of one
    statement (`1-10, 1990-`) and not ranges."""
    if first.kind == BOTH:
        return False
    _, before = split_last(head.rstrip(" ,;"))
    end = re.split(rf"[{DASH}]", before)[-1].strip(" []")
    last = parse_designation(end)
    if last is None:
        return True
    short = last.kind == ENUMERATION and re.fullmatch(r"\d\d", end) and first.kind == CHRONOLOGY
    return last.kind not in (BOTH, first.kind) or bool(short)


class Unfit(NamedTuple):
    """Why a last issue does not close a statement."""

    why: str


def close(statement: OpenStatement, last: Designation) -> str | Unfit:
    """The statement with its last range closed by the last issue."""
    first = statement.first
    last = last.with_captions(first)
    wrong = otherwise_named(first, last) or before_its_start(statement, last)
    if wrong:
        return Unfit(wrong)
    if statement.chronology:
        if last.kind != BOTH:
            return Unfit(f"it needs enumeration and chronology, and “{last.text}” has only one")
        end = f"{last.enumeration}{statement.gap}({statement.chronology}{statement.dash[-1]}"
        end += f"{last.chronology})"
    elif first.kind == BOTH and last.kind != BOTH:
        return Unfit(f"it needs enumeration and chronology, and “{last.text}” has only one")
    elif first.kind not in (last.kind, BOTH) and last.kind != BOTH:
        return Unfit(f"“{last.text}” is {last.kind}, and the statement counts by {first.kind}")
    else:
        end = in_form_of(first, last)
    opening = f"[{first.text}]" if first.bracketed else first.text
    return f"{statement.head}{opening}{statement.dash}{end}{statement.note}"


def in_form_of(first: Designation, last: Designation) -> str:
    if first.kind == ENUMERATION:
        return last.enumeration
    if first.kind == CHRONOLOGY:
        return last.chronology
    if first.form == DOTTED:
        return f"{last.levels[0].value}.{last.chronology}"
    if first.form == YEAR_FIRST:
        return f"{last.chronology}:{last.enumeration}"
    return f"{last.enumeration}{first.blank}({last.chronology})"


def otherwise_named(first: Designation, last: Designation) -> str:
    """A sentence where the two count by different units (`v.` and `no.`); else ""."""
    if first.kind == CHRONOLOGY or not last.levels or not first.levels:
        return ""
    if first.form == DOTTED and len(last.levels) > 1:
        return f"“{last.text}” has more levels than the statement can say"
    ours, theirs = (one.levels[0].caption.casefold().strip(". ") for one in (first, last))
    if ours != theirs and not (first.form == DOTTED or not theirs):
        return f"“{last.text}” counts by other units than “{first.text}”"
    return ""


def before_its_start(statement: OpenStatement, last: Designation) -> str:
    """A sentence where the last issue lies before the first one; else ""."""
    first = statement.first
    begins = first.year
    if begins is None and statement.chronology:
        of_it = parse_designation(statement.chronology)
        begins = of_it.year if of_it else None
    if begins is not None and last.year is not None:
        return f"“{last.text}” is before its start" if last.year < begins else ""
    if (
        first.levels
        and last.levels
        and (first.series, first.levels[0].caption)
        == (
            last.series,
            last.levels[0].caption,
        )
    ):
        start, end = (number(one.levels[0].value) for one in (first, last))
        return f"“{last.text}” is before its start" if end < start else ""
    return ""


def number(value: str) -> int:
    found = re.findall(r"\d+", value)
    return int(found[-1]) if found else 0
