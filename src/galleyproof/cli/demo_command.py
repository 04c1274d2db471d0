"""demo: a synthetic library, made-up people, and the whole story once, in a home of its own."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from galleyproof.cli.demo_story import Step, story
from galleyproof.cli.face import DONE, complain, err, guarded, out

MARKER = "this-is-a-demo"


def add_to(galley: click.Group) -> None:
    @galley.command("demo")
    @click.option(
        "--records",
        default=20_000,
        show_default=True,
        type=click.IntRange(min=100),
        help="How many bibs the library has.",
    )
    @click.option("--serve/--no-serve", default=False, help="Serve the pages of it afterwards.")
    @click.option("--port", default=8000, show_default=True, help="Where the pages are served.")
    def demo(records: int, serve: bool, port: int) -> None:
        """Makes a synthetic library in a home of its own and tells the whole story once: load,
        set, ticket, reading, dry run, run, undo, proof, review, sign-off, production, log.

        \b
        Example: galley demo --records 20000 --serve
        """
        from galleyproof.database.home import home as usual_home
        from galleyproof.demo.stocking import write_shelves

        home = usual_home() / "demo"
        if os.environ.get("DATABASE_URL"):
            sys.exit(
                complain("the demo has its own embedded database; unset DATABASE_URL", 2, False)
            )

        def work() -> int:
            begin_afresh(home)
            files = make_files(home, records)
            for step in story(files, records):
                tell(galley, step)
            shelves = write_shelves(home, records)
            for environment in ("production", "sandbox"):
                put_on_shelves(shelves, environment)
            give_passwords()
            return DONE

        if told := guarded(work, as_json=False, database=False):
            sys.exit(told)
        what_next(home, port, serve)
        if serve:
            galley.main(args=["serve", "--port", str(port)], prog_name="galley")


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


PEOPLE = (
    ("amy", "a cataloger: has permits, runs jobs"),
    ("bob", "a systems librarian: issues permits, confirms large plans"),
    ("carol", "a liaison: stands for her unit's people"),
    ("dan", "a colleague without a permit"),
    ("sue", "support: gives accounts their library roles"),
    ("eve", "an auditor: reads the log and verifies it"),
)


def password_of(name: str) -> str:
    """Passwords of people who do not exist, in a catalogue that is made up."""
    return f"{name}-of-the-demo"


def give_passwords() -> None:
    from galleyproof.cli.face import now
    from galleyproof.people.actions.passwords import change_password
    from galleyproof.people.identity import Who, person_named

    for name, _ in PEOPLE:
        change_password(Who(person_named(name)), "", password_of(name), at=now())


def what_next(home: Path, port: int, serve: bool) -> None:
    out.print("\nThe pages, and who may sign in there:", style="bold")
    if serve:
        out.print(f"  http://localhost:{port}/", style="bold green", markup=False)
    else:
        out.print(f"  GALLEY_HOME={home} galley serve --port {port}", markup=False)
    for name, says in PEOPLE:
        out.print(f"  {name:<6} password {password_of(name):<18} {says}", markup=False)
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
        "  galley ticket show 1",
        "  galley matrix export",
        "  galley stop          stops the database; the next command starts it again",
    ):
        out.print(line, markup=False, style="bold" if line.startswith("That") else "")
