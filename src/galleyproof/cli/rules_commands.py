"""rules check, explain, run, test, ready-made: what needs no database."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from galleyproof.cli.face import DONE, FAILED, NOTHING_CHANGED, WRONG, Face, command
from galleyproof.marc.errors import Wrong

FILES = click.argument("files", nargs=-1, required=True, metavar="FILE…")
FORMATS = click.Choice(["iso2709", "marcxml", "json", "mrk"])


def dialect(function: Callable[..., Any]) -> Callable[..., Any]:
    """The dialect switches; they go before what a file says of itself."""
    function = click.option(
        "--regex/--no-regex",
        default=None,
        help="Whether patterns are regular expressions (default: as the file says, else no).",
    )(function)
    return click.option(
        "--order",
        type=click.Choice(["bottom-up", "top-down"]),
        help="How rules of equal priority follow each other (default: as the file says, else "
        "bottom-up).",
    )(function)


def add_to(galley: click.Group) -> None:
    rules = galley.commands.get("rules")
    if not isinstance(rules, click.Group):
        rules = click.Group("rules", help="Rules: check, explain, try and test them.")
        galley.add_command(rules)

    @command(rules, "check", database=False)
    @FILES
    @dialect
    def check(face: Face, files: tuple[str, ...], order: str | None, regex: bool | None) -> int:
        """Says what is wrong with rule files, with line and column, and what is doubtful; and
        which tags they read and write. Errors make the exit code 2, warnings do not.

        \b
        Example: galley rules check series.rules
        """
        from galleyproof.cli.rules_output import checked_data, show_checked
        from galleyproof.rules.files import check_rules

        found = [check_rules(name, order, regex) for name in files]
        face.answer([checked_data(one) for one in found], lambda: show_checked(found))
        return WRONG if any(one.errors for one in found) else DONE

    @command(rules, "explain", database=False)
    @FILES
    @dialect
    def explain(face: Face, files: tuple[str, ...], order: str | None, regex: bool | None) -> int:
        """Tells in sentences what rules do, in the order in which they run.

        \b
        Example: galley rules explain series.rules
        """
        from galleyproof.cli.rules_output import explained_data, show_explained
        from galleyproof.rules.files import read_rules

        read = [read_rules(name, order, regex) for name in files]
        face.answer([explained_data(one) for one in read], lambda: show_explained(read))
        return DONE

    @command(rules, "test", database=False)
    @FILES
    @dialect
    def test(face: Face, files: tuple[str, ...], order: str | None, regex: bool | None) -> int:
        """Runs the tests inside rule files: comments that hold a record before and after. A test
        that fails makes the exit code 1.

        \b
        Example: galley rules test examples/rules/*.rules
        """
        from galleyproof.cli.rules_output import show_tested, tested_data
        from galleyproof.rules.examples import run_examples
        from galleyproof.rules.files import read_rules

        outcomes = []
        for name in files:
            file = read_rules(name, order, regex)
            try:
                outcomes.append((file, run_examples(file.rules)))
            except Wrong as wrong:
                raise Wrong(f"{name}: {wrong}") from None
        face.answer([tested_data(*one) for one in outcomes], lambda: show_tested(outcomes))
        failed = any(not one.passed for _, several in outcomes for one in several)
        return FAILED if failed else DONE

    @command(rules, "ready-made", database=False)
    @click.argument("name", required=False)
    def ready_made(face: Face, name: str | None) -> int:
        """Lists the merge rules and the tables of codes that come with the program, or prints
        those of one NAME. Where a FILE of rules is asked for, a name of merge rules does as well.

        \b
        Example: galley rules ready-made overlay-all-but-local-fields > ours.rules
                 galley rules ready-made relators
        """
        from galleyproof.cli.rules_output import show_ready_made
        from galleyproof.rules.ready_made import every_ready_made, ready_made_text

        if name is not None:
            text = ready_made_text(name)
            face.answer({"name": name, "text": text}, lambda: click.echo(text, nl=False))
            return DONE
        every = every_ready_made()
        face.answer([one._asdict() for one in every], lambda: show_ready_made(every))
        return DONE

    @command(rules, "run", database=False)
    @FILES
    @click.option(
        "--input",
        "source",
        required=True,
        type=click.Path(path_type=Path),
        help="The file of records, .gz too; - for standard input.",
    )
    @click.option(
        "--output",
        "target",
        type=click.Path(path_type=Path),
        help="The file to write; - for standard output. Without it nothing is written.",
    )
    @click.option(
        "--format",
        "form",
        type=FORMATS,
        help="Of the output (default: by its name, else that of the input).",
    )
    @click.option(
        "--encoding",
        default="as-stated",
        show_default=True,
        type=click.Choice(["as-stated", "utf-8", "marc-8"]),
        help="As leader/09 says, or as you know better.",
    )
    @click.option(
        "--refused",
        "aside",
        type=click.Path(path_type=Path),
        help="Where to put the records that could not be read or written, as they came.",
    )
    @click.option("--diff", is_flag=True, help="Shows each changed record's changes.")
    @click.option("--color/--no-color", default=None, help="Colours (default: on a terminal only).")
    @dialect
    def run(
        face: Face,
        files: tuple[str, ...],
        source: Path,
        target: Path | None,
        form: str | None,
        encoding: str,
        aside: Path | None,
        diff: bool,
        color: bool | None,
        order: str | None,
        regex: bool | None,
    ) -> int:
        """Runs rules on a file of records: ISO 2709, MARCXML, MARC-in-JSON or .mrk, in and out.
        Needs no database. Several rule files run one after the other. Indication rules keep the
        records of which they are true; brief-level rules count the levels.

        \b
        Example: galley rules run series.rules --input bibs.mrc --output new.mrc --diff
        """
        from galleyproof.cli.rules_output import (
            complain_of_lost,
            on_terminal,
            run_data,
            show_change,
            show_run,
        )
        from galleyproof.marc.many import expect_many_records
        from galleyproof.rules.file_runs import run_file
        from galleyproof.rules.files import read_rules

        if diff and face.as_json:
            raise Wrong("--diff is for people and --json for programs; choose one")
        answers_below = str(target) == "-"
        on_terminal(color, aside=answers_below)
        begun = time.perf_counter()
        expect_many_records()
        with face.progress("rules") as update:
            done = run_file(
                [read_rules(name, order, regex) for name in files],
                source,
                target,
                form=form,
                encoding=encoding,
                aside=aside,
                changed=show_change if diff else None,
                progress=lambda count: update(completed=count),
            )
        seconds = time.perf_counter() - begun
        if answers_below:
            show_run(done, seconds)
        else:
            face.answer(run_data(done, seconds), lambda: show_run(done, seconds))
        complain_of_lost(done, aside)
        changed = done.tally.changed or done.tally.left_out
        return DONE if changed else NOTHING_CHANGED
