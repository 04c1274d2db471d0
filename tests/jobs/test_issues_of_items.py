"""The last issue from the items of a holding: none that cannot be read is passed over."""

from __future__ import annotations

import pytest
from groups import bib, group, held, mfhd
from hypothesis import given, settings
from hypothesis import strategies as st

from galleyproof.jobs.cancel_print_subscription import CancelPrintSubscription
from galleyproof.jobs.issues_of_items import NoneHighest, highest, issue_of
from galleyproof.jobs.job import Held
from galleyproof.jobs.outcome import Changed, Refused
from galleyproof.marc.scanning_designations import parse_designation
from galleyproof.structures.item import Item

CANCEL = CancelPrintSubscription()


def item(number: int, description: str = "", **fields: str) -> Held:
    return held(
        "item", number, Item(holding=1, barcode=f"b{number}", description=description, **fields), 1
    )


def described(*texts: str) -> tuple[Held, ...]:
    return tuple(item(number, text) for number, text in enumerate(texts, start=1))


def counted(*some: tuple[str, ...]) -> tuple[Held, ...]:
    """Items by (enumeration A, enumeration B, chronology I, chronology J)."""
    names = ("enumeration_a", "enumeration_b", "chronology_i", "chronology_j")
    return tuple(
        item(number, **dict(zip(names, values, strict=False)))
        for number, values in enumerate(some, start=1)
    )


def cancelled(*statements: str, beside: tuple[Held, ...], **parameters):
    members = (held("holding", 1, mfhd(*statements), 1),)
    asked = CANCEL.parameters.model_validate({"last_issue": "from-items", **parameters})
    found = CANCEL.decide(group(*members, beside=(*beside, held("bib", 1, bib()))), asked)
    return next(one.answer for one in found if one.about.kind == "holding")


def closed(opening: str, items: tuple[Held, ...]) -> str:
    answer = cancelled(f"866 41$80$a{opening}", beside=items)
    assert isinstance(answer, Changed), answer
    data = answer.record.first(b"866")
    assert data is not None
    return data.decode().partition("\x1fa")[2]


def refused(opening: str, items: tuple[Held, ...]) -> Refused:
    answer = cancelled(f"866 41$80$a{opening}", beside=items)
    assert isinstance(answer, Refused), answer
    return answer


@pytest.mark.parametrize(
    ("items", "opening", "after"),
    [
        ([("9", "2"), ("10", "1"), ("2", "4")], "v.1-", "v.1-v.10"),
        ([("9", "2"), ("10", "1"), ("2", "4")], "v.1:no.1-", "v.1:no.1-v.10:no.1"),
        ([("9", ""), ("10", ""), ("Index 11", "")], "v.1-", "v.1-v.10"),
        ([("v.9", "no.2"), ("v.10", "no.11"), ("v.10", "no.9")], "v.1-", "v.1-v.10:no.11"),
        ([("12/13", ""), ("12", "")], "v.1-", "v.1-v.12/13"),
        ([("32", ""), ("34-35", "")], "v.1-", "v.1-v.35"),
        ([("34-35", "", "2023-2024"), ("33", "", "2022")], "v.1(1990)-", "v.1(1990)-v.35(2024)"),
        ([("XXXIV", ""), ("IX", "")], "v.I-", "v.I-v.XXXIV"),
        ([("", "", "2022"), ("", "", "2024")], "1990-", "1990-2024"),
        ([("2022", ""), ("2024", "")], "1990-", "1990-2024"),
        ([("35", "", "2024", "Dec."), ("35", "", "2024", "Nov.")], "v.1(1990:Jan.)-",
         "v.1(1990:Jan.)-v.35(2024:Dec.)"),
        ([("35", "", "2024"), ("Suppl. 40", "", "2025")], "v.1(1990)-", "v.1(1990)-v.35(2024)"),
    ],
)  # fmt: skip
def test_the_highest_enumeration_counts_as_people_do(items, opening: str, after: str) -> None:
    assert closed(opening, counted(*items)) == after


@pytest.mark.parametrize(
    ("texts", "opening", "after"),
    [
        (["v.32 (2021)", "v.33 (2022)", "v.34-35 (2023-2024)"], "v.1(1990)-",
         "v.1(1990)-v.35(2024)"),
        (["v.32 (2021)", "v.34/35 (2023/2024)"], "v.1(1990)-", "v.1(1990)-v.34/35(2023/2024)"),
        (["v.34 2023", "v.35 2024 c.2"], "v.1(1990)-", "v.1(1990)-v.35(2024)"),
        (["v.34:no.1-6(2023:Jan.-June)", "v.34:no.7-12(2023:July-Dec.)"], "v.1:no.1(1990:Jan.)-",
         "v.1:no.1(1990:Jan.)-v.34:no.12(2023:Dec.)"),
        (["Bd. 34.2023", "Bd. 35.2024"], "Bd. 1.1990 -", "Bd. 1.1990 - Bd. 35.2024"),
        (["Jg. 34 (2023), H. 1-6", "Jg. 34 (2023), H. 7-12"], "Jg. 1 (1990), H. 1-",
         "Jg. 1 (1990), H. 1-Jg. 34 (2023), H. 12"),
        (["t. 34, n° 4 (2023)", "t. 35, n° 1-4 (2024)"], "t. 1, n° 1 (1990)-",
         "t. 1, n° 1 (1990)-t. 35, n° 4 (2024)"),
        (["2022-2023", "2024"], "1990-", "1990-2024"),
        (["v.35 (2024) incomplete", "v.34 (2023)"], "v.1(1990)-", "v.1(1990)-v.35(2024)"),
        (["v.35 (2024)", "v.35 Suppl. (2024)", "Index v.1-40", "Register 1-50", "Suppl. 99"],
         "v.1(1990)-", "v.1(1990)-v.35(2024)"),
        (["v.50(1999)", "v.1(2000)", "v.2(2001/2002)"], "n.s.:v.1(2000)-",
         "n.s.:v.1(2000)-v.2(2001/2002)"),
        (["1995:no.40", "2000:no.3"], "1995:no.1-", "1995:no.1-2000:no.3"),
    ],
)  # fmt: skip
def test_descriptions_are_read_and_a_range_counts_to_its_end(
    texts, opening: str, after: str
) -> None:
    assert closed(opening, described(*texts)) == after


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        (["v.32", "v.33", "Box of loose issues"], "item b3 “Box of loose issues”"),
        (["v.32", "v.33", ""], "item b3, which says nothing"),
        (["v.33", "v.35 with index"], "item b2 “v.35 with index”"),
        (["v.33", "v.34, 5"], "item b2"),
        (["v.33", "35th anniversary volume"], "item b2"),
        (["a", "b", "c", "d", "e"], "item b3 “c” and 2 more"),
        # read, and not plainly in order
        (["v.33", "no.120"], "item b2 “no.120”"),
        (["v.33(2022)", "2023"], "item b2 “2023”"),
        (["v.36(2022)", "v.35(2023)"], "item b1 “v.36(2022)”"),
        (["v.33", "n.s.:v.2"], "item b2 “n.s.:v.2”"),
    ],
)  # fmt: skip
def test_an_item_that_is_not_plain_is_refused_by_name(texts: list[str], named: str) -> None:
    found = refused("v.1(1990)-" if "(" in texts[0] else "v.1-", described(*texts))
    assert found.code == "item-unclear"
    assert named in found.sentence


@pytest.mark.parametrize(
    "fields",
    [
        {"enumeration_a": "Box 3"}, {"enumeration_b": "4"},
        {"enumeration_a": "34", "chronology_j": "12"},
        {"enumeration_a": "34", "chronology_i": "2023", "chronology_j": "Q4"},
        {"enumeration_a": "34", "chronology_i": "MMXXIII"}, {"enumeration_a": "34, 5"},
    ],
)  # fmt: skip
def test_an_item_with_a_level_that_is_not_plain_is_refused(fields: dict[str, str]) -> None:
    items = (item(1, enumeration_a="33"), item(2, **fields))
    assert refused("v.1-", items).code == "item-unclear"


@pytest.mark.parametrize(
    ("texts", "opening"),
    [([], "v.1-"), (["Index 1-10"], "v.1-"), (["v.9(1989)"], "n.s.:v.1(2000)-")],
)
def test_without_an_issue_among_the_items_there_is_no_last_one(
    texts: list[str], opening: str
) -> None:
    assert refused(opening, described(*texts)).code == "no-last-issue"


def test_an_item_without_a_year_is_refused_where_the_statement_counts_by_years() -> None:
    found = refused("1990-", described("v.33", "2024"))
    assert found.code == "item-unclear"
    assert "item b1 “v.33”" in found.sentence


def test_items_that_count_further_up_than_the_statement_do_not_fit() -> None:
    assert refused("v.1:no.1-", described("v.34", "v.35")).code == "last-issue-unfit"


def test_a_description_names_the_month_that_an_item_has_in_figures() -> None:
    fields = {
        "enumeration_a": "35",
        "enumeration_b": "4",
        "chronology_i": "2024",
        "chronology_j": "12",
    }
    opening = "v.1:no.1(1990:Jan.)-"
    both = (item(1, "v.35:no.4(2024:Dec.)", **fields),)
    assert closed(opening, both) == f"{opening}v.35:no.4(2024:Dec.)"
    assert refused(opening, (item(1, **fields),)).code == "last-issue-unfit"
    other = (item(1, "v.36:no.1(2025:Jan.)", **fields),)
    assert refused(opening, other).code == "last-issue-unfit"


def test_withdrawn_items_and_other_holdings_items_do_not_count() -> None:
    beside = (
        held("item", 1, Item(holding=1, description="v.7 (2020)"), 1),
        held("item", 2, Item(holding=1, description="v.8 (2021)"), 1, "withdrawn"),
        held("item", 3, Item(holding=2, description="Box of loose issues"), 2),
    )
    assert closed("v.1(2014)-", beside) == "v.1(2014)-v.7(2020)"


MONTHS_IN_WORDS = {"enumeration_a": "35", "chronology_i": "2024", "chronology_j": "December"}


def test_a_month_in_words_is_a_code_in_863() -> None:
    answer = cancelled(
        "853 20$81$av.$i(year)$j(month)",
        "863 40$81.1$a1-$i1990-$j01-",
        "866 41$81$av.1(1990)-",
        beside=(item(1, **MONTHS_IN_WORDS),),
    )
    assert isinstance(answer, Changed), answer
    assert answer.record.first(b"863") == b"40\x1f81.1\x1fa1-35\x1fi1990-2024\x1fj01-12"


def test_supplements_and_indexes_end_in_the_supplements_and_indexes_among_the_items() -> None:
    items = described("v.35(2024)", "Suppl. 3", "Suppl. 2", "Index 4")
    statements = ("866 41$80$av.1(1990)-", "867 41$80$asuppl.1-", "868 41$80$a1-")
    answer = cancelled(*statements, beside=items, supplements=True, indexes=True)
    assert isinstance(answer, Changed)
    assert answer.record.first(b"867") == b"41\x1f80\x1fasuppl.1-suppl.3"
    assert answer.record.first(b"868") == b"41\x1f80\x1fa1-4"
    without = cancelled(*statements, beside=items[:1], supplements=True, indexes=True)
    assert isinstance(without, Changed)
    assert [said.code for said in without.notes] == ["statement-left-open"] * 2
    unread = cancelled(*statements, beside=(*items, item(9, "Suppl.")), supplements=True)
    assert isinstance(unread, Changed)
    assert "item b9 “Suppl.”" in unread.notes[0].sentence


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 2)), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_the_end_of_the_last_item_is_the_highest_in_whatever_order(spans, random) -> None:
    """The oracle: volumes of known years, bound one to three together, in any order."""
    texts = [
        f"v.{first} ({1900 + first})" if not more
        else f"v.{first}-{first + more} ({1900 + first}-{1900 + first + more})"
        for first, more in spans
    ]  # fmt: skip
    random.shuffle(texts)
    last = max(first + more for first, more in spans)
    opening = parse_designation("v.1(1901)")
    assert opening is not None
    found = highest(described(*texts), opening)
    assert not isinstance(found, NoneHighest), found
    assert (found.levels[0].value, found.year) == (str(last), 1900 + last)


@pytest.mark.parametrize("text", ["", "[", "v." * 400, "(" * 900, "1/" * 900, "\x1f", "v.1-" * 300])
def test_whatever_an_item_says_is_answered(text: str) -> None:
    assert issue_of(item(1, text)).issue is None
