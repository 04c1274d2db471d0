"""Holdings kept twice: textual (866) and as captions with enumeration (853, 863), linked by $8.

MARC 21 Holdings $8 is `link.sequence`; 866 to 868 and 853 to 855 have the link alone, and link 0
means that the text stands for itself. A compressed 863 with no end has values that end in a
hyphen: `$a 1- $i 1990-`. What a value counts its caption says: `$a v.`, `$j (month)`; where there
is chronology only, it stands in $a and $b. Months are 01 to 12, seasons 21 to 24.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from galleyproof.marc.captions import folded, unit_of
from galleyproof.marc.closing import Unfit
from galleyproof.marc.designations import Designation, Level
from galleyproof.marc.field import MARK, subfield_values
from galleyproof.marc.record import Record

PAIRS = {
    b"866": (b"853", b"863"),
    b"867": (b"854", b"864"),
    b"868": (b"855", b"865"),
}
"""Textual statement -> its captions and its enumeration."""
COUNTED = b"abcdefghijklm"
"""Subfields of 863 to 865 that hold enumeration ($a to $h) and chronology ($i to $m)."""
ALTERNATIVE = "ghm"
"""Of these, the ones of an alternative numbering, which a last issue does not give."""
OTHER_ENDS = ("\u2010", "\u2011", "\u2013", "\u2014", "\u2212", "+", ">", "…", "...")
"""Ends of values that look open and are not coded so."""

YEAR, MONTH, DAY = "year", "month", "day"
CHRONOLOGY_CAPTIONS = {
    YEAR: "year yr jahr annee ano anno ar rok год ετος",
    MONTH: "month months mo season seasons unit monat jahreszeit mois saison mes meses estacion "
    "mese stagione maned manad sasong sesong месяц",
    DAY: "day days tag jour dia giorno dag день",
}
UNNAMED = {"i": YEAR, "j": MONTH, "k": DAY}
"""What the subfields of chronology hold where they have no caption."""
_PART_OF = {
    folded(word): part for part, words in CHRONOLOGY_CAPTIONS.items() for word in words.split()
}


def link_of(data: bytes) -> str:
    """The link number of a field's $8, or ""."""
    for value in subfield_values(data, "8"):
        link = value.split(".")[0].split("\\")[0].strip()
        if link.strip("0"):
            return link
    return ""


def captions_of(record: Record, at: int) -> bytes | None:
    """The captions (853 to 855) that the textual statement or enumeration at a place is linked
    with; None where there are none."""
    tag, link = record.tags[at], link_of(record.data[at])
    captions = next(
        (ours for text, (ours, counted) in PAIRS.items() if tag in (text, counted)), b""
    )
    some = [one for one in record.positions(captions) if link_of(record.data[one]) == link]
    return record.data[some[-1]] if link and some else None


def open_pairs(record: Record, at: int) -> list[int]:
    """The open enumerations that the textual statement at this place is paired with; none where
    it has no link, or its captions are not there."""
    if captions_of(record, at) is None:
        return []
    link, (_, enumeration) = link_of(record.data[at]), PAIRS[record.tags[at]]
    return [
        one
        for one in record.positions(enumeration)
        if link_of(record.data[one]) == link and seems_open(record.data[one])
    ]


def counted_in(data: bytes) -> list[tuple[str, str]]:
    """(code, value) of the enumeration and chronology in an 863 to 865."""
    return [
        (part[:1].decode("ascii"), part[1:].decode("utf-8", "replace").strip())
        for part in data.split(MARK)[1:]
        if part[:1] and part[:1] in COUNTED
    ]


def seems_open(data: bytes) -> bool:
    """Whether an enumeration has no end, coded by a hyphen or in another way that a person would
    read so."""
    return any(value.endswith(("-", *OTHER_ENDS)) for _, value in counted_in(data))


def close_pair(data: bytes, captions: bytes, last: Designation) -> bytes | Unfit:
    """An open enumeration (863 to 865) with its end filled in from the last issue, as its captions
    (853 to 855) say what is what."""
    named = dict(counted_in(captions))
    values = counted_in(data)
    if any(value.endswith(OTHER_ENDS) for _, value in values):
        return Unfit("it is open in another way than by a hyphen at the end of its values")
    ends: dict[str, str] = {}
    for code, value in values:
        start = value.rstrip("-")
        end = value_of(code, named, last, start)
        if not value.endswith("-"):
            if "-" in value or (end is not None and end != value):
                return Unfit(f"its ${code} is not open, and the others are")
        elif end is None:
            return Unfit(f"“{last.text}” does not have all that its ${code} needs")
        else:
            ends[code] = end
    starts = {code: value.rstrip("-") for code, value in values}
    alone: set[str] = set()
    for some in hierarchies(ends, named):
        pairs = [(starts[code], ends[code]) for code in some]
        if is_backward(pairs):
            return Unfit(f"“{last.text}” is before its start")
        # What begins and ends in the same is written once, below what does not it is repeated.
        same = next((at for at, (start, end) in enumerate(pairs) if start != end), len(pairs))
        alone.update(some[:same])
    return MARK.join(with_end(part, ends, alone) for part in data.split(MARK))


def with_end(part: bytes, ends: Mapping[str, str], alone: set[str]) -> bytes:
    code = part[:1].decode("ascii", "replace")
    start = part.rstrip()
    if code not in ends or not start.endswith(b"-"):
        return part
    return start[:-1] if code in alone else start + ends[code].encode()


def hierarchies(codes: Iterable[str], named: Mapping[str, str]) -> list[list[str]]:
    """Subfields of enumeration, and those of chronology, each from the highest level down."""
    when = [code for code in codes if part_of(code, named)]
    return [[code for code in codes if code not in when], when]


def is_backward(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether a range ends before it begins, as far as its values are numbers. Within a year winter
    may stand before spring."""
    numbers = [(Level("", start).number[0], Level("", end).number[0]) for start, end in pairs]
    for start, end in numbers:
        season = len(numbers) > 1 and 21 <= start <= 24 and 21 <= end <= 24
        if start != end:
            return end < start and not season
    return False


def part_of(code: str, named: Mapping[str, str]) -> str:
    """Year, month or day where a subfield holds chronology, by its caption; else ""."""
    caption = named.get(code, "").strip()
    if not caption:
        return UNNAMED.get(code, "")
    if caption.startswith("(") or code in UNNAMED:
        return _PART_OF.get(folded(caption.strip("()+")), "")
    return ""


def value_of(code: str, named: Mapping[str, str], last: Designation, start: str) -> str | None:
    """What the last issue has for a subfield, as it is coded; None where it has nothing."""
    caption = named.get(code, "").strip()
    if code in ALTERNATIVE or caption.startswith("="):
        return None
    part = part_of(code, named)
    when = last.chronology
    if part and when is None:
        return None
    if part == YEAR and when is not None:
        first, _, second = when.years.partition("/")
        return f"{first}/{when.year}" if second else first
    if part == MONTH and when is not None:
        return coded_month(when.month, start)
    if part == DAY and when is not None:
        return (
            "/".join(f"{int(one):0{len(start)}}" for one in re.findall("[0-9]+", when.day)) or None
        )
    if not caption or code not in "abcdef" or (caption.startswith("(") and caption != "(*)"):
        return None
    level = level_of(caption, [one for one in named if one in "abcdef"].index(code), last)
    return level.value if level else None


def coded_month(month: str, start: str) -> str | None:
    """The code of a month or season, where the beginning is coded and is the same of the two."""
    codes = re.fullmatch(r"([0-9]{2})(?:/[0-9]{2})?", start)
    if codes is None or not month:
        return None
    return month if (int(codes[1]) > 12) == (int(month[:2]) > 12) else None


def level_of(caption: str, place: int, last: Designation) -> Level | None:
    """The level of the last issue that a caption names; by its place where the issue has no
    captions."""
    unit = unit_of(caption.lstrip("+"))
    for level in last.levels:
        if unit and level.unit == unit:
            return level
    if any(level.unit for level in last.levels) or place >= len(last.levels):
        return None
    return last.levels[place]
