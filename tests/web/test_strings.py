"""Every string can be translated; no page carries inline scripts or styles, or asks elsewhere."""

from __future__ import annotations

import re

import pytest
from pages import PAGES

TEMPLATES = sorted((PAGES / "templates").rglob("*.html"))
UNITS = {
    "Galleyproof",
    "MARCXML",
    "JSON",
    "mrc",
    "mrk",
    "exists",
    "and not exists",
    "galley worker",
}


def words_left(text: str) -> str:
    """What stands in a template outside tags, variables and blocks to translate."""
    text = re.sub(r"{% (blocktranslate|comment)\b.*?{% end\1 %}", " ", text, flags=re.S)
    text = re.sub(r"{[{%#].*?[}%#]}", " ", text, flags=re.S)
    text = re.sub(r"<(code|svg|style)\b.*?</\1>", " ", text, flags=re.S)
    shown = re.sub(r"<[^>]*>", " ", text)
    return re.sub(r"&\w+;", " ", shown)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_words_of_a_template_can_be_translated(template):
    left = words_left(template.read_text())
    found = [word for word in re.findall(r"[^\W\d_]{2,}", left) if word not in UNITS]
    assert not found


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_a_template_keeps_to_the_content_security_policy(template):
    text = template.read_text()
    assert not re.search(r'\sstyle=|<style|\son\w+="|javascript:|hx-on', text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"(src|href|action)=[\"']?(https?:)?//", text)


def test_every_form_that_sends_has_its_csrf_token():
    for template in TEMPLATES:
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", template.read_text(), re.S):
            assert "{% csrf_token %}" in form, template.name
