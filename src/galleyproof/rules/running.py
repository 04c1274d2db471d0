"""Rule files over a stream of records, without a database: every record is accounted for once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from galleyproof.marc.changes import Change, changes
from galleyproof.marc.errors import Wrong
from galleyproof.marc.reading import REORDERED, UNENDED, Loaded, Refused
from galleyproof.marc.record import Record
from galleyproof.marc.shapes import Shape, shapes
from galleyproof.marc.writing import Writer, own_number
from galleyproof.rules.compiling import (
    Applied,
    Compiled,
    compile_filter,
    compile_level,
    compile_rules,
)
from galleyproof.rules.coverage import Coverage
from galleyproof.rules.files import RuleFile
from galleyproof.rules.limits import GrewTooMuch
from galleyproof.rules.tree import BRIEF_LEVEL, INDICATION, MERGE

MOST_KEPT = 1_000
"""Records that could not be used are all counted; of so many it is kept what is wrong."""
PROGRESS = 1_000
AT_ONCE = 32
"""Records go through the rules so many at a time; see Compiled.run_all."""
BYTES_AT_ONCE = 1_000_000
"""Or fewer, where they have more bytes together: memory stays flat over large records."""


class Trouble(NamedTuple):
    """A record that was not read, not changed or not written. what: `refused` (not read),
    `failed` (written as it came) or `not-written`. offset: of its beginning in the file, bytes or
    the line, as unit says."""

    what: str
    number: int
    offset: int
    own_number: str
    code: str
    sentence: str
    unit: str = "byte"


class Changed(NamedTuple):
    """A record that rules changed, for a diff. number: its place in the file, from 1. applied:
    the rule file's name with each action that did something."""

    number: int
    own_number: str
    before: Record
    after: Record
    changes: list[Change]
    applied: list[tuple[str, Applied]]


@dataclass
class Tally:
    """The account: read + refused = found; changed + unchanged + left_out + failed = read.

    written: how many went out. converted: how many came in MARC-8. reordered: how many had their
    fields in another order than their directory. unended: whether the file ends within a line of
    its last record. coverage, levels: by rule file, in their order.
    """

    found: int = 0
    refused: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: int = 0
    failed: int = 0
    written: int = 0
    converted: int = 0
    reordered: int = 0
    unended: bool = False
    shapes: Counter[Shape] = field(default_factory=Counter)
    troubles: list[Trouble] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    levels: list[Counter[int | None]] = field(default_factory=list)

    @property
    def not_written(self) -> int:
        """Records that were read, belong in the output and are not there."""
        return self.found - self.refused - self.left_out - self.written

    def trouble(self, one: Trouble) -> None:
        if len(self.troubles) < MOST_KEPT:
            self.troubles.append(one)


@dataclass
class Step:
    """What one rule file does to a record: a new one, or None where it is left out."""

    file: RuleFile
    coverage: Coverage
    levels: Counter[int | None]
    compiled: Compiled | None = None
    keeps: Callable[[Record], bool] | None = None
    level: Callable[[Record], int | None] | None = None


def steps_of(files: Sequence[RuleFile]) -> list[Step]:
    """Rule files made ready, in their order. Raises Wrong for merge rules."""
    if not files:
        raise Wrong("say which rule files to run")
    steps = []
    for file in files:
        if file.rules.kind == MERGE:
            raise Wrong(
                f"{file.name} holds merge rules; they need two records, an existing one and an "
                "incoming one, and are for imports. galley rules test runs the tests inside it"
            )
        step = Step(file, Coverage(), Counter())
        if file.rules.kind == INDICATION:
            step.keeps = compile_filter(file.rules)
        elif file.rules.kind == BRIEF_LEVEL:
            step.level = compile_level(file.rules)
        else:
            step.compiled = compile_rules(file.rules)
        steps.append(step)
    return steps


def run_over(
    records: Iterable[Loaded | Refused],
    steps: Sequence[Step],
    out: Writer | None,
    *,
    refused: Callable[[bytes], None] = lambda raw: None,
    changed: Callable[[Changed], None] | None = None,
    progress: Callable[[int], None] = lambda count: None,
) -> Tally:
    """Runs rule files, one after the other, on every record, and writes it.

    Normalization rules change records; indication rules keep those of which they are true;
    brief-level rules only say how many there are of each level. refused is handed the bytes of
    each record that is not in the output though it should be; changed is handed each record that
    was changed.
    """
    tally = Tally(
        coverage=[step.coverage for step in steps], levels=[step.levels for step in steps]
    )
    for some in few_at_once(records):
        loaded = [one for one in some if isinstance(one, Loaded)]
        passed = iter(through(steps, [Record(one.body) for one in loaded]))
        for one in some:
            tally.found += 1
            if tally.found % PROGRESS == 0:
                progress(tally.found)
            if isinstance(one, Refused):
                tally.refused += 1
                fault = one.fault
                tally.trouble(
                    Trouble(
                        "refused",
                        one.number,
                        one.offset,
                        "",
                        fault.code,
                        fault.sentence,
                        one.unit,
                    )
                )
                refused(one.raw)
                continue
            tally.unended |= UNENDED in one.remarks
            if REORDERED in one.remarks:
                tally.reordered += 1
            elif one.original is not None:
                tally.converted += 1
            after = accounted(tally, one, next(passed), changed)
            if after is None:
                continue
            if out is not None:
                try:
                    out.write(after.body)
                except Wrong as wrong:
                    tally.trouble(troubled("not-written", one, "not-in-this-format", str(wrong)))
                    refused(one.original or one.body)
                    continue
            tally.written += 1
    progress(tally.found)
    return tally


def few_at_once(records: Iterable[Loaded | Refused]) -> Iterator[list[Loaded | Refused]]:
    some: list[Loaded | Refused] = []
    size = 0
    for one in records:
        some.append(one)
        size += len(one.body if isinstance(one, Loaded) else one.raw)
        if len(some) == AT_ONCE or size >= BYTES_AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


@dataclass(slots=True)
class Passed:
    """A record on its way through the rule files. after: what they made of it so far, None where
    it is left out. error: why it goes no further."""

    before: Record
    after: Record | None
    applied: list[tuple[Step, tuple[Applied, ...]]]
    error: GrewTooMuch | None = None


def through(steps: Sequence[Step], records: Sequence[Record]) -> list[Passed]:
    """The records after every rule file."""
    every = [Passed(record, record, []) for record in records]
    for step in steps:
        going = [(one, one.after) for one in every if one.after is not None and one.error is None]
        if step.compiled is not None:
            results = step.compiled.run_all([record for _, record in going])
            for (one, _), result in zip(going, results, strict=True):
                if isinstance(result, GrewTooMuch):
                    one.error = result
                    continue
                if result.applied:
                    one.applied.append((step, result.applied))
                if result.unseen:
                    step.coverage.add((), result.unseen)
                one.after = result.record
        elif step.keeps is not None:
            for one, record in going:
                if not step.keeps(record):
                    one.after = None
        elif step.level is not None:
            for _, record in going:
                step.levels[step.level(record)] += 1
    return every


def accounted(
    tally: Tally, one: Loaded, passed: Passed, changed: Callable[[Changed], None] | None
) -> Record | None:
    """Counts what became of a record; what is to be written of it, None where it is left out."""
    before, after = passed.before, passed.after
    if passed.error is not None:
        tally.failed += 1
        tally.trouble(troubled("failed", one, "grew-too-much", str(passed.error)))
        return before
    if after is None:
        tally.left_out += 1
        return None
    for step, what in passed.applied:
        step.coverage.add(what)
    count_changes(tally, one, before, after, passed.applied, changed)
    return after


def count_changes(
    tally: Tally,
    one: Loaded,
    before: Record,
    after: Record,
    applied: list[tuple[Step, tuple[Applied, ...]]],
    changed: Callable[[Changed], None] | None,
) -> None:
    found = changes(before, after, frozenset()) if after is not before else []
    if not found:
        tally.unchanged += 1
        return
    tally.changed += 1
    for shape in shapes(kind_of(before), found):
        tally.shapes[shape] += 1
    if changed is not None:
        named = [(step.file.name, each) for step, several in applied for each in several]
        changed(Changed(one.number, number_of(before), before, after, found, named))


def troubled(what: str, one: Loaded, code: str, sentence: str) -> Trouble:
    own = number_of(Record(one.body))
    return Trouble(
        what,
        one.number,
        one.offset,
        own,
        code,
        sentence.removeprefix(f"record {own}: "),
        one.unit,
    )


def number_of(record: Record) -> str:
    return own_number(record.body) if record.first(b"001") else ""


def kind_of(record: Record) -> str:
    """By leader/06 (MARC 21): u, v, x, y are holdings, z an authority, others bibs."""
    code = record.leader[6:7]
    return "holding" if code in b"uvxy" else "authority" if code == b"z" else "bib"


def never_applied(steps: Sequence[Step]) -> Iterator[tuple[str, str, int]]:
    """(file, rule, line) of each rule of normalization that did nothing to any record."""
    for step in steps:
        if step.compiled is not None:
            for rule in step.coverage.of(step.file.rules):
                if not rule.records and rule.actions:
                    yield step.file.name, rule.name, rule.line
