"""Malformed fields under rules: no verb and no condition sees them, and they are told of."""

from __future__ import annotations

import made_up
import pytest
from agreement import agree
from hypothesis import given, settings
from hypothesis import strategies as st

from galleyproof.demo.library import bibs
from galleyproof.jobs.job import Parameters
from galleyproof.jobs.normalize_bibs import NormalizeBibs
from galleyproof.jobs.outcome import Changed, Unchanged
from galleyproof.marc.record import Record
from galleyproof.rules.compiling import compile_filter, compile_rules
from galleyproof.rules.coverage import Coverage
from galleyproof.rules.parsing import parse_rules

LIBRARY = [Record(body) for body in bibs(60)]
LEADER = b"00000nam a2200000 i 4500"
MALFORMED = [
    b"\x1faNo indicators",
    b"1\x1faOne indicator",
    b"",
    b"  ",
    b"10Text without a subfield",
    b"  stray\x1faText",
    "  \x1fāpple".encode(),
    "\u200e \x1faText".encode(),
]
pairs = st.tuples(
    st.sampled_from([b"245", b"500", b"650", b"830", b"035"]), st.sampled_from(MALFORMED)
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record with malformed fields in it, where their tags belong."""
    record = draw(st.sampled_from(LIBRARY))
    fields = list(zip(record.tags, record.data, strict=True))
    for pair in draw(st.lists(pairs, min_size=1, max_size=3)):
        first = sum(tag < pair[0] for tag, _ in fields)
        same = sum(tag == pair[0] for tag, _ in fields)
        fields.insert(first + draw(st.integers(0, same)), pair)
    return Record.build(record.leader, fields)


@settings(max_examples=200, deadline=None)
@given(made_up.rule_files | made_up.our_files, st.lists(records(), min_size=1, max_size=3))
def test_rules_do_to_a_record_what_they_do_to_it_without_its_malformed_fields(
    text: str, some: list[Record]
) -> None:
    agree(text, some)


def made(*fields: tuple[bytes, bytes]) -> Record:
    return Record.build(LEADER, [(b"001", b"1"), *fields])


@pytest.mark.parametrize("data", MALFORMED)
@pytest.mark.parametrize(
    "action",
    [
        'changeSecondIndicator "830" to "0"',
        'addSubField "830.5.XX"',
        'removeSubField "830.a"',
        'replaceContents "830.a.*" with "x"',
        'suffix "830.a" with "x"',
        'removeField "830"',
        'changeField "830" to "490"',
        'copyField "830" to "831"',
        'combineFields "830" excluding "c"',
    ],
)
def test_every_verb_leaves_a_malformed_field_as_it_is(action: str, data: bytes) -> None:
    record = made((b"245", b"10\x1faT"), (b"830", data))
    result = compile_rules(parse_rules(f'rule "x" when TRUE then {action} end')).run(record)
    assert result.record is record
    assert result.applied == ()
    # Where it could have found nothing by any reading, there is nothing to tell.
    assert result.unseen in ((), ((b"830", data),))


def test_it_keeps_its_place_among_fields_that_come_and_go() -> None:
    record = made(
        (b"500", b"  \x1faone"), (b"500", b"bad"), (b"500", b"  \x1fatwo"), (b"830", b"\x1fabad")
    )
    rules = parse_rules(
        'rule "x" when exists "500.a.one" then removeField "500.a.one" addField "650.a.B"'
        ' suffix "500.a" with "!" end'
    )
    after = compile_rules(rules)(record)
    assert list(zip(after.tags, after.data, strict=True))[1:] == [
        (b"500", b"bad"),
        (b"500", b"  \x1fatwo!"),
        (b"650", b"  \x1faB"),
        (b"830", b"\x1fabad"),
    ]


def test_it_stays_where_it_was_when_no_field_comes_or_goes() -> None:
    record = made((b"500", b"  \x1faone"), (b"500", b"bad"), (b"500", b"  \x1fatwo"))
    rules = parse_rules('rule "x" when TRUE then suffix "500.a" with "!" end')
    assert compile_rules(rules)(record).data[1:] == [b"  \x1faone!", b"bad", b"  \x1fatwo!"]


def test_conditions_do_not_see_it_either() -> None:
    keeps = compile_filter(parse_rules('rule "x" when exists "830" then set indication."true" end'))
    assert not keeps(made((b"830", b"\x1faT")))
    assert keeps(made((b"830", b" 0\x1faT")))


def test_coverage_counts_the_records_by_tag() -> None:
    compiled = compile_rules(parse_rules('rule "x" when TRUE then addSubField "830.5.X" end'))
    coverage = Coverage()
    for record in (
        made((b"830", b"\x1faT"), (b"830", b"bad")),
        made((b"830", b" 0\x1faT"), (b"830", b"bad"), (b"999", b"bad")),
        made((b"830", b" 0\x1faT")),
    ):
        result = compiled.run(record)
        coverage.add(result.applied, result.unseen)
    assert dict(coverage.unseen) == {"830": 2}, "a 999 is of no concern to these rules"
    assert sum(coverage.rules.values()) == 2


def test_a_job_says_of_each_record_what_was_left_alone() -> None:
    job = NormalizeBibs().bound_to('rule "x" when TRUE then addSubField "830.5.X" end')
    answer = job.edit(made((b"830", b"\x1faT")), Parameters())
    assert isinstance(answer, Unchanged)
    assert [(one.code, one.sentence) for one in answer.notes] == [
        (
            "no-indicators",
            "a field 830 is left alone: no indicator before its first subfield; expected two "
            "characters",
        )
    ]
    changed = job.edit(made((b"830", b"\x1faT"), (b"830", b" 0\x1faT")), Parameters())
    assert isinstance(changed, Changed)
    assert changed.notes == answer.notes
    assert isinstance(changed.record, Record)
    assert changed.record.data[1:] == [b"\x1faT", b" 0\x1faT\x1f5X"]
