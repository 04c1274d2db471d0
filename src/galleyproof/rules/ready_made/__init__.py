"""Merge rules that come with the program, each a rule file beside this one with tests inside."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from galleyproof.marc.errors import Wrong
from galleyproof.rules.parsing import parse_rules
from galleyproof.rules.tree import RuleSet

FOLDER = Path(__file__).parent


class ReadyMade(NamedTuple):
    """says: what the rules do, the first comment of their file."""

    name: str
    says: str


@cache
def ready_made_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.rules")))


def ready_made_text(name: str) -> str:
    """The rule file's text. Raises Wrong."""
    if name not in ready_made_names():
        raise Wrong(
            f"“{name}” is not the name of ready-made rules; there are "
            + ", ".join(ready_made_names())
        )
    return (FOLDER / f"{name}.rules").read_text(encoding="utf-8")


@cache
def ready_made(name: str) -> RuleSet:
    """Ready-made rules by name. Raises Wrong."""
    return parse_rules(ready_made_text(name))


def every_ready_made() -> list[ReadyMade]:
    return [ReadyMade(name, first_comment(ready_made_text(name))) for name in ready_made_names()]


def first_comment(text: str) -> str:
    """The lines of comment that a file begins with, up to a blank one, as running text."""
    lines = re.match(r"(?:#[^\n]*\n)*", text)
    return " ".join(line[1:].strip() for line in (lines[0] if lines else "").split("\n")).strip()
