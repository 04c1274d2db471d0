"""docs/reference/rules.md: its examples run, and it leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from galleyproof.rules.comparing import OUR_TESTS
from galleyproof.rules.conditions import TESTS
from galleyproof.rules.examples import Outcome, run_examples
from galleyproof.rules.merging import ACTIONS, OURS
from galleyproof.rules.parsing import parse_rules
from galleyproof.rules.verbs.table import VERBS
from galleyproof.rules.verbs.verb import Verb

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(
    r"^```(rules|action|condition|our-action|our-condition)\n(.*?)^```",
    PAGE,
    re.MULTILINE | re.DOTALL,
)


def outcomes(kind: str, block: str) -> list[Outcome]:
    """A block as a rule file: actions and conditions get the rule that they need."""
    if kind.startswith("our-"):
        return outcomes_in("# dialect: galley\n", kind.removeprefix("our-"), block)
    return outcomes_in("", kind, block)


def outcomes_in(dialect: str, kind: str, block: str) -> list[Outcome]:
    if kind == "action":
        actions, tests = block.split("# before:", 1)
        block = f'rule "x" when TRUE then\n{actions}\nend\n# before:{tests}'
    elif kind == "condition":
        condition, tests = block.split("# before:", 1)
        block = f'rule "x" when {condition}\nthen set indication."true" end\n# before:{tests}'
    return run_examples(parse_rules(dialect + block))


@pytest.mark.parametrize(("kind", "block"), BLOCKS, ids=[b[:40] for _, b in BLOCKS])
def test_every_example_does_what_it_says(kind: str, block: str) -> None:
    found = outcomes(kind, block)
    assert found, "no before and after in it"
    for one in found:
        assert one.passed, "\n".join(one.difference)


def test_an_example_that_is_wrong_would_be_found() -> None:
    kind, block = next(one for one in BLOCKS if one[1].startswith('removeField "650'))
    wrong = "=651".join(block.rsplit("=650", 1))
    assert not all(one.passed for one in outcomes(kind, wrong))


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_every_verb_is_there_as_the_code_says_it(verb: Verb) -> None:
    section = PAGE.split(f"### {verb.name}\n", 1)[1].split("\n### ")[0].split("\n## ")[0]
    assert f"`{verb.name} {verb.form}".rstrip() in section
    assert verb.does in section
    for example in verb.examples:
        assert example.action in section
        for line in [*example.before.split("\n"), *example.after.split("\n")]:
            assert f"# {line}" in section


def test_every_test_and_every_action_of_merges_is_there() -> None:
    for name in [*TESTS.values(), *ACTIONS, *OUR_TESTS.values(), *OURS]:
        assert f"`{name}" in PAGE, name
