"""Tables: a named list of codes and terms, written in a rule file or coming with the program.

    table "content types" version "2024-05"
      "txt" = "text"
      "ntm" = "notated music"
    end

A table stands beside the rules that use it, so that it has their versions too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from galleyproof.rules.escapes import escapes_marked, marks_meant

MOST_ENTRIES = 10_000
BEGINS = re.compile(r"^[ \t\ufeff]*table\b", re.IGNORECASE | re.MULTILINE)
HEAD = re.compile(r'\s*table\s+"([^"\n]+)"(?:\s+version\s+"([^"\n]*)")?\s*', re.IGNORECASE)
ENTRY = re.compile(r'\s*"([^"\n]*)"\s*=\s*"([^"\n]*)"\s*')
BETWEEN = re.compile(r"(?:[ \t\r\n]|(?:#|//)[^\n]*)*")
END = re.compile(r"\s*end\b", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """entries: (code, term) in the order written."""

    name: str
    version: str
    entries: tuple[tuple[str, str], ...]
    line: int = 1

    @cached_property
    def terms(self) -> Mapping[str, str]:
        """The term of each code."""
        return dict(reversed(self.entries))

    def codes(self, normal: Callable[[str], str]) -> Mapping[str, str]:
        """The code of each term, in a form in which terms are the same."""
        return {normal(term): code for code, term in reversed(self.entries) if normal(term)}

    @property
    def text(self) -> str:
        """The table as a rule file has it, alone in the file."""
        version = f' version "{self.version}"' if self.version else ""
        lines = [f'  "{escaped(code)}" = "{escaped(term)}"' for code, term in self.entries]
        return "\n".join(["# dialect: galley", f'table "{self.name}"{version}', *lines, "end", ""])

    @property
    def shown(self) -> str:
        return f"“{self.name}”" + (f" ({self.version})" if self.version else "")


def escaped(text: str) -> str:
    """A text as it is written in a table."""
    return re.sub(r"[\\|*]", r"\\\g<0>", text)


@dataclass(frozen=True)
class Fault:
    at: int
    sentence: str


def tables_in(text: str) -> tuple[list[Table], str, list[Fault]]:
    """The tables of a text, the text with blanks in their place, and what is wrong with them."""
    tables: list[Table] = []
    faults: list[Fault] = []
    at = 0
    while (begun := BEGINS.search(text, at)) is not None:
        end, found = table_at(text, begun.start())
        if isinstance(found, Fault):
            faults.append(found)
        elif any(one.name == found.name for one in tables):
            faults.append(Fault(begun.start(), f"a table “{found.name}” is there already"))
        else:
            tables.append(found)
        blank = re.sub(r"[^\n]", " ", text[begun.start() : end])
        text = text[: begun.start()] + blank + text[end:]
        at = end
    return tables, text, faults


def table_at(text: str, start: int) -> tuple[int, Table | Fault]:
    """The table that begins here, and where it ends; where it is not understood, the next line."""
    head = HEAD.match(text, start)
    if head is None:
        return after_line(text, start), Fault(
            start, 'a table is written table "its name" version "its version", then its entries'
        )
    at = skipped(text, head.end())
    entries: list[tuple[str, str]] = []
    seen: set[str] = set()
    while (entry := ENTRY.match(text, at)) is not None:
        code, term = (marks_meant(escapes_marked(one)) for one in entry.groups())
        if code in seen:
            return entry.end(), Fault(at, f"“{code}” is in the table “{head[1]}” already")
        seen.add(code)
        entries.append((code, term))
        at = skipped(text, entry.end())
    end = END.match(text, at)
    if end is None:
        return after_line(text, at), Fault(
            at, f'in the table “{head[1]}”: expected "code" = "term", or end'
        )
    if not entries or len(entries) > MOST_ENTRIES:
        return end.end(), Fault(start, f"a table has 1 to {MOST_ENTRIES:,} entries")
    line = text.count("\n", 0, start) + 1
    return end.end(), Table(head[1], head[2] or "", tuple(entries), line)


def skipped(text: str, at: int) -> int:
    found = BETWEEN.match(text, at)
    return found.end() if found else at


def after_line(text: str, at: int) -> int:
    end = text.find("\n", at + 1)
    return len(text) if end < 0 else end


@cache
def ready_made_tables() -> Mapping[str, Table]:
    """Tables that come with the program, by name."""
    folder = Path(__file__).with_name("ready_made")
    found: dict[str, Table] = {}
    for path in sorted(folder.glob("*.tables")):
        tables, _, faults = tables_in(path.read_text(encoding="utf-8"))
        assert not faults, faults
        found |= {table.name: table for table in tables}
    return found
