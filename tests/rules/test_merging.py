"""Merge rules, compiled and plain, agree on made-up files; and what holds of every merge."""

from __future__ import annotations

import plain_merge
from hypothesis import given, settings
from hypothesis import strategies as st

from galleyproof.marc.check import check_structure
from galleyproof.marc.record import Record
from galleyproof.rules.compiling import compile_merger
from galleyproof.rules.parsing import parse_rules

LEADERS = [b"00000nam a2200000 i 4500", b"00000cas a2200000 a 4500"]


def of(options: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(options)


data_tags = of(['"500"', '"505"', '"5"XX', '"650"', '"500,650"', '"9"XX', '"245"'])
indicators = of(["", "", "", '(" "," ")', '("1","")', '("","0")'])
targets = st.one_of(
    st.builds("MARC.{}{}".format, data_tags, indicators),
    st.builds("MARC.{}".format, of(["XXX", '"0"XX', '"001"', '"00"X', '"001,500"'])),
)
exclusions = st.lists(
    of(
        [
            '"001"',
            '"9XX,500"',
            'MARC."650"("","0")',
            'MARC."5"XX',
            'second indicator "0"',
            'first indicator " "',
            'subfield "5"',
            'subfield "a" contains "b"',
            'subfield "a" contains "B*"',
        ]
    ),
    min_size=1,
    max_size=3,
).map(", ".join)
some_clauses = [
    of(["if exists", "if does not exist", 'if exists subfield "5"', 'if not exists subfield "5"']),
    st.builds(
        'when MARC.{}."{}" contains "{}"'.format,
        of(['"500"', '"650"', '"245"', '"505"']),
        of(["a", "5"]),
        of(["e", "Bees", "B*", "x|s", "M"]),
    ),
    st.builds("excluding {}".format, exclusions),
]
clauses = st.lists(st.integers(0, 2), max_size=2, unique=True).flatmap(
    lambda chosen: st.tuples(*(some_clauses[one] for one in sorted(chosen))).map(" ".join)
)
actions = st.one_of(
    st.builds("{} {} {}".format, of(["remove", "replace", "replace", "add"]), targets, clauses),
    st.builds("add {} {}".format, targets, clauses),
    st.just('replace MARC.control."LDR"'),
    st.builds('merge MARC.{} by "{}"'.format, data_tags, of(["a", "*", "a,5"])),
)
rules = st.builds(
    'rule "r{}" {} when merge then\n{}\nend'.format,
    st.integers(1, 99),
    of(["", "", "priority 5", "salience 1"]),
    st.lists(actions, min_size=1, max_size=3).map("\n".join),
)
files = st.builds(
    "# dialect: galley {}\n{}".format,
    of(["", "order=top-down"]),
    st.lists(rules, min_size=1, max_size=3).map("\n".join),
)
fields = st.one_of(
    st.sampled_from([(b"001", b"ours"), (b"001", b"theirs"), (b"008", b"x")]),
    st.builds(
        lambda tag, head, parts: (tag.encode(), (head + "".join(parts)).encode()),
        of(["245", "500", "500", "505", "650", "650", "900", "945"]),
        of(["  ", " 0", "1 "]),
        st.lists(of(["\x1faBees", "\x1fabees.", "\x1faMead", "\x1f5x", "\x1fx1"]), min_size=1),
    ),
)


@st.composite
def pairs_of_records(draw: st.DrawFn) -> tuple[Record, Record]:
    """Two records that have a part of their fields in common, not always in tag order."""
    pool = draw(st.lists(fields, min_size=2, max_size=7))
    some = st.lists(st.sampled_from(pool), max_size=7)
    ours, theirs = draw(some), draw(some)
    if draw(st.booleans()):
        ours.sort(key=lambda one: one[0])
    one, other = (Record.build(draw(st.sampled_from(LEADERS)), each) for each in (ours, theirs))
    return one, other


@settings(max_examples=300, deadline=None)
@given(files, pairs_of_records())
def test_compiled_and_plain_merges_agree(text: str, records: tuple[Record, Record]) -> None:
    parsed = parse_rules(text)
    merged = compile_merger(parsed)(*records)
    expected = plain_merge.merge(parsed, *records)
    assert expected.same(merged), (text, merged.data)
    assert check_structure(merged.body) is None


@settings(max_examples=200, deadline=None)
@given(pairs_of_records())
def test_a_record_replaced_by_another_is_the_other(records: tuple[Record, Record]) -> None:
    ours, theirs = records
    replace = parse_rules('rule "x" when merge then replace MARC.XXX replace MARC."LDR" end')
    assert compile_merger(replace)(ours, theirs).data == theirs.data
    keep = parse_rules('rule "x" when merge then end')
    assert compile_merger(keep)(ours, theirs) == ours
