"""Set 830 second indicator to 0: what it changes, what it leaves, and its recorded outcomes."""

from __future__ import annotations

from hashlib import sha256

import pytest
from stories import marc

from galleyproof.demo.library import bibs
from galleyproof.jobs.outcome import Changed, Unchanged
from galleyproof.jobs.set_830_second_indicator import Set830Parameters, Set830SecondIndicator
from galleyproof.marc.record import Record
from galleyproof.marc.tags import tag_list

JOB = Set830SecondIndicator()


def edited(*fields: tuple[str, str], language: str = "eng", **parameters: bool):
    body = marc(1, *fields).replace(b"0 eng d", f"0 {language} d".encode())
    return JOB.edit(Record(body), Set830Parameters(**parameters))


def indicators(answer) -> list[bytes]:
    assert isinstance(answer, Changed)
    record = answer.record
    return [record.data[at][:2] for tag in (b"830", b"880") for at in record.positions(tag)]


def test_every_830_is_set_whatever_stood_there() -> None:
    answer = edited(("830", "  $aA"), ("830", " 4$aThe B"), ("830", "#9$aC"), ("830", " 0$aD"))
    assert indicators(answer) == [b" 0", b" 0", b"#0", b" 0"]


def test_without_an_830_or_with_a_0_there_is_nothing_to_do() -> None:
    assert edited(("830", " 0$aA")) == Unchanged()
    assert edited(("490", "1 $aA")) == Unchanged()


def test_880s_are_taken_along_only_when_asked_and_only_those_linked_to_an_830() -> None:
    fields = (
        ("830", " 0$6880-02$aA"),
        ("880", " 3$6830-02/(N$aБ"),
        ("880", "13$6245-01/(N$aВ"),
    )
    assert edited(*fields) == Unchanged()
    assert indicators(edited(*fields, include_880=True)) == [b" 0", b" 0", b"13"]


@pytest.mark.parametrize(
    ("series", "language", "left"),
    [
        (" 4$aThe lantern library", "eng", True),
        (" 4$aLantern library", "eng", False),
        (" 3$aThe lantern library", "eng", False),
        (" 2$aL'atelier", "fre", True),
        (" 4$aDie Reihe", "ger", True),
        (" 4$aDie Reihe", "eng", True),
        (" 2$aL'atelier", "eng", True),
        (" 3$aal-Maktabah", "ara", True),
        (' 6$a"The" lantern library', "eng", True),
        ("  $aThe lantern library", "eng", False),
    ],
)
def test_an_article_that_is_really_counted_is_left_when_asked_and_listed(
    series: str, language: str, left: bool
) -> None:
    answer = edited(("830", series), language=language, skip_nonfiling=True)
    assert isinstance(answer, Unchanged) == left
    assert bool(answer.notes) == left
    assert isinstance(edited(("830", series), language=language), Changed)


def test_an_880_that_is_left_for_its_article_is_named_as_one() -> None:
    answer = edited(
        ("830", " 0$6880-02$aal-Maktabah"),
        ("880", " 2$6830-02/(3/r$aالمكتبة"),
        include_880=True,
        skip_nonfiling=True,
    )
    assert isinstance(answer, Unchanged)
    assert [said.sentence for said in answer.notes] == [
        "880 left alone: “المكتبة” starts with the article “ال”, and its second indicator, 2, "
        "counts it"
    ]


def test_a_field_without_indicators_is_left_and_listed() -> None:
    answer = edited(("830", "$aNo indicators"))
    assert isinstance(answer, Unchanged)
    assert answer.notes[0].code == "no-indicators"


def test_what_it_needs_is_in_every_record_it_changes() -> None:
    for parameters in (Set830Parameters(), Set830Parameters(include_880=True)):
        need = JOB.need(parameters)
        for body in bibs(200):
            if isinstance(JOB.edit(Record(body), parameters), Changed):
                assert need.may_match(tag_list(body))


def test_outcomes_are_those_recorded_for_this_revision() -> None:
    """When this fails and should: raise `revision`, and record the new outcomes."""
    total = sha256()
    for parameters in (
        Set830Parameters(),
        Set830Parameters(include_880=True, skip_nonfiling=True),
    ):
        for body in bibs(1000):
            answer = JOB.edit(Record(body), parameters)
            after = answer.record.body if isinstance(answer, Changed) else b""
            notes = getattr(answer, "notes", ())
            total.update(after + repr(notes).encode())
    assert (JOB.revision, total.hexdigest()[:16]) == (2, "e7ab16514fb569f9")
