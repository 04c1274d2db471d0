"""Setting an installation up: the database, and the first administrator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from galleyproof.audit.log import append
from galleyproof.catalog.kinds import ENVIRONMENTS
from galleyproof.database.home import is_embedded
from galleyproof.database.setup import initialise
from galleyproof.people.actions.first_administrator import first_administrator
from galleyproof.people.actions.tokens import add_first_token
from galleyproof.people.identity import os_user


class Installed(NamedTuple):
    """What was done, a sentence each; and a token, where one was made, shown this once."""

    sentences: list[str]
    token: str | None


def install(admin: str | None, environ: Mapping[str, str], at: datetime) -> Installed:
    """Makes or upgrades the database, and the first administrator. Again, it does nothing.

    On an embedded installation the administrator is the operating-system user; on a server the
    one named, who gets a token.
    """
    said = initialise()
    token = None
    embedded = is_embedded()
    name = admin or (os_user() if embedded else None)
    if name is not None:
        person = first_administrator(name, os_user=os_user() if embedded else None, at=at)
        if person is not None:
            said.append(f"made {person.username} an administrator")
            if not embedded:
                token = add_first_token(person, label="first", at=at).text
    if said:
        append(
            "initialised",
            person=name or "",
            subject="installation",
            detail={"done": said},
            at=at,
            rows=[("environment", environment) for environment in ENVIRONMENTS],
        )
    return Installed(said, token)
