"""The settings of an environment: which there are, and what is set. The platform has some of its
own; each of the others is one that a job declares (`Job.settings`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from galleyproof.catalog.models import Environment
from galleyproof.jobs.catalogue import JOBS
from galleyproof.jobs.settings import CHOICE, FLAG, LIST, NUMBER, Setting
from galleyproof.marc.errors import Wrong
from galleyproof.runs.numbers_in_use import NUMBER_IN_USE
from galleyproof.structures.structure import FALSE, TRUE

PLATFORM = (
    Setting(
        "stamp-005",
        FLAG,
        "yes",
        "Whether a changed MARC record that has a 005 gets it brought up to date.",
        field="stamp_005",
    ),
    Setting(
        "ask-above",
        NUMBER,
        "none",  # 5000 in production
        "A plan that changes more records than this waits for a second person.",
        field="ask_above",
    ),
    NUMBER_IN_USE,
)
SETTINGS = {
    one.name: one for one in (*PLATFORM, *(one for job in JOBS.values() for one in job.settings))
}


def setting_named(name: str) -> Setting:
    """The setting of this name; Wrong offers the nearest."""
    found = SETTINGS.get(name)
    if found is not None:
        return found
    near = get_close_matches(name, SETTINGS, n=2, cutoff=0.4)
    offer = "; did you mean " + " or ".join(near) + "?" if near else ""
    offer = offer or "; there are " + ", ".join(SETTINGS)
    raise Wrong(f"there is no setting “{name}”{offer}")


def usual_in(environment: str, setting: Setting) -> str:
    """What holds in an environment where nothing is set."""
    return "5000" if (environment, setting.name) == ("production", "ask-above") else setting.usual


def value_now(environment: Environment, setting: Setting) -> str | None:
    """What an environment has set, as people write it; None where the usual holds."""
    if setting.field:
        value = getattr(environment, setting.field)
        if setting.takes == FLAG:
            return "yes" if value else "no"
        return "none" if value is None else str(value)
    found = environment.settings.get(setting.name)
    return None if found is None else str(found)


def put(environment: Environment, setting: Setting, text: str | None) -> None:
    """Sets a value in the environment, unsaved; None brings the usual back. Raises Wrong where the
    setting does not take it."""
    value = READERS[setting.takes](
        setting, usual_in(environment.name, setting) if text is None else text
    )
    if setting.field:
        setattr(environment, setting.field, value)
    elif text is None or not value:
        environment.settings.pop(setting.name, None)
    else:
        environment.settings[setting.name] = value


def flag(setting: Setting, text: str) -> bool:
    if text.casefold() not in TRUE | FALSE or not text:
        raise Wrong(f"{setting.name} is yes or no, not “{text}”")
    return text.casefold() in TRUE


def number(setting: Setting, text: str) -> int | None:
    if text.casefold() == "none":
        return None
    if not re.fullmatch(r"\d{1,9}", text):
        raise Wrong(f"{setting.name} is a whole number, or none, not “{text}”")
    return int(text)


def several(setting: Setting, text: str) -> str:
    values = [part.strip() for part in text.split(",") if part.strip()]
    for value in values:
        if setting.only and not re.fullmatch(setting.only, value):
            raise Wrong(f"{setting.name} takes {setting.said}, not “{value}”")
    return ", ".join(dict.fromkeys(values))


def choice(setting: Setting, text: str) -> str:
    word = text.strip().casefold()
    if not re.fullmatch(setting.only, word):
        raise Wrong(f"{setting.name} takes {setting.said}, not “{text}”")
    return word


READERS: dict[str, Callable[[Setting, str], Any]] = {
    FLAG: flag,
    NUMBER: number,
    LIST: several,
    CHOICE: choice,
}
