"""Holdings statements: which are open, and how they are closed (ANSI/NISO Z39.71)."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.marc.designations import natural, parse_designation
from galleyproof.marc.field import subfield_values
from galleyproof.marc.reading import Loaded, read
from galleyproof.marc.record import Record
from galleyproof.marc.statements import CLOSED, OPEN, UNCLEAR, Unfit, classify, close


def closed(text: str, last: str) -> str:
    found = classify(text)
    assert found.state == OPEN, found
    issue = parse_designation(last)
    assert issue is not None
    after = close(found.statement, issue)
    assert isinstance(after, str), after
    return after


@pytest.mark.parametrize(
    ("text", "last", "after"),
    [
        ("v.1-", "v.35", "v.1-v.35"),
        ("v.1- ", "v.35", "v.1-v.35"),
        ("v.1-", "35", "v.1-v.35"),
        ("v.1(1990)-", "v.35(2024)", "v.1(1990)-v.35(2024)"),
        ("v.1(1990)-", "v.35 (2024)", "v.1(1990)-v.35(2024)"),
        ("v.1 (1990)-", "v.35(2024)", "v.1 (1990)-v.35 (2024)"),
        ("v.1(1990)-", "v.35:no.4(2024:Dec.)", "v.1(1990)-v.35:no.4(2024:Dec.)"),
        ("1990-", "2024", "1990-2024"),
        ("1990-", "v.35(2024)", "1990-2024"),
        ("no.5-", "no.99(2024)", "no.5-no.99"),
        ("v.1-10, v.12-", "v.35", "v.1-10, v.12-v.35"),
        ("v.1-10,v.12(2001)-", "v.35(2024)", "v.1-10,v.12(2001)-v.35(2024)"),
        (
            "1953; v.143(1968)-v.144(1968),v.194(2000)-",
            "v.199(2005)",
            "1953; v.143(1968)-v.144(1968),v.194(2000)-v.199(2005)",
        ),
        ("2004,2006-", "2008", "2004,2006-2008"),
        ("v.1- (1990- )", "v.35 (2024)", "v.1-v.35 (1990-2024)"),
        ("v.1-(1990-)", "v.35(2024)", "v.1-v.35(1990-2024)"),
        ("v.1- Lacks v.3", "v.35", "v.1-v.35 Lacks v.3"),
        ("v.1(1990)- ; lacks v.3", "v.35(2024)", "v.1(1990)-v.35(2024) ; lacks v.3"),
        ("v.1- <some water-damaged>", "v.35", "v.1-v.35 <some water-damaged>"),
        ("v.1- (incomplete)", "v.35", "v.1-v.35 (incomplete)"),
        ("25.1965 -", "30.1970", "25.1965 - 30.1970"),
        ("25.1965 -", "30(1970)", "25.1965 - 30.1970"),
        ("[v.60(1999)]-", "v.70(2009)", "[v.60(1999)]-v.70(2009)"),
        ("[v.84(1935)].  v.234(2006)-", "v.240(2012)", "[v.84(1935)].  v.234(2006)-v.240(2012)"),
        ("1995:no.1-", "2000:no.52", "1995:no.1-2000:no.52"),
        ("n.s.:v.1(1859)-", "v.187(1952)", "n.s.:v.1(1859)-v.187(1952)"),
        ("Bd. 1 (1950)-", "Bd. 40 (1990)", "Bd. 1 (1950)-Bd. 40 (1990)"),
        ("Jan. 1990-", "Dec. 1999", "Jan. 1990-Dec. 1999"),
        ("v.1–", "v.35", "v.1–v.35"),
    ],
)
def test_what_is_plainly_open_is_closed_in_its_own_form(text: str, last: str, after: str) -> None:
    assert closed(text, last) == after
    assert classify(after).state == CLOSED


@pytest.mark.parametrize(
    "text",
    [
        "v.1-35", "v.1-v.35", "v.1(1990)-v.35(2024)", "1971 - 1979", "2000/2001 - 2003/2004",
        "[v.60(1999)-v.70(2009)]", "v.1- v.5", "1-10, 12", "1990 - [1995]", "v.1", "",
        "17.1956 - 18.1958; 1978", "Monogr.-Bestand; s. OPAC", "1949:no.1-13,1949:no.17-40",
    ],
)  # fmt: skip
def test_what_has_an_end_is_closed(text: str) -> None:
    assert classify(text).state == CLOSED


@pytest.mark.parametrize(
    "text",
    [
        "1, 1977-", "34-41, 1981-88; 44, 1991-", "v.1-10, 1990-", "v.1-, v.5-", "v.1-present",
        "1990-to date", "v.1+", "v.1ff.", "<v.1- >", "v.5-.", "866a1open-", "[1.]1929/30 -",
        "v.1- and later issues online", "v.1- (1990- , lacks 1995)", "v.1-5-",
    ],
)  # fmt: skip
def test_what_may_be_open_and_is_not_plainly_so_is_left_to_a_person(text: str) -> None:
    found = classify(text)
    assert found.state == UNCLEAR
    assert found.why


@pytest.mark.parametrize(
    ("text", "last", "why"),
    [
        ("v.1(1990)-", "v.35", "has only one"),
        ("v.1(1990)-", "2024", "has only one"),
        ("v.1- (1990- )", "v.35", "has only one"),
        ("v.1-", "2024", "counts by enumeration"),
        ("1990-", "v.35", "counts by chronology"),
        ("v.1-", "no.35", "counts by other units"),
        ("7-", "v.35", "counts by other units"),
        ("25.1965 -", "30:4(1970)", "more levels"),
        ("v.10-", "v.9", "before its start"),
        ("2000-", "1999", "before its start"),
        ("v.1- (1990- )", "v.35 (1980)", "before its start"),
    ],
)
def test_a_last_issue_that_does_not_fit_closes_nothing(text: str, last: str, why: str) -> None:
    issue = parse_designation(last)
    assert issue is not None
    found = close(classify(text).statement, issue)
    assert isinstance(found, Unfit)
    assert why in found.why


REALLY_OPEN = {
    "25.1965 -", "2009-", "2001-", "2004,2006-", "v.182(1950)-", "v.194(2006)-", "v.392(2006)-",
    "v.397(2006)-", "[v.60(1999)]-",
}  # fmt: skip
REALLY_OPEN_AFTER_OTHER_RANGES = {
    "v.194(2000)-": "1953; v.143(1968)-v.144(1968),",
    "v.190(1954)-": "v.1(1845)-v.14(1859),n.s.:v.1(1859)-",
    "v.234(2006)-": "[v.84(1935),v.114(1946),",
}
TO_BE_LOOKED_AT = {
    "1, 1977-", "1, 1989-", "[18-38, 1922-42]; 39, 1943-",
    "34-41, 1981-88; [43,1990]; 44, 1991-", "866a1open-", "866a3open-",
}  # fmt: skip
"""Enumeration and chronology as two areas, one after the other; and what is no issue at all."""


def test_every_open_statement_of_the_real_holdings(real_data: Path) -> None:
    """124 holdings of several libraries: 164 statements are closed, 24 open, 11 for a person."""
    counted: Counter[str] = Counter()
    found: dict[str, set[str]] = {OPEN: set(), UNCLEAR: set()}
    with gzip.open(real_data / "holdings.mrc.gz") as stream:
        for piece in read(stream):
            assert isinstance(piece, Loaded)
            record = Record(piece.body)
            for tag in (b"866", b"867", b"868"):
                for at in record.positions(tag):
                    for text in subfield_values(record.data[at], "a"):
                        state = classify(text).state
                        counted[state] += 1
                        if state == CLOSED:
                            assert not text.rstrip().endswith("-")
                        else:
                            found[state].add(text)
    assert counted == {CLOSED: 164, OPEN: 24, UNCLEAR: 11}
    assert found[UNCLEAR] == TO_BE_LOOKED_AT
    for end, start in REALLY_OPEN_AFTER_OTHER_RANGES.items():
        ours = [one for one in found[OPEN] if one.endswith(end) and one.startswith(start)]
        assert len(ours) == 1
        assert closed(ours[0], "v.999(2024)") == ours[0] + "v.999(2024)"
        found[OPEN].discard(ours[0])
    assert found[OPEN] == REALLY_OPEN


@given(st.text(alphabet="v.no 0123456789-,;()[]:/ –abc", max_size=30))
def test_closing_only_ever_adds_and_never_opens_anything(text: str) -> None:
    found = classify(text)
    if found.state != OPEN:
        return
    for last in ("v.9999(2099)", "no.9999(2099)", "9999(2099)"):
        issue = parse_designation(last)
        assert issue is not None
        after = close(found.statement, issue)
        if isinstance(after, str):
            assert after.startswith(found.statement.head)
            assert classify(after).state == CLOSED, after


def test_numbers_in_text_sort_as_people_count() -> None:
    assert sorted(["v.10", "v.9", "v.2"], key=natural) == ["v.2", "v.9", "v.10"]
    assert sorted(["12/13", "2", "12", "12A"], key=natural) == ["2", "12", "12A", "12/13"]


@pytest.mark.parametrize(
    ("text", "year", "month"),
    [
        ("v.35:no.4(2024:Dec.)", 2024, "12"),
        ("Winter 1999/2000", 2000, "24"),
        ("1999/00", 2000, ""),
        ("1998/99", 1999, ""),
        ("Jg. 45 (1990:Juni)", 1990, "06"),
        ("Jg. 45 (1990:Juli)", 1990, "07"),
        ("v.12", None, ""),
    ],
)
def test_year_and_month_of_an_issue(text: str, year: int | None, month: str) -> None:
    issue = parse_designation(text)
    assert issue is not None
    assert (issue.year, issue.month) == (year, month)


@pytest.mark.parametrize("text", ["", "foo", "v.1-2", "Vol. 12, no. 3", "v.", "(1990)", "v.1(a)"])
def test_what_is_not_plainly_one_issue(text: str) -> None:
    assert parse_designation(text) is None


@pytest.mark.parametrize(
    "text", ["a" * 9000 + "-", "v.1-" + " " * 9000 + "x", "- " * 4500, "a." * 49 + "-"]
)
def test_a_field_as_long_as_they_get_is_classified_at_once(text: str) -> None:
    """A pattern that tries all ways would not come back."""
    assert classify(text).state == UNCLEAR
