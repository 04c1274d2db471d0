"""What is said of rules that parse: warnings, footprints, sentences."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest

from galleyproof.rules.explaining import explain
from galleyproof.rules.footprint import footprint
from galleyproof.rules.linting import lint
from galleyproof.rules.parsing import parse_rules
from galleyproof.rules.verbs.table import VERBS


def warnings(text: str, **dialect: object) -> list[str]:
    found = lint(parse_rules(text, **dialect))  # type: ignore[arg-type]
    return [f"{one.line}:{one.column}: {one.sentence}" for one in found]


def always(action: str) -> str:
    return f'rule "x" when TRUE then\n{action}\nend'


TWO = 'rule "a"{} when TRUE then changeSecondIndicator "{}" to "0" end\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            TWO.format("", "830") + 'rule "b" when exists "830" then removeField "900" end',
            "2:1: rules “a” (line 1) and “b” both touch 830 and have no priority: the lower one",
        ),
        (
            TWO.format("", "8**") + 'rule "b" when exists "830" then removeField "900" end',
            "have no priority",
        ),
        (
            TWO.format(" priority 3", "830")
            + 'rule "b" priority 3 when exists "830" then removeField "900" end',
            "have the same priority",
        ),
        ('rule "a" when TRUE then end', "1:1: rule “a” does nothing"),
        (
            always('removeField "900"') + "\n" + always('removeField "901"'),
            "a rule named “x” is there already",
        ),
        (always('copyField "245" to "TMP"'), "the scratch field TMP is made and never removed"),
        (always('removeField "TMP"'), "no rule here makes TMP"),
        (
            'rule "x" when exists "245" and not exists "245" then removeField "900" end',
            "never runs",
        ),
        ('rule "x" when not exists "245" then removeField "245.h" end', "never applies"),
        (always('removeField "245.a.[0-9]+"'), "looks like a regular expression"),
        (always('removeField "245.a.^The"'), "looks like a regular expression"),
        (
            always('changeSecondIndicator "650" to "9"'),
            "MARC 21 defines no second indicator 9 for 650",
        ),
        (always('addField "245.{5,0}.a.x"'), "MARC 21 defines no first indicator 5 for 245"),
        (always('removeField "650" if (exists "6**.a")'), "looks at any 6** of the record"),
        (
            always('removeField "650" if (existsMoreThanOnce "650")'),
            "counts the 650s of the record",
        ),
        (
            'rule "x" when exists "5**.5.*." then removeField "900" end',
            "1:15: “*.” is a value that ends with a full stop; for any value leave it out, full "
            'stop and all: "5**.5"',
        ),
        (
            'rule "x" when existsControl "008.{35,3}.en|ger|*" then removeField "900" end',
            "“en” can never be there: it has 2 characters, and 3 positions are named",
        ),
        (
            always('replaceControlContents "LDR.{6,1}.ab" with "c"'),
            "“ab” can never be there: it has 2 characters, and 1 position is named",
        ),
        (
            always('replaceControlContents "LDR.{4,2}" with "9c"'),
            "leader/04 is computed: setting it has no effect",
        ),
        (always('replaceControlContents "LDR.{9,1}" with " "'), "leader/09 says that the record"),
        (always('replaceControlContents "LDR.{20,1}" with "9"'), "leader/20 is always 4"),
        (
            always('removeField "830.{*,#}"\nchangeFirstIndicator "490" to "#"'),
            "2:13: # is taken for a blank here, and in 1 more places; write - for a blank",
        ),
        (always('addControlField "007.cr#"'), "# is taken for a blank here; write"),
        (always('removeControlField "001"'), "this removes or rewrites 001"),
        (always('removeField "00*"'), "this removes or rewrites 001"),
        (always('copyControlField "035.a" to "001"'), "this removes or rewrites 001"),
        (always('prefix "001" with "x"'), "this removes or rewrites 001"),
        (
            always('addField "650.a.x"\naddSubField "650.2.y"'),
            "3:1: this also adds to the 650s that the record had before",
        ),
        (
            'rule "x" when recordHasDuplicateSubfields "650" "a" "B*" then removeField "9**" end',
            "“B*” is no value: its characters are left out",
        ),
        (
            always('removeField "900"') + "\n# dialect: regex=on\n" + always("").replace("x", "y"),
            "4:1: this is not read: a dialect is said in the comment that the file begins with",
        ),
    ],
)
def test_what_is_doubtful_is_said(text: str, said: str) -> None:
    assert any(said in one for one in warnings(text)), warnings(text)


@pytest.mark.parametrize(
    "text",
    [
        TWO.format(" priority 3", "830") + 'rule "b" when exists "830" then removeField "900" end',
        TWO.format("", "830") + 'rule "b" when exists "490" then removeField "900" end',
        always('removeSubField "245.h.[electronic resource]*"'),
        always('removeField "500.a.[lacks v. 3]*"'),
        'rule "x" when not exists "336" then addField "336.a.t"\n addSubField "336.2.x" end',
        always('copyField "245" to "TMP"\n removeField "TMP"'),
        always('copyField "245" to "TMP"\n changeField "TMP" to "500"'),
        always('addControlField "001.x"\n removeField "***"'),
        always('replaceControlContents "LDR.{5,1}.c|n" with "n"'),
        always('replaceControlContents "LDR.{20,4}" with "4500"'),
        always('addField "500.a.x"\n addSubField "500.5.y" if (exists "500.a.x")'),
        always('removeField "500.a.*#*"'),
        'rule "x" when existsControl "008.{35,3}.eng|g*|*" then removeField "900" end',
        'rule "x" when TRUE then # dialect: regex=on\nremoveField "500.a.[0-9]+" end',
        "# before: a dialect of ours\n" + always('removeField "9**"'),
    ],
)
def test_what_is_in_order_is_not_complained_of(text: str) -> None:
    assert warnings(text) == []


def test_what_a_merge_rule_takes_away_is_told() -> None:
    text = """rule "x" when merge then
      replace MARC."9"XX excluding "99X"
      remove MARC."0"XX
      replace MARC."245"
      add MARC.XXX
    end"""
    assert [one.split(": ")[0] for one in warnings(text)] == ["2:7", "3:7"]
    assert "also removes what the incoming record lacks: every 9XX" in warnings(text)[0]
    assert "this removes 001" in warnings(text)[1]
    assert warnings(text.replace('"0"XX', '"0"XX excluding "001"')) == warnings(text)[:1]
    sentences = explain(parse_rules(text))[0].what
    assert sentences[0].endswith("; what the secondary lacks of them goes.")
    assert "lacks" not in sentences[3]


def test_a_rule_that_can_never_count_is_told_of() -> None:
    text = """
    rule "every" when TRUE or exists "245" then set brief_level."03" end
    rule "full" when exists "650" then set brief_level."09" end
    rule "silent" when TRUE then end
    rule "early" priority 5 when exists "650" then set brief_level."10" end
    """
    assert [one.split(" never counts: “every” (line 2)")[0] for one in warnings(text)] == [
        "3:1: “full”",
        "5:1: “early”",
    ]
    assert warnings(text.replace("TRUE or ", "")) == []
    assert warnings(text, order="top-down")[0].startswith("5:1: “early” never counts")


def test_with_regex_on_a_regular_expression_is_no_surprise() -> None:
    assert warnings(always('removeField "245.a.[0-9]+"'), regex=True) == []


def test_a_doubtful_condition_is_told_with_its_line_in_the_file() -> None:
    text = (
        always('removeField "900"')
        + '\nrule "y" when\n exists "5**.5.*."\nthen removeField "901"'
        + '\n if (exists "901.a.*.") end'
    )
    assert [one.split(": ")[0] for one in warnings(text)] == ["5:2", "7:6"]


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ('removeField "035.a.(OCoLC)*"', True),
        ('removeField "900" if (exists "035.a.(OCoLC).*")', True),
        (r'removeField "035.a.\\(OCoLC\\).*"', False),
        ('replaceContents "245.a.(of) (the)" with "$2 $1"', False),
        ('removeField "035.a.(OCoLC|DLC).*"', False),
        ('removeField "035.a.(ab)+"', False),
    ],
)
def test_with_regex_on_parentheses_that_look_like_text_are_told_of(action: str, told: bool) -> None:
    found = warnings(always(action), regex=True)
    assert any("are a group and stand for no character" in one for one in found) == told, found


def test_the_same_is_said_in_every_run(tmp_path: Path) -> None:
    """Whatever the order in which a process keeps its sets."""
    tags = ["245", "650", "100", "700", "490", "830", "500", "9**", "6**"]
    path = tmp_path / "many.rules"
    path.write_text(
        "\n".join(
            f'rule "{number}" when exists "{one}" and exists "{other}" then\n'
            f'  changeFirstIndicator "{other}" to "1" removeField "{one}" end'
            for number, (one, other) in enumerate(permutations(tags, 2))
        )
    )
    script = (
        "from galleyproof.rules.files import check_rules; import sys;"
        "print(*check_rules(sys.argv[1]).warnings, sep='\\n')"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script, str(path)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1
    assert "both touch" in said.pop()


def test_the_footprint_names_what_is_read_and_written() -> None:
    text = """rule "x" when exists "LDR" and exists "100" then
      copyField "490.a" to "830.a" if (exists "245")
      removeField "9**"
      suffixSubField "500.a" with "001"
    end"""
    found = footprint(parse_rules(text))
    assert found.reads == ("001", "100", "245", "490", "500", "9**", "LDR")
    assert found.writes == ("500", "830", "9**")


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_every_verb_is_said_in_a_sentence(verb) -> None:
    for example in verb.examples:
        dialect = "# dialect: galley\n" if verb.ours else ""
        (rule,) = explain(parse_rules(dialect + always(example.action)))
        assert rule.when == "On every record:"
        assert rule.what
        for sentence in rule.what:
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            assert "None" not in sentence
            assert "***" not in sentence


@pytest.mark.parametrize(
    ("rule", "when", "what"),
    [
        (
            'exists "830.{*,0}" then removeField "9**"',
            "If there is an 830 with second indicator 0:",
            "Removes every 9XX.",
        ),
        (
            'not (exists "1**" and exists "245.a.The *") then removeField "900"',
            "If there is no 1XX or there is no 245 with an $a “The *”:",
            "Removes every 900.",
        ),
        (
            'existsControl "LDR.{17,1}.#" then addField "500.a.x"',
            "If the leader/17 is a blank:",
            "Adds a 500 with $a “x”.",
        ),
        (
            'existsMoreThanOnce "650" then removeField "650" if (not exists "650.2")',
            "If there is more than one 650:",
            "Removes every 650, if that field does not have a $2.",
        ),
        (
            'exists "5**.5.*." then removeField "900"',
            "If there is a 5XX with a $5 that ends with “.”:",
            "Removes every 900.",
        ),
        (
            'recordHasDuplicateSubfields "650" "2" ".," then removeField "900"',
            "If the record has a repeated $2 in its 650s, not counting “.,”:",
            "Removes every 900.",
        ),
        (
            'TRUE then replaceContents "300.c.*cm*" with "cm"',
            "On every record:",
            "Sets $c “*cm*” of every 300 to “cm”.",
        ),
    ],
)
def test_sentences_a_cataloger_reads(rule: str, when: str, what: str) -> None:
    (said,) = explain(parse_rules(f'rule "x" when {rule} end'))
    assert (said.when, said.what) == (when, (what,))


def test_rules_are_explained_in_the_order_in_which_they_run() -> None:
    text = (
        'rule "1" when TRUE then end rule "2" priority 5 when TRUE then end\n'
        'rule "3" when TRUE then end'
    )
    assert [one.name for one in explain(parse_rules(text))] == ["2", "3", "1"]
