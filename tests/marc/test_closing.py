"""Closing open holdings statements with a last issue, in the statement's own form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.marc.closing import Unfit, close
from galleyproof.marc.scanning_designations import parse_designation
from galleyproof.marc.statements import CLOSED, OPEN, classify, parse_range


def closing(text: str, last: str) -> str | Unfit:
    found = classify(text)
    assert found.state == OPEN, found.why
    assert found.statement is not None
    issue = parse_designation(last)
    assert issue is not None, last
    return close(found.statement, issue)


@pytest.mark.parametrize(
    ("text", "last", "after"),
    [
        # ANSI/NISO Z39.71
        ("v.1-", "v.35", "v.1-v.35"),
        ("v.1- ", "v.35", "v.1-v.35"),
        ("1990-\u00a0", "2024", "1990-2024"),
        ("v.1-", "35", "v.1-v.35"),
        ("v.1-", "v.35(2024)", "v.1-v.35"),
        ("v.1(1990)-", "v.35(2024)", "v.1(1990)-v.35(2024)"),
        ("v.1(1990)-", "v.35 (2024)", "v.1(1990)-v.35(2024)"),
        ("v.1 (1990)-", "v.35(2024)", "v.1 (1990)-v.35 (2024)"),
        ("v.1(1990)-", "v.35:no.4(2024:Dec.)", "v.1(1990)-v.35:no.4(2024:Dec.)"),
        ("v.1:no.1(1990:Jan.)-", "v.35:no.12(2024:Dec.)",
         "v.1:no.1(1990:Jan.)-v.35:no.12(2024:Dec.)"),
        ("v.1:no.1(1990:Winter)-", "v.35:no.4(2024:Fall)",
         "v.1:no.1(1990:Winter)-v.35:no.4(2024:Fall)"),
        ("v.1:no.1-2(1990)-", "v.35:no.12(2024)", "v.1:no.1-2(1990)-v.35:no.12(2024)"),
        ("1990-", "2024", "1990-2024"),
        ("1990-", "v.35(2024)", "1990-2024"),
        ("1990-", "2023-2024", None),
        ("1990:Jan.15-", "Dec. 31, 2024", "1990:Jan.15-2024:Dec.31"),
        ("Jan. 15, 1990-", "2024:Dec.31", "Jan. 15, 1990-Dec. 31, 2024"),
        ("Jan. 1990-", "Dec. 1999", "Jan. 1990-Dec. 1999"),
        ("Mar.1990-", "Dec. 2024", "Mar.1990-Dec. 2024"),
        ("no.5-", "no.99(2024)", "no.5-no.99"),
        ("1995:no.1-", "2000:no.52", "1995:no.1-2000:no.52"),
        ("1995:no.1-", "no.52(2000)", "1995:no.1-2000:no.52"),
        ("1990 no.3-", "2024 no.12", "1990 no.3-2024 no.12"),
        ("v.1- (1990- )", "v.35 (2024)", "v.1-v.35 (1990-2024)"),
        ("v.1-(1990-)", "v.35(2024)", "v.1-v.35(1990-2024)"),
        # several ranges
        ("v.1-10, v.12-", "v.35", "v.1-10, v.12-v.35"),
        ("v.1-10,12-", "v.35", "v.1-10,12-35"),
        ("v.1-3, 5, 7-", "35", "v.1-3, 5, 7-35"),
        ("v.1-10,v.12(2001)-", "v.35(2024)", "v.1-10,v.12(2001)-v.35(2024)"),
        ("1953; v.143(1968)-v.144(1968),v.194(2000)-", "v.199(2005)",
         "1953; v.143(1968)-v.144(1968),v.194(2000)-v.199(2005)"),
        ("v.1:no.3-5, no.7-", "no.9", "v.1:no.3-5, no.7-no.9"),
        ("2004,2006-", "2008", "2004,2006-2008"),
        # brackets and notes
        ("[v.60(1999)]-", "v.70(2009)", "[v.60(1999)]-v.70(2009)"),
        ("[v.84(1935)].  v.234(2006)-", "v.240(2012)", "[v.84(1935)].  v.234(2006)-v.240(2012)"),
        ("v.1- Lacks v.3", "v.35", "v.1-v.35 Lacks v.3"),
        ("v.1(1990)- ; lacks v.3", "v.35(2024)", "v.1(1990)-v.35(2024) ; lacks v.3"),
        ("v.1-; lacks v.3-5, no.7", "v.35", "v.1-v.35; lacks v.3-5, no.7"),
        ("v.1- <some water-damaged>", "v.35", "v.1-v.35 <some water-damaged>"),
        ("v.1- (incomplete)", "v.35", "v.1-v.35 (incomplete)"),
        # series
        ("n.s.:v.1(1859)-", "v.187(1952)", "n.s.:v.1(1859)-v.187(1952)"),
        ("new ser., v. 1 (1950)-", "n.s. v.20(1969)",
         "new ser., v. 1 (1950)-new ser., v. 20 (1969)"),
        ("ser.2:v.1(1950)-", "ser.2:v.20(1969)", "ser.2:v.1(1950)-ser.2:v.20(1969)"),
        ("ser. 2, v. 1-", "v. 20", "ser. 2, v. 1-v. 20"),
        ("N.F. 1.1950 -", "N.F. 40.1989", "N.F. 1.1950 - N.F. 40.1989"),
        # combined issues, double years, Roman numerals
        ("v.12/13(2001/2002)-", "v.34/35(2023/2024)", "v.12/13(2001/2002)-v.34/35(2023/2024)"),
        ("1989/1990-", "2023/2024", "1989/1990-2023/2024"),
        ("1989/90-", "2023/24", "1989/90-2023/24"),
        ("v.1(1989-90)-", "v.35(2023-24)", "v.1(1989-90)-v.35(2023-24)"),
        ("Winter 1990/91-", "Fall 2024", "Winter 1990/91-Fall 2024"),
        ("v.I(1990)-", "v.XXXV(2024)", "v.I(1990)-v.XXXV(2024)"),
        ("t. XII (1990)-", "t. 35 (2024)", "t. XII (1990)-t. 35 (2024)"),
        # AACR2 and other commas: levels between commas belong together
        ("vol. 1, no. 1 (Jan. 1990)-", "vol. 35, no. 12 (Dec. 2024)",
         "vol. 1, no. 1 (Jan. 1990)-vol. 35, no. 12 (Dec. 2024)"),
        ("vol. 1, no. 1 (Jan. 1990)-", "v.35:no.12(2024:Dec.)",
         "vol. 1, no. 1 (Jan. 1990)-vol. 35, no. 12 (Dec. 2024)"),
        ("v.1 no.1 (1990)-", "v.35 no.4 (2024)", "v.1 no.1 (1990)-v.35 no.4 (2024)"),
        ("v.1 1990-", "v.35 2024", "v.1 1990-v.35 2024"),
        ("vols. 1-", "v.35", "vols. 1-35"),
        # a caption is one however it is written
        ("V1-", "vol. 9", "V1-V9"), ("volume 1-", "v.9", "volume 1-volume 9"),
        ("Vol 1 -", "v.9", "Vol 1 - Vol 9"), ("Heft 1-", "H. 9", "Heft 1-Heft 9"),
        ("Band 1-", "Bd. 9", "Band 1-Band 9"), ("n° 1-", "no. 9", "n° 1-n° 9"),
        ("Nr. 1-", "№ 9", "Nr. 1-Nr. 9"), ("tome 1-", "t. 9", "tome 1-tome 9"),
        ("Jahrg. 1-", "Jg. 9", "Jahrg. 1-Jahrg. 9"), ("n.º 1-", "nº 9", "n.º 1-n.º 9"),
        # the German union catalogue of serials
        ("25.1965 -", "30.1970", "25.1965 - 30.1970"),
        ("25.1965 -", "30(1970)", "25.1965 - 30.1970"),
        ("25.1965 -", "Jg. 30 (1970)", "25.1965 - 30.1970"),
        ("[1.]1929/30 -", "11.1942", "[1.]1929/30 - 11.1942"),
        ("1.1980(1981) -", "10.1989(1990)", "1.1980(1981) - 10.1989(1990)"),
        ("1.1950,3 -", "35.1984,12", "1.1950,3 - 35.1984,12"),
        ("49.2000,7-8; 50.2001,1-3u.5-8; 60.2011 -", "65.2016",
         "49.2000,7-8; 50.2001,1-3u.5-8; 60.2011 - 65.2016"),
        ("Jg. 1.1950 -", "35.1984", "Jg. 1.1950 - Jg. 35.1984"),
        ("Jg. 1 (1950), H. 1-", "Jg. 35 (1984), H. 12", "Jg. 1 (1950), H. 1-Jg. 35 (1984), H. 12"),
        ("1. Jg. (1950)-", "35. Jg. (1984)", "1. Jg. (1950)-35. Jg. (1984)"),
        ("1.Jg.1990-", "35.Jg.2024", "1.Jg.1990-35.Jg.2024"),
        ("1950, H. 3 -", "1984, H. 12", "1950, H. 3 - 1984, H. 12"),
        ("Bd. 1 (1950)-", "Bd. 40 (1990)", "Bd. 1 (1950)-Bd. 40 (1990)"),
        # French, Spanish, Italian, Portuguese
        ("t. 1, n° 1 (janv. 1990)-", "t. 35, n° 12 (déc. 2024)",
         "t. 1, n° 1 (janv. 1990)-t. 35, n° 12 (déc. 2024)"),
        ("vol.1 n°1 (1990) -", "vol.35 n°4 (2024)", "vol.1 n°1 (1990) - vol.35 n°4 (2024)"),
        ("1re année (1990)-", "35e année (2024)", "1re année (1990)-35e année (2024)"),
        ("15 janv. 1990-", "31 déc. 2024", "15 janv. 1990-31 déc. 2024"),
        ("Año 1, n. 1 (ene. 1990)-", "año 35, n. 12 (dic. 2024)",
         "Año 1, n. 1 (ene. 1990)-Año 35, n. 12 (dic. 2024)"),
        ("An\u0303o 1 (1990)-", "año 35 (2024)", "An\u0303o 1 (1990)-An\u0303o 35 (2024)"),
        ("a. 1, n. 1 (gen. 1990)-", "a. 35, n. 12 (dic. 2024)",
         "a. 1, n. 1 (gen. 1990)-a. 35, n. 12 (dic. 2024)"),
        ("Anno 1, fasc. 1 (1990)-", "anno 35, fasc. 4 (2024)",
         "Anno 1, fasc. 1 (1990)-Anno 35, fasc. 4 (2024)"),
        # Nordic, Dutch, Polish, Czech, Hungarian
        ("Årg. 1, nr 1 (1990)-", "årg. 35, nr 4 (2024)",
         "Årg. 1, nr 1 (1990)-Årg. 35, nr 4 (2024)"),
        ("1990:1-", "2024:12", "1990:1-2024:12"),
        ("vuosik. 1 (1990)-", "vsk. 35 (2024)", "vuosik. 1 (1990)-vuosik. 35 (2024)"),
        ("jrg. 1, nr. 1 (1990)-", "jrg. 35, nr. 4 (2024)",
         "jrg. 1, nr. 1 (1990)-jrg. 35, nr. 4 (2024)"),
        ("R. 1, nr 1 (1990)-", "R. 35, nr 4 (2024)", "R. 1, nr 1 (1990)-R. 35, nr 4 (2024)"),
        ("roč. 1, č. 1 (1990)-", "roč. 35, č. 4 (2024)",
         "roč. 1, č. 1 (1990)-roč. 35, č. 4 (2024)"),
        ("1. évf. 1. sz. (1990)-", "35. évf. 4. sz. (2024)",
         "1. évf. 1. sz. (1990)-35. évf. 4. sz. (2024)"),
        # other scripts
        ("Т. 1, вып. 1 (1990)-", "Т. 35, вып. 4 (2024)",
         "Т. 1, вып. 1 (1990)-Т. 35, вып. 4 (2024)"),
        ("год 1, № 1 (янв. 1990)-", "год 35, № 12 (дек. 2024)",
         "год 1, № 1 (янв. 1990)-год 35, № 12 (дек. 2024)"),
        ("1990, № 1-", "2024, № 12", "1990, № 1-2024, № 12"),
        ("τόμ. 1, τεύχ. 1 (1990)-", "τόμ. 35, τεύχ. 4 (2024)",
         "τόμ. 1, τεύχ. 1 (1990)-τόμ. 35, τεύχ. 4 (2024)"),
        ("第1卷第1期 (1990年1月)-", "第35卷第12期 (2024年12月)",
         "第1卷第1期 (1990年1月)-第35卷第12期 (2024年12月)"),
        ("1巻1号-", "35巻12号", "1巻1号-35巻12号"), ("제1권-", "제35권", "제1권-제35권"),
        ("1990年-", "2024年", "1990年-2024年"),
        # other dashes that are hyphens
        ("v.1–", "v.35", "v.1–v.35"), ("v.1\u2010", "v.35", "v.1\u2010v.35"),
        # a range of one issue is that issue
        ("v.35(2024)-", "v.35(2024)", "v.35(2024)"), ("2024-", "v.35(2024)", "2024"),
        ("v.35- (incomplete)", "35", "v.35 (incomplete)"),
        ("v.35- (2024- )", "v.35(2024)", "v.35 (2024)"),
    ],
)  # fmt: skip
def test_what_is_plainly_open_is_closed_in_its_own_form(
    text: str, last: str, after: str | None
) -> None:
    if after is None:
        assert parse_designation(last) is None
        return
    assert closing(text, last) == after
    assert classify(after).state == CLOSED


@pytest.mark.parametrize(
    ("text", "last", "why"),
    [
        # of another kind
        ("v.1(1990)-", "v.35", "has only one"),
        ("v.1(1990)-", "2024", "has only one"),
        ("v.1- (1990- )", "v.35", "has only one"),
        ("v.1-", "2024", "counts by enumeration"),
        ("1990-", "v.35", "counts by chronology"),
        # of other units
        ("v.1-", "no.35", "counts by other units"),
        ("7-", "v.35", "counts by other units"),
        ("Bd. 1-", "Jg. 35", "counts by other units"),
        ("no.1-", "v.35:no.4", "counts by other units"),
        ("27.1995-", "no.120(2024)", "counts by other units"),
        ("1(1990)-", "v.35(2024)", "counts by other units"),
        # of fewer or more levels
        ("v.1:no.1(1990)-", "v.35(2024)", "fewer levels"),
        ("vol. 1, no. 1 (Jan. 1990)-", "v.35(2024)", "fewer levels"),
        ("vol. 1, no. 1 (Jan. 1990)-", "no.12(2024)", "fewer levels"),
        ("v.1:no.1(1990:Jan.)-", "v.35:no.12(2024)", "no month"),
        ("Jan. 1990-", "2024", "no month"),
        ("v.1(1990:Jan.)-", "v.35(2024:12)", "in figures and in words"),
        ("25.1965 -", "30:4(1970)", "more levels"),
        ("v.1(1990)-", "35:4(2024)", "more levels"),
        ("1re année (1990)-", "année 35 (2024)", "ordinal number"),
        # of another series
        ("v.1(1990)-", "n.s.:v.35(2024)", "another series"),
        ("ser.2:v.1(1950)-", "ser.3:v.20(1969)", "another series"),
        # backward
        ("v.10-", "v.9", "before its start"),
        ("2000-", "1999", "before its start"),
        ("v.1- (1990- )", "v.35 (1980)", "before its start"),
        ("v.12(2001)-", "v.11(2024)", "before its start"),
        ("v.12(2001)-", "v.13(2000)", "before its start"),
        ("v.12:no.5(2001)-", "v.12:no.4(2001)", "before its start"),
        ("Bd. IV-", "Bd. II", "before its start"),
        ("v.1990-", "v.35", "before its start"),
        ("Mar. 1990-", "Jan. 1990", "before its start"),
        ("1995:no.5-", "1995:no.3", "before its start"),
        ("v.1-10,12-", "v.11", "before its start"),
    ],
)  # fmt: skip
def test_a_last_issue_that_does_not_fit_closes_nothing(text: str, last: str, why: str) -> None:
    found = closing(text, last)
    assert isinstance(found, Unfit)
    assert why in found.why


def test_numbering_that_begins_anew_each_year_is_not_backward() -> None:
    assert closing("1995:no.40-", "2000:no.3") == "1995:no.40-2000:no.3"


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("v.34-35 (2023-2024)", "35 (2024)"), ("v.34:no.1-6(2023:Jan.-June)",
         "v.34:no.6(2023:June)"),
        ("v.34/35 (2023/2024)", "v.34/35 (2023/2024)"), ("1989-90", "1990"), ("v.34, v.35", "v.35"),
        ("v.35 (2024) incomplete", "v.35 (2024)"), ("v.35(2023-2024)", "v.35(2023-2024)"),
    ],
)  # fmt: skip
def test_a_range_counts_to_its_end(text: str, end: str) -> None:
    found = parse_range(text)
    assert found is not None
    assert found.written() == end


@pytest.mark.parametrize("text", ["v.35, v.34", "v.34-", "v.34 with index", "Box 3", "v.34, 5"])
def test_what_does_not_plainly_end_in_an_issue_counts_to_none(text: str) -> None:
    assert parse_range(text) is None


# ---- structured issues, written in many forms, closed and read back

FORMS = {
    "Z39.71": lambda v, n, y: f"v.{v}:no.{n}({y})",
    "AACR2": lambda v, n, y: f"Vol. {v}, no. {n} ({y})",
    "blanks": lambda v, n, y: f"vol.{v} n°{n} ({y})",
    "German": lambda v, n, y: f"Jg. {v} ({y}), H. {n}",
    "ZDB": lambda v, n, y: f"{v}.{y},{n}",
    "no captions": lambda v, n, y: f"{v}:{n}({y})",
    "Russian": lambda v, n, y: f"Т. {v}, вып. {n} ({y})",
    "Chinese": lambda v, n, y: f"第{v}卷第{n}期 ({y}年)",
    "volumes": lambda v, n, y: f"Bd. {v} ({y})",
    "years": lambda v, n, y: f"{y}",
    "year and issue": lambda v, n, y: f"{y}, no. {n}",
}
ISSUES = st.tuples(st.integers(1, 999), st.integers(1, 99), st.integers(1850, 2060))
HEADS = st.sampled_from(["", "{0}; ", "[{0}]; "])
NOTES = st.sampled_from(["", " (incomplete)", "; lacks v.3"])


@given(st.sampled_from(sorted(FORMS)), ISSUES, ISSUES, HEADS, NOTES)
def test_a_statement_made_of_two_issues_is_closed_as_it_would_be_written(
    form: str, one: tuple[int, int, int], other: tuple[int, int, int], head: str, note: str
) -> None:
    """The oracle: the same two issues, written by hand as a closed range; and what is forward by
    number and by year, and only that, is closed."""
    write = FORMS[form]
    first, last = write(*one), write(*other)
    text = f"{head.format(write(1, 1, 1849))}{first}-{note}"
    found = classify(text)
    assert found.state == OPEN, (text, found.why)
    assert found.statement is not None
    issue = parse_designation(last)
    assert issue is not None, last
    after = close(found.statement, issue)
    if first == last:
        assert after == f"{text.removesuffix('-' + note)}{note}"
    elif is_forward(form, one, other):
        assert after == f"{text.removesuffix(note)}{last}{note}"
        assert classify(after).state == CLOSED
        end = parse_range(f"{first}-{last}")
        assert end is not None
        assert (end.numbers, end.year) == (issue.numbers, issue.year)
    else:
        assert isinstance(after, Unfit), after


def is_forward(form: str, one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    if form == "years":
        return one[2] < other[2]
    if form == "year and issue":
        return (one[2], one[1]) < (other[2], other[1])
    depth = 1 if form == "volumes" else 2
    return one[:depth] <= other[:depth] and one[2] <= other[2]


@given(st.text(alphabet="v.no 0123456789-,;()[]:/ –abc", max_size=30))
def test_closing_only_ever_adds_and_never_opens_anything(text: str) -> None:
    found = classify(text)
    if found.state != OPEN:
        return
    assert found.statement is not None
    for last in ("v.9999(2099)", "no.9999(2099)", "9999(2099)", "v.9999:no.99(2099:Dec.)"):
        issue = parse_designation(last)
        assert issue is not None
        after = close(found.statement, issue)
        if isinstance(after, str):
            assert after.startswith(found.statement.before)
            assert after.endswith(found.statement.note)
            assert classify(after).state == CLOSED, after
