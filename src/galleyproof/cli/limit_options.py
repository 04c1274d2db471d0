"""The limits of a permit as options of a command: asked for with a ticket, decided with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from pydantic import ValidationError

from galleyproof.marc.errors import Wrong

AT_LEAST_1 = click.IntRange(min=1)

OPTIONS = (
    click.option("--max-records", type=AT_LEAST_1, help="Most records a run."),
    click.option("--max-per-day", type=AT_LEAST_1, help="Most records a day."),
    click.option(
        "--first-run",
        type=AT_LEAST_1,
        help="Most records of the first production run, which is looked at before larger ones.",
    ),
    click.option(
        "--ask-above",
        type=click.IntRange(min=0),
        help="Above so many changes a second person confirms a production plan.",
    ),
    click.option("--library", "libraries", multiple=True, help="Only this library's records."),
    click.option(
        "--location", "locations", multiple=True, help="Only this one's: LIBRARY/LOCATION."
    ),
    click.option(
        "--allow",
        "parameters",
        multiple=True,
        metavar="NAME=VALUE",
        help="A parameter may only be this: a value, several (a,b), or a range (1..10).",
    ),
    click.option(
        "--only-parameters",
        metavar="NAME,NAME",
        help="No parameters but these, and those of --allow.",
    ),
    click.option("--hours", help="Only at these hours, e.g. 08:00-18:00."),
    click.option("--days", help="Only on these days, e.g. mon,tue,wed."),
    click.option("--scheduling", is_flag=True, help="Scheduling is included."),
    click.option("--undo-others", is_flag=True, help="Undoing others' runs is included."),
)
NAMES = (
    "max_records",
    "max_per_day",
    "first_run",
    "ask_above",
    "libraries",
    "locations",
    "parameters",
    "only_parameters",
    "hours",
    "days",
    "scheduling",
    "undo_others",
)


def limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def envelope_from(options: dict[str, Any], start: dict[str, Any] | None = None) -> Any:
    """Takes the limits out of a command's options; None where none was given.

    start: limits that hold where an option is left out. Raises Wrong for what is no limit.
    """
    from galleyproof.permits.envelope import Envelope
    from galleyproof.permits.limit_texts import parameters_allowed

    taken = {name: options.pop(name) for name in NAMES}
    given = {name: value for name, value in taken.items() if value not in (None, (), False)}
    if not given and start is None:
        return None
    if "hours" in given:
        given["hours"] = tuple(part.strip() for part in given["hours"].split("-"))
    for name in ("days", "only_parameters"):
        if name in given:
            given[name] = tuple(part.strip() for part in given[name].split(",") if part.strip())
    if "parameters" in given:
        given["parameters"] = parameters_allowed(given["parameters"])
    try:
        return Envelope.model_validate({**(start or {}), **given})
    except ValidationError as error:
        said = []
        for found in error.errors():
            name = str(found["loc"][0]).replace("_", "-") if found["loc"] else "limits"
            said.append(f"--{name}: {str(found['msg']).removeprefix('Value error, ')}")
        raise Wrong("\n".join(dict.fromkeys(said))) from None
