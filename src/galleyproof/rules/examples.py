"""Tests inside a rule file: comments that hold a record before and after.

    # before:
    # =650  \\4$aBees
    # after:
    # =650  \\0$aBees

Indication and brief-level rules say `# after: true`, `# after: 04`; merge rules have the secondary
record under `# with:`. Without =LDR a record has a leader of no importance. A blank line, or a
comment that is neither a field nor a heading, ends a block.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from difflib import unified_diff
from typing import NamedTuple

from galleyproof.marc.errors import Wrong
from galleyproof.marc.mrk import from_text, to_text
from galleyproof.marc.record import Record
from galleyproof.rules.compiling import compile_merger, compile_rules, last_word
from galleyproof.rules.limits import GrewTooMuch
from galleyproof.rules.tree import BRIEF_LEVEL, INDICATION, MERGE, NORMALIZATION, RuleSet

LEADER = "=LDR  00000nam\\a2200000\\i\\4500\n"
HEADING = re.compile(r"\s*(before|with|after)\s*:\s*(.*?)\s*$", re.IGNORECASE)


class Example(NamedTuple):
    """One test: .mrk texts, and the line of its `before` (from 1). after may be a word."""

    line: int
    before: str
    secondary: str
    after: str


class Outcome(NamedTuple):
    """What came of an example: passed, or what is different, a line each (- expected, + found).
    rules: the names of those that had a part in it, as far as can be told (of merge rules it
    cannot)."""

    example: Example
    passed: bool
    difference: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def examples(text: str) -> list[Example]:
    """The tests of a file, in order. Raises Wrong where a block is not complete."""
    found = []
    blocks: dict[str, str] = {}
    line = 0
    for number, heading, content in blocks_of(text):
        if heading == "before":
            if blocks:
                raise Wrong(f"line {number}: the test begun in line {line} has no “after:”")
            line = number
        elif not blocks:
            raise Wrong(f"line {number}: “{heading}:” without a “before:” above it")
        blocks[heading] = content
        if heading == "after":
            found.append(Example(line, blocks["before"], blocks.get("with", ""), content))
            blocks = {}
    if blocks:
        raise Wrong(f"line {line}: a test begins here and has no “after:”")
    return found


def blocks_of(text: str) -> Iterator[tuple[int, str, str]]:
    """(line, heading, content) of each block of comments."""
    begun: tuple[int, str] | None = None
    content: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        comment = re.match(r"\s*(?:#|//) ?(.*?)\r?$", line)
        said = comment[1] if comment else ""
        heading = HEADING.fullmatch(said) if comment else None
        if begun is not None and said.lstrip().startswith("="):
            content.append(said.lstrip())
            continue
        if begun is not None:
            yield *begun, "\n".join(content)
            begun, content = None, []
        if heading is not None:
            begun = (number, heading[1].lower())
            content = [heading[2]] if heading[2] else []


def record_of(text: str, line: int) -> Record:
    if "=LDR" not in text:
        text = LEADER + text
    try:
        return Record(from_text(text))
    except (Wrong, UnicodeError) as error:
        raise Wrong(f"the test in line {line}: {error}") from None


def run_examples(rules: RuleSet, most_work: float = math.inf) -> list[Outcome]:
    """Runs the tests of a rule set's text on the whole set, in order, as long as there is work
    left: as many rules as there are for each line of a test's records. Raises Wrong for a test that
    cannot be read."""
    run_one = RUNNERS[rules.kind](rules)
    found = []
    for example in examples(rules.text):
        most_work -= work_of(example) * (len(rules.rules) + len(rules.merges))
        if most_work < 0:
            break
        found.append(run_one(example))
    return found


def work_of(example: Example) -> int:
    """Lines of the records of a test, and one for itself."""
    return 1 + example.before.count("\n") + example.secondary.count("\n")


Runner = Callable[[Example], Outcome]


def normalizing(rules: RuleSet) -> Runner:
    compiled = compile_rules(rules)

    def run(example: Example) -> Outcome:
        try:
            result = compiled.run(record_of(example.before, example.line))
        except GrewTooMuch as error:
            return Outcome(example, False, (f"+ {error}",))
        names = tuple(dict.fromkeys(one.rule for one in result.applied))
        return compared(example, result.record, names)

    return run


def merging(rules: RuleSet) -> Runner:
    merge = compile_merger(rules)

    def run(example: Example) -> Outcome:
        secondary = record_of(example.secondary, example.line)
        try:
            return compared(example, merge(record_of(example.before, example.line), secondary))
        except GrewTooMuch as error:
            return Outcome(example, False, (f"+ {error}",))

    return run


def saying(rules: RuleSet) -> Runner:
    """Of rules that change nothing: the last whose condition holds says."""
    last = last_word(rules)
    silent = "false" if rules.kind == INDICATION else "none"

    def run(example: Example) -> Outcome:
        rule = last(record_of(example.before, example.line))
        found = rule.sets if rule else silent
        expected = example.after.strip().lower()
        passed = found == expected
        return Outcome(
            example,
            passed,
            () if passed else (f"- {expected}", f"+ {found}"),
            (rule.name,) if rule else (),
        )

    return run


RUNNERS: dict[str, Callable[[RuleSet], Runner]] = {
    NORMALIZATION: normalizing,
    MERGE: merging,
    INDICATION: saying,
    BRIEF_LEVEL: saying,
}


def compared(example: Example, after: Record, names: tuple[str, ...] = ()) -> Outcome:
    expected = record_of(example.after, example.line)
    old, new = lines_of(expected, example.after), lines_of(after, example.after)
    if old == new:
        return Outcome(example, True, (), names)
    difference = tuple(list(unified_diff(old, new, lineterm="", n=0))[2:])
    return Outcome(
        example, False, tuple(line for line in difference if not line.startswith("@@")), names
    )


def lines_of(record: Record, asked: str) -> list[str]:
    """A record as lines to compare: the leader only where the test names it, without what is
    computed of it."""
    first, *lines = to_text(record.body).rstrip("\n").split("\n")
    if "=LDR" not in asked:
        return lines
    leader = first[6:]
    return [f"=LDR  -----{leader[5:12]}-----{leader[17:]}", *lines]
