"""The settings of an environment: which there are, what they take and what they mean.

Jobs ask for them by name (`around.setting`); `stamp-005` and `ask-above` are the platform's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, NamedTuple

from galleyproof.catalog.models import Environment
from galleyproof.marc.errors import Wrong
from galleyproof.structures.structure import FALSE, TRUE

LIST, FLAG, NUMBER = "values with commas between them", "yes or no", "a whole number, or none"


class Setting(NamedTuple):
    """One setting. takes: LIST, FLAG or NUMBER; usual: what holds where it is not set; only: what
    each value of a list must look like, and in words."""

    name: str
    takes: str
    usual: str
    means: str
    only: str = ""
    said: str = ""
    field: str = ""
    """The column of the environment that holds it, for the platform's own."""


SETTINGS = {
    one.name: one
    for one in (
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
        Setting(
            "bound-with",
            LIST,
            "773, 774",
            "Fields that name the titles bound with a record, in whichever of the two they stand: "
            "773 ($w) of a guest, 774 ($w) of a host, a local 977 ($w) of bibs, 014 ($a) of "
            "holdings.",
            only=r"773|774|977|014",
            said="773, 774, 977 or 014",
        ),
        Setting(
            "retention-codes",
            LIST,
            "",
            "Codes that commit the library to keep an item, where they stand in a statistics note.",
        ),
        Setting(
            "statistics-retention",
            LIST,
            "1, 2, 3",
            "The statistics notes in which retention codes are looked for.",
            only=r"[123]",
            said="1, 2 or 3",
        ),
        Setting(
            "retention-actions",
            LIST,
            "committed to retain, will retain, retain, retained",
            "Actions in 583 $a of a bib or a holding that commit the library to keep its items.",
        ),
        Setting(
            "currency",
            LIST,
            "USD",
            "The currency of amounts that name none, by its ISO 4217 code; they have its decimals.",
            only=r"[A-Z]{3}",
            said="a code of three capital letters like USD",
        ),
        Setting(
            "moved-holdings",
            LIST,
            "items-follow",
            "What a changed 852 $b $c does where the holding has items: items-follow moves them "
            "along, refuse refuses the change.",
            only=r"items-follow|refuse",
            said="items-follow or refuse",
        ),
        *(
            Setting(
                f"process-types-{code}", LIST, usual, f"Process types of items that are {words}."
            )
            for code, usual, words in (
                ("on-loan", "LOAN, CLAIM_RETURNED_LOAN", "on loan"),
                ("in-transit", "TRANSIT, TRANSIT_RS, TRANSIT_TO_REMOTE_STORAGE", "in transit"),
                ("on-hold-shelf", "HOLDSHELF", "on the hold shelf"),
                ("lost-with-charges", "LOST_LOAN, LOST_ILL", "lost, with charges"),
                ("work-order", "WORK_ORDER_DEPARTMENT", "away in a department"),
            )
        ),
    )
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
    elif text is None:
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


READERS: dict[str, Callable[[Setting, str], Any]] = {FLAG: flag, NUMBER: number, LIST: several}
