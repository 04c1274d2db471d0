"""Conditions: the compiled form against a plain one, on made-up and on real records."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import plain
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.demo.library import bibs
from galleyproof.marc.errors import Wrong
from galleyproof.marc.reading import Loaded, read
from galleyproof.marc.record import Record
from galleyproof.marc.tags import tag_list
from galleyproof.rules.conditions import compile_condition, need
from galleyproof.rules.query import parse_query

LIBRARY = [Record(body) for body in bibs(150)]


def condition(text: str) -> Any:
    return parse_query(text).tree


def plainly(tree: Any, record: Record) -> bool:
    return plain.holds(tree, plain.Plain(record))


elements = st.sampled_from(
    [
        "830",
        "245",
        "9**",
        "85*",
        "LDR",
        "LDR.{06,1}.a|t",
        "LDR.{06,2}.as",
        "001",
        "008.{35,3}.eng",
        "830.{*,4}",
        "830.{ , }",
        "830.{-,0}",
        "245.{1,*}.a.*of*",
        "650.a.Rivers|Bees",
        "650.2",
        "650.*.fast",
        "880.6.830*",
        "500.a.*library.",
        "020.a.978*",
        "264.{ ,1}.c.19*",
        "655.{*,7}",
        "008.{00,02}.8*",
        "776.i.Online version:",
        "490.a.Études*|Studies*",
    ]
)
tests = st.builds(
    lambda how, element: f'{how} "{element}"',
    st.sampled_from(["exists", "EXISTS", "existsControl", "existsMoreThanOnce"]),
    elements,
)
conditions = st.recursive(
    tests | st.just("TRUE"),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("not ({})".format, inner),
        st.builds("not {}".format, tests),
    ),
    max_leaves=5,
)


@given(conditions, st.integers(0, len(LIBRARY) - 1))
def test_compiled_and_plain_agree(text: str, at: int) -> None:
    tree = condition(text)
    assert compile_condition(tree)(LIBRARY[at]) == plainly(tree, LIBRARY[at])


@given(conditions, st.integers(0, len(LIBRARY) - 1))
def test_what_is_needed_never_leaves_out_a_record(text: str, at: int) -> None:
    tree = condition(text)
    if plainly(tree, LIBRARY[at]):
        assert need(tree).may_match(tag_list(LIBRARY[at]))


@pytest.mark.parametrize("name", ["bibs-utf8", "authorities", "holdings"])
def test_compiled_and_plain_agree_on_real_records(real_data: Path, name: str) -> None:
    raw = gzip.decompress((real_data / f"{name}.mrc.gz").read_bytes())
    trees = [
        condition(text)
        for text in (
            'exists "830.{*,0}" or exists "1**.a.*a*"',
            'existsMoreThanOnce "650"',
            'not exists "245.{*,0}" and existsControl "LDR.{06,1}.a|x|z"',
            'exists "9**.*.*e*"',
        )
    ]
    compiled = [compile_condition(tree) for tree in trees]
    for one in read(io.BytesIO(raw)):
        if isinstance(one, Loaded):
            record = Record(one.body)
            assert [test(record) for test in compiled] == [plainly(t, record) for t in trees]


def test_composed_and_decomposed_letters_compare_equal() -> None:
    record = Record.build(b"00000nam a2200000 i 4500", [(b"490", "  \x1fae\u0301tude".encode())])
    assert compile_condition(condition('exists "490.a.étude"'))(record)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an empty query"),
        ("  # nothing\n", "an empty query"),
        ("exists", "column 7: found the end; expected = != < <= > or >=, a text in double quotes"),
        ('exists "83"', "column 8: “83” does not begin with a tag"),
        ('exists "830" and', "found the end"),
        ('exists "830', 'column 8: found “"830”, a text that is not closed'),
        ("statis = active", "did you mean status"),
        ("status = gone", "not a status; there are active, suppressed, withdrawn, deleted"),
        ("status < active", "= or !="),
        ("created > soon", "not a date"),
        ('exists "830"\nor exsts "245"', "line 2, column 4"),
        ('exists "245.ab"', "“ab” is not a subfield code"),
        ('exists "245.{1}"', "expected {first indicator,second indicator}"),
        ('exists "LDR.{a,b}"', "expected {start,length}"),
        ("id = x", "not a number"),
        ('(exists "830"', "expected"),
    ],
)
def test_what_is_not_understood_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(Wrong) as raised:
        parse_query(text)
    assert said in str(raised.value)


@given(st.text(max_size=40))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        parse_query(text)
    except Wrong as wrong:
        assert str(wrong)
