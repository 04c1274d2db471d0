"""What every command shares: who is asking, how to answer, and what the exit codes mean."""

from __future__ import annotations

import functools
import getpass
import io
import json
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from errno import ENOSPC
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from galleyproof.database.setup import ready
from galleyproof.marc.errors import Wrong
from galleyproof.marc.plain_text import HIDDEN, visible

DONE, FAILED, WRONG, NOT_PERMITTED, NOTHING_CHANGED, WAITING = range(6)

WIDE = 200
"""Columns where the output is no terminal: a table in a file or a pipe is not folded."""


class Terminal(Console):
    """A console that hands on no control characters of what it prints (ESC would be a command to
    the terminal): they are shown as marks. Colours are its own."""

    def print(self, *objects: Any, **how: Any) -> None:
        super().print(*(shown(one) for one in objects), **how)


def shown(one: Any) -> Any:
    if isinstance(one, str):
        return visible(one.replace("\r\n", "\n"))
    if isinstance(one, Text):
        one.plain = visible(one.plain)
    return one


def json_line(data: Any) -> str:
    """JSON on one line, with no control character in it, those of 8 bits included."""
    return HIDDEN.sub(
        lambda found: f"\\u{ord(found[0]):04x}",
        json.dumps(data, ensure_ascii=False, default=str),
    )


out = Terminal(soft_wrap=True, highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Terminal(stderr=True, soft_wrap=True, highlight=False)


def now() -> datetime:
    return datetime.now(UTC)


def say_at_once() -> None:
    """What a process that goes on says is read while it goes on: every line is handed on as soon
    as it is there, also into a file or a pipe; and the program's log with it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.WARNING,
        format="%(asctime)s %(process)d %(levelname)s %(message)s",
    )
    logging.getLogger("galleyproof").setLevel(logging.INFO)


class Face:
    """One use of a command: its --json and --as, and how it speaks."""

    def __init__(self, as_json: bool, as_name: str | None):
        self.as_json = as_json
        self.as_name = as_name

    @functools.cached_property
    def who(self) -> Any:
        from galleyproof.people.identity import who

        return who(os.environ, self.as_name)

    @property
    def name(self) -> str:
        return str(self.who.person.username)

    def answer(self, data: Any, human: Callable[[], None]) -> None:
        """One machine-readable object on standard output, or the same for people."""
        if self.as_json:
            click.echo(json_line(data))
        else:
            human()

    def say(self, text: str, style: str = "") -> None:
        """A message beside the answer; it never goes to standard output."""
        err.print(text, style=style, markup=False)

    @contextmanager
    def progress(self, label: str, total: int | None = None) -> Iterator[Callable[..., None]]:
        """A progress bar on standard error; yields update(completed=…, total=…, label=…)."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("records"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
            task = bar.add_task(label, total=total)

            def update(
                completed: int | None = None,
                total: int | None = None,
                label: str | None = None,
                advance: int | None = None,
            ) -> None:
                known = {
                    "completed": completed,
                    "total": total,
                    "description": label,
                    "advance": advance,
                }
                given: dict[str, Any] = {k: v for k, v in known.items() if v is not None}
                bar.update(task, **given)

            yield update


def command(
    group: click.Group, name: str, *, database: bool = True, **settings: Any
) -> Callable[..., click.Command]:
    """A command that takes --json and --as and is handed its Face first.

    database: whether it may need one; where not, Django is not even set up.
    """

    def wrap(function: Callable[..., int | None]) -> click.Command:
        @functools.wraps(function)
        def run(as_json: bool, as_name: str | None, **values: Any) -> None:
            face = Face(as_json, as_name)
            sys.exit(guarded(lambda: function(face, **values), as_json, database))

        run = click.option(
            "--as",
            "as_name",
            metavar="NAME",
            help="Act as this person (embedded installations only; the log shows both names).",
        )(run)
        run = click.option(
            "--json",
            "as_json",
            is_flag=True,
            help="One machine-readable object on standard output.",
        )(run)
        return group.command(name, **settings)(run)

    return wrap


def guarded(work: Callable[[], int | None], as_json: bool, database: bool = True) -> int:
    """Runs a command and turns what it raises into a sentence and an exit code."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DataError as DjangoDataError
    from django.db import OperationalError as DjangoOperationalError
    from psycopg import DataError, OperationalError
    from psycopg.errors import DiskFull

    from galleyproof.database.server import FULL, NotRunning, no_room

    try:
        if database:
            ready()
        return work() or DONE
    except click.ClickException:
        raise
    except NotRunning as gone:
        return complain(str(gone), FAILED, as_json)
    except Wrong as wrong:
        not_permitted = type(wrong).__name__ == "NotPermitted"
        return complain(str(wrong), NOT_PERMITTED if not_permitted else WRONG, as_json)
    except (OperationalError, DjangoOperationalError, ImproperlyConfigured) as error:
        first = (str(error).splitlines() or ["?"])[0]
        full = isinstance(error, DiskFull) or isinstance(error.__cause__, DiskFull)
        if full or FULL in str(error):
            return complain(no_room(first), FAILED, as_json)
        return complain(f"the database could not be used: {first}", FAILED, as_json)
    except (DataError, DjangoDataError) as error:
        first = (str(error).splitlines() or ["?"])[0]
        sentence = f"a value is too long or too large for what it is meant for ({first})"
        return complain(sentence, WRONG, as_json)
    except OSError as error:
        if error.errno == ENOSPC:
            return complain(no_room(f"{error.filename or error.strerror}"), FAILED, as_json)
        said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        if isinstance(error, PermissionError):
            said += f"; galley runs as {getpass.getuser()} here, who may not use it"
        return complain(said, WRONG if error.filename else FAILED, as_json)
    except KeyboardInterrupt:
        return complain("interrupted; what is done stays, see `galley runs`", WAITING, as_json)
    except Exception as error:
        if os.environ.get("GALLEY_DEBUG"):
            traceback.print_exc()
        return complain(
            f"failed: {type(error).__name__}: {error} (GALLEY_DEBUG=1 shows where)",
            FAILED,
            as_json,
        )


def complain(sentence: str, code: int, as_json: bool) -> int:
    if as_json:
        click.echo(json_line({"error": sentence, "exit": code}))
    for line in sentence.splitlines():
        err.print(f"galley: {line}", style="bold red" if err.is_terminal else "", markup=False)
    return code


def table(headers: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "") -> None:
    """A plain table on standard output. Columns that hold only numbers are set right."""
    shown = Table(
        title=visible(title) or None, title_justify="left", box=None, pad_edge=False, padding=(0, 2)
    )
    for at, header in enumerate(headers):
        numeric = bool(rows) and all(isinstance(row[at], int) for row in rows)
        shown.add_column(header, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(cell(value) for value in row))
    out.print(shown, markup=False)


def cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    return visible(str(value))
