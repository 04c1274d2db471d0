"""What becomes of the statements of a holding whose subscription ends, and of what is paired."""

from __future__ import annotations

import pytest
from ending import cancelled, codes, fields
from groups import held, mfhd

from galleyproof.jobs.outcome import Refused
from galleyproof.structures.item import Item


def test_the_last_open_statement_is_closed_and_the_others_are_listed() -> None:
    record = mfhd("866 41$80$av.1-", "866 41$80$av.2-v.3", "866 41$80$an.s.:v.1-$zBound")
    answer = cancelled(record, last_issue="v.5")
    assert fields(answer, "866") == ["41$80$av.1-", "41$80$av.2-v.3", "41$80$an.s.:v.1-v.5$zBound"]
    assert codes(answer) == ["other-open-statement"]
    assert "“v.1-”" in answer.notes[0].sentence


@pytest.mark.parametrize(
    "text",
    [
        "1, 1977-", "1990 to present", "since 1990", "v.1-<35>", "Current year only", "1990…",
        "Available from 2000.", "v.1- (current)", "v.1-\u200e", "v.1-v.",
    ],
)  # fmt: skip
def test_what_is_not_plainly_open_or_closed_is_listed_and_not_edited(text: str) -> None:
    answer = cancelled(mfhd("866 41$80$av.1-v.5", f"866 41$80$a{text}"), last_issue="v.5(2024)")
    assert fields(answer, "866") == ["41$80$av.1-v.5", f"41$80$a{text}"]
    assert codes(answer) == ["statement-unclear"]
    assert f"866 “{text}”: left as it is: " in answer.notes[0].sentence


def test_bytes_that_are_no_text_are_listed_and_kept() -> None:
    record = mfhd("866 41$80$av.1-")
    at = record.positions(b"866")[0]
    answer = cancelled(record.with_data(at, b"41\x1f80\x1faB\xe4nde 1-"), last_issue="v.5")
    assert answer.record.data[at] == b"41\x1f80\x1faB\xe4nde 1-"
    assert codes(answer) == ["statement-unclear"]


@pytest.mark.parametrize("other", ["41$80$zSee the reading room", "41$80$av.1-$av.5-", "41$80$a"])
def test_a_statement_without_a_text_or_with_several_is_listed(other: str) -> None:
    answer = cancelled(mfhd(f"866 {other}"), last_issue="v.5")
    assert fields(answer, "866") == [other]
    assert codes(answer) == ["statement-unclear"]


def test_an_open_statement_is_left_where_one_that_may_run_on_follows_it() -> None:
    record = mfhd("866 41$80$av.1-", "866 41$80$an.s. v.1 to present")
    answer = cancelled(record, last_issue="v.5")
    assert fields(answer, "866") == ["41$80$av.1-", "41$80$an.s. v.1 to present"]
    assert sorted(codes(answer)) == ["other-open-statement", "statement-unclear"]


@pytest.mark.parametrize("note", ["Lacks v.3", "Some issues missing", "(incomplete)"])
def test_a_note_that_follows_in_a_field_of_its_own_holds_nothing_up(note: str) -> None:
    answer = cancelled(mfhd("866 41$80$av.1-", f"866 41$80$a{note}"), last_issue="v.5")
    assert fields(answer, "866") == ["41$80$av.1-v.5", f"41$80$a{note}"]
    assert codes(answer) == ["statement-unclear"]


def test_a_holding_without_any_statement_is_said() -> None:
    assert codes(cancelled(mfhd())) == ["no-statement"]
    assert codes(cancelled(mfhd("867 41$80$av.1-v.5"))) == ["no-statement"]
    assert codes(cancelled(mfhd(), statements="leave")) == []
    with_pattern = cancelled(mfhd("853 20$81$av.", "863 40$81.1$a1-"))
    assert codes(with_pattern) == ["no-statement", "enumeration-left-open"]


def test_open_supplements_and_indexes_that_were_not_asked_for_are_listed() -> None:
    answer = cancelled(mfhd("866 41$80$av.1-v.5", "867 41$80$ano.1-", "868 41$80$av.1-v.5"))
    assert codes(answer) == ["other-open-statement"]
    assert "867 “no.1-”" in answer.notes[0].sentence


@pytest.mark.parametrize(
    ("parameters", "given", "after"),
    [
        ({"last_issue": "v.5"}, {}, "v.1-v.5"),
        ({"last_issue": "v.5"}, {"last-issue": "v.6"}, "v.1-v.6"),
        ({}, {"last-issue": " v.6. "}, "v.1-v.6"),
        ({"last_issue": "from-items"}, {"last-issue": "v.6"}, "v.1-v.6"),
        ({"last_issue": "from-items"}, {"last-issue": ""}, "v.1-v.12"),
    ],
)
def test_the_last_issue_comes_from_the_line_else_from_the_parameter(
    parameters, given, after
) -> None:
    item = held("item", 7, Item(holding=1, enumeration_a="12"), 1)
    answer = cancelled(mfhd("866 41$80$av.1-"), beside=(item,), given={1: given}, **parameters)
    assert fields(answer, "866") == [f"41$80$a{after}"]


@pytest.mark.parametrize(
    ("given", "parameters", "code"),
    [
        ({}, {}, "no-last-issue"),
        ({"last-issue": "the last one"}, {}, "last-issue-unfit"),
        ({"last-issue": "no.7"}, {}, "last-issue-unfit"),
        ({}, {"last_issue": "from-items"}, "no-last-issue"),
    ],
)
def test_an_open_statement_without_a_fitting_last_issue_is_refused(given, parameters, code) -> None:
    answer = cancelled(mfhd("866 41$80$av.1-"), given={1: given}, **parameters)
    assert isinstance(answer, Refused)
    assert answer.code == code


def test_statements_can_be_left() -> None:
    answer = cancelled(mfhd("866 41$80$av.1-"), statements="leave")
    assert fields(answer, "866") == ["41$80$av.1-"]
    assert codes(answer) == []


def test_supplements_and_indexes_are_closed_only_when_asked() -> None:
    record = mfhd("866 41$80$av.1-", "867 41$80$ano.1-", "868 41$80$av.1-")
    plain = cancelled(record, last_issue="v.5")
    assert fields(plain, "867") + fields(plain, "868") == ["41$80$ano.1-", "41$80$av.1-"]
    asked = cancelled(record, last_issue="v.5", supplements=True, indexes=True)
    assert fields(asked, "867") == ["41$80$ano.1-"]
    assert codes(asked) == ["statement-left-open"]
    assert fields(asked, "868") == ["41$80$av.1-v.5"]
    given = {1: {"last-issue": "v.5", "last-supplement": "no.3", "last-index": "v.4"}}
    each = cancelled(record, given=given, supplements=True, indexes=True)
    assert fields(each, "867") + fields(each, "868") == ["41$80$ano.1-no.3", "41$80$av.1-v.4"]


# ---- paired


PAIRED = (
    "853 20$81$av.$bno.$i(year)$j(month)",
    "863 40$81.1$a1-$b1-$i1990-$j01-",
    "866 41$81$av.1:no.1(1990:Jan.)-",
)


def test_the_paired_enumeration_is_closed_too() -> None:
    answer = cancelled(mfhd(*PAIRED), last_issue="v.35:no.4(2024:Dec.)")
    assert fields(answer, "863") == ["40$81.1$a1-35$b1-4$i1990-2024$j01-12"]
    assert fields(answer, "866") == ["41$81$av.1:no.1(1990:Jan.)-v.35:no.4(2024:Dec.)"]


@pytest.mark.parametrize(
    ("statement", "parameters", "said"),
    [
        ("v.1(1990)-", {"last_issue": "v.35(2024)"}, "does not have all"),
        (
            "v.1:no.1(1990:Jan.)-",
            {"last_issue": "v.35:no.4(2024:Dec.)", "paired_statements": "refuse"},
            "paired by $8",
        ),
    ],
)
def test_or_the_record_is_refused(statement: str, parameters, said: str) -> None:
    answer = cancelled(mfhd(*PAIRED[:2], f"866 41$81$a{statement}"), **parameters)
    assert isinstance(answer, Refused)
    assert answer.code == "paired-statement"
    assert said in answer.sentence


def test_supplements_and_indexes_are_closed_with_their_pairs() -> None:
    record = mfhd(
        "854 20$81$asuppl.$i(year)",
        "864 40$81.1$a1-$i1990-",
        "866 41$80$av.1-v.5",
        "867 41$81$asuppl.1(1990)-",
    )
    given = {1: {"last-supplement": "suppl.3(1999)"}}
    answer = cancelled(record, given=given, supplements=True)
    assert fields(answer, "867") == ["41$81$asuppl.1(1990)-suppl.3(1999)"]
    assert fields(answer, "864") == ["40$81.1$a1-3$i1990-1999"]
    assert codes(answer) == []


def test_an_open_enumeration_without_an_open_statement_is_listed() -> None:
    answer = cancelled(mfhd("853 20$81$av.", "863 40$81.1$a1-", "866 41$80$av.1-v.5"))
    assert codes(answer) == ["enumeration-left-open"]
