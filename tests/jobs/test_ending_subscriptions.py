"""Cancelling and ceasing print subscriptions: what becomes of one holding, and of its bib."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest
from ending import CANCEL, CEASE, answers, cancelled, codes, fields
from groups import TODAY, bib, held, mfhd
from pydantic import ValidationError

from galleyproof.jobs.around import Around
from galleyproof.jobs.outcome import Changed, Refused, Unchanged
from galleyproof.marc.changes import changes
from galleyproof.marc.reading import Loaded, read
from galleyproof.marc.record import Record
from galleyproof.structures.item import Item
from galleyproof.structures.order_line import OrderLine

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
        assert codes(answer) == ["coded-otherwise", "no-statement"]


def test_what_is_coded_and_closed_already_stays_as_it_is() -> None:
    done = mfhd("866 41$80$av.1-v.5", fixed="1001015p26108   4001uueng0261001")
    assert cancelled(done) == Unchanged()
    again = cancelled(mfhd("866 41$80$av.1-"), last_issue="v.5").record
    assert cancelled(again, last_issue="v.5") == Unchanged()


def test_what_is_coded_already_and_still_open_is_closed_and_keeps_its_end() -> None:
    record = mfhd("866 41$80$av.1-", fixed="1001015p26018   4001uueng0260101")
    answer = cancelled(record, last_issue="v.5")
    assert fields(answer, "866") == ["41$80$av.1-v.5"]
    assert fields(answer, "008") == ["1001015p26018   4001uueng0261102"]


def test_what_has_ceased_and_is_closed_is_not_made_a_cancelled_one() -> None:
    answer = cancelled(mfhd("866 41$80$av.1-v.5", fixed="1001012p26018   4001uueng0260101"))
    assert isinstance(answer, Unchanged)
    assert codes(answer) == ["ceased-already"]


@pytest.mark.parametrize("end", ["2601", "uuuu", "    "])
def test_what_has_ceased_and_is_open_is_closed_and_stays_ceased(end: str) -> None:
    fixed = f"1001012p{end}8   4001uueng0260101"
    answer = cancelled(mfhd("866 41$80$av.1-", fixed=fixed), last_issue="v.5")
    assert fields(answer, "866") == ["41$80$av.1-v.5"]
    assert fields(answer, "008") == [fixed[:26] + "261102"]
    assert codes(answer) == ["ceased-already"]


def test_a_cancelled_title_that_ceases_is_coded_as_ceased() -> None:
    record = mfhd("866 41$80$av.1-v.5", fixed="1001015p26018   4001uueng0260101")
    answer = answers(CEASE, record)["holding", 1]
    assert fields(answer, "008") == ["1001012p26118   4001uueng0261102"]


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
        ("end_date", "0000-01"),
        ("action_date", "31.12.2026"),
        ("action_date", "20261399"),
        ("action_date", "20260231"),
        ("action_date", "٢٠٢٦"),
        ("last_issue", "[v.35(2024)]"),
        ("last_issue", "v.34-35(2024)"),
        ("last_issue", "since 1990"),
        ("public_note", "two\x1ffields"),
        ("statements", "edit"),
        ("paired_statements", "leave"),
    ],
)
def test_parameters_that_cannot_be_meant_are_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        CANCEL.parameters.model_validate({name: value})


@pytest.mark.parametrize(
    ("value", "said"),
    [("v.34-35(2024)", "is a range"), ("[v.35(2024)]", "without its brackets"), ("x", "expected")],
)
def test_a_last_issue_that_is_none_is_told_what_to_do(value: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        CANCEL.parameters.model_validate({"last_issue": value})


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"action_date": "20261231"}, "give action too"),
        ({"action_source": "local"}, "give action too"),
        ({"action_institution": "XX-Lib"}, "give action too"),
        ({"statements": "leave", "supplements": True}, "no statement is closed"),
        ({"statements": "leave", "indexes": True}, "no statement is closed"),
        ({"statements": "leave"}, ""),
        ({"action": "cancelled", "action_date": "202612"}, ""),
    ],
)
def test_what_would_come_to_nothing_is_told_before_the_run(parameters, said: str) -> None:
    found = CANCEL.check(CANCEL.parameters.model_validate(parameters), Around(TODAY))
    assert [said in one for one in found] == ([True] if said else [])


def test_an_end_year_without_the_bib_is_told_before_the_run() -> None:
    for more, faults in (({}, 1), ({"update_bib": True}, 0)):
        asked = CEASE.parameters.model_validate({"end_year": "2024", **more})
        assert len(CEASE.check(asked, Around(TODAY))) == faults


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
    assert counted == {
        "closed": 18,
        "statement-unclear": 33,
        "other-open-statement": 6,
        "no-statement": 23,
    }


def with_good_008(record: Record) -> Record:
    fixed = b"1001014p    8   4001uueng0000000"
    at = record.positions(b"008")
    if at:
        return record.with_data(at[0], fixed)
    return record.with_inserted(1, b"008", fixed)
