"""Texts that people write with Markdown's marks, as safe HTML: no HTML of their own, no pictures,
and links to web addresses and pages alone."""

from __future__ import annotations

from markdown_it import MarkdownIt

MARKS = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "html_inline"])


def text_as_html(body: str) -> str:
    """A whole text. Its title is left out, for the page has it; headings begin at the second
    level."""
    tokens = MARKS.parse(body)
    titled = len(tokens) > 2 and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    kept = tokens[3:] if titled else tokens
    for token in kept:
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"
    return str(MARKS.renderer.render(kept, MARKS.options, {}))


def line_as_html(line: str) -> str:
    """One line, such as what a code means."""
    return str(MARKS.renderInline(line))
