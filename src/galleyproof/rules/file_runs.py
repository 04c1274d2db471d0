"""Rules from a file of records to a file of records."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from galleyproof.marc.errors import Wrong
from galleyproof.marc.files import UNREADABLE, form_named, opened, whole_file
from galleyproof.marc.reading import START, read, sniff
from galleyproof.marc.writing import set_apart, writer
from galleyproof.rules.files import RuleFile
from galleyproof.rules.running import Changed, Step, Tally, run_over, steps_of


class FileRun(NamedTuple):
    """What came of it. read_as, written_as: formats; target None where nothing was written."""

    source: Path
    target: Path | None
    read_as: str
    written_as: str
    steps: list[Step]
    tally: Tally


def run_file(
    files: Sequence[RuleFile],
    source: Path,
    target: Path | None,
    *,
    form: str | None = None,
    encoding: str = "as-stated",
    aside: Path | None = None,
    changed: Callable[[Changed], None] | None = None,
    progress: Callable[[int], None] = lambda count: None,
) -> FileRun:
    """Runs rule files on every record of a file; the output is there whole or not at all.

    form: of the output; by default what its name promises, else that of the input. aside: a file
    for the bytes of records that could not be read or written. Raises Wrong.
    """
    steps = steps_of(files)
    for other in (target, aside):
        if other is not None and str(other) != "-" and same_file(source, other):
            raise Wrong(f"{other} is the input; the output goes to another file")
    if target is not None and aside is not None and same_file(target, aside):
        raise Wrong(f"{target} is the output; refused records go to another file")
    with contextlib.ExitStack() as stack:
        try:
            stream = stack.enter_context(opened(source))
            read_as = sniff(stream.peek(START)[:START])  # type: ignore[attr-defined]
        except Wrong as wrong:
            raise Wrong(f"{source} {wrong}") from None
        except FileNotFoundError:
            raise Wrong(f"there is no file {source}") from None
        except UNREADABLE as error:
            why = getattr(error, "strerror", None) or error
            raise Wrong(f"{source} cannot be read: {why}") from None
        written_as = form or (target and form_named(target)) or read_as
        out = None
        if target is not None:
            out = writer(written_as, stack.enter_context(whole_file(target)))
        lost = stack.enter_context(whole_file(aside)) if aside is not None else None
        try:
            tally = run_over(
                read(stream, read_as, encoding),
                steps,
                out,
                refused=Aside(lost),
                changed=changed,
                progress=progress,
            )
        except Wrong as wrong:
            raise Wrong(f"{source} {wrong}") from None
        except UNREADABLE as error:
            raise Wrong(f"{source} cannot be read to its end: {error}") from None
        if out is not None:
            out.close()
    return FileRun(source, target, read_as, written_as, steps, tally)


class Aside:
    """Where the bytes of records go that could not be read or written; None: nowhere."""

    def __init__(self, stream: BinaryIO | None):
        self.stream = stream

    def __call__(self, raw: bytes) -> None:
        if self.stream is not None:
            self.stream.write(set_apart(raw))


def same_file(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
