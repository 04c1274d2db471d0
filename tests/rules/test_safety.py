"""No rule can loop, fill the memory or run code, whatever is in it."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from galleyproof.marc.record import Record
from galleyproof.rules.compiling import compile_rules
from galleyproof.rules.explaining import explain
from galleyproof.rules.files import check_rules
from galleyproof.rules.footprint import footprint
from galleyproof.rules.limits import ROOM, GrewTooMuch
from galleyproof.rules.linting import lint
from galleyproof.rules.parsing import WrongRules, parse_rules
from galleyproof.rules.query import parse_query

LEADER = b"00000nam a2200000 i 4500"


def long_record(value: bytes) -> Record:
    return Record.build(LEADER, [(b"001", b"1"), (b"245", b"10\x1fa" + value)])


def run(text: str, record: Record, **dialect: object) -> Record:
    rules = parse_rules(text, **dialect)  # type: ignore[arg-type]
    explain(rules)
    lint(rules)
    footprint(rules)
    return compile_rules(rules)(record)


@pytest.mark.parametrize(
    "condition",
    [
        "(" * 10_000 + "TRUE" + ")" * 10_000,
        "(" * 10_000,
        "not " * 10_000 + "TRUE",
        "not (" * 5_000 + "TRUE" + ")" * 5_000,
        "(TRUE and (TRUE or " * 5_000 + "TRUE" + "))" * 5_000,
        "(not " * 21 + "TRUE" + ")" * 21,
    ],
    ids=lambda text: text[:12],
)
def test_what_is_nested_too_deep_is_refused_with_its_place(condition: str) -> None:
    for text in (
        f'rule "x" when {condition} then removeField "9**" end',
        f'rule "x" when TRUE then removeField "9**" if ({condition}) end',
    ):
        with pytest.raises(WrongRules) as raised:
            parse_rules(text)
        (fault,) = raised.value.faults
        assert "more than 40 parentheses or nots inside one another" in fault.sentence
        assert fault.line == 1
        assert fault.column > 14
    with pytest.raises(ValueError, match="inside one another"):
        parse_query(condition)


def test_what_is_nested_as_deep_as_allowed_runs() -> None:
    condition = "(not " * 20 + "TRUE" + ")" * 20
    assert run(f'rule "x" when {condition} then removeField "245" end', long_record(b"a")).tags == [
        b"001"
    ]


def test_long_flat_conditions_are_no_trouble() -> None:
    condition = " and ".join(['exists "245"'] * 2_000)
    run(f'rule "x" when {condition} then removeField "9**" end', long_record(b"a"))


@pytest.mark.parametrize("regex", [False, True])
@pytest.mark.parametrize(
    "pattern",
    [
        "*a" * 60 + "*b",
        "a*" * 60 + "b",
        "(a+)+b",
        "(a|aa)+b",
        "(a*)*b",
        "(" * 40 + "a" + ")" * 40,
    ],
)
def test_patterns_that_are_catastrophes_elsewhere_end(pattern: str, regex: bool) -> None:
    record = long_record(b"a" * 200_000)
    text = (
        f'rule "x" when not exists "245.a.{pattern}" then'
        f' replaceContents "245.a.{pattern}" with ""'
        f' removeSubField "245.a.{pattern}" end'
    )
    run(text, record, regex=regex)


@pytest.mark.parametrize(
    "action",
    [
        'copyField "***" to "900"',
        'copyField "245" to "245"',
        'suffixSubField "245.a" with "245.a"',
        'prefixSubField "245.*" with "245.a"',
        f'replaceContents "245.a.a" with "{"a" * 4_000}"',
        'splitField "245.a.a" to "245.a"\n copyField "245" to "245"',
    ],
)
def test_a_record_that_would_grow_without_end_is_refused(action: str) -> None:
    times = 1_900_000 // max(len(action), 3_000)
    text = f'rule "x" when TRUE then {(action + chr(10)) * times} end'
    record = long_record(b"a;" * 100)
    with pytest.raises(GrewTooMuch, match="left as it was"):
        run(text, record)
    assert record == long_record(b"a;" * 100)


def test_what_grows_less_is_made() -> None:
    text = 'rule "x" when TRUE then ' + f'addField "500.a.{"a" * 4_000}"\n' * 400 + " end"
    assert 1_500_000 < len(run(text, long_record(b"a")).body) < ROOM


def test_at_most_ten_thousand_fields_are_made() -> None:
    text = 'rule "x" when TRUE then ' + 'copyField "500" to "500"\n' * 40 + " end"
    small = Record.build(LEADER, [(b"500", b"  \x1fa")])
    with pytest.raises(GrewTooMuch):
        run(text, small)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('id')",
        "{0.__class__}",
        "%s%n",
        "${7*7}",
        "$(id)",
        "`id`",
        "{{7*7}}",
        "\\g<0>",
    ],
)
def test_texts_are_texts(text: str) -> None:
    found = run(
        f'rule "x" when TRUE then replaceContents "245.a.b" with "{text}" end', long_record(b"b")
    )
    assert found.data[1] == b"10\x1fa" + text.encode()


def test_separators_cannot_be_smuggled_in() -> None:
    for code in ("001E", "001D", "001F", "0000", "000A"):
        with pytest.raises(WrongRules, match="not a character that a record can hold"):
            parse_rules(f'rule "x" when TRUE then addField "500.a.a\\u{code}b" end')


def test_a_thousand_rules_are_checked(tmp_path) -> None:
    path = tmp_path / "many.rules"
    path.write_text(
        "\n".join(
            f'rule "r{n}" priority {n} when exists "{100 + n % 900}.a.*x{n}*" then\n'
            f'  replaceContents "{100 + n % 900}.a.x{n}" with "y"\n'
            f'  removeField "9**" if (exists "9**.a.{n}")\nend'
            for n in range(1_000)
        )
    )
    found = check_rules(str(path))
    assert found.rules == 1_000
    assert not found.errors


WORDS = ["rule", "when", "then", "end", "if", "and", "or", "not", "TRUE", "exists", "set", "merge"]
pieces = st.one_of(
    st.sampled_from(
        [*WORDS, '"', "(", ")", "\n", " ", "#", "//", "removeField", "addField", "MARC."]
    ),
    st.text('"{}().*|\\#-,0123456789abXT \n', max_size=8),
    st.sampled_from(['"x"', '"245"', '"245.a.*"', '"LDR.{06,1}.a"', '"650.{*,0}"', "priority 3"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(pieces, max_size=40).map(" ".join))
@example('rule "x" when TRUE then set indication."true" end')
def test_any_text_is_parsed_or_refused_with_a_place(text: str) -> None:
    try:
        rules = parse_rules(text)
    except WrongRules as wrong:
        assert wrong.faults
        for fault in wrong.faults:
            assert 1 <= fault.line <= text.count("\n") + 1
            assert fault.column >= 1
            assert fault.sentence
        return
    explain(rules)
    lint(rules)
    footprint(rules)


signs = st.text("ab.*+?()[]{}|^$\\-,1é ", min_size=1, max_size=20)


@settings(max_examples=200, deadline=None)
@given(signs, st.text("xy$12", max_size=5), st.text("ab1é -", max_size=30), st.booleans())
def test_any_pattern_is_used_or_refused(pattern: str, new: str, value: str, regex: bool) -> None:
    text = (
        f'rule "x" when exists "245.a.{pattern}" then\n'
        f'replaceContents "245.a.{pattern}" with "{new}"\n'
        f'removeField "245" if (not exists "245.a.{pattern}") end'
    )
    try:
        rules = parse_rules(text, regex=regex)
    except WrongRules as wrong:
        assert all(fault.line >= 1 for fault in wrong.faults)
        return
    compile_rules(rules)(long_record(value.encode()))


@settings(max_examples=100, deadline=None)
@given(st.text(string.printable, max_size=30))
def test_any_element_is_read_or_refused(text: str) -> None:
    for verb in ("removeField", "addField", "replaceControlContents"):
        try:
            parse_rules(f'rule "x" when TRUE then {verb} "{text}" end')
        except WrongRules as wrong:
            assert wrong.faults


def test_empty_lines_and_comments_do_not_take_the_square_of_their_number() -> None:
    """Twice as many are to take twice the time, not four times: they are thousands of times
    more than would be through in this test."""
    from galleyproof.rules.parsing import whole_text_fault

    assert whole_text_fault("\n" * 1_000_000 + 'rule "x" when TRUE then\nend') is None
    assert whole_text_fault("# =500  x\n" * 100_000) is None
