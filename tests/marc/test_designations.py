"""One issue as statements name it: captions, numbers, months; and what is not plainly one."""

from __future__ import annotations

from collections import defaultdict

import pytest

from galleyproof.marc.captions import UNITS, folded, unit_of
from galleyproof.marc.designations import Level, roman
from galleyproof.marc.months import NAMES, month_code, month_codes
from galleyproof.marc.scanning_designations import parse_designation


@pytest.mark.parametrize(
    ("text", "year", "month", "values"),
    [
        ("v.35:no.4(2024:Dec.)", 2024, "12", ["35", "4"]),
        ("Vol. 12, no. 3", None, "", ["12", "3"]),
        ("Winter 1999/2000", 2000, "24", []),
        ("1999/00", 2000, "", []),
        ("1998/99", 1999, "", []),
        ("Jg. 45 (1990:Juni)", 1990, "06", ["45"]),
        ("Jg. 45 (1990:Juli)", 1990, "07", ["45"]),
        ("v.12:no.11/12(2024:Nov./Dec.)", 2024, "11/12", ["12", "11/12"]),
        ("v.12(2024:Jan.-June)", 2024, "06", ["12"]),
        ("V. 72 NO.28 (JUL 19, 2010)", 2010, "07", ["72", "28"]),
        ("15 de enero de 1990", 1990, "01", []),
        ("1990年1月", 1990, "01", []),
        ("t. XIV", None, "", ["XIV"]),
    ],
)
def test_year_month_and_levels_of_an_issue(
    text: str, year: int | None, month: str, values: list[str]
) -> None:
    issue = parse_designation(text)
    assert issue is not None
    assert (issue.year, issue.month) == (year, month)
    assert [level.value for level in issue.levels] == values
    assert issue.written() == text or not issue.levels or "Jan.-June" in text


@pytest.mark.parametrize(
    "text",
    [
        "", "foo", "v.1-2", "v.", "(1990)", "v.1(a)", "since 1990", "ab 1990", "c.2", "p. 12",
        "latest 5", "3/1990", "2/90", "1990/12", "part 1990", "print 1990", "1 to 5", "[1990?]",
        "31 foo 1990", "32 Jan. 1990", "v.1 " * 60,
    ],
)  # fmt: skip
def test_what_is_not_plainly_one_issue(text: str) -> None:
    assert parse_designation(text) is None


def test_numbers_sort_as_people_count() -> None:
    ordered = ["2", "9", "10", "12", "12A", "12/13", "123/24", "130"]
    assert sorted(sorted(ordered), key=lambda one: Level("", one).number) == ordered
    assert [roman(one) for one in ("IV", "xiv", "MCMXC", "IIX", "VV", "")] == [4, 14, 1990, 0, 0, 0]


@pytest.mark.parametrize(
    "spellings",
    [
        "v. v vol. Vol. VOL. vols. volume",
        "no. No. no nos. n° N° nº n.º № nr. Nr. núm. número numéro Nummer",
        "Bd. Bde. Band bind", "t. T. tome tomo Т. τόμ.", "Jg. Jahrg. årg. vuosik. jrg. roč.",
        "H. Heft Hefte", "année Año anno år rok",
    ],
)  # fmt: skip
def test_a_caption_is_one_however_it_is_written(spellings: str) -> None:
    known = spellings.split()
    assert len({unit_of(word) for word in known}) == 1
    assert unit_of(known[0])


def test_units_are_not_taken_for_one_another() -> None:
    units = [
        unit_of(one) for one in ("v.", "Bd.", "t.", "Jg.", "no.", "H.", "pt.", "suppl.", "ser.")
    ]
    assert len(set(units)) == len(units)


@pytest.mark.parametrize(
    "word", ["c.", "p.", "since", "latest", "current", "from", "del", "to", "a"]
)
def test_other_words_are_no_captions(word: str) -> None:
    assert not unit_of(word)


def test_no_spelling_and_no_month_has_two_meanings() -> None:
    meant: dict[str, set[str]] = defaultdict(set)
    for (unit, _), spellings in UNITS.items():
        for spelling in spellings.split():
            meant[folded(spelling)].add(unit)
    for code, names in NAMES.items():
        for name in names.split():
            shortest, rest = (folded(part) for part in name.split("|"))
            for length in range(len(rest) + 1):
                meant[shortest + rest[:length]].add(code)
    assert not {word: units for word, units in meant.items() if len(units) > 1}


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("Jan.", "01"), ("March", "03"), ("März", "03"), ("mars", "03"), ("mai", "05"),
        ("déc.", "12"), ("Dez.", "12"), ("SEPT", "09"), ("août", "08"), ("agosto", "08"),
        ("мая", "05"), ("Ιαν.", "01"),
        ("Spring", "21"), ("été", "22"), ("Autumn", "23"), ("Fall", "23"), ("Herbst", "23"),
        ("hiver", "24"), ("Fall/Winter", "23/24"), ("Nov./Dec.", "11/12"), ("Jan.-June", "06"),
    ],
)  # fmt: skip
def test_months_and_seasons_have_their_codes(words: str, codes: str) -> None:
    assert month_codes(words) == codes


@pytest.mark.parametrize(
    "word", ["Martin", "window", "print", "version", "Q4", "Michaelmas", "de", ""]
)
def test_other_words_have_none(word: str) -> None:
    assert not month_code(word)
