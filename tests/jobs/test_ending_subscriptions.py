"""Cancelling and ceasing print subscriptions: what becomes of one holding, and of its bib."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest
from groups import bib, group, held, mfhd
from pydantic import ValidationError

from galleyproof.jobs.cancel_print_subscription import CancelPrintSubscription
from galleyproof.jobs.cease_print_subscription import CeasePrintSubscription
from galleyproof.jobs.outcome import Changed, Refused, Unchanged
from galleyproof.marc.changes import changes
from galleyproof.marc.reading import Loaded, read
from galleyproof.marc.record import Record
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine

CANCEL, CEASE = CancelPrintSubscription(), CeasePrintSubscription()


def answers(job, *records: Record, beside=(), given=None, title=None, **parameters):
    """What the job says of each holding (numbered from 1), and of relatives."""
    members = [held("holding", at, one, 1) for at, one in enumerate(records, start=1)]
    relatives = (*beside, held("bib", 1, title or bib()))
    asked = job.parameters.model_validate(parameters)
    found = job.decide(group(*members, beside=relatives, given=given), asked)
    return {(one.about.kind, one.about.id): one.answer for one in found}


def cancelled(record: Record, **more):
    return answers(CANCEL, record, **more)["holding", 1]


def fields(answer, tag: str) -> list[str]:
    assert isinstance(answer, Changed), answer
    record = answer.record
    return [record.data[at].decode().replace("\x1f", "$") for at in record.positions(tag.encode())]


def codes(answer) -> list[str]:
    return [said.code for said in answer.notes]


# ---- 008


def test_008_says_not_received_the_month_it_ends_and_the_day_of_the_report() -> None:
    answer = cancelled(mfhd())
    assert fields(answer, "008") == ["1001015p26118   4001uueng0261102"]
    assert [change.tag for change in changes(mfhd(), answer.record)] == [b"008"]


@pytest.mark.parametrize(
    ("end_date", "said"), [("2027-03", "2703"), ("unknown", "uuuu"), ("", "2611")]
)
def test_the_end_date_is_a_parameter(end_date: str, said: str) -> None:
    assert fields(cancelled(mfhd(), end_date=end_date), "008")[0][8:12] == said


def test_ceased_is_2() -> None:
    answer = answers(CEASE, mfhd())["holding", 1]
    assert fields(answer, "008")[0][6] == "2"


@pytest.mark.parametrize(
    ("record", "code", "said"),
    [
        (mfhd(fixed=""), "no-008", "no 008"),
        (mfhd(fixed="071210                eng 071210        "), "bad-008", "40 bytes"),
        (mfhd(fixed="1001014p"), "bad-008", "8 bytes; a holding's has 32"),
        (mfhd(leader="a"), "not-serial", "leader/06 is “a”"),
    ],
)
def test_what_is_no_subscription_or_has_no_good_008_is_refused(record, code, said) -> None:
    answer = cancelled(record)
    assert isinstance(answer, Refused)
    assert answer.code == code
    assert said in answer.sentence


@pytest.mark.parametrize("leader", ["u", "x"])
@pytest.mark.parametrize("level", ["b", "i", "s", "m"])
def test_a_holding_coded_otherwise_is_judged_by_its_bib(leader: str, level: str) -> None:
    answer = cancelled(mfhd(leader=leader), title=bib(level=level))
    if level == "m":
        assert isinstance(answer, Refused)
        assert answer.code == "not-serial"
    else:
        assert codes(answer) == ["coded-otherwise"]


def test_what_is_coded_and_closed_already_stays_as_it_is() -> None:
    done = mfhd("866 41$80$av.1-v.5", fixed="1001015p26108   4001uueng0261001")
    assert cancelled(done, public_note="Cancelled") == Unchanged()
    again = cancelled(mfhd("866 41$80$av.1-"), last_issue="v.5").record
    assert cancelled(again, last_issue="v.5") == Unchanged()


def test_what_is_coded_already_and_still_open_is_closed_and_keeps_its_end() -> None:
    record = mfhd("866 41$80$av.1-", fixed="1001015p26018   4001uueng0260101")
    answer = cancelled(record, last_issue="v.5")
    assert fields(answer, "866") == ["41$80$av.1-v.5"]
    assert fields(answer, "008") == ["1001015p26018   4001uueng0261102"]


def test_what_has_ceased_and_is_closed_is_not_made_a_cancelled_one() -> None:
    answer = cancelled(mfhd(fixed="1001012p26018   4001uueng0260101"))
    assert isinstance(answer, Unchanged)
    assert codes(answer) == ["ceased-already"]


# ---- statements


def test_the_last_open_statement_is_closed_and_the_others_are_listed() -> None:
    record = mfhd("866 41$80$av.1-", "866 41$80$av.2-v.3", "866 41$80$an.s.:v.1-$zBound")
    answer = cancelled(record, last_issue="v.5")
    assert fields(answer, "866") == ["41$80$av.1-", "41$80$av.2-v.3", "41$80$an.s.:v.1-v.5$zBound"]
    assert codes(answer) == ["other-open-statement"]
    assert "“v.1-”" in answer.notes[0].sentence


def test_what_is_not_plainly_open_is_listed_and_not_edited() -> None:
    answer = cancelled(mfhd("866 41$80$av.1-v.5", "866 41$80$a1, 1977-"))
    assert fields(answer, "866") == ["41$80$av.1-v.5", "41$80$a1, 1977-"]
    assert codes(answer) == ["statement-unclear"]
    assert "“1, 1977-”" in answer.notes[0].sentence


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
        ({"last-issue": "the last one"}, {}, "last-issue-unclear"),
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


# ---- from items


@pytest.mark.parametrize(
    ("items", "opening", "after"),
    [
        ([("9", "2"), ("10", "1"), ("2", "4")], "v.1-", "v.1-v.10"),
        ([("9", "2"), ("10", "1"), ("2", "4")], "v.1:no.1-", "v.1:no.1-v.10:no.1"),
        ([("9", ""), ("10", ""), ("Index 11", "")], "v.1-", "v.1-v.10"),
        ([("v.9", "no.2"), ("v.10", "no.11"), ("v.10", "no.9")], "v.1-", "v.1-v.10:no.11"),
        ([("12/13", ""), ("12", "")], "v.1-", "v.1-v.12/13"),
    ],
)
def test_the_highest_enumeration_counts_as_people_do(items, opening, after) -> None:
    beside = tuple(
        held("item", at, Item(holding=1, enumeration_a=a, enumeration_b=b), 1)
        for at, (a, b) in enumerate(items, start=1)
    )
    answer = cancelled(mfhd(f"866 41$80$a{opening}"), beside=beside, last_issue="from-items")
    assert fields(answer, "866") == [f"41$80$a{after}"]


def test_where_all_items_have_a_year_a_new_series_is_later_than_the_old_one() -> None:
    beside = tuple(
        held("item", at, Item(holding=1, enumeration_a=volume, chronology_i=year), 1)
        for at, (volume, year) in enumerate([("50", "1999"), ("1", "2000"), ("2", "2001/2002")], 1)
    )
    answer = cancelled(mfhd("866 41$80$an.s.:v.1(2000)-"), beside=beside, last_issue="from-items")
    assert fields(answer, "866") == ["41$80$an.s.:v.1(2000)-n.s.:v.2(2001/2002)"]


def test_withdrawn_items_and_other_holdings_items_do_not_count() -> None:
    beside = (
        held("item", 1, Item(holding=1, description="v.7 (2020)"), 1),
        held("item", 2, Item(holding=1, description="v.8 (2021)"), 1, "withdrawn"),
        held("item", 3, Item(holding=2, description="v.9 (2022)"), 2),
        held("item", 4, Item(holding=1, description="Box of loose issues"), 1),
    )
    answer = cancelled(mfhd("866 41$80$av.1(2014)-"), beside=beside, last_issue="from-items")
    assert fields(answer, "866") == ["41$80$av.1(2014)-v.7(2020)"]


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
    ("parameters", "said"),
    [
        ({"last_issue": "v.35(2024)"}, "does not have all"),
        ({"last_issue": "v.35:no.4(2024:Dec.)", "paired_statements": "refuse"}, "paired by $8"),
    ],
)
def test_or_the_record_is_refused(parameters, said) -> None:
    answer = cancelled(mfhd(*PAIRED), **parameters)
    assert isinstance(answer, Refused)
    assert answer.code == "paired-statement"
    assert said in answer.sentence


def test_an_open_enumeration_without_an_open_statement_is_listed() -> None:
    answer = cancelled(mfhd("853 20$81$av.", "863 40$81.1$a1-", "866 41$80$av.1-v.5"))
    assert codes(answer) == ["enumeration-left-open"]


# ---- notes


def test_notes_go_to_the_852_of_the_statement_and_before_its_control_subfields() -> None:
    first, second = "852 0 $bMAIN$cSTACKS$hZ1$2lcc$81", "852 0 $bLAW$cRESERVE"
    record = mfhd(first, "866 41$80$av.1-", second, sort=False)
    answer = cancelled(
        record, last_issue="v.5", public_note="Cancelled 2026.", staff_note="See file"
    )
    assert fields(answer, "852") == [
        "0 $bMAIN$cSTACKS$hZ1$xSee file$zCancelled 2026.$2lcc$81",
        "0 $bLAW$cRESERVE",
    ]
    without = cancelled(mfhd(first, second), public_note="Cancelled 2026.")
    assert fields(without, "852")[0] == "0 $bMAIN$cSTACKS$hZ1$zCancelled 2026.$2lcc$81"


def test_a_note_that_is_there_is_not_added_twice() -> None:
    record = mfhd("852 0 $bMAIN$zCancelled")
    assert fields(cancelled(record, public_note="Cancelled"), "852") == ["0 $bMAIN$zCancelled"]


def test_without_an_852_the_notes_are_listed() -> None:
    record = mfhd()
    bare = record.without(record.positions(b"852"))
    assert codes(cancelled(bare, public_note="Cancelled")) == ["no-852"]


def test_an_action_note_goes_in_the_order_of_the_tags() -> None:
    answer = cancelled(
        mfhd("866 41$80$av.1-v.5"),
        action="cancelled",
        action_date="20261231",
        action_source="local",
        action_institution="XX-Lib",
    )
    assert fields(answer, "583") == ["  $acancelled$c20261231$2local$5XX-Lib"]
    assert answer.record.tags == [b"001", b"008", b"583", b"852", b"866"]
    assert fields(cancelled(mfhd(), action="cancelled"), "583") == ["  $acancelled$c20261102"]


# ---- orders


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        (OrderLine(number="P1", status="Sent", holdings=(1,)), True),
        (OrderLine(number="P1", status="Sent", holdings=(2,)), False),
        (OrderLine(number="P1", status="Sent", items=(7,)), True),
        (OrderLine(number="P1", status="Closed", holdings=(1,)), False),
        (OrderLine(number="P1", status="Sent", type="continuous physical journal"), True),
        (OrderLine(number="P1", status="Sent", type="one-time physical book"), False),
    ],
)
def test_an_open_order_line_refuses_unless_told_otherwise(line: OrderLine, refused: bool) -> None:
    beside = (
        held("order-line", 3, line, 1),
        held("item", 7, Item(holding=1, enumeration_a="1"), 1),
    )
    answer = cancelled(mfhd(), beside=beside)
    assert isinstance(answer, Refused) == refused
    if refused:
        assert answer.code == "order-line-open"
        assert "P1" in answer.sentence
        assert isinstance(cancelled(mfhd(), beside=beside, even_if_ordered=True), Changed)


# ---- the bib


def ceased(*records, title=None, beside=(), **parameters):
    found = answers(CEASE, *records, title=title, beside=beside, update_bib=True, **parameters)
    return found.get(("bib", 1))


OPEN = mfhd("866 41$80$av.1(1990)-")


def test_the_bib_is_updated_only_when_asked() -> None:
    assert ("bib", 1) not in answers(CEASE, OPEN, last_issue="v.35(2024)")
    answer = ceased(OPEN, last_issue="v.35(2024)", title=bib("362 0 $aVol. 1-"))
    assert fields(answer, "008")[0][6:15] == "d19902024"
    assert codes(answer) == ["bib-ceased", "bib-dates-to-look-at"]
    assert codes(ceased(OPEN, last_issue="v.35(2024)")) == ["bib-ceased"]
    dated = bib("264 1$aTown$c1990-")
    assert codes(ceased(OPEN, last_issue="v.35(2024)", title=dated))[1:] == ["bib-dates-to-look-at"]
    assert fields(ceased(OPEN, last_issue="v.35(2024)", end_year="2023"), "008")[0][11:15] == "2023"


@pytest.mark.parametrize(
    ("title", "code"),
    [
        (bib(level="m"), "bib-not-serial"),
        (bib("035   $a(EXLCZ)99123"), "bib-linked-elsewhere"),
        (bib(fixed="900101c1990"), "bib-bad-008"),
        (bib(fixed="900101s1990    xx qr p       0   a0eng d"), "bib-other-date"),
    ],
)
def test_bibs_that_are_left_are_told_of(title: Record, code: str) -> None:
    answer = ceased(OPEN, last_issue="v.35(2024)", title=title)
    assert isinstance(answer, Unchanged)
    assert codes(answer) == [code]


def test_a_bib_whose_other_holding_is_still_received_is_left() -> None:
    other = held("holding", 9, mfhd(), 1)
    answer = ceased(OPEN, last_issue="v.35(2024)", beside=(other,))
    assert codes(answer) == ["bib-still-received"]
    refused = mfhd("866 41$80$av.1(1990)-", leader="a")
    assert codes(ceased(OPEN, refused, last_issue="v.35(2024)")) == ["bib-still-received"]
    both = ceased(OPEN, OPEN, last_issue="v.35(2024)")
    assert isinstance(both, Changed)


def test_without_a_year_the_bib_is_left() -> None:
    assert codes(ceased(mfhd())) == ["bib-no-end-year"]


def test_a_bib_that_says_so_already_is_not_spoken_of() -> None:
    done = bib(fixed="900101d19902024xx qr p       0   a0eng d")
    assert ceased(OPEN, last_issue="v.35(2024)", title=done) is None


# ---- parameters and real records


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("last_issue", "some time in 2024"),
        ("end_date", "2026"),
        ("end_date", "2026-13"),
        ("action_date", "31.12.2026"),
        ("public_note", "two\x1ffields"),
        ("statements", "edit"),
        ("paired_statements", "leave"),
    ],
)
def test_parameters_that_cannot_be_meant_are_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        CANCEL.parameters.model_validate({name: value})


def test_the_real_holdings(real_data: Path) -> None:
    """What is refused, and of the rest that nothing is touched but 008 and the last open 866."""
    counted: Counter[str] = Counter()
    with gzip.open(real_data / "holdings.mrc.gz") as stream:
        for piece in read(stream):
            assert isinstance(piece, Loaded)
            record = Record(piece.body)
            answer = cancelled(record, last_issue="30(1970)")
            if isinstance(answer, Refused):
                counted[answer.code] += 1
                continue
            counted["changed"] += 1
            tags = [change.tag for change in changes(record, answer.record)]
            assert set(tags) <= {b"008", b"866"}
            assert tags.count(b"866") <= 1
            fixed = answer.record.first(b"008")
            assert fixed is not None
            assert (len(fixed), fixed[6:7]) == (32, b"5")
            before = record.first(b"008")
            assert before is not None
            assert fixed[12:26] == before[12:26]
            if b"866" in tags:
                counted["closed"] += 1
    assert counted == {"no-008": 35, "bad-008": 31, "changed": 58, "closed": 1}


def test_the_statements_of_the_real_holdings_as_if_their_008_were_good(real_data: Path) -> None:
    """Each holding's last open 866 is closed, refused for want of a fitting last issue, or left
    to a person; and only that one field of its statements differs."""
    counted: Counter[str] = Counter()
    with gzip.open(real_data / "holdings.mrc.gz") as stream:
        for piece in read(stream):
            assert isinstance(piece, Loaded)
            record = with_good_008(Record(piece.body))
            answer = cancelled(record, last_issue="v.999(2024)")
            if isinstance(answer, Refused):
                assert answer.code == "last-issue-unfit"
                counted[answer.code] += 1
                continue
            differ = [one for one in changes(record, answer.record) if one.tag != b"008"]
            counted.update(codes(answer))
            counted["closed"] += len(differ)
            assert len(differ) <= 1
            for change in differ:
                assert change.before is not None
                assert change.after is not None
                text = change.before.rstrip().rsplit(b"-", 1)[0]
                assert change.after.startswith(text)
                assert change.after.endswith((b"-v.999(2024)", b"-2024", b"- 999.2024"))
    assert counted == {"closed": 18, "statement-unclear": 10, "other-open-statement": 7}


def with_good_008(record: Record) -> Record:
    fixed = b"1001014p    8   4001uueng0000000"
    at = record.positions(b"008")
    if at:
        return record.with_data(at[0], fixed)
    return record.with_inserted(1, b"008", fixed)
