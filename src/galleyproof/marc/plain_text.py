"""Characters that cannot be seen: refused in names, shown as marks on a terminal.

Such are the control characters of Unicode (category Cc: ESC, which begins a terminal's commands,
among them), the ends of lines, and those that turn the order of what follows, so that it reads as
something else (UAX 9: U+202A to U+202E, U+2066 to U+2069). Joiners and marks that Arabic, Hebrew or
Indic scripts need are none of them.
"""

from __future__ import annotations

import re

from galleyproof.marc.errors import Wrong

HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
HIDDEN_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""The same, where lines and tabs are wanted."""


def plain_name(name: str, what: str) -> str:
    """The name. what: what it is of, for the sentence (`the name of a set`). Raises Wrong where a
    character of it cannot be seen."""
    if fault := name_fault(name, what):
        raise Wrong(fault)
    return name


def name_fault(name: str, what: str) -> str:
    """Why a text can be no name, as a sentence; "" if it can."""
    found = HIDDEN.search(name)
    if found is None:
        return ""
    return (
        f"{what} has a character that cannot be seen (hex {ord(found[0]):02X}): “{visible(name)}”; "
        "take it out"
    )


def visible(text: str) -> str:
    """A text of several lines as a terminal may show it: what cannot be seen is a mark."""
    return HIDDEN_IN_LINES.sub(mark, text)


def mark(found: re.Match[str]) -> str:
    """U+241B ␛ for ESC and so on (Unicode's control pictures), � for what has no picture."""
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"
