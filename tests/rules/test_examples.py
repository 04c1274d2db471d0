"""Rules with tests inside: the examples library, the ready-made rules, and the tests themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.demo.library import bibs
from galleyproof.marc.errors import Wrong
from galleyproof.marc.mrk import from_text
from galleyproof.marc.record import Record
from galleyproof.rules.compiling import compile_merger
from galleyproof.rules.examples import examples, run_examples
from galleyproof.rules.files import check_rules, read_rules
from galleyproof.rules.parsing import parse_rules
from galleyproof.rules.ready_made import every_ready_made, ready_made, ready_made_names

LIBRARY = sorted((Path(__file__).parents[2] / "examples" / "rules").glob("*.rules"))
FILES = [*map(str, LIBRARY), *ready_made_names()]


@pytest.mark.parametrize("name", FILES, ids=lambda name: Path(name).stem)
def test_every_example_file_passes_its_tests_and_has_no_warnings_but_those_known(name: str) -> None:
    file = read_rules(name)
    outcomes = run_examples(file.rules)
    assert outcomes
    for one in outcomes:
        assert one.passed, "\n".join(one.difference)
    # Of a wildcard that replaces it is always told what goes.
    expected = {"overlay-all-but-local-fields": [9]}.get(name, [])
    assert [one.line for one in check_rules(name).warnings] == expected


@pytest.mark.parametrize("name", FILES, ids=lambda name: Path(name).stem)
def test_every_rule_has_a_part_in_a_test(name: str) -> None:
    rules = read_rules(name).rules
    known = {rule for one in run_examples(rules) for rule in one.rules}
    assert {rule.name for rule in rules.rules} <= known


def test_there_are_more_than_forty_in_the_library() -> None:
    every = [read_rules(str(path)).rules for path in LIBRARY]
    assert sum(len(rules.rules) for rules in every if rules.kind == "normalization") >= 40
    assert {rules.kind for rules in every} == {
        "normalization",
        "merge",
        "indication",
        "brief-level",
    }


def test_a_test_that_is_not_met_fails_with_what_is_different() -> None:
    text = """rule "x" when TRUE then removeField "900" end
# before:
# =245  10$aBees
# =900  \\\\$ax
# after:
# =245  10$aBees
# =900  \\\\$ax
"""
    (one,) = run_examples(parse_rules(text))
    assert not one.passed
    assert one.difference == ("-=900  \\\\$ax",)
    assert one.rules == ("x",)


def test_the_leader_is_compared_where_it_is_named() -> None:
    text = """rule "x" when TRUE then replaceControlContents "LDR.{17,1}" with "7" end
# before:
# =LDR  00000nam\\a2200000\\i\\4500
# after:
# =LDR  00000nam\\a2200000\\i\\4500
"""
    (one,) = run_examples(parse_rules(text))
    assert not one.passed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# before:\n# =245  10$aB\n", "line 2: a test begins here and has no “after:”"),
        ("# after:\n# =245  10$aB\n", "line 2: “after:” without a “before:” above it"),
        ("# before:\n# =2\n# after:\n# =245  10$aB", "the test in line 2"),
    ],
)
def test_a_test_that_cannot_be_read(text: str, said: str) -> None:
    rules = parse_rules('rule "x" when TRUE then removeField "900" end\n' + text)
    with pytest.raises(Wrong, match=said):
        run_examples(rules)
    with pytest.raises(Wrong):
        examples("# before:\n# =245  10$aB\n# before:\n# =245  10$aB\n")


# ---- ready-made


def record(*lines: str) -> Record:
    return Record(from_text("\n".join(("=LDR  00000nam\\a2200000\\i\\4500", *lines))))


def test_ready_made_rules_are_a_function_of_two_records() -> None:
    ours = record("=001  1", "=245  10$aBees", "=590  \\\\$aours")
    theirs = record(
        "=001  2", "=245  10$aBees, a history", "=300  \\\\$a9 p.", "=590  \\\\$atheirs"
    )
    merged = {
        one.name: [
            data.decode() for data in compile_merger(ready_made(one.name))(ours, theirs).data
        ]
        for one in every_ready_made()
        if one.what != "table"
    }
    assert merged == {
        "overlay-all-but-local-fields": [
            "1",
            "10\x1faBees, a history",
            "  \x1fa9 p.",
            "  \x1faours",
        ],
        "keep-existing": ["1", "10\x1faBees", "  \x1faours"],
        "replace-title-and-system-numbers": ["1", "10\x1faBees, a history", "  \x1faours"],
        "conditional-subjects": ["1", "10\x1faBees", "  \x1faours"],
    }
    assert theirs.data[0] == b"2"


def test_a_name_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(Wrong, match="keep-existing"):
        ready_made("keep")


# ---- merge rules


def merged(action: str, ours: list[str], theirs: list[str]) -> list[str]:
    rules = parse_rules(f'rule "x" when merge then {action} end')
    result = compile_merger(rules)(record(*ours), record(*theirs))
    return [
        f"{tag.decode()} {data.decode().replace(chr(31), '$')}"
        for tag, data in zip(result.tags, result.data, strict=True)
    ]


@pytest.mark.parametrize(
    ("action", "left"),
    [
        ('remove MARC."0"XX', ["245 10$aB", "650  0$aX", "650  4$aY$5q"]),
        (
            'remove MARC."0"XX excluding "001,035"',
            ["001 1", "035   $a1", "245 10$aB", "650  0$aX", "650  4$aY$5q"],
        ),
        ("remove MARC.XXX", []),
        (
            'remove MARC.XXX excluding "0XX", MARC."650"("*","4")',
            ["001 1", "020   $a2", "035   $a1", "650  4$aY$5q"],
        ),
        (
            'remove MARC."650" if not exists subfield "5"',
            ["001 1", "020   $a2", "035   $a1", "245 10$aB", "650  4$aY$5q"],
        ),
        (
            'remove MARC."650" if exists subfield "5"',
            ["001 1", "020   $a2", "035   $a1", "245 10$aB", "650  0$aX"],
        ),
        (
            'remove MARC."650"(" ","0")',
            ["001 1", "020   $a2", "035   $a1", "245 10$aB", "650  4$aY$5q"],
        ),
        (
            'remove MARC."650" when MARC."650"."a" contains "X"',
            ["001 1", "020   $a2", "035   $a1", "245 10$aB", "650  4$aY$5q"],
        ),
        (
            'remove MARC."650" when MARC."035"."a" contains "9"',
            ["001 1", "020   $a2", "035   $a1", "245 10$aB", "650  0$aX", "650  4$aY$5q"],
        ),
        (
            'remove MARC."650" excluding second indicator "4"',
            ["001 1", "020   $a2", "035   $a1", "245 10$aB", "650  4$aY$5q"],
        ),
        ('remove MARC."020,035"', ["001 1", "245 10$aB", "650  0$aX", "650  4$aY$5q"]),
        (
            'remove MARC."650" excluding subfield "5" contains "q"',
            ["001 1", "020   $a2", "035   $a1", "245 10$aB", "650  4$aY$5q"],
        ),
    ],
)
def test_what_goes(action: str, left: list[str]) -> None:
    ours = [
        "=001  1",
        "=020  \\\\$a2",
        "=035  \\\\$a1",
        "=245  10$aB",
        "=650  \\0$aX",
        "=650  \\4$aY$5q",
    ]
    assert merged(action, ours, []) == left


@pytest.mark.parametrize(
    ("action", "ours", "theirs", "after"),
    [
        ('replace MARC."245"', ["=245  10$aA"], ["=245  10$aB"], ["245 10$aB"]),
        ('replace MARC."245"', ["=245  10$aA"], [], []),
        ('replace MARC."245" if exists', ["=245  10$aA"], [], ["245 10$aA"]),
        (
            'add MARC."650"',
            ["=650  \\0$aA"],
            ["=650  \\0$aA", "=650  \\0$aB"],
            ["650  0$aA", "650  0$aB"],
        ),
        ('add MARC."650" if does not exist', ["=650  \\0$aA"], ["=650  \\0$aB"], ["650  0$aA"]),
        ('add MARC."650" if not exists', [], ["=650  \\0$aB"], ["650  0$aB"]),
        (
            'add MARC."500" when MARC."500"."5" contains "m*"',
            [],
            ["=500  \\\\$aA$5mX", "=500  \\\\$aB$5Xm"],
            ["500   $aA$5mX"],
        ),
        (
            'add MARC."246" excluding second indicator "8"',
            [],
            ["=246  38$aA", "=246  31$aB"],
            ["246 31$aB"],
        ),
    ],
)
def test_what_comes(action: str, ours: list[str], theirs: list[str], after: list[str]) -> None:
    assert merged(action, ours, theirs) == after


@pytest.mark.parametrize(
    "written",
    ["if does not exist", "if does not exists", "if not exist", "if not exists", "IF DO NOT EXIST"],
)
def test_none_of_ours_in_every_form(written: str) -> None:
    action = f'add MARC."650" {written}'
    assert merged(action, ["=650  \\0$aA"], ["=650  \\0$aB"]) == ["650  0$aA"]
    assert merged(action, [], ["=650  \\0$aB"]) == ["650  0$aB"]
    without = f'remove MARC."650" {written} subfield "5"'
    assert merged(without, ["=650  \\0$aA", "=650  \\0$aB$5x"], []) == ["650  0$aB$5x"]


@pytest.mark.parametrize("written", ["if exist", "if exists"])
def test_one_of_theirs_in_every_form(written: str) -> None:
    action = f'replace MARC."650" {written}'
    assert merged(action, ["=650  \\0$aA"], []) == ["650  0$aA"]
    assert merged(action, ["=650  \\0$aA"], ["=650  \\0$aB"]) == ["650  0$aB"]


def test_replace_keeps_repeats_and_the_order_of_notes() -> None:
    ours = ["=245  10$aB", "=300  \\\\$a9 p.", "=500  \\\\$aold", "=650  \\0$aX"]
    theirs = [
        "=245  10$aB",
        "=500  \\\\$aone",
        "=505  0\\$atwo",
        "=500  \\\\$athree",
        "=500  \\\\$athree",
        "=650  \\0$aY",
    ]
    after = [
        "245 10$aB",
        "300   $a9 p.",
        "500   $aone",
        "505 0 $atwo",
        "500   $athree",
        "500   $athree",
        "650  0$aX",
    ]
    assert merged('replace MARC."5"XX', ours, theirs) == after
    assert merged('replace MARC."500" replace MARC."505"', ours, theirs) == after
    assert merged('replace MARC."505" replace MARC."500"', ours, theirs) == after
    assert merged('replace MARC."500,505"', ours, theirs) == after


def test_what_the_primary_has_besides_stays_in_its_place_among_what_comes() -> None:
    ours = ["=245  10$aB", "=500  \\\\$aold", "=590  \\\\$alocal", "=900  \\\\$alocal"]
    theirs = ["=500  \\\\$anew", "=245  10$aB", "=710  2\\$aC"]
    assert merged('replace MARC.XXX excluding "59X,9XX"', ours, theirs) == [
        "500   $anew",
        "245 10$aB",
        "590   $alocal",
        "710 2 $aC",
        "900   $alocal",
    ]


LIBRARY_OF_RECORDS = [Record(body) for body in bibs(60)]


@given(
    st.sampled_from(LIBRARY_OF_RECORDS),
    st.lists(st.integers(0, 60), max_size=12),
    st.sampled_from(
        [
            "replace MARC.XXX",
            'replace MARC.XXX excluding "001,9XX"',
            'replace MARC."5"XX replace MARC."6"XX',
            'replace MARC."500" replace MARC."245" replace MARC."650"(" ","0")',
            'replace MARC."650" when MARC."650"."a" contains "e"',
            'replace MARC."5"XX excluding subfield "5"',
            'replace MARC.control."LDR" replace MARC."830" if exists add MARC."035"',
        ]
    ),
)
def test_an_overlay_of_an_untouched_record_equals_the_incoming_one(
    given_one: Record, moved: list[int], action: str
) -> None:
    """Whatever order its fields stand in, and whatever it has twice."""
    fields = list(zip(given_one.tags, given_one.data, strict=True))
    for number in moved:
        fields.append(
            fields.pop(number % len(fields)) if number % 2 else fields[number % len(fields)]
        )
    incoming = Record.build(given_one.leader, fields)
    rules = parse_rules(f'rule "x" when merge then {action} end')
    assert compile_merger(rules)(Record(incoming.body), incoming).body == incoming.body


def test_an_empty_merge_rule_keeps_the_very_record() -> None:
    ours = record("=245  10$aBees")
    rules = parse_rules('rule "x" when merge then end')
    assert compile_merger(rules)(ours, record("=245  10$aB")) is ours


def test_the_leader_comes_without_its_lengths_and_encoding() -> None:
    ours = Record.build(b"00000nam a2200000 i 4500", [(b"001", b"1")])
    theirs = Record.build(b"00000cas a2200000 a 4500", [(b"001", b"22")])
    for action in ('replace MARC."LDR"', 'replace MARC.control."LDR"'):
        rules = parse_rules(f'rule "x" when merge then {action} end')
        leader = compile_merger(rules)(ours, theirs).leader
        assert leader[5:12] == b"cas a22"
        assert leader[17:19] == b" a"
        assert leader[:5] == ours.leader[:5]


def test_tests_are_run_as_long_as_there_is_work_left() -> None:
    rule = 'rule "{}" when TRUE then removeField "900" end\n'
    test = "# before:\n# =245  10$aB\n# =900  \\\\$ax\n# after:\n# =245  10$aB\n\n"
    rules = parse_rules("".join(rule.format(n) for n in range(20)) + test * 30)
    assert len(run_examples(rules)) == 30
    # Two lines and one for the test itself would be three; the last line has no end of its own.
    assert len(run_examples(rules, most_work=20 * 2 * 7)) == 7
    assert run_examples(rules, most_work=1) == []
