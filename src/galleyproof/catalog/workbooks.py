"""Workbooks (XLSX, XLS, ODS), read in a process of their own.

A workbook of 2 kB may be 1 GB unpacked, or have a cell in the last row of the last column, and its
reader makes room for the whole rectangle. So it is read by a child (workbook_child) that may take
so much memory and so much time and no more: what ends it ends no page and no command.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from galleyproof.catalog import workbook_limits as limits
from galleyproof.marc.errors import Wrong

BEGINNINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""The first bytes of a workbook: a zip, or the older compound file."""
CHILD = "galleyproof.catalog.workbook_child"


class WorkbookRow(NamedTuple):
    """A row of the first sheet that has something in it: its number (from 1), its cells as texts.

    rounded: places of cells that hold a number too long for a spreadsheet. errors: places of cells
    that hold an error, `#N/A`.
    """

    number: int
    cells: list[str]
    rounded: tuple[int, ...]
    errors: tuple[int, ...]


class Workbook(NamedTuple):
    """A workbook that is open: the names of its sheets, and the rows of the first."""

    sheets: list[str]
    rows: Iterator[WorkbookRow]


def is_workbook(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) in BEGINNINGS


def open_workbook(path: Path) -> Workbook:
    """Raises Wrong where it cannot be read or goes beyond a limit; so may the rows."""
    messages = said_by_child(path)
    sheets: list[str] = next(messages)
    return Workbook(sheets, (WorkbookRow(n, c, tuple(r), tuple(e)) for n, c, r, e in messages))


def said_by_child(path: Path) -> Iterator[Any]:
    """What the child says, one after the other. It ends with whoever listens."""
    # -P: the folder that a command is given in is none to take modules from.
    command = [sys.executable, "-P", "-m", CHILD, str(path.absolute())]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            yield from understood(path, child)
        finally:
            child.kill()


def understood(path: Path, child: subprocess.Popen[bytes]) -> Iterator[Any]:
    said: IO[bytes] | None = child.stdout
    assert said is not None
    for line in said:
        found = None
        with contextlib.suppress(ValueError):  # a line in which the child was ended
            found = json.loads(line)
        if isinstance(found, dict):
            if wrong := found.get("wrong"):
                raise Wrong(f"{path.name} {wrong}")
            return
        if found is not None:
            yield found
    raise Wrong(f"{path.name} {why_ended(child.wait())}")


def why_ended(code: int) -> str:
    """A sentence for a child that did not come to its end. code: minus the signal."""
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return (
            f"takes more than {limits.SECONDS} seconds to be read as a workbook; {limits.INSTEAD}"
        )
    return (
        f"cannot be read as a workbook within {limits.MEMORY // limits.MB:,} MB of memory, or is "
        f"broken; {limits.INSTEAD}"
    )
