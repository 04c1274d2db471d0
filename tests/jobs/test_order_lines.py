"""What order lines mean to jobs is said by the library's code tables, in whatever words."""

from __future__ import annotations

import pytest
from groups import TODAY

from galleyproof.jobs.around import Around
from galleyproof.jobs.order_lines import is_continuous, is_open, status_of
from galleyproof.structures.meanings import QUESTIONS, USUAL, in_words, meaning_fault, suggested
from galleyproof.structures.order_line import OrderLine
from galleyproof.structures.places import Code

TYPES = {
    "Print Journal - Subscription": ("continuous", "physical"),
    "PRINT_OT": ("one-time", "physical"),
    "Abonnement papier": ("continuous", "physical"),
    "購読": ("continuous",),
}
STATUSES = {
    "SENT": ("open",),
    "Wartet auf Rechnung": ("open",),
    "CLOSED": ("closed",),
    "Storniert": ("cancelled",),
}


def around() -> Around:
    codes = {
        table: {
            one: Code(table=table, code=one, name=f"Name of {one}", meaning=meaning)
            for one, meaning in some.items()
        }
        for table, some in (("order-line-type", TYPES), ("order-line-status", STATUSES))
    }
    return Around(TODAY, codes=codes)


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        ("Print Journal - Subscription", True),
        ("print journal - SUBSCRIPTION", True),
        ("Print Journal _ Subscription", True),
        ("print-ot", False),
        ("Name of PRINT_OT", False),
        ("abonnement Papier", True),
        ("購読", True),
    ],
)
def test_types_are_what_the_table_says_whatever_their_case(type: str, expected: bool) -> None:
    assert is_continuous(OrderLine(type=type), around()) is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [("SENT", True), ("Closed", False), ("storniert", False), ("wartet auf Rechnung", True)],
)
def test_statuses_too(status: str, expected: bool) -> None:
    assert is_open(OrderLine(status=status), around()) is expected


@pytest.mark.parametrize("word", ["", "Erledigt", "one-time", "closed!"])
def test_what_no_table_knows_guards_and_says_so(word: str) -> None:
    assert is_continuous(OrderLine(type=word), around())
    line = OrderLine(number="P1", status=word)
    assert is_open(line, around())
    assert "counts as open" in status_of(line, around())
    assert is_open(line, Around(TODAY))


def test_a_code_that_is_not_active_any_more_means_what_it_meant() -> None:
    old = Code(table="order-line-status", code="Done", active=False, meaning=("closed",))
    assert not is_open(
        OrderLine(status="done"), Around(TODAY, codes={"order-line-status": {"Done": old}})
    )


@pytest.mark.parametrize(
    ("table", "code", "meaning", "said"),
    [
        ("order-line-type", "ABO", ("continuous",), ""),
        ("order-line-type", "ABO", ("physical", "continuous"), ""),
        ("order-line-type", "ABO", ("physical",), "fill meaning with continuous or one-time"),
        (
            "order-line-type",
            "Print Journal - Subscription",
            (),
            "(“Print Journal - Subscription” reads like continuous; physical)",
        ),
        ("order-line-type", "ABO", ("continous",), "did you mean continuous?"),
        ("order-line-type", "ABO", ("continuous", "one-time"), "at once"),
        ("order-line-status", "Wartend", (), "open or closed or cancelled or deleted"),
        ("order-line-status", "CLOSED", (), "reads like closed"),
        ("item-policy", "BOOK", (), ""),
        ("item-policy", "BOOK", ("open",), "have no meaning to give"),
    ],
)
def test_what_is_wrong_with_a_meaning(
    table: str, code: str, meaning: tuple[str, ...], said: str
) -> None:
    found = meaning_fault(table, code, in_words(meaning))
    assert said in found if said else found == ""


def test_meanings_are_written_in_any_case_and_kept_in_one() -> None:
    assert in_words(["Continuous", " ONE TIME", "continuous", ""]) == ("continuous", "one-time")


def test_what_reads_both_ways_is_not_guessed() -> None:
    assert suggested("order-line-type", "One-time charge for a subscription") == ()
    assert suggested("order-line-type", "Standing Order Monograph, print") == ()
    assert suggested("order-line-type", "Print Book - One Time") == ("one-time", "physical")


def test_every_word_of_every_question_has_its_usual_spellings() -> None:
    for table, questions in QUESTIONS.items():
        assert set(USUAL[table]) == {word for one in questions for word in one.words}
