"""What comes with the program, each in a file beside this one: merge rules with tests inside, and
tables of codes and terms, which rules of our dialect name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from galleyproof.marc.errors import Wrong
from galleyproof.rules.lists import ready_made_tables
from galleyproof.rules.parsing import parse_rules
from galleyproof.rules.tree import RuleSet

FOLDER = Path(__file__).parent


class ReadyMade(NamedTuple):
    """what: `merge rules` or `table`. says: what the rules do, the first comment of their file; of
    a table, how many codes and terms it has, and its version."""

    name: str
    says: str
    what: str = "merge rules"


@cache
def ready_made_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.rules")))


def ready_made_text(name: str) -> str:
    """The rule file's text, or a table as a rule file has it. Raises Wrong."""
    if (table := ready_made_tables().get(name)) is not None:
        return table.text
    if name not in ready_made_names():
        raise Wrong(
            f"“{name}” is not the name of ready-made rules or of a table; there are "
            + ", ".join([*ready_made_names(), *sorted(ready_made_tables())])
        )
    return (FOLDER / f"{name}.rules").read_text(encoding="utf-8")


@cache
def ready_made(name: str) -> RuleSet:
    """Ready-made rules by name. Raises Wrong."""
    return parse_rules(ready_made_text(name))


def every_ready_made() -> list[ReadyMade]:
    rules = [ReadyMade(name, first_comment(ready_made_text(name))) for name in ready_made_names()]
    return rules + [
        ReadyMade(name, f"{len(table.entries)} codes and terms; version {table.version}", "table")
        for name, table in sorted(ready_made_tables().items())
    ]


def first_comment(text: str) -> str:
    """The lines of comment that a file begins with, up to a blank one, as running text."""
    lines = re.match(r"(?:#[^\n]*\n)*", text)
    return " ".join(line[1:].strip() for line in (lines[0] if lines else "").split("\n")).strip()
