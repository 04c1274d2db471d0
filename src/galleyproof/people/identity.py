"""Who is asking (spec: runs, "Who is asking")."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass

from galleyproof.marc.errors import Wrong
from galleyproof.people.finding import person_named
from galleyproof.people.models import Person, Token
from galleyproof.people.tokens import digest

__all__ = ["Who", "os_user", "person_named", "who"]


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks, and with --as whose account really typed it.

    All rights are those of `person`; the log shows both.
    """

    person: Person
    acting: Person | None = None

    @property
    def name(self) -> str:
        return str(self.person.username)

    @property
    def acting_name(self) -> str | None:
        return str(self.acting.username) if self.acting else None


def who(environ: Mapping[str, str], as_name: str | None = None) -> Who:
    """Whoever asks: by GALLEY_TOKEN, else on an embedded installation (no DATABASE_URL) by the
    account of the operating-system user, who may act as somebody else.

    Raises Wrong where nobody can be told, and for --as where it does not belong.
    """
    embedded = not environ.get("DATABASE_URL")
    if as_name is not None and not embedded:
        raise Wrong(
            "--as is for embedded installations only; with DATABASE_URL each person has a token "
            "of their own in GALLEY_TOKEN"
        )
    token = environ.get("GALLEY_TOKEN", "").strip()
    if token:
        if as_name is not None:
            raise Wrong("--as and GALLEY_TOKEN both say who is asking; leave one of them out")
        return by_token(token)
    if not embedded:
        raise Wrong(
            "nobody is named: set GALLEY_TOKEN to your token. You make one on the page Tokens, or "
            "an administrator makes it: galley token add YOUR-NAME"
        )
    account = active(by_os_user(os_user()))
    if as_name is None:
        return Who(account)
    person = active(person_named(as_name))
    return Who(person) if person.pk == account.pk else Who(person, account)


def os_user() -> str:
    """The operating system's name for the user that runs this process."""
    number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid-{number}"


def by_token(token: str) -> Who:
    """The owner of a token; one that somebody else made acts for both, as --as does."""
    found: Token | None = (
        Token.objects.filter(digest=digest(token)).select_related("person").first()
    )
    if found is None:
        raise Wrong(
            "the token in GALLEY_TOKEN is not known: is it whole, and of this database? You make "
            "another on the page Tokens, or an administrator does: galley token add YOUR-NAME"
        )
    if found.revoked_at is not None:
        raise Wrong(
            f"the token in GALLEY_TOKEN (number {found.pk}) has been revoked; "
            "ask an administrator for another"
        )
    return with_maker(active(found.person), found.made_by)


def with_maker(person: Person, maker: str) -> Who:
    """Who asks with a credential that somebody else made: both, until the owner has replaced it."""
    if maker in ("", person.username):
        return Who(person)
    return Who(person, Person.objects.filter(username=maker).first())


def signed_in_as(person: Person) -> Who:
    """Whoever is signed in to the pages; with a password that somebody else set, both."""
    return with_maker(person, person.password_by if person.password_waits else "")


def by_os_user(name: str) -> Person:
    person: Person | None = Person.objects.filter(os_user=name).first()
    if person is None:
        raise Wrong(
            f"no account belongs to the operating-system user “{name}”; `galley init` makes it, "
            "or set GALLEY_TOKEN to your token"
        )
    return person


def active(person: Person) -> Person:
    if not person.is_active:
        raise Wrong(
            f"the account of {person.display_name} is not active; an administrator can activate it"
        )
    return person
