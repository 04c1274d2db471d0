"""demo: a synthetic library, made-up people, and the whole story once, in a home of its own."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from galleyproof.cli.face import complain, err, out

MARKER = "this-is-a-demo"
JOB = "set-830-second-indicator"


class Step(NamedTuple):
    """A line of the story: what is said, the command as typed, and the exit code it ends with."""

    said: str
    command: list[str]
    code: int = 0


def add_to(galley: click.Group) -> None:
    @galley.command("demo")
    @click.option(
        "--records",
        default=20_000,
        show_default=True,
        type=click.IntRange(min=100),
        help="How many bibs the library has.",
    )
    def demo(records: int) -> None:
        """Makes a synthetic library in a home of its own and tells the whole story once: load,
        set, permit, dry run, run, report, undo, production, log.

        \b
        Example: galley demo --records 20000
        """
        from galleyproof.database import server
        from galleyproof.demo.stocking import write_shelves
        from galleyproof.marc.errors import Wrong

        home = server.home() / "demo"
        if os.environ.get("DATABASE_URL"):
            sys.exit(
                complain("the demo has its own embedded database; unset DATABASE_URL", 2, False)
            )
        try:
            begin_afresh(home)
            files = make_files(home, records)
            for step in story(files, records):
                tell(galley, step)
            shelves = write_shelves(home, records)
            for environment in ("production", "sandbox"):
                put_on_shelves(shelves, environment)
        except Wrong as wrong:
            sys.exit(complain(str(wrong), 1, False))
        what_next(home)


def put_on_shelves(shelves: dict[str, Path], environment: str) -> None:
    """Holdings, items and what else hangs under the bibs: a file of each kind, loaded."""
    from galleyproof.catalog.kinds import KINDS
    from galleyproof.cli.face import Face, now
    from galleyproof.demo.stocking import stock

    face = Face(False, None)
    with face.progress("filling the shelves") as update:
        counts = stock(
            face.who, shelves, environment, now(), after=lambda some: update(advance=some)
        )
    told = ", ".join(f"{count:,} {KINDS[kind].plural}" for kind, count in counts.items())
    out.print(f"\nOn the shelves in {environment}: {told}.", markup=False)


def begin_afresh(home: Path) -> None:
    """The demo's home is emptied first; nothing else is ever removed."""
    from galleyproof.database import server
    from galleyproof.marc.errors import Wrong

    os.environ["GALLEY_HOME"] = str(home)
    if home.exists():
        if not (home / MARKER).exists():
            raise Wrong(f"{home} is there already and is no demo's; move it away first")
        server.stop()
        shutil.rmtree(home)
    home.mkdir(parents=True, mode=0o700)
    (home / MARKER).touch()


def make_files(home: Path, records: int) -> dict[str, Path]:
    """The library as files: the bibs with four broken ones among them, one of them corrected by
    hand, and a list of ids as somebody would keep it in a spreadsheet."""
    from galleyproof.cli.face import Face
    from galleyproof.demo.library import bibs, broken
    from galleyproof.marc.mrk import to_text

    files = {name: home / name for name in ("bibs.mrc", "corrected.mrk", "holdings-list.csv")}
    with Face(False, None).progress("making a library", records) as update:
        with files["bibs.mrc"].open("wb", buffering=1 << 20) as stream:
            for count, body in enumerate(bibs(records), start=1):
                stream.write(body)
                if count % 1000 == 0:
                    update(completed=count)
            for body in broken(4):
                stream.write(body)
    chosen, body = first_to_change(records)
    files["corrected.mrk"].write_text(
        to_text(body)
        .replace(" /$c", " : a corrected title /$c")
        .replace("=830  \\\\", "=830  \\0"),
        encoding="utf-8",
    )
    files["corrected.mrk"].with_suffix(".number").write_text(str(chosen))
    files["holdings-list.csv"].write_text("Holding ID\n2200000001\n2200000002\n")
    return files


def first_to_change(records: int) -> tuple[int, bytes]:
    """The first bib whose 830 has a blank second indicator: its number here, and its body."""
    from galleyproof.demo.library import bibs
    from galleyproof.marc.record import Record

    for number, body in enumerate(bibs(records), start=1):
        record = Record(body)
        at = record.positions(b"830")
        if len(at) == 1 and record.data[at[0]][1:2] == b" ":
            return number, body
    raise AssertionError("a library of a hundred bibs has a series")


def story(files: dict[str, Path], records: int) -> Iterator[Step]:
    chosen = files["corrected.mrk"].with_suffix(".number").read_text()
    bibs = str(files["bibs.mrc"])
    yield Step("A database of our own, and its first administrator.", ["init"])
    for name, display, unit, role in (
        ("amy", "Amy", "ITS", "staff"),
        ("bob", "Bob", "ITS", "systems-librarian"),
        ("carol", "Carol", "HKS", "liaison"),
        ("dan", "Dan", "HKS", "staff"),
        ("eve", "Eve", "AUDIT", "auditor"),
    ):
        yield Step(
            "", ["user", "add", name, "--display-name", display, "--unit", unit, "--role", role]
        )
    yield Step(
        f"The catalogue: {records:,} bibs, and four broken ones that somebody sent along.",
        ["load", bibs, "--kind", "bib", "--environment", "production"],
    )
    yield Step(
        "The same once more for the sandbox.",
        ["load", bibs, "--kind", "bib", "--environment", "sandbox"],
    )
    yield Step("Nothing is dropped in silence:", ["report", "1", "--refused"])
    yield Step(
        "Amy, a cataloger, wants the series indicators right. First the set.",
        [
            "set",
            "create",
            "series",
            "--kind",
            "bib",
            "--environment",
            "sandbox",
            "--query",
            'exists "830"',
            "--as",
            "amy",
        ],
    )
    dry = ["run", JOB, "--environment", "sandbox", "--set", "series", "--dry-run", "--as", "amy"]
    yield Step("She has no permit yet, so not even a dry run:", dry, 3)
    yield Step(
        "Bob, a systems librarian, gives her one for the sandbox.",
        ["permit", "issue", "amy", JOB, "--environment", "sandbox", "--as", "bob"],
    )
    yield Step("A dry run shows the shapes of the change and writes nothing.", dry)
    yield Step(
        "Some of the records, before and after.",
        ["plan", "show", "3", "--records", "--limit", "3", "--as", "amy"],
    )
    yield Step(
        "The plan is what runs.",
        [
            "run",
            JOB,
            "--environment",
            "sandbox",
            "--plan",
            "3",
            "--note",
            "series file under the",
            "--as",
            "amy",
        ],
    )
    yield Step(
        "Later somebody corrects one of these records by hand.",
        ["permit", "issue", "amy", "edit-record", "--environment", "sandbox", "--as", "bob"],
    )
    yield Step(
        "",
        [
            "edit",
            "bib",
            chosen,
            "--environment",
            "sandbox",
            "--file",
            str(files["corrected.mrk"]),
            "--note",
            "title was wrong",
            "--as",
            "amy",
        ],
    )
    yield Step(
        "Would an undo lose that work? Its preview says.",
        ["undo", "4", "--dry-run", "--as", "amy"],
    )
    yield Step("", ["undo", "4", "--note", "trying undo is good practice", "--as", "amy"])
    yield Step(
        "The record kept its correction.",
        ["record", "bib", chosen, "--environment", "sandbox", "--versions", "--as", "amy"],
    )
    yield Step(
        "Production asks for a permit of its own and for a reason, and plans first.",
        [
            "permit",
            "issue",
            "amy",
            JOB,
            "--environment",
            "production",
            "--max-records",
            str(records),
            "--as",
            "bob",
        ],
    )
    yield Step(
        "",
        [
            "set",
            "create",
            "series",
            "--kind",
            "bib",
            "--environment",
            "production",
            "--query",
            'exists "830"',
            "--as",
            "amy",
        ],
    )
    yield Step(
        "",
        [
            "run",
            JOB,
            "--environment",
            "production",
            "--set",
            "series",
            "--note",
            "tested in the sandbox, run 4",
            "--as",
            "amy",
        ],
    )
    yield Step(
        "A file of the wrong kind of id is refused before anything starts.",
        [
            "run",
            JOB,
            "--environment",
            "production",
            "--file",
            str(files["holdings-list.csv"]),
            "--note",
            "oops",
            "--as",
            "amy",
        ],
        2,
    )
    yield Step(
        "Dan has no permit, and the log knows that he tried.",
        [
            "run",
            JOB,
            "--environment",
            "production",
            "--set",
            "series",
            "--note",
            "hello",
            "--as",
            "dan",
        ],
        3,
    )
    yield Step(
        "Eve, the auditor, reads who did what,", ["audit", "list", "--limit", "8", "--as", "eve"]
    )
    yield Step("and verifies that nobody changed the log.", ["audit", "verify", "--as", "eve"])


def tell(galley: click.Group, step: Step) -> None:
    """Says a line of the story and runs its command as if it had been typed."""
    if step.said:
        out.print(f"\n{step.said}", style="bold cyan", markup=False)
    typed = " ".join(quoted(part) for part in step.command)
    out.print(f"$ galley {typed}", style="green", markup=False)
    sys.stdout.flush()
    code = 0
    try:
        galley.main(args=step.command, prog_name="galley", standalone_mode=False)
    except SystemExit as ended:
        code = int(ended.code or 0)
    sys.stdout.flush()
    if code != step.code:
        err.print(f"the story expected exit code {step.code} here, and this was {code}")
        sys.exit(1)


def quoted(part: str) -> str:
    if part.startswith("/"):
        return Path(part).name
    return f"'{part}'" if '"' in part else f'"{part}"' if " " in part else part


def what_next(home: Path) -> None:
    for line in (
        "",
        "That was the story. The library stays; try it yourself:",
        f"  export GALLEY_HOME={home}",
        "  galley job show set-830-second-indicator",
        "  galley set create notes --kind bib --environment sandbox"
        " --query 'exists \"830.{*,4}\"' --as amy",
        "  galley run set-830-second-indicator --environment sandbox --set notes"
        " --param skip-nonfiling=yes --as amy",
        "  galley runs",
        "  galley stop          stops the database; the next command starts it again",
    ):
        out.print(line, markup=False, style="bold" if line.startswith("That") else "")
