"""The chronology of one issue as a holdings statement gives it: `1990`, `1999/2000`, `Jan. 1990`,
`1990:Jan.15`, `15 janv. 1990`, `1990年1月`.

ANSI/NISO Z39.71 has the year first and a colon; statements from before it, and other countries',
have the month first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from galleyproof.marc.months import month_codes

LETTER = r"(?:[^\W\d_][\u0300-\u036f]*)"
DASH = "\\-\u2010\u2011\u2013"
"""Hyphens and the en dash, for the inside of a character class."""

YEAR_ONLY, MONTH_FIRST, DAY_FIRST, YEAR_FIRST, NUMBERS, CHARACTERS = (
    "year", "month-first", "day-first", "year-first", "numbers", "characters",
)  # fmt: skip
LONGEST_SPAN = 10
"""Years that one issue may be of: `1990/12` is no double year."""
LONGEST_ABBREVIATED = 60
"""Years of a range that ends in another century and says only two figures of it."""

ONE_YEAR = r"(?:1[4-9]|20)[0-9][0-9]"
YEARS = rf"{ONE_YEAR}(?:/[0-9]{{4}}|/[0-9]{{2}})?(?![0-9])"
MONTHS = rf"{LETTER}{{3,12}}\.?(?:\s?[/{DASH}]\s?{LETTER}{{3,12}}\.?){{0,2}}"
DAY = rf"[0-9]{{1,2}}(?:[/{DASH}][0-9]{{1,2}})?"
FORMS = {
    MONTH_FIRST: re.compile(
        rf"(?P<month>{MONTHS})(?:\s?(?P<day>{DAY})(?:st|nd|rd|th)?,|,)?(?:\s(?:de\s)?|(?<=[.,]))"
        rf"(?P<year>{YEARS})"
    ),
    DAY_FIRST: re.compile(
        rf"(?P<day>{DAY})(?:\.|er|º)?\s?(?:de\s)?(?P<month>{MONTHS})\s(?:de\s)?(?P<year>{YEARS})"
    ),
    YEAR_FIRST: re.compile(
        rf"(?P<year>{YEARS})(?P<joint>:\s?|\s)(?P<month>{MONTHS})"
        rf"(?:[\s:]?(?P<day>{DAY})(?![0-9(]))?"
    ),
    NUMBERS: re.compile(
        rf"(?P<year>{YEARS}):(?P<month>[0-9]{{1,2}})(?::(?P<day>[0-9]{{1,2}}))?(?![0-9:])"
    ),
    CHARACTERS: re.compile(
        rf"(?P<year>{ONE_YEAR})[年년](?:\s?(?P<month>[0-9]{{1,2}})[月월](?:\s?(?P<day>[0-9]{{1,2}})[日일])?)?"
    ),
    YEAR_ONLY: re.compile(rf"(?P<year>{YEARS})"),
}
BETWEEN = re.compile(rf"\s?[{DASH}]\s?")


@dataclass(frozen=True, slots=True)
class Chronology:
    """text is as written, without the beginning of a range: `1994` of `1990-1994`, which is in
    `whole`. years as written too (`1999/00`), year is the last of them. month: codes of 863 $j
    (`12`, `11/12`, `24`), months: as written. joint: what stands between year and month.
    """

    text: str
    form: str
    years: str
    year: int
    month: str = ""
    months: str = ""
    day: str = ""
    joint: str = ""
    whole: str = ""

    @property
    def depth(self) -> int:
        """1 for a year, 2 with month or season, 3 with a day."""
        return 1 + bool(self.months) + bool(self.day)

    @property
    def moment(self) -> tuple[int, ...]:
        """Year, month and day where they can be told earlier from later; a season cannot, within
        its year."""
        last = self.month.rpartition("/")[2]
        if not last or int(last) > 12:
            return (self.year,)
        day = re.findall("[0-9]+", self.day)
        return (self.year, int(last), int(day[-1])) if day else (self.year, int(last))

    def in_form_of(self, other: Chronology) -> str | None:
        """Its text in the form of another one; None where it lacks what that has, or has a month in
        figures where that has words."""
        if other.depth > self.depth:
            return None
        if other.depth == 1 or self.depth == 1:
            return self.text
        if other.form == self.form and other.joint == self.joint:
            return self.text
        in_figures = {NUMBERS, CHARACTERS}
        if {self.form, other.form} & in_figures:
            return None
        if other.form == YEAR_FIRST:
            day = self.day if self.months.endswith(".") or not self.day else f" {self.day}"
            return f"{self.years}{other.joint}{self.months}{day}"
        if other.form == DAY_FIRST and self.day:
            return f"{self.day} {self.months} {self.years}"
        day = f" {self.day}," if self.day else ""
        return f"{self.months}{day} {self.years}"


def scan_chronology(text: str, at: int) -> tuple[Chronology, int] | None:
    """The longest chronology that begins at a place, and where it ends."""
    best = None
    for form, pattern in FORMS.items():
        found = pattern.match(text, at)
        if found and (best is None or found.end() > best[1]):
            made = made_of(form, found)
            if made is not None:
                best = made, found.end()
    return best


def made_of(form: str, found: re.Match[str]) -> Chronology | None:
    parts = {name: value or "" for name, value in found.groupdict().items()}
    years = parts["year"]
    year = last_year(years)
    if year is None:
        return None
    months, code = parts.get("month", ""), ""
    if months and months[0].isdigit():
        if not 1 <= int(months) <= 12 and form == CHARACTERS:
            return None
        code = f"{int(months):02}" if 1 <= int(months) <= 12 else ""
    elif months:
        code = month_codes(months)
        if not code:
            return None
    day = parts.get("day", "")
    if any(not 1 <= int(one) <= 31 for one in re.findall("[0-9]+", day)):
        return None
    made = Chronology(found[0], form, years, year, code, months, day, parts.get("joint", ""))
    last = re.split(rf"\s?[{DASH}]\s?", months)[-1]
    if last == months or form in (NUMBERS, CHARACTERS):
        return made
    # `Jan.-June 1990` counts to its end.
    text = found[0].replace(months, last)
    return replace(made, text=text, months=last, whole=found[0])


def parse_chronology(text: str) -> Chronology | None:
    """A chronology and nothing else, as it stands in parentheses; a range (`1990-1994`,
    `Jan.-June 1990`, `1989-90`) counts to its end. None where it is not plainly one."""
    found = scan_chronology(text, 0)
    if found is None:
        return None
    first, end = found
    if end == len(text):
        return first
    between = BETWEEN.match(text, end)
    if between is None:
        return None
    rest = text[between.end() :]
    if first.depth == 1 and len(rest) == 2 and rest.isascii() and rest.isdigit():
        year = abbreviated_year(first.year, rest)
        return Chronology(str(year), YEAR_ONLY, str(year), year, whole=text) if year else None
    second = scan_chronology(text, between.end())
    if second is None or second[1] != len(text) or earlier(second[0].moment, first.moment):
        return None
    return replace(second[0], whole=text)


def earlier(moment: tuple[int, ...], than: tuple[int, ...]) -> bool:
    """Whether a moment is before another one, as far down as both are known."""
    known = min(len(moment), len(than))
    return moment[:known] < than[:known]


def last_year(years: str) -> int | None:
    """The last year of `1999`, `1999/2000`, `1999/00`; None where the second is not after the
    first, or too long after it for one issue."""
    first, _, second = years.partition("/")
    if not second:
        return int(first)
    last = abbreviated_year(int(first), second) if len(second) == 2 else int(second)
    return last if last and int(first) < last <= int(first) + LONGEST_SPAN else None


def abbreviated_year(first: int, two_digits: str) -> int | None:
    """The 1988 of `1981-88`, the 2001 of `1990-01`; None of `1990-85`, which is plainly neither."""
    century, year = divmod(first, 100)
    last = (century + (int(two_digits) < year)) * 100 + int(two_digits)
    over = last // 100 > century
    return last if first < last and not (over and last - first > LONGEST_ABBREVIATED) else None
