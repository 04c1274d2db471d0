"""Rule files: read from disk, or taken from those that come with the program; checked."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from galleyproof.marc.errors import Wrong
from galleyproof.rules.footprint import footprint
from galleyproof.rules.limits import MOST_CHARACTERS
from galleyproof.rules.linting import beyond_the_other_system, lint
from galleyproof.rules.parsing import Fault, WrongRules, parse_rules
from galleyproof.rules.ready_made import ready_made_names, ready_made_text
from galleyproof.rules.tree import RuleSet


class RuleFile(NamedTuple):
    """A rule file that parses, by the name under which it was asked for."""

    name: str
    rules: RuleSet


class Checked(NamedTuple):
    """What is to be said of a rule file. kind is "" and rules 0 where it does not parse. ours: what
    the other system would not understand of it."""

    name: str
    kind: str
    rules: int
    errors: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    ours: tuple[Fault, ...] = ()


class NotAText(Wrong):
    """A rule file that is no UTF-8."""

    def __init__(self, fault: Fault):
        super().__init__(f"line {fault.line}, column {fault.column}: {fault.sentence}")
        self.fault = fault


def rule_text(name: str) -> str:
    """The text of a rule file, or of the ready-made rules of that name. Raises Wrong; NotAText
    where it is not UTF-8."""
    path = Path(name)
    if not path.exists() and name in ready_made_names():
        return ready_made_text(name)
    try:
        if path.stat().st_size > 4 * MOST_CHARACTERS:
            raise Wrong(f"{name}: a rule file has at most {MOST_CHARACTERS:,} characters")
        data = path.read_bytes()
    except IsADirectoryError:
        raise Wrong(f"{name} is a folder; name rule files in it, such as {path}/*.rules") from None
    except FileNotFoundError:
        raise Wrong(f"there is no file {name}, nor ready-made rules of that name") from None
    except OSError as error:
        raise Wrong(f"{name} cannot be read: {error.strerror or error}") from None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        shown = f"hex {data[error.start]:02X}"
        raise NotAText(
            Fault(line, column, f"found a byte that is not UTF-8 ({shown}); save the file as UTF-8")
        ) from None


def read_rules(name: str, order: str | None = None, regex: bool | None = None) -> RuleFile:
    """A rule file that must parse. Raises Wrong, every error with its file, line and column."""
    try:
        return RuleFile(name, parse_rules(rule_text(name), order, regex))
    except NotAText as wrong:
        raise Wrong(located(name, wrong.fault)) from None
    except WrongRules as wrong:
        raise Wrong("\n".join(located(name, fault) for fault in wrong.faults)) from None


def check_rules(name: str, order: str | None = None, regex: bool | None = None) -> Checked:
    """All that is wrong or doubtful in a rule file, and what it reads and writes. Raises Wrong
    where there is no such file."""
    try:
        rules = parse_rules(rule_text(name), order, regex)
    except NotAText as wrong:
        return Checked(name, "", 0, (wrong.fault,), (), (), ())
    except WrongRules as wrong:
        return Checked(name, "", 0, tuple(wrong.faults), (), (), ())
    marks = footprint(rules)
    count = len(rules.rules) + len(rules.merges)
    return Checked(
        name,
        rules.kind,
        count,
        (),
        tuple(lint(rules)),
        marks.reads,
        marks.writes,
        tuple(beyond_the_other_system(rules)),
    )


def located(name: str, fault: Fault) -> str:
    return f"{name}, line {fault.line}, column {fault.column}: {fault.sentence}"
