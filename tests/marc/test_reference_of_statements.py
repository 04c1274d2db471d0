"""docs/reference/holdings-statements.md: what its tables say is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from galleyproof.jobs.ending_subscriptions import EndSubscription
from galleyproof.marc.closing import Unfit, close
from galleyproof.marc.scanning_designations import parse_designation
from galleyproof.marc.statements import OPEN, classify

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "holdings-statements.md"
TEXT = PAGE.read_text(encoding="utf-8")
JUDGED = re.findall(r"^\| `(.+?)` \| (open|closed|unclear) \|", TEXT, re.MULTILINE)
CLOSED = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (?:`(.+?)`|refused: (.+?)) \|$", TEXT, re.MULTILINE)
SAID = {
    "only one of enumeration and chronology": "has only one",
    "other units": "counts by other units",
    "another series": "another series",
}


def test_the_page_has_its_tables() -> None:
    assert len(JUDGED) > 15
    assert len(CLOSED) > 12
    assert set(re.findall(r"^\| `([a-z-]+)` \|", TEXT, re.MULTILINE)) <= set(EndSubscription.lists)


@pytest.mark.parametrize(("text", "state"), JUDGED)
def test_a_statement_is_what_the_page_says(text: str, state: str) -> None:
    assert classify(text).state == state


@pytest.mark.parametrize(("text", "last", "after", "refused"), CLOSED)
def test_a_last_issue_does_what_the_page_says(
    text: str, last: str, after: str, refused: str
) -> None:
    found, issue = classify(text), parse_designation(last)
    assert found.state == OPEN
    assert found.statement is not None
    assert issue is not None
    became = close(found.statement, issue)
    if after:
        assert became == after
    else:
        assert isinstance(became, Unfit)
        assert SAID.get(refused, refused) in became.why
