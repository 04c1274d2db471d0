"""reading: what must have been read before a job is asked for."""

from __future__ import annotations

from pathlib import Path

import click

from galleyproof.cli.face import DONE, Face, command, now, out, table
from galleyproof.cli.ticket_output import line


def add_to(galley: click.Group) -> None:
    reading = click.Group(
        "reading", help="Readings: what must have been read before a job is asked for."
    )
    galley.add_command(reading)
    add_lists(reading)
    add_acknowledge(reading)
    add_add(reading)


def add_lists(reading: click.Group) -> None:
    @command(reading, "list")
    @click.option("--job", default="", help="Only what this job requires.")
    def reading_list(face: Face, job: str) -> int:
        """The readings, what each is for, and whether you have acknowledged it.

        \b
        Example: galley reading list --job set-830-second-indicator
        """
        from galleyproof.signoff.readings import (
            acknowledged,
            current,
            has_read,
            practice_of,
            required,
        )

        readings = current()
        theirs = acknowledged(face.who.person)
        found = required(job, readings) if job else list(readings.values())
        sheet = practice_of(job, readings) if job else None
        found = [*found, sheet] if sheet is not None else found
        rows = [
            (
                one.name,
                one.version,
                one.title,
                one.job or "every job",
                has_read(one, theirs) if one.required else "practice",
            )
            for one in found
        ]
        names = ("reading", "version", "title", "for", "acknowledged")
        face.answer(
            {"readings": [dict(zip(names, row, strict=True)) for row in rows]},
            lambda: table(
                ["reading", "version", "title", "for", "acknowledged by you"],
                [(name, str(version), *rest) for name, version, *rest in rows],
            ),
        )
        return DONE

    @command(reading, "show")
    @click.argument("name")
    @click.option("--version", type=int, help="An earlier version.")
    def show(face: Face, name: str, version: int | None) -> int:
        """The text of a reading.

        \b
        Example: galley reading show overview
        """
        from galleyproof.signoff.readings import reading_named

        face.who  # noqa: B018  only known people may look
        found = reading_named(name, version)
        face.answer(
            {
                "reading": found.name,
                "version": found.version,
                "title": found.title,
                "job": found.job or None,
                "digest": found.digest,
                "text": found.body,
            },
            lambda: out.print(found.body.rstrip(), markup=False),
        )
        face.say(f"-- {found.name}, version {found.version}")
        return DONE


def add_acknowledge(reading: click.Group) -> None:
    @command(reading, "acknowledge")
    @click.argument("names", nargs=-1, required=True, metavar="NAME...")
    @click.option("--version", type=int, help="The version that you have read.")
    def acknowledge(face: Face, names: tuple[str, ...], version: int | None) -> int:
        """Signs that you have read readings, at their current versions.

        \b
        Example: galley reading acknowledge overview
        """
        from galleyproof.signoff.actions.acknowledge_reading import acknowledge_reading as do
        from galleyproof.signoff.readings import reading_named

        for name in names:
            reading_named(name)  # a wrong one is told before any is signed
        done = [do(face.who, name, version=version, at=now()) for name in names]

        def human() -> None:
            for one in done:
                already = " already" if one.again else ""
                line(
                    f"{face.who.person.display_name} has acknowledged {one.reading.about}{already}."
                )
            for number in done[-1].tickets:
                line(f"  next       galley ticket request {number}", "dim")
            for number in sorted({number for one in done for number in one.permits}):
                line(
                    f"  next       permit {number} rests no longer for you; a systems librarian "
                    f"confirms it: galley permit confirm {number}",
                    "dim",
                )

        face.answer(
            {
                "acknowledged": [
                    {"reading": one.reading.name, "version": one.reading.version} for one in done
                ],
                "permits": sorted({number for one in done for number in one.permits}),
                "tickets": done[-1].tickets,
            },
            human,
        )
        return DONE


def add_add(reading: click.Group) -> None:
    @command(reading, "add")
    @click.argument("name")
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--title", default="", help="Of a new reading, or a new title.")
    @click.option("--job", default="", help="A new reading for this job alone.")
    @click.option(
        "--minor",
        is_flag=True,
        help="A correction that changes nothing people must know: nobody reads it again.",
    )
    def add(face: Face, name: str, file: Path, title: str, job: str, minor: bool) -> int:
        """Writes a reading, or a new version of one (systems librarians). Permits that it is
        required for rest until their holders have acknowledged it and it is confirmed.

        \b
        Example: galley reading add off-site off-site.md --title "Off-site storage" --job
                     change-physical-items
        """
        from galleyproof.marc.files import text_of_file
        from galleyproof.signoff.actions.write_reading import write_reading as do
        from galleyproof.signoff.mail.sending import last_number, untold_since

        body = text_of_file(file, "a reading")
        before = last_number()
        written = do(face.who, name, body, title=title, job=job, minor=minor, at=now())

        def human() -> None:
            line(f"{written.reading.about} is written.")
            if written.suspended:
                numbers = ", ".join(str(number) for number in written.suspended[:20])
                line(
                    f"  {len(written.suspended)} permits rest until their holders have read it: "
                    f"{numbers}"
                )

        face.answer(
            {
                "reading": written.reading.name,
                "version": written.reading.version,
                "suspended": written.suspended,
            },
            human,
        )
        for sentence in untold_since(before):
            face.say(f"galley: {sentence}")
        return DONE
