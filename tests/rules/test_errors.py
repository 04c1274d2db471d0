"""What is wrong is said with line, column, what was found and what could stand there."""

from __future__ import annotations

import pytest

from galleyproof.rules.parsing import WrongRules, parse_rules
from galleyproof.rules.verbs.table import VERBS


def faults(text: str, **dialect: object) -> list[str]:
    with pytest.raises(WrongRules) as raised:
        parse_rules(text, **dialect)  # type: ignore[arg-type]
    return [f"{one.line}:{one.column}: {one.sentence}" for one in raised.value.faults]


def one(text: str, **dialect: object) -> str:
    found = faults(text, **dialect)
    assert len(found) == 1, found
    return found[0]


def always(action: str) -> str:
    return f'rule "x" when TRUE then\n{action}\nend'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: there is no rule here"),
        ("# only a comment\n", "1:1: there is no rule here"),
        ('hello\nrule "x" when TRUE then end', "1:1: found “hello”; expected rule, or a comment"),
        (always('removeFeld "9**"'), "2:1: “removeFeld” is not a verb; did you mean removeField"),
        (always('frobnicate "9**"'), "2:1: “frobnicate” is not a verb; there are removeField"),
        (
            always('trim "245.a"'),
            "2:1: the verb trim is of our dialect, which the other system does",
        ),
        (always('replaceContents "245.a.x" with "y" as regex'), "2:1: “as” in an action is of our"),
        ('rule "x" when count "650" ">" "1" then end', "1:15: count is a test of our dialect"),
        ('table "a"\n"b" = "c"\nend\n' + always(""), "1:1: a table is of our dialect"),
        (
            'rule "x" when merge then merge MARC."856" by "u" end',
            "1:26: merge is an action of our dialect",
        ),
        ('rule "x" when exsts "245" then end', "1:15: “exsts” is not a test of a record; did you"),
        (
            'rule "x" when removeField "245" end',
            "1:15: removeField is a verb, and verbs come after",
        ),
        ('rule "x" wen TRUE then end', "did you mean when?"),
        ("rule x when TRUE then end", "1:6: found “x”; expected a text in double quotes"),
        ('rule "x" when TRUE then\nremoveField "9**"', "found the end; expected"),
        (always('removeField "9**'), '2:13: found “"9**”, a text that is not closed on its line'),
        (
            always('removeField "9"'),
            "2:13: “9” does not begin with a tag: expected three characters",
        ),
        (always('removeField "245a"'), "after the tag 245 a full stop or nothing"),
        (always('removeField "245.ab"'), "“ab” is not a subfield code"),
        (always('removeField "245.a."'), "ends with a full stop and no value"),
        (always('removeField "245.{1}"'), "expected {first indicator,second indicator}"),
        (always('removeField "245.{12,1}"'), "“12” is not an indicator"),
        (always("removeField"), "2:1: too little: it is written removeField"),
        (always('removeField "245" with "x"'), "too much: it is written removeField"),
        (always('replaceContents "245" with "x"'), "names no subfield"),
        (always('replaceContents "008.x" with "y"'), "is a control field"),
        (always('changeFirstIndicator "245" to "12"'), "“12” is not an indicator"),
        (always('changeFirstIndicator "245" to "*"'), "cannot be set to *"),
        (always('addField "2*5.a.x"'), "needs a tag without wildcards"),
        (always('addField "245"'), "needs a subfield and its text"),
        (always('addSubField "245.*.x"'), "needs a code, not *"),
        (always('changeField "001" to "245"'), "are not of one kind"),
        (always('removeControlField "LDR"'), "the leader cannot be removed"),
        (always('replaceControlContents "LDR.{5,1}" with "é"'), "its codes are ASCII"),
        (
            'rule "x" when TRUE then # dialect: order=top-down\nend',
            "1:25: order is for a whole file",
        ),
        ('rule "x" when TRUE then # dialect: regex=yes\nend', "regex is on or off, not “yes”"),
        ('rule "x" when recordHasDuplicateSubfields "650" "a" then end', "characters that do not"),
        (always('replaceControlContents "008.{35,3}" with "en"'), "names 3 positions"),
        (always('removeField "LDR.{20,9}.x"'), "the leader ends at position 23"),
        (always('moveSubfieldsToEndOfField "245" "ab"'), "not a list of subfield codes"),
        (always('correctDuplicateFields "650.a"'), "whole fields are compared"),
        (always('splitField "653.a"'), "does not say at which character"),
        ('rule "x" priority 12345678901 when TRUE then end', "1:19: a priority has at most nine"),
        ('rule "x" when TRUE then set indication."maybe" end', 'is "true" or "false"'),
        ('rule "x" when TRUE then set brief_level."11" end', 'is "01" to "10"'),
        ('rule "x" when TRUE then set colour."red" end', "expected indication or brief_level"),
        ('rule "x" when merge then remove MARC."24" end', "“24” is not a tag"),
        (
            'rule "x" when merge then remove MARC."580"X end',
            '“"580"X” is not a tag: it stands for 4 characters, and a tag has three',
        ),
        ('rule "x" when merge then remove MARC."5-0" end', "“5-0” is not a tag; expected three"),
        (
            'rule "x" when merge then add MARC."500" excluding "59X,59XX" end',
            "“59XX” is not a tag: it stands for 4",
        ),
        ('rule "x" when merge then delete MARC."245" end', "expected remove, replace or add"),
        ('rule "x" when merge then remove MARC."LDR" end', "the leader cannot be removed"),
        ("# dialect: order=sideways\n" + always(""), "1:1: “sideways” is not an order"),
        ("# dialect: colour=red\n" + always(""), "not a switch of the dialect"),
        (always('removeField "9**"') + '\nrule "y" when merge then end', "a file is of one kind"),
        (always("removeField “9**”"), "found a typographic quotation mark “; expected a straight"),
        (always('removeField "9**"\x00'), "a character that is not text (U+0000)"),
        (
            '# from a display\ncreate pnx."display"."title"',
            "2:1: this is a rule for discovery displays (create pnx …), which is another language",
        ),
        (
            'rule "x" when MARC."961" has any "a" then\n  create pnx."display"."lds01" with '
            'MARC."961" end',
            "2:3: this is a rule for discovery displays",
        ),
        (
            'rule "x" when MARCRECORD then\n  set TEMP"1" to prima display title end',
            "2:3: this is a rule for discovery displays",
        ),
        ('rule "x" when MARC."245"."a" match "B*" then end', "1:15: this is a rule for discovery"),
        (
            'rule "x" when exists "dc:title" then\n removeField "dcterms:extent" end',
            "1:22: this is a rule for Dublin Core records",
        ),
        ('rule "x" when DC."dc:type" then end', "is a rule for Dublin Core records"),
        ('<xsl:stylesheet version="1.0">\n</xsl:stylesheet>', "1:1: this is an XSL transformation"),
        (
            'rule "x" when TRUE then\n  add to text displayValue "x"\nend',
            "2:3: this is a rule for authority heading displays (add to text displayValue)",
        ),
    ],
)
def test_one_thing_wrong(text: str, said: str) -> None:
    assert said in one(text)


def test_typographic_quotes_inside_a_text_and_a_comment_are_no_harm() -> None:
    parse_rules("# “quoted”\n" + always('addField "500.a.“quoted”"'))


def test_another_language_is_only_where_it_speaks() -> None:
    parse_rules(
        '# create pnx."display" and "dc:title" are of another language\n'
        + always('addField "500.a.see dc:title, create pnx, TEMP 1"\nremoveField "TMP"')
    )


def test_everything_wrong_is_told_at_once_in_the_order_of_the_text() -> None:
    text = """rule "a" when exsts "245" then
  removeFeld "9**"
  addField "245"
end
rule "b" when TRUE then
  changeField "440"
end
"""
    assert [one.split(":")[0] for one in faults(text)] == ["1", "2", "3", "6"]


def test_everything_wrong_with_merge_rules_is_told_at_once() -> None:
    text = """rule "a" when merge then
  remove MARC."580"X
  add MARC."245" if perhaps
  replace MARC."LDR"
  delete MARC."500" excluding subfield "55"
  remove MARC."900" when MARC."900"."a" holds "x"
end
rule "b" when merge then
  add MARC."001"("1","2")
end
"""
    assert [one.split(":")[0] for one in faults(text)] == ["2", "3", "5", "5", "6", "9"]


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_the_nearest_verb_is_offered_for_each(verb) -> None:
    name = verb.name
    wrong = name[:3] + name[4:] if len(name) > 6 else name + "x"
    dialect = "# dialect: galley\n" if verb.ours else ""
    assert name in one(dialect + always(f'{wrong} "245.a"'))


@pytest.mark.parametrize(
    ("pattern", "said"),
    [("(a", "missing"), ("[a", "missing"), ("a{2000}", "repetition"), (r"(?=a)", "perl")],
)
def test_a_regular_expression_that_is_none(pattern: str, said: str) -> None:
    found = one(always(f'replaceContents "245.a.{pattern}" with "x"'), regex=True)
    assert "is not a regular expression" in found
    assert said in found


def test_a_group_that_is_not_there() -> None:
    text = always('replaceContents "245.a.(a)" with "$2"')
    assert "names a group that the pattern does not have" in one(text, regex=True)
