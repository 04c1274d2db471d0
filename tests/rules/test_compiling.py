"""The compiled rules and the plain ones of plain.py agree, on made-up and on real records."""

from __future__ import annotations

import gzip
import io
import random
from pathlib import Path

import made_up
import pytest
from agreement import agree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galleyproof.demo.library import bibs
from galleyproof.marc.reading import Loaded, read
from galleyproof.marc.record import Record
from galleyproof.rules.compiling import compile_rules
from galleyproof.rules.draft import Draft
from galleyproof.rules.field_tests import tag_test
from galleyproof.rules.footprint import written_by
from galleyproof.rules.limits import GrewTooMuch
from galleyproof.rules.parsing import WrongRules, parse_rules
from galleyproof.rules.verbs.table import VERBS

LIBRARY = [Record(body) for body in bibs(150)]


@settings(max_examples=400, deadline=None)
@given(made_up.rule_files, st.lists(st.sampled_from(LIBRARY), min_size=1, max_size=4))
def test_compiled_and_plain_agree(text: str, records: list[Record]) -> None:
    agree(text, records)


@settings(max_examples=200, deadline=None)
@given(made_up.rule_files | made_up.our_files, st.sampled_from(LIBRARY))
def test_what_an_action_makes_or_edits_has_a_tag_that_it_is_known_to_write(
    text: str, record: Record
) -> None:
    for rule in parse_rules(text).rules:
        for action in rule.actions:
            draft = Draft(record)
            VERBS[action.verb].compile(action)(draft)
            for tag, _ in draft.came:
                assert any(tag_test(known)(tag) for known in written_by(action)), action


@settings(max_examples=150, deadline=None)
@given(made_up.regex_files, st.lists(st.sampled_from(LIBRARY), min_size=1, max_size=3))
def test_they_agree_in_the_dialect_of_regular_expressions(text: str, records: list[Record]) -> None:
    agree(text, records)


@settings(max_examples=300, deadline=None)
@given(made_up.our_files, st.lists(made_up.made_records, min_size=1, max_size=3))
def test_they_agree_in_our_dialect(text: str, records: list[list[tuple[bytes, bytes]]]) -> None:
    """On records with links, repeats and punctuation, such as its verbs are for."""
    agree(text, [Record.build(b"00000nam a2200000 i 4500", one) for one in records])


ALIKE = [
    'dropFieldsByKey "650,700" by "a"',
    'dropFieldsByKey "700" by "a,b" in "650,100"',
    'dropLinkedFieldsByKey "700,650" by "a"',
    'dropContainedFields "650"',
    'dropContainedFields "7**" in "1**,6**"',
    'mergeFieldsByKey "650" by "a"',
    'mergeFieldsByKey "***" by "*"',
    'removeLinkedFields "700"',
    'changeLinkedField "700" to "710"',
    'addLinkedField "245" with "$aother"',
    "renumberLinks",
    "dropDeadLinks",
    'sortFieldsBy "6**" by "ind2,-a"',
    'sortFieldsBy "***" by "a" in "text,ada"',
    'sortSubFields "***" by "b,a"',
    'sortSubFields "***.a"',
    'punctuate "***.*" with "." before "end"',
    'punctuate "650.a" with " :" before "b"',
    'punctuate "***.a" with "" before "last"',
    'changeCase "***.a" to "title"',
    'normalizeUnicode "***.*" to "NFD"',
    'trim "***.*" with ";"',
    'padLeft "***.b" "0" to "4"',
    'lookUpTerm "650.b" to "a" in "content-types"',
    'lookUpCode "650.a" to "b" in "content-types"',
    'removeField "650" if (compare "650.a" "=" "650.b")',
    'removeField "700" if (compare "700.a" "in" "245.a")',
    'removeField "650" if (count "650.a" ">" "1" and not inTable "650.a" "content-types")',
    'addField "650.a.text"\naddSubField "650.5.x" if (justAdded "650")',
]


@pytest.mark.parametrize("action", ALIKE)
def test_each_verb_of_ours_does_something_and_both_agree(action: str) -> None:
    """On records in which nearly everything is like something else."""
    chance = random.Random(7)
    values = ["text", "Text.", "Ada", "ada ;", "Ada  Text", "txt", "2", "10", "é", "e\u0301 :"]
    links = ["6880-01", "6880-02", "6700-01", "6245-02/(N", "81.1\\x", "82.1"]
    records = []
    for _ in range(60):
        fields = []
        for tag in sorted(chance.choices(["100", "245", "650", "650", "700", "880"], k=8)):
            parts = [
                chance.choice("aab") + chance.choice(values) for _ in range(chance.randint(1, 3))
            ]
            parts += chance.sample(links, chance.choice([0, 0, 1]))
            head = chance.choice([" 0", "1 ", " 7"])
            fields.append((tag.encode(), "\x1f".join([head, *parts]).encode()))
        records.append(Record.build(b"00000nam a2200000 i 4500", fields))
    text = f'# dialect: galley\nrule "x" when TRUE then\n{action}\nend'
    agree(text, records)
    assert any(one.applied for one in map(compile_rules(parse_rules(text)).run, records))


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(made_up.our_files, st.sampled_from(["bibs-utf8", "odd"]), st.integers(0, 1000))
def test_they_agree_in_our_dialect_on_real_records(
    real_records: dict[str, list[Record]], text: str, name: str, seed: int
) -> None:
    agree(text, random.Random(seed).sample(real_records[name], 20))


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


BENCH = Path(__file__).parents[2] / "bench" / "rules"


@pytest.mark.parametrize("name", ["indicator", "clean-up", "every-record"])
def test_what_is_measured_is_right(real_records: dict[str, list[Record]], name: str) -> None:
    agree((BENCH / f"{name}.rules").read_text(), real_records["bibs-utf8"][::8])


def tried(text: str, record: Record) -> list[int]:
    """The rules, in their order from 0, that are tried on a record."""
    chances = compile_rules(parse_rules("# dialect: order=top-down\n" + text)).chances
    steps = chances.steps(chances.found_in(record)[0])
    return [number for number in range(chances.half) if steps >> number & 1]


def test_rules_are_tried_on_records_that_have_what_they_ask_for() -> None:
    record = Record.build(
        b"00000nam a2200000 i 4500",
        [(b"035", b"  \x1fa(OCoLC)ocn1"), (b"245", b"10\x1faBees"), (b"650", b" 4\x1faBees")],
    )
    text = """
        rule "0" when exists "245.h" then removeSubField "245.h" end
        rule "1" when exists "035.a.(OCoLC)oc*" then removeField "035" end
        rule "2" when exists "6**.{*,4}" then removeField "6**.{*,4}" end
        rule "3" when exists "650.{*,7}" then removeField "650.{*,7}" end
        rule "4" when exists "035.a.(DLC)*" then removeField "245" end
        rule "5" when not exists "245.h" then addSubField "245.h.text" end
        rule "6" when exists "245.h" or exists "650" then removeField "650" end
        rule "7" when exists "650" and exists "245.h" then removeField "650" end
    """
    assert tried(text, record) == [1, 2, 5, 6]


def test_a_rule_is_tried_where_an_earlier_one_wrote_what_it_asks_for() -> None:
    rules = parse_rules("""# dialect: order=top-down
        rule "0" when exists "245.h" then removeSubField "245.h" end
        rule "1" when exists "245" then addSubField "245.h.text" end
        rule "2" when exists "245.h.text" then changeSecondIndicator "245" to "9" end
        rule "3" when exists "245.{*,9}" then changeField "245" to "999" end
        rule "4" when exists "9**.h" then prefix "9**.h" with "[" end
    """)
    record = Record.build(b"00000nam a2200000 i 4500", [(b"245", b"10\x1faBees")])
    result = compile_rules(rules).run(record)
    assert [one.rule for one in result.applied] == ["1", "2", "3", "4"]
    assert result.record.data == [b"19\x1faBees\x1fh[text"]


def test_what_a_rule_asks_of_the_leader_is_asked_first() -> None:
    record = Record.build(b"00000nam a2200000 i 4500", [(b"245", b"10\x1faBees")])
    text = """
        rule "0" when existsControl "LDR.{6,1}.a" then addField "500.a.Text" end
        rule "1" when existsControl "LDR.{6,1}.j" then addField "500.a.Music" end
        rule "2" when existsControl "LDR.{6,1}.j" and exists "245" then removeField "245" end
        rule "3" when not existsControl "LDR.{6,1}.j" then removeField "245" end
        rule "4" when existsMoreThanOnce "LDR.{6,1}.a" then removeField "245" end
    """
    assert tried(text, record) == [0, 3, 4]


def test_a_rule_is_tried_where_an_earlier_one_set_what_it_asks_of_the_leader() -> None:
    rules = parse_rules("""# dialect: order=top-down
        rule "0" when existsControl "LDR.{6,1}.a" then
          replaceControlContents "LDR.{6,1}" with "j" end
        rule "1" when existsControl "LDR.{6,1}.a" then addField "500.a.Text" end
        rule "2" when existsControl "LDR.{6,1}.j" then addField "500.a.Music" end
    """)
    record = Record.build(b"00000nam a2200000 i 4500", [(b"245", b"10\x1faBees")])
    result = compile_rules(rules).run(record)
    assert [one.rule for one in result.applied] == ["0", "2"]
    assert result.record.leader[6:7] == b"j"


def test_a_record_that_grows_too_much_among_others_is_the_only_one_that_fails() -> None:
    rules = parse_rules(
        'rule "r" when TRUE then replaceContents "500.a.x" with "' + "y" * 900 + '" end'
    )
    small, large = (
        Record.build(b"00000nam a2200000 i 4500", [(b"500", b"  \x1fa" + b"x" * count)])
        for count in (1, 9_000)
    )
    results = compile_rules(rules).run_all([small, large, small])
    assert [isinstance(one, GrewTooMuch) for one in results] == [False, True, False]
    assert results[0] == results[2]


@given(st.text(max_size=200) | st.text('rule"when then end{}().*|\\ #/\n0123456789a', max_size=200))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        parse_rules(text)
    except WrongRules as wrong:
        assert wrong.faults
        assert all(one.line >= 1 and one.column >= 1 and one.sentence for one in wrong.faults)
