"""One issue or volume as a holdings statement names it: enumeration, chronology, or both.

ANSI/NISO Z39.71: levels of enumeration are joined by a colon (`v.1:no.2`), chronology stands in
parentheses behind it (`v.1(1990)`). Statements from before the standard and from other countries
have commas and blanks (`vol. 1, no. 2 (1990)`, `Jg. 34 (2023), H. 2`), a full stop (`25.1965`,
`25.1965,3`), the year first (`1995:no.1`, `1995, H. 1`), or the caption behind (`1. Jg.`, `第1卷`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from galleyproof.marc.captions import folded
from galleyproof.marc.chronology import Chronology

ENUMERATION, CHRONOLOGY, BOTH = "enumeration", "chronology", "both"
PLAIN, PARENTHESES, DOTTED, YEAR_FIRST, SPACED = (
    "plain", "parentheses", "dotted", "year-first", "spaced",
)  # fmt: skip

ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})", re.IGNORECASE)
ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


class Level(NamedTuple):
    """One level of enumeration: caption and value as written (`v.`, `12/13`), what stands behind
    the value (`. Jg.`), and the unit that the caption names, "" where there is none."""

    caption: str
    value: str
    after: str = ""
    unit: str = ""

    @property
    def text(self) -> str:
        return f"{self.caption}{self.value}{self.after}"

    @property
    def number(self) -> tuple[int, str]:
        """By what people count: (12, "") before (12, "a"); of `12/13` the last, which may be
        shortened (`123/24`)."""
        first, _, last = self.value.strip("[]. ").rpartition("/")
        found = re.match(r"([0-9]+)(.*)", last)
        if not found:
            return roman(last), ""
        digits = found[1]
        if first.isdigit() and len(digits) < len(first):
            digits = first[: -len(digits)] + digits
        return int(digits), found[2].strip().casefold()


def roman(text: str) -> int:
    """The value of a Roman numeral; 0 of anything else."""
    if not text or not ROMAN.fullmatch(text):
        return 0
    values = [ROMAN_DIGITS[one] for one in text.casefold()]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-one if one < following else one for one, following in pairs)


@dataclass(frozen=True, slots=True)
class Designation:
    """text is as written. series: `n.s.` with what joins it to the rest, where it begins with one.
    joints: what stands between the levels. inner: how many levels stand before the chronology in
    parentheses. blank: what joins chronology and enumeration (before the parenthesis, or behind a
    year that comes first). bracketed: it stood in square brackets.
    """

    text: str
    levels: tuple[Level, ...] = ()
    chronology: Chronology | None = None
    form: str = PLAIN
    series: str = ""
    joints: tuple[str, ...] = ()
    inner: int = 0
    blank: str = ""
    bracketed: bool = False

    @property
    def kind(self) -> str:
        if not self.levels:
            return CHRONOLOGY
        return BOTH if self.chronology else ENUMERATION

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(level.unit for level in self.levels)

    @property
    def numbers(self) -> tuple[tuple[int, str], ...]:
        """Its enumeration as a key by which issues sort as people count."""
        return tuple(level.number for level in self.levels)

    @property
    def year(self) -> int | None:
        """The last year that its chronology names."""
        return self.chronology.year if self.chronology else None

    @property
    def month(self) -> str:
        """The codes of its month or season (01 to 12, 21 to 24, `11/12`), or ""."""
        return self.chronology.month if self.chronology else ""

    @property
    def series_key(self) -> str:
        """Its series, however it is written: `n.s.` and `new ser.` are both `ns`."""
        key = re.sub(r"[\W_]+", "", folded(self.series.rstrip(" :,")))
        return "ns" if key.startswith(("new", "nouv", "nuev", "nuov", "нов")) else key

    @property
    def captioned(self) -> bool:
        return any(level.unit for level in self.levels)

    def counting_as(self, units: tuple[str, ...]) -> Designation:
        """With units where its levels have no captions themselves, written as it is."""
        if all(level.unit for level in self.levels):
            return self
        named = zip(self.levels, [*units, *[""] * len(self.levels)], strict=False)
        levels = tuple(level._replace(unit=level.unit or unit) for level, unit in named)
        return replace(self, levels=levels)

    def only_its_end(self) -> Designation:
        """Without the beginning of a range that its chronology gives: 2024 of `2023-2024`."""
        if self.chronology is None:
            return self
        return replace(self, chronology=replace(self.chronology, whole=""))

    def named_as(self, other: Designation) -> Designation:
        """With the captions of another one on the levels that are written without."""
        named = zip(self.levels, other.levels, strict=False)
        levels = tuple(
            theirs._replace(value=ours.value) if ours.text == ours.value else ours
            for ours, theirs in named
        )
        return replace(self, levels=(*levels, *self.levels[len(levels) :]))

    def written(self) -> str:
        """Its text from its parts, in its form."""
        levels = [level.text for level in self.levels]
        when = (self.chronology.whole or self.chronology.text) if self.chronology else ""
        if self.form == DOTTED:
            return f"{self.series}{levels[0]}.{self.blank}{when}{''.join(self.joined(levels, 1))}"
        if self.form == YEAR_FIRST:
            return f"{when}{self.blank}{self.series}{''.join(self.joined(levels, 0))}"
        if not levels:
            return self.chronology.text if self.chronology else ""
        text = "".join(self.joined(levels, 0)[: 2 * self.inner - 1 if self.inner else None])
        if self.form == SPACED:
            text += f"{self.blank}{when}"
        elif when:
            text += f"{self.blank}({when})"
        rest = "".join(self.joined(levels, self.inner)) if self.inner else ""
        return f"{self.series}{text}{rest}"

    def joined(self, levels: list[str], first: int) -> list[str]:
        """The levels from one on, with what joins them; from the second on, a joint comes first."""
        found = []
        for at in range(first, len(levels)):
            if at:
                found.append(self.joints[at - 1])
            found.append(levels[at])
        return found
