"""What the linter says of actions that come to nothing, and of tests that always or never hold."""

from __future__ import annotations

import pytest
from test_reference import BLOCKS

from galleyproof.rules.linting import lint
from galleyproof.rules.parsing import parse_rules

OURS = "# dialect: galley\n"


def said_of(text: str) -> list[str]:
    return [f"{one.line}: {one.sentence}" for one in lint(parse_rules(text))]


def rule(*actions: str, when: str = "TRUE") -> str:
    return OURS + f'rule "x" when {when} then\n' + "\n".join(actions) + "\nend"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            rule('removeField "650"', 'trim "650.a"'),
            "4: this never applies: line 3 has taken away every 650 by then",
        ),
        (
            rule('removeField "6**"', 'sortFieldsBy "650" by "a"'),
            "4: this never applies: line 3 has taken away every 6XX by then",
        ),
        (
            rule('removeSubField "700.e"', 'lookUpCode "700.e" to "4" in "relators"'),
            "4: this never applies: line 3 has taken away every 700 $e by then",
        ),
        (
            rule('changeField "440" to "490"', 'punctuate "440.a" with " ;" before "v"'),
            "4: this never applies: line 3 has taken away every 440 by then",
        ),
        (
            OURS
            + 'rule "first" priority 2 when TRUE then removeField "029" end\n'
            + 'rule "then" priority 1 when exists "029" then trim "029.a" end',
            "3: this never applies: line 2 has taken away every 029 by then",
        ),
        (
            rule(
                'punctuate "245.a" with " :" before "b"',
                'punctuate "245.a" with "," before "*"',
            ),
            "4: this mark, “,”, takes the place of the mark “ :”: what line 3 has made",
        ),
        (
            rule('punctuate "245.a" with " :" before "b"', 'trim "245.*" with ":;"'),
            "4: this takes away the mark “ :”, what line 3 has made",
        ),
        (
            rule('changeCase "245.a" to "title"', 'changeCase "245.a" to "lower"'),
            "4: this, “lower”, leaves nothing of “title”, what line 3 has made",
        ),
        (
            rule('sortFieldsBy "245" by "a"'),
            "3: a bib has one 245 at most, so that this does nothing to it",
        ),
        (
            rule('sortFieldsBy "650" by "tag,a"'),
            "3: sorting by “tag” changes nothing: all that is sorted here has the same tag",
        ),
        (
            rule('sortFieldsBy "650" by "a,-a"'),
            "3: sorting by “-a” changes nothing: “a” sorts already",
        ),
        (
            rule('addSubField "650.5.X" if (justAdded "651")'),
            "3: this never holds: no action here makes a 651",
        ),
        (rule('removeField "650" if (count "650" ">=" "0")'), "3: this always holds"),
        (rule('removeField "650" if (compare "650.a" "=" "650.a")'), "3: this compares a place"),
        (
            OURS
            + 'table "t" version "1"\n"a" = "b"\nend\nrule "x" when TRUE then trim "500.a" end',
            "2: no rule here uses the table “t”",
        ),
    ],
)
def test_what_comes_to_nothing_is_said(text: str, said: str) -> None:
    assert any(one.startswith(said) for one in said_of(text)), said_of(text)


@pytest.mark.parametrize(
    "text",
    [
        rule('removeField "650" if (exists "650.9")', 'trim "650.a"'),
        rule('removeField "650.{*,4}"', 'trim "650.a"'),
        rule('removeField "650"', 'addField "650.a.New"', 'trim "650.a"'),
        rule('removeField "490"', 'changeField "440" to "490"', 'trim "490.a"'),
        rule('removeSubField "700.e"', 'addSubField "700.e.editor"', 'trim "700.e"'),
        rule('removeField "008"', 'trim "***.a"'),
        # From the general to the particular is how punctuation is written.
        rule('punctuate "245.*" with "," before "*"', 'punctuate "245.a" with " :" before "b"'),
        rule('punctuate "245.a" with " :" before "b"', 'punctuate "245.a" with " /" before "c"'),
        rule('punctuate "245.a" with " :" before "b"', 'punctuate "245.*" with "." before "end"'),
        rule('changeCase "245.a" to "lower"', 'changeCase "245.a" to "first-upper"'),
        rule('dropFieldsByKey "100" by "a" in "700"'),
        rule('addField "650.a.N"', 'addSubField "650.5.X" if (justAdded "6**")'),
        rule('sortFieldsBy "6**" by "tag,ind2,a"'),
        OURS
        + 'table "t" version "1"\n"a" = "b"\nend\n'
        + 'rule "x" when inTable "500.a" "t" then trim "500.a" end',
    ],
)
def test_what_is_meant_is_not_doubted(text: str) -> None:
    words = ("never applies", "takes the place", "leaves nothing", "does nothing", "never holds")
    assert not [one for one in said_of(text) if any(word in one for word in (*words, "uses"))]


def test_no_example_of_the_reference_is_doubted() -> None:
    for kind, block in BLOCKS:
        if kind == "our-action":
            said = said_of(rule(block.split("# before:")[0]))
            assert not [one for one in said if "never" in one or "what line" in one], (block, said)
