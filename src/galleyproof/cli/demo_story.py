"""The story that the demo tells: a library, its people, and one sign-off from the first question
to the verified log."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

JOB = "set-830-second-indicator"

PEOPLE = (
    ("amy", "Amy", "ITS", "staff"),
    ("bob", "Bob", "ITS", "systems-librarian"),
    ("carol", "Carol", "ITS", "liaison"),
    ("dan", "Dan", "HKS", "staff"),
    ("eve", "Eve", "AUDIT", "auditor"),
    ("sue", "Sue", "ITS", "support"),
)


class Step(NamedTuple):
    """A line of the story: what is said, the command as typed, and the exit code it ends with."""

    said: str
    typed: str
    code: int = 0

    @property
    def command(self) -> list[str]:
        return shlex.split(self.typed)


def story(files: dict[str, Path], records: int) -> Iterator[Step]:
    yield from the_library(files, records)
    yield from amy_asks(records)
    yield from amy_tests(files)
    yield from bob_reviews(records)
    yield from the_role_form()
    yield from production(files)
    yield from eve_verifies(files)


def the_library(files: dict[str, Path], records: int) -> Iterator[Step]:
    yield Step("A database of our own, and its first administrator.", "init")
    for name, display, unit, role in PEOPLE:
        yield Step(
            "Amy is a cataloger, Bob a systems librarian, Carol the liaison of Amy's unit."
            if name == "amy"
            else "",
            f"user add {name} --display-name {display} --unit {unit} --role {role} "
            f"--email {name}@library.example",
        )
    yield Step("", "unit liaison carol ITS")
    yield Step(
        f"The catalogue: {records:,} bibs, and four broken ones that somebody sent along.",
        f"load {files['bibs.mrc']} --kind bib --environment production",
    )
    yield Step(
        "The same once more for the sandbox.",
        f"load {files['bibs.mrc']} --kind bib --environment sandbox",
    )
    yield Step("Nothing is dropped in silence:", "report 1 --refused")


def amy_asks(records: int) -> Iterator[Step]:
    yield Step(
        "Amy wants the series indicators right. First the set.",
        "set create series --kind bib --environment sandbox --query 'exists \"830\"' --as amy",
    )
    dry = f"run {JOB} --environment sandbox --set series --dry-run --as amy"
    yield Step("She has no permit yet, so not even a dry run:", dry, 3)
    yield Step(
        "So she asks. A ticket leads from here to production.",
        f'ticket ask {JOB} --max-records {records} --why "series file in two places" --as amy',
    )
    yield Step("What must be read is read.", f"reading show {JOB} --as amy")
    yield Step("", f"reading acknowledge overview planning-and-testing {JOB} --as amy")
    yield Step("", "ticket request 1 --as amy")
    yield Step(
        "Dan, from another unit, cannot wave it through.", "ticket approve-sandbox 1 --as dan", 3
    )
    yield Step("Bob can, for the sandbox.", "ticket approve-sandbox 1 --as bob")


def amy_tests(files: dict[str, Path]) -> Iterator[Step]:
    chosen = files["corrected.mrk"].with_suffix(".number").read_text()
    yield Step(
        "A dry run shows the shapes of the change and writes nothing.",
        f"run {JOB} --environment sandbox --set series --dry-run --as amy",
    )
    yield Step("Some of the records, before and after.", "plan show 3 --records --limit 3 --as amy")
    yield Step(
        "The plan is what runs.",
        f'run {JOB} --environment sandbox --plan 3 --note "series file under the" --as amy',
    )
    yield Step(
        "Later somebody corrects one of these records by hand.",
        "permit issue amy edit-record --environment sandbox --as bob",
    )
    yield Step(
        "",
        f"edit bib {chosen} --environment sandbox --file {files['corrected.mrk']} "
        '--note "title was wrong" --as amy',
    )
    yield Step("Would an undo lose that work? Its preview says.", "undo 4 --dry-run --as amy")
    yield Step("", 'undo 4 --note "trying undo is good practice" --as amy')
    yield Step(
        "The record kept its correction.",
        f"record bib {chosen} --environment sandbox --versions --as amy",
    )
    yield Step(
        "The run is Amy's proof; its outcome is kept, undone or not.",
        'ticket prove 1 --run 4 --note "ten records in the public display, two with an article" '
        "--as amy",
    )
    yield Step("", "ticket submit 1 --as amy")


def bob_reviews(records: int) -> Iterator[Step]:
    yield Step(
        "Beside the proof belongs a dry run in production. While the ticket is in review Bob may.",
        "set create series --kind bib --environment production --query 'exists \"830\"' --as bob",
    )
    yield Step("", f"run {JOB} --environment production --set series --dry-run --as bob")
    yield Step(
        "Dan may not.", f"run {JOB} --environment production --set series --dry-run --as dan", 3
    )
    yield Step("Proof and dry run side by side.", "ticket review 1 --as bob")
    yield Step("Whoever signs has opened every shape.", "ticket sign-off 1 --as bob", 2)
    yield Step("", "ticket open-shape 1 --as bob")
    yield Step("Nobody signs off their own.", "ticket sign-off 1 --as amy", 3)
    ask_above = f" --ask-above {records}" if records > 50_000 else ""
    yield Step(
        "The decision, with its conditions.",
        f'ticket sign-off 1{ask_above} --comment "good sample" --as bob',
    )


def the_role_form() -> Iterator[Step]:
    yield Step(
        "Amy's account lacks the library role that the job needs, so her permit waits.",
        f"may amy {JOB} --environment production",
        3,
    )
    yield Step("The form is filled in; she starts it,", "ticket role-form 1 start --as amy")
    yield Step("", "ticket role-form 1 confirm --as dan", 3)
    yield Step(
        "Carol, her liaison, confirms it,",
        'ticket role-form 1 confirm --comment "series work is hers" --as carol',
    )
    yield Step("and Sue of support applies it.", "ticket role-form 1 apply --as sue")


def production(files: dict[str, Path]) -> Iterator[Step]:
    yield Step("The matrix: who may run what, live.", "matrix show")
    yield Step("", f"may amy {JOB} --environment production --records 50")
    yield Step(
        "Production asks for a reason, and plans first.",
        f'run {JOB} --environment production --set series --note "tested in run 4" --as amy',
    )
    yield Step(
        "A file of the wrong kind of id is refused before anything starts.",
        f"run {JOB} --environment production --file {files['holdings-list.csv']} --note oops "
        "--as amy",
        2,
    )
    yield Step(
        "Dan has no permit, and the log knows that he tried.",
        f"run {JOB} --environment production --set series --note hello --as dan",
        3,
    )


def eve_verifies(files: dict[str, Path]) -> Iterator[Step]:
    yield Step("Eve, the auditor, reads who did what,", "audit list --limit 8 --as eve")
    yield Step("verifies that nobody changed the log,", "audit verify --as eve")
    bundle = files["bibs.mrc"].with_name("run-10.bundle.zip")
    yield Step(
        "and takes the run along as one file that stands alone,",
        f"audit bundle 10 -o {bundle} --as eve",
    )
    yield Step("which she can check anywhere.", f"audit verify-bundle {bundle}")
