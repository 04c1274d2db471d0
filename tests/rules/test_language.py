"""What the language means, each with a record before and after, compiled and plain."""

from __future__ import annotations

import plain
import pytest

from galleyproof.marc.mrk import from_text, to_text
from galleyproof.marc.record import Record
from galleyproof.rules.compiling import compile_filter, compile_level, compile_rules
from galleyproof.rules.examples import LEADER
from galleyproof.rules.parsing import parse_rules


def record(text: str) -> Record:
    lines = [line.strip() for line in text.strip().split("\n")]
    whole = "\n".join(lines)
    return Record(from_text(whole if "=LDR" in whole else LEADER + whole))


def after(text: str, before: str, **dialect: object) -> str:
    """The fields after the rules; both implementations must agree on them."""
    rules = parse_rules(text, **dialect)  # type: ignore[arg-type]
    given = record(before)
    result = compile_rules(rules).run(given)
    expected, applied = plain.run(rules, given)
    assert expected.same(result.record)
    assert list(result.applied) == applied
    return "\n".join(to_text(result.record.body).strip().split("\n")[1:])


def fields(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def always(action: str) -> str:
    return f'rule "x" when TRUE then {action} end'


def holds(condition: str, before: str) -> bool:
    rules = parse_rules(f'rule "x" when {condition} then set indication."true" end')
    found = compile_filter(rules)(record(before))
    assert found == plain.holds(rules.rules[0].condition, plain.Plain(record(before)))
    return found


# ---- order

UP = """
rule "upper" when TRUE then replaceContents "500.a" with "upper" end
rule "lower" when TRUE then replaceContents "500.a" with "lower" end
"""


def test_without_priorities_the_upper_rule_has_the_last_word() -> None:
    assert after(UP, "=500  \\\\$a") == "=500  \\\\$aupper"
    assert after(UP, "=500  \\\\$a", order="top-down") == "=500  \\\\$alower"
    assert after("# dialect: order=top-down\n" + UP, "=500  \\\\$a") == "=500  \\\\$alower"


def test_the_command_line_goes_before_the_file() -> None:
    text = "# dialect: order=top-down\n" + UP
    assert after(text, "=500  \\\\$a", order="bottom-up") == "=500  \\\\$aupper"


def test_higher_priority_runs_first_and_none_is_zero() -> None:
    text = """
    rule "b" priority -1 when TRUE then suffix "500.a" with "b" end
    rule "n" when TRUE then suffix "500.a" with "n" end
    rule "z" priority 0 when TRUE then suffix "500.a" with "z" end
    rule "a" salience 7 when TRUE then suffix "500.a" with "a" end
    """
    assert after(text, "=500  \\\\$a-") == "=500  \\\\$a-aznb"


def test_actions_run_from_top_to_bottom() -> None:
    text = 'rule "x" when TRUE then suffix "500.a" with "1"\n suffix "500.a" with "2" end'
    assert after(text, "=500  \\\\$a-") == "=500  \\\\$a-12"


def test_a_later_rule_reads_what_an_earlier_one_made() -> None:
    text = """
    rule "3" priority 1 when exists "TMP" then removeField "TMP" end
    rule "2" priority 2 when exists "TMP.a.b*" then copyField "TMP.a" to "500.a" end
    rule "1" priority 3 when exists "001" then copyControlField "001" to "TMP.a" end
    """
    assert after(text, "=001  b12") == "=001  b12\n=500  \\\\$ab12"


def test_a_rule_for_a_tag_that_only_an_earlier_rule_makes_is_not_skipped() -> None:
    # The record has neither 440 nor 830: what lets the second rule run is made by the first.
    text = """
    rule "2" when exists "8**" then changeSecondIndicator "8**" to "0" end
    rule "1" when exists "490.a" then copyField "490.a" to "830.a" end
    """
    assert after(text, "=490  1\\$aBees") == "=490  1\\$aBees\n=830  \\0$aBees"


def test_a_text_that_only_an_earlier_rule_writes_is_found() -> None:
    text = """
    rule "2" when exists "500.z.new*" then addSubField "500.y.seen" end
    rule "1" when TRUE then addSubField "500.z.new text" end
    """
    assert after(text, "=500  \\\\$aBees") == "=500  \\\\$aBees$znew text$yseen"


def test_a_field_that_an_earlier_rule_removed_is_gone() -> None:
    text = """
    rule "2" when exists "500" then addField "599.a.there was one" end
    rule "1" when TRUE then removeField "500" end
    """
    assert after(text, "=500  \\\\$aBees\n=501  \\\\$ax") == "=501  \\\\$ax"


LEVELS = """
rule "full" when exists "650" then set brief_level."09" end
rule "more" when exists "264" then set brief_level."05" end
rule "any" when TRUE then set brief_level."01" end
rule "silent" when TRUE then end
"""


@pytest.mark.parametrize(
    ("before", "level"),
    [
        ("=245  10$aB\n=264  \\1$bC\n=650  \\0$aD", 9),
        ("=245  10$aB\n=264  \\1$bC", 5),
        ("=245  10$aB", 1),
    ],
)
def test_of_the_levels_that_rules_set_the_last_stands_which_is_the_topmost(
    before: str, level: int
) -> None:
    rules = parse_rules(LEVELS)
    assert compile_level(rules)(record(before)) == level
    assert plain.said(rules, record(before)) == f"{level:02d}"
    down = parse_rules(LEVELS, order="top-down")
    assert compile_level(down)(record(before)) == 1
    assert plain.said(down, record(before)) == "01"


def test_a_lower_priority_has_the_last_word() -> None:
    rules = parse_rules("""
    rule "a" when exists "245" then set indication."true" end
    rule "b" priority 3 when exists "245" then set indication."false" end
    rule "c" priority -1 when exists "500" then set indication."false" end
    """)
    for before, said in (("=245  10$aB", True), ("=245  10$aB\n=500  \\\\$aC", False)):
        assert compile_filter(rules)(record(before)) is said
        assert plain.said(rules, record(before)) == str(said).lower()


# ---- if


def test_if_about_the_tag_of_the_action_is_about_the_very_field() -> None:
    text = always('removeField "020" if (exists "020.q.*pdf*")')
    before = "=020  \\\\$a1$qpdf\n=020  \\\\$a2"
    assert after(text, before) == "=020  \\\\$a2"


def test_if_about_another_tag_is_about_the_record() -> None:
    text = always('removeField "020" if (exists "245")')
    assert after(text, "=020  \\\\$a1\n=020  \\\\$a2") == "=020  \\\\$a1\n=020  \\\\$a2"
    assert after(text, "=020  \\\\$a1\n=245  10$aBees") == "=245  10$aBees"


def test_if_can_ask_about_both() -> None:
    text = always('addSubField "650.2.x" if (not exists "650.2" and (exists "245" or TRUE))')
    before = "=650  \\7$aA\n=650  \\7$aB$2y"
    assert after(text, before) == "=650  \\7$aA$2x\n=650  \\7$aB$2y"


def test_if_not_is_not_of_the_very_field() -> None:
    text = always('removeField "6**" if (not exists "6**.2.fast")')
    assert after(text, "=650  \\7$aA$2fast\n=651  \\0$aB") == "=650  \\7$aA$2fast"


def test_if_counts_subfields_in_the_very_field() -> None:
    text = always('removeField "700" if (existsMoreThanOnce "700.e")')
    assert after(text, "=700  1\\$aA$e1\n=700  1\\$aB$e1$e2") == "=700  1\\$aA$e1"


def test_if_on_a_field_that_is_added_is_about_the_record() -> None:
    text = always('addField "599.a.x" if (not exists "599")')
    assert after(text, "=599  \\\\$ay") == "=599  \\\\$ay"
    assert after(text, "=245  10$aB") == "=245  10$aB\n=599  \\\\$ax"


# ---- elements


@pytest.mark.parametrize("blank", ["-", "#", " ", " - ", "  "])
def test_a_blank_indicator_in_each_form(blank: str) -> None:
    text = always(f'removeField "830.{{*,{blank}}}"')
    assert after(text, "=830  \\\\$aA\n=830  \\0$aB") == "=830  \\0$aB"


@pytest.mark.parametrize("blank", ["", " ", "-", "#"])
def test_an_indicator_is_set_to_blank_in_each_form(blank: str) -> None:
    assert after(always(f'changeFirstIndicator "490" to "{blank}"'), "=490  1\\$aA") == (
        "=490  \\\\$aA"
    )


@pytest.mark.parametrize("any_one", ["{*,0}", "{,0}", "{ * , 0 }"])
def test_any_indicator_in_each_form(any_one: str) -> None:
    text = always(f'removeField "650.{any_one}"')
    assert after(text, "=650  10$aA\n=650  \\0$aB\n=650  \\4$aC") == "=650  \\4$aC"


def test_removefield_with_a_subfield_removes_fields_that_have_it() -> None:
    assert after(always('removeField "035.a"'), "=035  \\\\$a1\n=035  \\\\$z2") == "=035  \\\\$z2"


@pytest.mark.parametrize(
    ("tag", "left"),
    [("9**", "001 090 59X"), ("*9*", "001 59X"), ("***", "001"), ("**0", "001 59X"), ("00*", "")],
)
def test_wildcards_in_tags_reach_control_fields_only_where_they_say_so(tag: str, left: str) -> None:
    before = "=001  1\n=090  \\\\$aA\n=59X  \\\\$aB\n=990  \\\\$aC"
    found = after(always(f'removeField "{tag}"'), before)
    kept = left if tag != "00*" else "090 59X 990"
    kept = "001 090 59X" if tag == "9**" else "001" if tag == "*9*" else kept
    assert [line[1:4] for line in found.split("\n")] == kept.split()


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("Bees", True),
        ("Bee", False),
        ("Bee*", True),
        ("*ees", True),
        ("*ee*", True),
        ("B*e*s", True),
        ("*", True),
        ("bees", False),
        ("Honey|Bees", True),
        ("H*|*s", True),
        ("Honey|Be", False),
        ("B?es", False),
        ("[B]ees", False),
        ("B.es", False),
    ],
)
def test_a_value_is_compared_whole_unless_it_has_asterisks(pattern: str, found: bool) -> None:
    assert holds(f'exists "650.a.{pattern}"', "=650  \\0$aBees") == found
    assert holds(f'exists "650.*.{pattern}"', "=650  \\0$aBees") == found


@pytest.mark.parametrize("slashes", ["\\" * n for n in (1, 2, 3, 4)])
def test_escapes_with_one_to_four_backslashes(slashes: str) -> None:
    assert holds(f'exists "500.a.a{slashes}.b"', "=500  \\\\$aa.b")
    assert holds(f'exists "500.a.a{slashes}|b"', "=500  \\\\$aa|b")
    assert not holds(f'exists "500.a.a{slashes}|b"', "=500  \\\\$ab")
    assert holds(f'exists "500.a.a{slashes}*"', "=500  \\\\$aa*")
    assert not holds(f'exists "500.a.a{slashes}*"', "=500  \\\\$aab")
    assert holds(f'exists "500.a.caf{slashes}u00E9"', "=500  \\\\$acafé")


@pytest.mark.parametrize("slashes", ["\\" * n for n in (1, 2, 3, 4)])
@pytest.mark.parametrize("char", "()[]?+^/-#;")
def test_any_sign_may_be_escaped_with_one_to_four_backslashes(slashes: str, char: str) -> None:
    before = f"=500  \\\\$aa{char}b\n=501  \\\\$axb"
    assert holds(f'exists "50*.a.a{slashes}{char}b"', before)
    text = always(f'replaceContents "500.a.{slashes}{char}" with "{slashes}{char}{slashes}."')
    for regex in (False, True):
        assert after(text, before, regex=regex) == before.replace(char, f"{char}.")


@pytest.mark.parametrize("slashes", ["\\" * n for n in (1, 2, 3, 4)])
def test_a_backslash_before_a_letter_is_one_whatever_their_number(slashes: str) -> None:
    text = always(f'replaceContents "500.a.{slashes}d+" with "<{slashes}d>"')
    assert after(text, "=500  \\\\$aa12", regex=True) == "=500  \\\\$aa<\\d>"
    assert after(text, "=500  \\\\$aa12\\d+") == "=500  \\\\$aa12<\\d>"


def test_more_than_four_backslashes_are_one_that_is_meant() -> None:
    eight = "\\" * 8
    for regex in (False, True):
        text = always(f'replaceContents "500.a.a{eight}b" with "{eight}"')
        assert after(text, "=500  \\\\$axa\\b", regex=regex) == "=500  \\\\$ax\\"


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        ("a*b", "aaab b", "axb"),
        (r"x\\d*y", "x12y xy", "xay"),
        ("x *y", "xy", "x-y"),
        ("*ees", "Bees ees", "Bee"),
        ("Bees|*wax", "Bees beeswax", "Beeswax2"),
        ("(*ing|a)", "bring a", "b"),
        ("x+*", "xx xxyz", "yx"),
        ("[*]", "*", "x"),
        ("[^]*]*", "ab", "a*"),
        (r"\\*", "*", "x"),
        ("(?i)b*", "bB", "bc"),
        ("x{2}*", "xxy xx", "x"),
    ],
)
def test_an_asterisk_in_a_regular_expression_is_any_run_where_it_can_repeat_nothing(
    pattern: str, fits: str, fits_not: str
) -> None:
    text = always(f'addSubField "500.z.yes" if (exists "500.a.{pattern}")')
    for value in fits.split():
        assert after(text, f"=500  \\\\$a{value}", regex=True).endswith("$zyes"), value
    assert not after(text, f"=500  \\\\$a{fits_not}", regex=True).endswith("$zyes")


def test_regex_is_switched_for_one_rule() -> None:
    text = """
    rule "3" when TRUE then # dialect: regex=on
      replaceContents "500.a.[0-9]" with "N"
    end
    rule "2" when TRUE then
      replaceContents "500.a.[0-9]" with "text"
    end
    """
    before = "=500  \\\\$a1 [0-9]"
    assert after(text, before) == "=500  \\\\$aN text"
    assert after(text.replace("regex=on", ""), before) == "=500  \\\\$a1 text"
    # What the command line says goes before both.
    assert after(text, before, regex=False) == "=500  \\\\$a1 text"
    off = "# dialect: regex=on\n" + text.replace("regex=on", "regex=off")
    assert after(off, before) == "=500  \\\\$atext [text-text]"


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('recordHasDuplicateSubfields "650" "2" ".,"', True),
        ('recordHasDuplicateSubfields "650" "2" "."', False),
        ('recordHasDuplicateSubfields "650" "2" ""', False),
        ('recordHasDuplicateSubfields "650" "2" ",.fast"', True),
        ('recordHasDuplicateSubfields "650" "a" "*"', False),
        ('recordHasDuplicateSubfields "650" "a" "\\u00E9e"', True),
    ],
)
def test_characters_are_left_out_where_subfields_are_compared(condition: str, found: bool) -> None:
    before = "=650  \\7$aCafe$2fast.\n=650  \\7$aCafé$2fast,"
    assert holds(condition, before) == found


def test_a_hash_among_coded_positions_is_a_blank() -> None:
    before = "=007  cr\\\n=008  a#b"
    assert holds('existsControl "007.cr#" and existsControl "007.*#*"', before)
    assert holds('existsControl "007.{2,1}.#" and not exists "007.cr\\#"', before)
    assert after(always('addControlField "006.m###"'), before).startswith("=006  m\\\\\\\n")
    assert after(always('suffix "007" with "#x"'), before).startswith("=007  cr\\\\x\n")
    assert after(always('replaceControlContents "007.cr#" with "t#"'), before) == (
        "=007  t\\\n=008  a#b"
    )
    assert after(always('replaceContents "500.a.#" with "no. #"'), "=500  \\\\$a#1") == (
        "=500  \\\\$ano. #1"
    )


def test_nothing_is_excluded_from_what_is_combined() -> None:
    text = always('combineFields "900" excluding ""')
    assert after(text, "=900  \\\\$a1$c2\n=900  \\\\$a3$c4") == "=900  \\\\$a1$c2$a3$c4"


@pytest.mark.parametrize(
    ("element", "text", "leader"),
    [
        ("LDR.{0,24}", "12345cab#95599999uu#9999", "00000cab a2200000uu 4500"),
        ("LDR.{9,1}", "#", "00000nam a2200000 i 4500"),
        ("LDR.{0,5}", "99999", "00000nam a2200000 i 4500"),
        ("LDR.{20,1}", "9", "00000nam a2200000 i 4500"),
    ],
)
def test_positions_of_the_leader_that_are_computed_stay(
    element: str, text: str, leader: str
) -> None:
    rule = always(f'replaceControlContents "{element}" with "{text}"')
    given = record("=245  10$aB")
    result = compile_rules(parse_rules(rule)).run(given)
    found = result.record.leader.decode()
    assert found[5:12] + found[17:] == leader[5:12] + leader[17:]
    expected, applied = plain.run(parse_rules(rule), given)
    assert expected.same(result.record)
    assert list(result.applied) == applied


@pytest.mark.parametrize("written", ["café", "cafe\u0301"])
def test_composed_and_decomposed_letters_are_equal_and_what_stays_keeps_its_bytes(
    written: str,
) -> None:
    assert holds('exists "500.a.café"', f"=500  \\\\$a{written}")
    assert not holds('exists "500.a.cafe*"', f"=500  \\\\$a{written}")
    text = always('replaceContents "500.a.x" with "y"')
    assert after(text, f"=500  \\\\$ax {written}") == f"=500  \\\\$ay {written}"


@pytest.mark.parametrize(("char", "plain_one"), [("\u212a", "K"), ("\u037e", ";"), ("\u1fef", "`")])
def test_characters_that_compose_to_ascii_are_found(char: str, plain_one: str) -> None:
    assert holds(f'exists "500.a.{plain_one}elvin"', f"=500  \\\\$a{char}elvin")
    assert holds(f'exists "500.a.{plain_one}*"', f"=500  \\\\$a{char}elvin")
    assert holds(f'exists "500.a.*{plain_one}*"', f"=500  \\\\$aa{char}b")


def test_an_alternative_in_control_values() -> None:
    before = "=LDR  00000nam\\a2200000\\i\\4500\n=008  200101s2020"
    assert holds('existsControl "LDR.{06,1}.a|t"', before)
    assert holds('existsControl "LDR.{6,2}.am"', before)
    assert not holds('existsControl "LDR.{06,1}.c|d"', before)
    assert holds('existsControl "008.{06,1}.s|m"', before)
    assert not holds('existsControl "008.{35,3}.*"', before)  # the field is too short


def test_a_text_that_is_written_keeps_stops_bars_and_asterisks() -> None:
    text = always('addField "500.a.a. b.c|d*e"\n addSubField "245.c.x.y|z."')
    assert after(text, "=245  10$aB") == "=245  10$aB$cx.y|z.\n=500  \\\\$aa. b.c|d*e"


def test_a_final_full_stop_alone() -> None:
    text = always('replaceContents "690.a.." with ""')
    assert (
        after(text, "=690  \\4$aU.S. law.\n=690  \\4$aU.S") == "=690  \\4$aU.S. law\n=690  \\4$aU.S"
    )


def test_with_regex_a_full_stop_is_any_character() -> None:
    text = always('replaceContents "690.a.." with ""')
    assert after(text, "=690  \\4$aU.S.$bx", regex=True) == "=690  \\4$bx"


def test_without_regex_signs_are_literal() -> None:
    text = always('replaceContents "500.a.[a-z]+(x)" with "y"')
    assert after(text, "=500  \\\\$aabx [a-z]+(x)") == "=500  \\\\$aabx y"


def test_groups_are_written_again() -> None:
    text = always(r'replaceContents "500.a.([0-9]+)-([0-9]+)" with "$2/$1"')
    assert after(text, "=500  \\\\$ap. 12-34", regex=True) == "=500  \\\\$ap. 34/12"


# ---- liberties


@pytest.mark.parametrize(
    "text",
    [
        'rule "x" when exists "245" then removeField "900" end',
        'RULE "x" WHEN EXISTS "245" THEN REMOVEFIELD "900" END',
        'rule "x" when (exists "245") then removefield "900" end\n\n',
        'rule "x"\n\n# why\nwhen\n exists "245"\n TRUE\n\n// a\nthen\n\n removeField "900"\nend',
        'rule "x" when exists "245" # at the end\nthen removeField "900" // too\nend',
        'rule "x" when not exists "999" and not (exists "998") then removeField "900" end',
        'rule "x" when TRUE then removeField "900" if(exists "245") end',
        'rule "x" when TRUE then removeField "900" if exists "245" end',
        "\ufeff" + 'rule "x" when TRUE then removeField "900"\r\nend\r\n',
        'rule "x" when TRUE then end\nrule "y" when TRUE then removeField "900" end',
    ],
)
def test_liberties(text: str) -> None:
    assert after(text, "=245  10$aB\n=900  \\\\$ax") == "=245  10$aB"


def test_and_binds_more_closely_than_or() -> None:
    assert holds('TRUE or exists "1**" and exists "2**"', "=500  \\\\$ax")
    assert not holds('(TRUE or exists "1**") and exists "2**"', "=500  \\\\$ax")
    assert holds('not exists "1**" and TRUE', "=500  \\\\$ax")


def test_an_empty_subfield_goes_and_a_field_with_nothing_left() -> None:
    text = always('replaceContents "500.a.x" with ""')
    assert (
        after(text, "=500  \\\\$ax$by\n=501  \\\\$az\n=500  \\\\$ax")
        == "=500  \\\\$by\n=501  \\\\$az"
    )


def test_what_no_rule_touches_is_the_very_same_record() -> None:
    given = record("=245  10$aB")
    assert compile_rules(parse_rules(always('removeField "900"')))(given) is given
    same = compile_rules(parse_rules(always('changeFirstIndicator "245" to "1"')))(given)
    assert same is given


def test_untouched_fields_keep_their_bytes() -> None:
    odd = Record.build(
        b"00000nam a2200000 i 4500",
        [(b"245", b"10stray\x1fa\xff\xfe\x1f"), (b"500", b"  \x1fax"), (b"500", b"")],
    )
    text = always('replaceContents "500.a.x" with "y"')
    found = compile_rules(parse_rules(text))(odd)
    assert found.data == [odd.data[0], b"  \x1fay", b""]


def test_sortfields_sorts_control_fields_too() -> None:
    assert after(always("sortFields"), "=008  x\n=001  1") == "=001  1\n=008  x"


@pytest.mark.parametrize("number", range(1, 5))
def test_leader_positions(number: int) -> None:
    before = "=LDR  00000nam\\a2200000Ii\\4500\n=245  10$aB"
    rule = {
        1: 'replaceControlContents "LDR.{17,1}.I" with " "',
        2: 'replaceControlContents "LDR.{17,1}" with "#"',
        3: 'replaceControlContents "LDR.{017,01}.I|K" with " " if (exists "245")',
        4: 'replaceControlContents "LDR.{17,1}.I" with " " if (existsControl "LDR.{06,1}.a")',
    }[number]
    result = compile_rules(parse_rules(always(rule)))(record(before))
    assert result.leader[17:19] == b" i"


@pytest.mark.parametrize("of", ["\\4500", "\\45\\\\"])
def test_the_fixed_digits_of_the_leader_may_be_set_to_what_they_are(of: str) -> None:
    """Rules that give a record made elsewhere a whole leader do so, blank after blank."""
    rules = "\n".join(
        f'replaceControlContents "LDR.{{{at},1}}" with "{digit}"'
        f' if(existsControl "LDR.{{{at},1}}. ")'
        for at, digit in ((5, "n"), (10, "2"), (20, "4"), (21, "5"), (22, "0"), (23, "0"))
    )
    before = record(f"=LDR  00000\\am\\a2200000Ii{of}\n=245  10$aB")
    result = compile_rules(parse_rules(always(rules))).run(before)
    expected, _ = plain.run(parse_rules(always(rules)), before)
    assert expected.same(result.record)
    leader = result.record.leader
    assert (leader[5:6], leader[10:12], leader[20:]) == (b"n", b"22", b"4500")


def test_a_record_too_long_for_iso_2709_says_so_whatever_rules_set_in_its_leader() -> None:
    long = Record.build(
        b"00000nam a2200000 i 4500",
        [(b"500", b"  \x1fa" + b"x" * 9000)] * 12 + [(b"900", b"  \x1fa")],
    )
    assert long.leader[20:22] == b"99"
    rules = 'replaceControlContents "LDR.{20,1}" with "4" '
    still = compile_rules(parse_rules(always(rules))).run(long).record
    assert still.body == long.body
    short = compile_rules(parse_rules(always(rules + 'removeField "500"'))).run(long).record
    assert short.leader[20:] == b"4500"
