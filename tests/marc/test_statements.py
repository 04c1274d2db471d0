"""Holdings statements: which are open, which closed, and which are for a person.

The statements are of the forms that libraries of many countries write: ANSI/NISO Z39.71 and its
forerunners, AACR2, the German union catalogue of serials, and others.
"""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.marc.closing import close
from galleyproof.marc.field import subfield_values
from galleyproof.marc.reading import Loaded, read
from galleyproof.marc.record import Record
from galleyproof.marc.scanning_designations import parse_designation
from galleyproof.marc.statements import CLOSED, OPEN, UNCLEAR, classify


@pytest.mark.parametrize(
    "text",
    [
        "v.1-35", "v.1-v.35", "v.1(1990)-v.35(2024)", "1971 - 1979", "2000/2001 - 2003/2004",
        "[v.60(1999)-v.70(2009)]", "v.1- v.5", "1-10, 12", "v.1", "17.1956 - 18.1958; 1978",
        "1949:no.1-13,1949:no.17-40", "1949:no.42-53, 1950:no.2,1950:no.45-1952:no.6",
        "2024.", "no.4(2003);", "annee.188(1999)", "V. 417 NO. 1A (JAN 2011)",
        "[v.2-9, 1991-2000]", "206-207, 1962; 264-265, 1991", "1957-1993, 1995-1998",
        "v. 24 nos. 2-5 (Apr-Jul 1920)", "v. 15 no. 2 (Apr 1993)-v. 18 no. 5 (Nov 1996)",
        "v. 1 (1973)-v. 11 no. 9 (Sep 1983)", "v. 1 (1956) - v. 51 nos. 1-2 (2006)",
        "v. 78 - v. 93 no. 3 (1981 - Sep 1996)", "no. 26 (May 1994)-no. 37 (May 2000)",
        "v. 1 - v. 55 no. 3 (1927-1982)", "v. 40-45 no. 4 (1974-Apr 1979)",
        "v. 34 no. 8/9-v. 35 no. 23/24 (Apr 18, 1996-Dec 1997)",
        "v. 65 no. 4-v. 69 no. 1 (Apr 2012-Jan/Feb/Mar 2016)",
        "Series 1, v. 6 no. 1 (Summer/Fall 1992)", "v.1-3,5,7-9 (1990-1998)",
        "No 1 (janv. 1990)-no 45 (déc. 2001)", "1990-01", "1989-90", "[1.]1929/30 - 11.1942; 1979",
        "49.2000,7-8; 50.2001,1-3u.5-8; 51.2002,2", "3.1931/32(1931); 17.1956",
        "Jahrg.1(1947)-Jahrg.2(1948),Jahrg.45:Nr.36(1991:Sept.2)-Jahrg.46:Nr.50(1992:Dez.7).",
        "v.1-35 incomplete", "v.1-35 (incomplete)", "v.1-35; lacks v.3, v.5-7",
        "v.1-35. Wanting: v.3", "Bd. 1-35 (lückenhaft)", "v.1-35 some issues missing",
        "第1卷-第35卷", "Т. 1, вып. 1 (1990)-Т. 35, вып. 4 (2024)", "1990年1月-2024年12月",
    ],
)  # fmt: skip
def test_what_is_read_to_its_end_and_ends_in_an_issue_is_closed(text: str) -> None:
    found = classify(text)
    assert found.state == CLOSED, found.why


@pytest.mark.parametrize(
    "text",
    [
        # words and signs of direction
        "1990 to present", "1990 to date", "1990-present", "v.1(1990) to date", "1990-to date",
        "1990-current", "1990-curr.", "1990-today", "vols. 1 to present", "v.1 through current",
        "1990 onwards", "v.1 (1990) et seq.", "since 1990", "from v.1", "Available from 2000.",
        "ab 1990", "seit 1990", "1990 bis heute", "Bd. 1 ff.", "1990ff", "1990 ff.", "v.1ff.",
        "depuis 1990", "1990-aujourd'hui", "à partir de 1990", "desde 1990", "del 1990 al 2000",
        "dal 1990", "från 1990", "vanaf 1990", "с 1990", "1990 по настоящее время", "από 1990",
        "1990-今", "1990年至今", "1990...", "1990…", "1990-…", "1990 -->", "1990→", "1990 >",
        "1990+", "v.1+", "v.1-35+", "v.1−", "v.1—", "v.1―", "1990 ~", "1990〜", "v.1--", "1990 -- ",
        "v.1 -- v.35", "1990/", "v.1-\u200e", "v.1\u00ad", "v.1-\ufffd",
        # what follows is no end
        "v.1-<35>", "v.1-[35]", "1990 - [1995]", "1990-<2023>", "v.1(1990)-[date]", "v.1-v.",
        "1990-v.", "v.1-?", "1990?-", "[1990?]-", "198--", "199u-", "19uu-", "ca. 1990-", "v.1-5-",
        "<v.1- >", "[1990- ]", "v.5-.", "1990- .", "v.1-[v.34]-", "v.1- (1990-)*", "v.1- c.2",
        "v.1- v.3 missing", "v.1-35 missing", "v. 1 (1990)- to v. 5", "v.1-35,",
        # policies and places
        "Current year only", "Latest 5 years", "Last 2 years", "v.1- (current)", "v.1-35 (current)",
        "v.1-35; current issues in reading room", "v.1- Kept for two years", "v.1-35 (on order)",
        "nur laufender Jahrgang", "Dernières 5 années", "v.1- and later issues online",
        "Print 1990-",
        # which of several readings it is
        "1, 1977-", "34-41, 1981-88; 44, 1991-", "v.1-10, 1990-", "v.1, 1990-", "v.1-, v.5-",
        "v.1(1990)-;v.5 missing", "v.1- (1990- , lacks 1995)", "v.1(1990)-v.5(1994) (incomplete)-",
        "v.1-10; lacks v.3, v.5-", "3/1990-", "Nr. 3/1990-", "2/90-", "1990/12-", "1990(1)-",
        "v.1(1)-", "v.1=no.1(1990)-", "1950,3 -", "8,13,20-(1982-1994)", "part 1990-", "A1-",
        "v.5-2024", "1990-v.5", "v.35-v.1", "1990-85", "v.12(2001)-v.11(2024)", "v.1-no.5",
        # no issue at all
        "", "  ", "Lacks v.3", "866a1open-", "Monogr.-Bestand; s. OPAC", "Index 1990", "+ 26.1966",
        "MICROFICHE (MAY/DEC 2000)", "COUNTRY LIFE ABROAD (WIN 2001), (JUL 14, 2005)",
        "50th Anniversary Issue (2017)", "12.1943 (Reprint 2022)", "V. 180 INDEX (JUN 27, 1999)",
        "v.1-52; Current Statutes Service v.1-v.6",
    ],
)  # fmt: skip
def test_all_else_is_left_to_a_person_and_says_why(text: str) -> None:
    found = classify(text)
    assert found.state == UNCLEAR
    assert found.why
    assert found.statement is None


@pytest.mark.parametrize("text", ["", "Lacks v.3-5, v.7", "Some issues missing", "(incomplete)"])
def test_what_says_no_more_than_a_note_is_no_range_that_may_run(text: str) -> None:
    assert not classify(text).may_run
    assert classify("Current year only").may_run


REALLY_OPEN = {
    "25.1965 -", "2009-", "2001-", "2004,2006-", "v.182(1950)-", "v.194(2006)-", "v.392(2006)-",
    "v.397(2006)-", "[v.60(1999)]-",
}  # fmt: skip
REALLY_OPEN_AFTER_OTHER_RANGES = {
    "v.194(2000)-": "1953; v.143(1968)-v.144(1968),",
    "v.190(1954)-": "v.1(1845)-v.14(1859),n.s.:v.1(1859)-",
    "v.234(2006)-": "[v.84(1935),v.114(1946),",
}


def test_every_statement_of_the_real_holdings(real_data: Path) -> None:
    """124 holdings of several libraries: 129 statements are closed, 24 open, 46 for a person, of
    which a good part are no statements."""
    counted: Counter[str] = Counter()
    found: dict[str, set[str]] = {OPEN: set(), UNCLEAR: set(), CLOSED: set()}
    with gzip.open(real_data / "holdings.mrc.gz") as stream:
        for piece in read(stream):
            assert isinstance(piece, Loaded)
            record = Record(piece.body)
            for tag in (b"866", b"867", b"868"):
                for at in record.positions(tag):
                    for text in subfield_values(record.data[at], "a"):
                        state = classify(text).state
                        counted[state] += 1
                        found[state].add(text)
    assert counted == {CLOSED: 129, OPEN: 24, UNCLEAR: 46}
    assert not [text for text in found[CLOSED] if text.rstrip().endswith("-")]
    for end, start in REALLY_OPEN_AFTER_OTHER_RANGES.items():
        ours = [one for one in found[OPEN] if one.endswith(end) and one.startswith(start)]
        assert len(ours) == 1
        statement = classify(ours[0]).statement
        last = parse_designation("v.999(2024)")
        assert statement is not None
        assert last is not None
        assert close(statement, last) == ours[0] + "v.999(2024)"
        found[OPEN].discard(ours[0])
    assert found[OPEN] == REALLY_OPEN


@given(st.text(alphabet="v.no 0123456789-,;()[]<>:/=?+ –—…abct°\u200e", max_size=30))
def test_nothing_is_open_that_does_not_end_in_a_hyphen_and_a_note(text: str) -> None:
    found = classify(text)
    if found.state == OPEN:
        assert found.statement is not None
        rest = text[len(found.statement.before) :]
        assert rest.lstrip()[:1] in "-–"
        assert rest.rstrip().endswith(found.statement.note)
    if found.state == CLOSED:
        assert text.rstrip(" ;.")[-1:].isalnum() or text.rstrip(" ;.")[-1:] in ")]>"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 9000 + "-", "v.1-" + " " * 9000 + "x", "- " * 4500, "a." * 49 + "-",
        "[" * 900 + "v.1-", "v.1," * 2400 + "x", "v." * 4500, "1/" * 4500, "(" * 9000,
        "lacks " * 1500, "v.1-5; lacks v.3; " * 500,
    ],
)  # fmt: skip
def test_a_field_as_long_as_they_get_is_classified_at_once(text: str) -> None:
    """A reading that tries all ways would not come back."""
    assert classify(text).state == UNCLEAR
