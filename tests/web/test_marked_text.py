"""Texts with marks become HTML that says no more than they do."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.web.marked_text import line_as_html, text_as_html


def test_title_headings_lists_and_codes() -> None:
    shown = text_as_html("# Title\n\nBegins.\n\n## What it does\n\n- *one* `a-code`\n- two\n  on\n")
    assert "Title" not in shown
    assert shown.startswith("<p>Begins.</p>")
    assert "<h2>What it does</h2>" in shown
    assert "<li><em>one</em> <code>a-code</code></li>" in shown
    assert shown.count("<li>") == 2


def test_a_text_without_a_title_loses_nothing() -> None:
    assert text_as_html("Only this.\n") == "<p>Only this.</p>\n"
    assert text_as_html("") == ""


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        "a <b onclick=x>b</b>",
        "[x](javascript:alert(1))",
        "![x](https://elsewhere.example/p.png)",
        "<img src=x onerror=y>",
    ],
)
def test_nothing_of_its_own_html_and_nothing_from_elsewhere(bad: str) -> None:
    for shown in (text_as_html(bad), line_as_html(bad)):
        assert not re.search(r"<(script|img|b)[ >]|href=.javascript", shown)


@given(st.text(max_size=80))
def test_whatever_is_written_only_known_tags_come_out(text: str) -> None:
    known = (
        r"</?(p|h[2-6]|ul|ol|li|em|strong|code|pre|hr|br|blockquote|a|table|t[hrd]|thead|tbody)\b"
    )
    for tag in re.findall(r"</?[a-z][^>]*", text_as_html(text)):
        assert re.match(known, tag), tag
