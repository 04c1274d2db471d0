"""Backslashes in rules: what is escaped keeps a mark until the element is taken apart.

Rules in use write one to four backslashes before a character that is meant as itself, as many as
the editors that they went through took away; all of them mean the same: `\\\\.` and `\\.` are one
full stop. Before a letter or digit one backslash stays (`\\d`), which only regular expressions
understand. Five to eight in a row are a backslash that is meant, so that one more in front of them
escapes nothing.
"""

from __future__ import annotations

import re

from galleyproof.marc.errors import Wrong

FULL_STOP, BAR, STAR, ESCAPED = "\ue000", "\ue001", "\ue002", "\ue003"
"""Stand for an escaped full stop, bar and asterisk, and before any other character that is escaped,
while an element is taken apart (private use)."""
MARKED = {".": FULL_STOP, "|": BAR, "*": STAR}
MEANT = {mark: char for char, mark in MARKED.items()}
SLASHES = re.compile(r"(\\+)(.?)", re.DOTALL)


def escapes_marked(text: str) -> str:
    """Escapes as marks, and \\uXXXX as the character."""
    text = re.sub(r"\\{1,4}u([0-9A-Fa-f]{4})", character, text)
    return SLASHES.sub(marked, text)


def marked(found: re.Match[str]) -> str:
    slashes, char = found[1], found[2]
    how_many = -(-len(slashes) // 4)
    backslashes = (ESCAPED + "\\") * (how_many // 2)
    if how_many % 2 == 0:
        return backslashes + char
    if char in MARKED:
        return backslashes + MARKED[char]
    if char and char.isascii() and char.isprintable() and not (char.isalnum() or char == " "):
        return backslashes + ESCAPED + char
    return backslashes + "\\" + char


def character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    if code < 0x20 or 0xD800 <= code <= 0xDFFF:
        raise Wrong(f"\\u{found[1]} is not a character that a record can hold")
    return chr(code)


def marks_meant(text: str) -> str:
    """The text that a pattern with marks stands for where it is written, not matched."""
    for mark, char in MEANT.items():
        text = text.replace(mark, char)
    return text.replace(ESCAPED, "")


def blanks_for_hashes(text: str) -> str:
    """MARC's documentation, and so rules, write # for a blank among coded positions."""
    return re.sub(f"(?<!{ESCAPED})#", " ", text)
