"""schedule: jobs that start by themselves."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from galleyproof.cli.face import DONE, Face, command, now, out, table

ENVIRONMENTS = click.Choice(["sandbox", "production"])


def add_to(galley: click.Group) -> None:
    schedule = click.Group("schedule", help="Jobs that start by themselves, again and again.")
    galley.add_command(schedule)

    @command(schedule, "add")
    @click.argument("code")
    @click.option(
        "--cron",
        required=True,
        metavar='"M H D M W"',
        help="When, in five fields: minute, hour, day of the month, month, day of the week.",
    )
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    @click.option("--set", "set_name", required=True, help="The set, as it will be each time.")
    @click.option("--binding", default="", help="The rule or profile, for jobs that need one.")
    @click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter.")
    @click.option(
        "--params",
        "params_file",
        type=click.Path(path_type=Path),
        metavar="FILE.json",
        help="Parameters from a file.",
    )
    @click.option("--note", default="", help="Why (required in production).")
    def add(face: Face, code: str, **values: Any) -> int:
        """Has a job start by itself, under your permit as it is each time; a worker must be
        alive. Scheduling must be within the permit.

        \b
        Example: galley schedule add set-830-second-indicator --cron "0 2 * * 1"
                     --environment production --set series --note "weekly"
        """
        from galleyproof.cli.job_commands import parameters
        from galleyproof.runs.schedules import add_schedule

        made = add_schedule(
            face.who,
            code,
            cron=values["cron"],
            environment=values["environment"],
            set_name=values["set_name"],
            parameters=parameters(values["params"], values["params_file"]).values,
            binding=values["binding"],
            note=values["note"],
            at=now(),
        )
        answer(face, made)
        return DONE

    @command(schedule, "list")
    @click.option("--all", "everything", is_flag=True, help="Removed ones too.")
    def list_(face: Face, everything: bool) -> int:
        """All schedules: when each starts next, and what came of the last time.

        \b
        Example: galley schedule list
        """
        from galleyproof.runs.schedules import listing

        face.who  # noqa: B018  only known people may ask
        found = listing(all=everything)
        shown = [
            (
                str(one.pk),
                one.person.username,
                f"{one.job}{' ' + one.binding if one.binding else ''}",
                one.environment_id,
                one.set_name,
                one.cron,
                one.state,
                local(one.next_due),
                local(one.last_due),
                one.said,
            )
            for one in found
        ]
        heads = ["schedule", "owner", "job", "environment", "set", "cron", "state"]
        heads += ["next", "last", "what is said"]
        face.answer(
            {"schedules": [described(one) for one in found]},
            lambda: table(heads, shown) if shown else out.print("No schedules."),
        )
        return DONE

    for name, doing in (
        ("pause", "Nothing starts until it is resumed; a run that is going goes on."),
        ("resume", "Goes on from the next time, if its owner's permit allows it now."),
        ("remove", "Nothing starts any more, for good; its runs stay."),
    ):
        change(schedule, name, doing)


def change(schedule: click.Group, name: str, doing: str) -> None:
    def work(face: Face, number: int) -> int:
        from galleyproof.runs import schedules

        answer(face, getattr(schedules, f"{name}_schedule")(face.who, number, at=now()))
        return DONE

    work.__doc__ = f"{doing}\n\n\b\nExample: galley schedule {name} 3"
    work = click.argument("number", metavar="SCHEDULE", type=int)(work)
    command(schedule, name)(work)


def answer(face: Face, one: Any) -> None:
    said = f"Schedule {one.pk} is {one.state}: {one.job} in {one.environment_id} on {one.set_name}"
    if one.next_due:
        said += f"; next on {local(one.next_due)}"
    face.answer(described(one), lambda: out.print(said, markup=False))


def described(one: Any) -> dict[str, Any]:
    return {
        "schedule": one.pk,
        "person": one.person.username,
        "job": one.job,
        "binding": one.binding or None,
        "environment": one.environment_id,
        "set": one.set_name,
        "parameters": one.parameters,
        "cron": one.cron,
        "state": one.state,
        "next": one.next_due.isoformat() if one.next_due else None,
        "last": one.last_due.isoformat() if one.last_due else None,
        "said": one.said or None,
    }


def local(at: datetime | None) -> str:
    """In the institution's time zone, as cron is meant."""
    from django.utils import timezone

    return timezone.localtime(at).strftime("%a %Y-%m-%d %H:%M") if at else ""
