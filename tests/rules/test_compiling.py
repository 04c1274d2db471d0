"""The compiled rules and the plain ones of plain.py agree, on made-up and on real records."""

from __future__ import annotations

import gzip
import io
import random
from pathlib import Path

import made_up
import plain
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galleyproof.demo.library import bibs
from galleyproof.marc.check import check_structure
from galleyproof.marc.reading import Loaded, read
from galleyproof.marc.record import Record
from galleyproof.marc.tags import tag_list
from galleyproof.rules.compiling import compile_rules
from galleyproof.rules.parsing import WrongRules, parse_rules

LIBRARY = [Record(body) for body in bibs(150)]


def agree(text: str, records: list[Record]) -> None:
    rules = parse_rules(text)
    compiled = compile_rules(rules)
    for record in records:
        result = compiled.run(record)
        expected, applied = plain.run(rules, record)
        assert expected.same(result.record), (text, record)
        assert list(result.applied) == applied, (text, record)
        assert check_structure(result.record.body) is None
        if applied:
            assert compiled.need.may_match(tag_list(record)), text
        else:
            assert result.record is record or result.record.body == record.body


@settings(max_examples=400, deadline=None)
@given(made_up.rule_files, st.lists(st.sampled_from(LIBRARY), min_size=1, max_size=4))
def test_compiled_and_plain_agree(text: str, records: list[Record]) -> None:
    agree(text, records)


@settings(max_examples=150, deadline=None)
@given(made_up.regex_files, st.lists(st.sampled_from(LIBRARY), min_size=1, max_size=3))
def test_they_agree_in_the_dialect_of_regular_expressions(text: str, records: list[Record]) -> None:
    agree(text, records)


@pytest.fixture(scope="session")
def real_records(real_data: Path) -> dict[str, list[Record]]:
    found = {}
    for name in ("bibs-utf8", "bibs-marc8", "authorities", "holdings", "odd"):
        raw = gzip.decompress((real_data / f"{name}.mrc.gz").read_bytes())
        loaded = [one for one in read(io.BytesIO(raw)) if isinstance(one, Loaded)]
        found[name] = [Record(one.body) for one in loaded]
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    made_up.rule_files,
    st.sampled_from(["bibs-utf8", "bibs-marc8", "authorities", "holdings", "odd"]),
    st.integers(0, 1000),
)
def test_they_agree_on_real_records(
    real_records: dict[str, list[Record]], text: str, name: str, seed: int
) -> None:
    records = real_records[name]
    agree(text, random.Random(seed).sample(records, min(60, len(records))))


CLEAN_UP = r"""
rule "every verb over every record" when TRUE then
  removeField "029"
  removeSubField "6**.0"
  replaceContents "245.a. :" with ""
  replaceContents "5**.a.*[Ii]ndex*" with "Index"
  changeSecondIndicator "830" to "0"
  addSubField "650.9.seen" if (exists "650.{*,0}")
  changeField "440" to "490"
  copyField "490.a" to "830.{-,0}.a" if (not exists "490.{1,*}")
  prefix "035.a" with "(X)" if (not exists "035.a.(*")
  correctDuplicateFields "650,651"
  splitField "653.a.;"
  moveSubfieldsToEndOfField "700" "e,4"
  copyControlField "008.{35,3}" to "TMP.a"
  removeField "TMP"
  replaceContents "866.a.-" with "–"
  suffix "1**.a" with "." if (not exists "1**.a.*\\\\.")
end
"""


@pytest.mark.parametrize("name", ["bibs-utf8", "bibs-marc8", "authorities", "holdings", "odd"])
def test_they_agree_on_every_real_record(real_records: dict[str, list[Record]], name: str) -> None:
    agree(CLEAN_UP, real_records[name])


@given(st.text(max_size=200) | st.text('rule"when then end{}().*|\\ #/\n0123456789a', max_size=200))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        parse_rules(text)
    except WrongRules as wrong:
        assert wrong.faults
        assert all(one.line >= 1 and one.column >= 1 and one.sentence for one in wrong.faults)
