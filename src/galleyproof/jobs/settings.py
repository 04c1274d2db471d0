"""What a setting of an environment is, and how jobs read it.

A job names in `settings` those that it reads; what can be set is made from that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

LIST, FLAG, NUMBER, CHOICE = (
    "values with commas between them",
    "yes or no",
    "a whole number, or none",
    "one word",
)


class Setting(NamedTuple):
    """One setting. takes: LIST, FLAG, NUMBER or CHOICE; usual: what holds where it is not set;
    only: what each value must look like (a regular expression), and `said` the same in words."""

    name: str
    takes: str
    usual: str
    means: str
    only: str = ""
    said: str = ""
    field: str = ""
    """The column of the environment that holds it, for the platform's own."""

    def values(self, settings: Mapping[str, str]) -> tuple[str, ...]:
        """Its values in an environment, which are written with commas between them."""
        text = settings.get(self.name) or self.usual
        return tuple(part.strip() for part in text.split(",") if part.strip())
