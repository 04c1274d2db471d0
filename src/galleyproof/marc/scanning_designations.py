"""Reading one issue or volume out of a text, from a place on: the forms of designations.py.

Only what is plainly one issue is read: captions are known ones, a word that is none ends the
reading, and so does a sign that no form has.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from galleyproof.marc.captions import AFTER_NUMBERS, SERIES, folded, rank_of, unit_of
from galleyproof.marc.chronology import (
    DASH,
    LETTER,
    ONE_YEAR,
    YEARS,
    Chronology,
    parse_chronology,
    scan_chronology,
)
from galleyproof.marc.designations import (
    DOTTED,
    PARENTHESES,
    PLAIN,
    SPACED,
    YEAR_FIRST,
    Designation,
    Level,
    roman,
)

LONGEST = 120
"""Characters of what can still be one issue."""
LONGEST_COMBINED = 12
"""Numbers that one combined issue may have more than one."""
LETTERS = ("C", "D", "L", "M")
"""Roman numerals that are as often the letters of a section."""

NUMBER = r"[0-9]{1,6}(?:[A-TV-Za-tv-z](?![^\W_])|bis\b|ter\b)?"
NUMERAL = r"(?:[IVXLCDM]{1,9}|(?<=[.\s])(?:[ivxlcdm]{2,9}|[ivx]))(?!\.?[^\W_])"
VALUE = rf"(?:{NUMBER})(?:/(?:{NUMBER})){{0,2}}|(?:{NUMERAL})(?:/(?:{NUMERAL}))?"
CAPTION = rf"(?:{LETTER}{{1,16}}(?![^\W\d_])\.?[°º]?|№№?)\.?\s?"
PREFIXED = re.compile(rf"(?P<caption>{CAPTION})(?P<value>{VALUE})")
BARE = re.compile(rf"(?P<value>{VALUE})")
SUFFIXED = re.compile(
    rf"(?P<value>[0-9]{{1,4}})(?P<after>(?:\.|st|nd|rd|th|re|er|ère|ème|e|ª|º|°)\s?"
    rf"(?P<word>{LETTER}{{1,16}}\.?))(?!\s?[0-9]{{1,3}}(?![0-9.]))"
)
IN_CHARACTERS = re.compile(r"[第제]?(?P<value>[0-9]{1,5}(?:/[0-9]{1,5})?)(?P<word>[^\W\d_a-zA-Z])")
DOTTED_ONE = re.compile(
    rf"(?P<caption>{LETTER}{{1,10}}\.?\s?)?(?P<value>\[[0-9]{{1,4}}\.\]|[0-9]{{1,4}}(?:/[0-9]{{1,4}})?\.)"
    rf"(?P<blank>\s?)(?P<years>{YEARS})(?P<also>\({ONE_YEAR}\))?"
    rf"(?P<issue>,\s?{LETTER}{{1,8}}\.?\s?[0-9]{{1,4}}(?:/[0-9]{{1,4}})?(?![0-9.])|,[0-9]{{1,4}}(?:/[0-9]{{1,4}})?(?![0-9./]))?"
)
IN_PARENTHESES = re.compile(r"(?P<blank>\s?)\((?P<inside>[^()]{4,60})\)")
ORDINARY_SERIES = r"s[ée]r(?:ie|ies|\.)|serie|folge|f\.|reihe|époque|época|reeks"
SERIES_WORDS = re.compile(
    rf"(?:n\.\s?s\.|n\.\s?f\.|n\.\s?r\.|new\sser(?:ies\b|\.)|neue\s(?:folge|reihe)\b"
    rf"|nouv(?:elle|\.)\s?s[ée]r(?:ie\b|\.)|nueva\s(?:serie|época)\b|nuova\sserie\b|nova\ss[ée]rie\b"
    rf"|ny\s(?:række|rekke|följd)\b|нов(?:ая|\.)\sсер(?:ия|\.)"
    rf"|[0-9]{{1,2}}(?:\.|st|nd|rd|d|th|e|ème|a|ª)\s?(?:{ORDINARY_SERIES})"
    rf"|(?:s[ée]r(?:ies?\b|ie\b|\.)|reihe)\s?[A-Z](?![^\W_]))",
    re.IGNORECASE,
)
AFTER_SERIES = re.compile(r"(?::|,)?\s?")
COLON, APART = re.compile(r"\s?:\s?"), re.compile(r",?\s|,(?=\D)")
AFTER_YEAR = re.compile(r":\s?|,\s?|\s")
ENDS_HERE = re.compile(rf"$|[\s{DASH},;)\].]|u\.\s?[0-9]")
"""What may follow an issue: nothing, a blank, a dash, a separator, a closing bracket, a stop."""


class Scanned(NamedTuple):
    """An issue, and the place behind it."""

    issue: Designation
    end: int


def parse_designation(text: str) -> Designation | None:
    """What a text designates, or None where it is not plainly one issue or volume."""
    text = text.strip()
    if len(text) > LONGEST:
        return None
    if text[:1] == "[" and text[-1:] == "]" and "[" not in text[1:]:
        inner = parse_designation(text[1:-1])
        if inner is not None and not inner.bracketed:
            return replace(inner, bracketed=True)
    found = scan_designation(text, 0)
    return found.issue if found and found.end == len(text) else None


def scan_designation(text: str, at: int, counted: tuple[str, ...] = ()) -> Scanned | None:
    """The issue that begins at a place; None where none plainly does. counted: the units of the
    beginning, where this is the end of a range: of `v.1-10, v.12` the end is 10."""
    series, begin = scan_series(text, at)
    found = scan_dotted(text, begin)
    if found is None and not series:
        found = scan_year_first(text, begin)
    if found is None:
        found = scan_counted(text, begin, counted)
    if found is None or not ENDS_HERE.match(text, found.end):
        return None
    issue = found.issue
    if not series and len(issue.levels) > 1 and issue.levels[0].unit == SERIES:
        first = issue.levels[0]
        series = first.text + issue.joints[0]
        issue = replace(
            issue,
            levels=issue.levels[1:],
            joints=issue.joints[1:],
            inner=max(issue.inner - 1, 0),
        )
    return Scanned(replace(issue, text=text[at : found.end], series=series), found.end)


def scan_series(text: str, at: int) -> tuple[str, int]:
    found = SERIES_WORDS.match(text, at)
    if found is None:
        return "", at
    joint = AFTER_SERIES.match(text, found.end())
    end = joint.end() if joint else found.end()
    return text[at:end], end


def scan_dotted(text: str, at: int) -> Scanned | None:
    """`25.1965`, `[1.]1929/30`, `Jg. 3.1931/32(1931)`, `1.1990,5`, `1.1990,H. 5`."""
    found = DOTTED_ONE.match(text, at)
    if found is None:
        return None
    caption = found["caption"] or ""
    unit = unit_of(caption)
    when = parse_chronology(found["years"])
    if when is None or (caption and not unit):
        return None
    when = replace(when, whole=found["years"] + (found["also"] or ""))
    levels, joints = [Level(caption, found["value"].rstrip("."), unit=unit)], []
    end = found.start("issue") if found["issue"] else found.end()
    if found["issue"]:
        joint = re.match(r",\s?", found["issue"])
        width = joint.end() if joint else 0
        lower = scan_level(text, end + width)
        if lower is not None and lower[1] == found.end():
            levels.append(lower[0])
            joints.append(found["issue"][:width])
            end = found.end()
    issue = Designation("", tuple(levels), when, DOTTED, joints=tuple(joints), blank=found["blank"])
    return Scanned(issue, end)


def scan_year_first(text: str, at: int) -> Scanned | None:
    """`1990`, `Jan. 1990`, `1990:3`, and what counts below a year: `1995:no.1`, `1995, H. 1`."""
    found = scan_chronology(text, at)
    if found is None:
        return None
    when, end = found
    joint = AFTER_YEAR.match(text, end)
    if when.depth == 1 and joint:
        counted = scan_levels(text, joint.end())
        if counted and belongs_to_year(counted[0][0], joint[0]):
            levels, joints, stop = counted
            issue = Designation(
                "", levels, when, YEAR_FIRST, joints=joints, blank=text[end : joint.end()]
            )
            if ENDS_HERE.match(text, stop):
                return Scanned(issue, stop)
    return Scanned(Designation("", (), when), end) if ENDS_HERE.match(text, end) else None


def belongs_to_year(level: Level, joint: str) -> bool:
    """Whether a level is counted below a year: after a comma a volume would be another range."""
    return bool(level.unit) and (rank_of(level.unit) > 1 or not joint.startswith(","))


def scan_counted(text: str, at: int, counted: tuple[str, ...]) -> Scanned | None:
    """Levels, and the chronology that belongs to them."""
    found = scan_levels(text, at, counted)
    if found is None:
        return None
    levels, joints, end = found
    issue = Designation("", levels, joints=joints)
    inside = IN_PARENTHESES.match(text, end)
    if inside:
        when = parse_chronology(inside["inside"])
        if when is not None:
            issue = replace(issue, chronology=when, form=PARENTHESES, blank=inside["blank"])
            return below_parentheses(text, issue, inside.end())
    if levels[0].unit or counted:
        spaced = scan_spaced(text, end, levels[-1])
        if spaced:
            when, blank, stop = spaced
            return Scanned(replace(issue, chronology=when, form=SPACED, blank=blank), stop)
    return Scanned(replace(issue, form=PLAIN), end)


def below_parentheses(text: str, issue: Designation, end: int) -> Scanned:
    """`Jg. 34 (2023), H. 1`: what is counted below stands behind the parenthesis."""
    joint = APART.match(text, end)
    lower = scan_levels(text, joint.end()) if joint else None
    if joint and lower and rank_of(lower[0][0].unit) > rank_of(issue.levels[-1].unit):
        levels, joints, stop = lower
        if lower[0][0].unit and not text.startswith(("(", " ("), stop):
            more = replace(
                issue,
                levels=(*issue.levels, *levels),
                joints=(*issue.joints, text[end : joint.end()], *joints),
                inner=len(issue.levels),
            )
            if ENDS_HERE.match(text, stop):
                return Scanned(more, stop)
    return Scanned(issue, end)


def scan_spaced(text: str, end: int, last: Level) -> tuple[Chronology, str, int] | None:
    """`v.34 2023`, `1.Jg.1990`: the chronology behind the levels, without parentheses."""
    begin = end
    while begin < len(text) and text[begin] == " ":
        begin += 1
    if begin == end and not last.after.endswith("."):
        return None
    found = scan_chronology(text, begin)
    if found is None or not ENDS_HERE.match(text, found[1]):
        return None
    return found[0], text[end:begin], found[1]


def scan_levels(
    text: str, at: int, counted: tuple[str, ...] = ()
) -> tuple[tuple[Level, ...], tuple[str, ...], int] | None:
    """Levels of enumeration: joined by colons, or by commas or blanks where the next one has a
    caption of its own, which counts something else and not something above."""
    first = scan_level(text, at)
    if first is None:
        return None
    levels = [first[0]]
    joints: list[str] = []
    end = first[1]
    while True:
        colon = COLON.match(text, end)
        joint = colon or APART.match(text, end)
        begin = joint.end() if joint else end
        found = scan_level(text, begin) if joint or levels[-1].unit in AFTER_NUMBERS else None
        if joint is None and found and found[0].unit not in AFTER_NUMBERS:
            found = None
        if found is None or not (colon or goes_on(levels, found[0], counted)):
            return tuple(levels), tuple(joints), end
        levels.append(found[0])
        joints.append(text[end:begin])
        end = found[1]


def goes_on(levels: list[Level], lower: Level, counted: tuple[str, ...]) -> bool:
    """Whether a level belongs to those before it, and does not begin another range."""
    above = levels[-1].unit
    if not lower.unit or lower.unit in {level.unit for level in levels}:
        return False
    if not above:
        return lower.unit not in counted and rank_of(lower.unit) > 1
    return rank_of(lower.unit) >= rank_of(above)


def scan_level(text: str, at: int) -> tuple[Level, int] | None:
    found = IN_CHARACTERS.match(text, at)
    if found and unit_of(found["word"]) in AFTER_NUMBERS:
        caption = found[0][0] if found[0][0] in "第제" else ""
        return Level(caption, found["value"], found["word"], unit_of(found["word"])), found.end()
    found = SUFFIXED.match(text, at)
    if found:
        unit = unit_of(found["word"])
        if unit:
            return Level("", found["value"], found["after"], unit), found.end()
    found = PREFIXED.match(text, at)
    if found:
        unit = unit_of(found["caption"])
        if unit and plain_value(found["caption"], found["value"]):
            return Level(found["caption"], found["value"], unit=unit), found.end()
        return None
    found = BARE.match(text, at)
    if found and found["value"] not in LETTERS and plain_value("", found["value"]):
        return Level("", found["value"]), found.end()
    return None


def plain_value(caption: str, value: str) -> bool:
    """Whether a caption and its value are plainly that: not a word before a year (`del 1990`, `ano
    1990`), not an issue of a year (`3/1990`, `2/90`), not letters that are no Roman numeral."""
    if caption and re.fullmatch(ONE_YEAR, value) and not caption.rstrip().endswith("."):
        return not caption.endswith(" ") and len(folded(caption)) < 4
    parts = value.split("/")
    if len(parts) > 1 and (any(re.fullmatch(ONE_YEAR, one) for one in parts) or apart(value)):
        return False
    return value[0].isdigit() or bool(roman(parts[0]))


def apart(combined: str) -> bool:
    """Whether the numbers of `12/13` are too far apart to be those of one combined issue."""
    first, last = Level("", combined.partition("/")[0]).number, Level("", combined).number
    return not first[0] <= last[0] <= first[0] + LONGEST_COMBINED
