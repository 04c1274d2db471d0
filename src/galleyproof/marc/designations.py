"""One issue or volume as a holdings statement names it: enumeration, chronology, or both.

ANSI/NISO Z39.71: levels of enumeration are joined by a colon (`v.1:no.2`), chronology stands in
parentheses behind it (`v.1(1990)`); statements from before the standard have a blank there
(`v.1 (1990)`), German ones a full stop (`25.1965`), others the year first (`1995:no.1`). Square
brackets mark what is incomplete.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

ENUMERATION, CHRONOLOGY, BOTH = "enumeration", "chronology", "both"
PLAIN, PARENTHESES, DOTTED, YEAR_FIRST = "plain", "parentheses", "dotted", "year-first"

YEAR = r"(?:1[4-9]|20)\d\d(?:/(?:\d{4}|\d{2}))?"
SERIES = re.compile(r"(?:n\.? ?s\.?|new ser\.?|neue folge|n\.? ?f\.?|ser\. ?\d+)", re.IGNORECASE)
LEVEL = re.compile(
    r"(?P<caption>(?:[^\W\d_]{1,15}\.? ?){0,2})(?P<value>\d+[a-z]?(?:/\d+[a-z]?)?)", re.IGNORECASE
)
WITH_CHRONOLOGY = re.compile(r"(?P<enumeration>[^()]+?)(?P<blank> ?)\((?P<chronology>[^()]+)\)")
YEAR_THEN_ISSUE = re.compile(rf"(?P<chronology>{YEAR}):(?P<enumeration>.+)")
NUMBER_DOT_YEAR = re.compile(rf"(?P<value>\d+(?:/\d+)?)\.(?P<chronology>{YEAR}(?:\(\d{{4}}\))?)")
ONE_YEAR = re.compile(rf"\b{YEAR}\b")
WORDS = re.compile(r"[^\W\d_]+")
CHRONOLOGY_ONLY = re.compile(
    rf"(?:(?:[^\W\d_]+\.?/?)+ (?:\d{{1,2}}, ?)?)?{YEAR}"
    r"(?::(?:[^\W\d_]+\.?(?:/[^\W\d_]+\.?)?(?: ?\d{1,2})?|\d{1,2}))*"
)

MONTHS = {
    "01": ("jan", "ene", "gen"),
    "02": ("feb", "fev", "fév"),
    "03": ("mar", "mär"),
    "04": ("apr", "avr", "abr"),
    "05": ("may", "mai", "mag"),
    "06": ("june", "jun", "juin", "giu"),
    "07": ("july", "jul", "juil", "lug"),
    "08": ("aug", "aoû", "aou", "ago"),
    "09": ("sep", "set"),
    "10": ("oct", "okt", "ott", "out"),
    "11": ("nov",),
    "12": ("dec", "dez", "déc", "dic"),
    "21": ("spr", "früh", "print", "prim"),
    "22": ("sum", "som", "été", "ver"),
    "23": ("aut", "fall", "herb", "oto"),
    "24": ("win", "hiv", "inv"),
}
"""MARC 21 Holdings 863 $j: months and seasons, with how their names begin in usual languages."""


class Level(NamedTuple):
    """One level of enumeration: its caption (`v.`, or "") and value (`12`, `12/13`)."""

    caption: str
    value: str


@dataclass(frozen=True, slots=True)
class Designation:
    """text is as written, without brackets. series: `n.s.` where it begins with one. blank: what
    stands before the parenthesis. bracketed: it stood in square brackets."""

    text: str
    kind: str
    form: str = PLAIN
    series: str = ""
    levels: tuple[Level, ...] = ()
    chronology: str = ""
    blank: str = ""
    bracketed: bool = False

    @property
    def enumeration(self) -> str:
        parts = [level.caption + level.value for level in self.levels]
        return ":".join([self.series, *parts] if self.series else parts)

    @property
    def year(self) -> int | None:
        """The last year that its chronology names."""
        found = ONE_YEAR.findall(self.chronology)
        return last_year(found[-1]) if found else None

    @property
    def month(self) -> str:
        """The code of its month or season (01 to 12, 21 to 24), the last one named, or ""."""
        return month_code(self.chronology)

    def with_captions(self, of: Designation) -> Designation:
        """With the captions of another one where it has none itself."""
        if not self.levels or any(level.caption for level in self.levels):
            return self
        captions = [level.caption for level in of.levels]
        levels = tuple(
            Level(captions[at] if at < len(captions) else "", level.value)
            for at, level in enumerate(self.levels)
        )
        return replace(self, levels=levels, series=self.series or of.series)


def parse_designation(text: str) -> Designation | None:
    """What a text designates, or None where it is not plainly one issue or volume."""
    text = text.strip()
    if text[:1] == "[" and text[-1:] == "]" and "[" not in text[1:]:
        inner = parse_designation(text[1:-1])
        return replace(inner, bracketed=True) if inner and not inner.bracketed else None
    return (
        dotted(text)
        or only_chronology(text)
        or year_first(text)
        or with_chronology(text)
        or only_enumeration(text)
    )


def dotted(text: str) -> Designation | None:
    found = NUMBER_DOT_YEAR.fullmatch(text)
    if found is None:
        return None
    return Designation(
        text, BOTH, DOTTED, levels=(Level("", found["value"]),), chronology=found["chronology"]
    )


def only_chronology(text: str) -> Designation | None:
    if CHRONOLOGY_ONLY.fullmatch(text) and all(month_code(word) for word in WORDS.findall(text)):
        return Designation(text, CHRONOLOGY, chronology=text)
    return None


def year_first(text: str) -> Designation | None:
    found = YEAR_THEN_ISSUE.fullmatch(text)
    if found is None:
        return None
    enumeration = only_enumeration(found["enumeration"])
    if enumeration is None or not enumeration.levels[0].caption:
        return None
    return replace(
        enumeration, text=text, kind=BOTH, form=YEAR_FIRST, chronology=found["chronology"]
    )


def with_chronology(text: str) -> Designation | None:
    found = WITH_CHRONOLOGY.fullmatch(text)
    if found is None or not ONE_YEAR.search(found["chronology"]):
        return None
    enumeration = only_enumeration(found["enumeration"])
    if enumeration is None:
        return None
    return replace(
        enumeration,
        text=text,
        kind=BOTH,
        form=PARENTHESES,
        chronology=found["chronology"],
        blank=found["blank"],
    )


def only_enumeration(text: str) -> Designation | None:
    series, parts = "", text.split(":")
    if len(parts) > 1 and SERIES.fullmatch(parts[0].strip()):
        series, parts = parts[0], parts[1:]
    levels = []
    for part in parts:
        found = LEVEL.fullmatch(part.strip())
        if found is None:
            return None
        levels.append(Level(found["caption"], found["value"]))
    return Designation(text, ENUMERATION, series=series, levels=tuple(levels))


def last_year(text: str) -> int:
    """The last year of `1999`, `1999/2000`, `1999/00`."""
    first, _, second = text.partition("/")
    if len(second) == 2:
        century = int(first[:2]) + (second < first[2:])
        return century * 100 + int(second)
    return int(second or first)


def month_code(text: str) -> str:
    """The code of the last month or season that a text names, or ""."""
    for word in reversed(WORDS.findall(text.casefold())):
        best = ""
        for code, beginnings in MONTHS.items():
            for beginning in beginnings:
                if word.startswith(beginning) and len(beginning) > len(best[2:]):
                    best = code + beginning
        if best:
            return best[:2]
    return ""


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which texts with numbers inside sort as people count: v.9 before v.10, 12 before
    12/13. Text sorts before numbers."""
    parts = re.findall(r"\d+|[^\W\d_]+", text.casefold())
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts)
