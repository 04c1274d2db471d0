"""Names in the addresses of pages: `/administration/people/amy`, `/rules/Series, 830`.

A name may be one that stands there for something else (`new`), or have a slash in it. Neither user
names nor names of rule sets have a tilde, so that it stands for the slash, and before a name that
would mean something else.
"""

from __future__ import annotations

from urllib.parse import quote

OTHERS = ("new", "download.csv", ".", "..")
"""What stands in the place of a name and is none."""


def in_address(name: str) -> str:
    """A name as one part of an address, not yet quoted: `a/b` is `a~b`, `new` is `~new`."""
    return ("~" if name in OTHERS else "") + name.replace("/", "~")


def from_address(part: str) -> str:
    return part.removeprefix("~").replace("~", "/")


def person_address(username: str) -> str:
    return f"/administration/people/{quote(in_address(username), safe='@')}"


def rules_address(binding: str) -> str:
    """Of a rule set by its name, or of one version by its binding, NAME@VERSION."""
    return f"/rules/{quote(in_address(binding), safe='@')}"
