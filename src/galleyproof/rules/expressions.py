"""Patterns of the dialect switch `regex` as RE2's.

They are RE2's as documented, but for one thing: an asterisk that RE2 would refuse, since there is
nothing before it to repeat, is any run of characters (`*ees`, `Bees|*wax`, `x+*`).
"""

from __future__ import annotations

import re
from typing import Any

import re2

from galleyproof.marc.errors import Wrong
from galleyproof.rules.escapes import ESCAPED, MEANT, marks_meant

TOKEN = re.compile(
    rf"""(?P<literal>\\Q.*?(?:\\E|\Z) | [{ESCAPED}{"".join(MEANT)}\\].? )
    | (?P<set>\[\^?\]?(?:\[:\^?\w+:\]|\\.|{ESCAPED}.|[^\]])*+\])
    | (?P<open>\((?:\?(?:P?<\w+>|[a-zA-Z-]*:|[a-zA-Z-]*\)))? | \|)
    | (?P<repeat>[+?]|\{{\d+(?:,\d*)?\}})
    | (?P<star>\*)
    | (?P<other>.)""",
    re.DOTALL | re.VERBOSE,
)


def expression_text(text: str) -> str:
    """A pattern, escapes marked, as the text of an RE2 expression."""
    parts = []
    repeatable = False
    for found in tokens(text):
        kind, part = found
        if kind == "star":
            # Where something can be repeated it is; RE2 refuses the asterisk anywhere else.
            parts.append("*" if repeatable else ".*")
            repeatable = False
            continue
        parts.append(as_re2(part))
        repeatable = kind in ("literal", "set", "other")
    return "".join(parts)


def tokens(text: str) -> list[tuple[str, str]]:
    found = []
    at = 0
    while at < len(text):
        token = TOKEN.match(text, at)
        assert token is not None
        kind, part = token.lastgroup or "other", token[0]
        if kind == "literal" and part[0] in MEANT:
            part = part[0]
        found.append((kind, part))
        at += len(part)
    return found


def as_re2(part: str) -> str:
    """A token with its marks as escapes."""
    for mark, char in MEANT.items():
        part = part.replace(mark, "\\" + char)
    return part.replace(ESCAPED, "\\")


def compiled_expression(text: str, shown: str, groups: bool = False) -> Any:
    """The compiled RE2 expression; groups: whether what its groups match is wanted, which costs.
    Raises Wrong with what it finds wrong."""
    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    options.max_mem = 1 << 20
    options.never_capture = not groups
    try:
        return re2.compile(expression_text(text), options)
    except re2.error as error:
        why = error.args[0] if error.args else error
        said = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise Wrong(f"“{marks_meant(shown)}” is not a regular expression: {said}") from None
