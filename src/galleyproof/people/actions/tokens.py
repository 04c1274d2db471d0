"""Tokens: making one (shown once), listing, revoking."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.marc.plain_text import plain_name
from galleyproof.people.finding import person_named
from galleyproof.people.identity import Who, active
from galleyproof.people.models import Person, Token
from galleyproof.people.rights import deny, require_role
from galleyproof.people.tokens import digest, new_token


class Made(NamedTuple):
    """A new token: its text, which nobody can show again, and its number."""

    text: str
    id: int


def add_token(who: Who, person: str | None = None, *, label: str = "", at: datetime) -> Made:
    """Makes a token: one's own, or as an administrator that of whoever is named.

    Raises NotPermitted, and Wrong for an account that is unknown or not active.
    """
    owner = who.person if person is None else person_named(person)
    if owner.pk != who.person.pk:
        require_role(who, ("administrator",), f"make a token for {owner.display_name}", at)
    return make(active(owner), who.name, who.acting_name, label, at)


def add_first_token(person: Person, *, label: str = "", at: datetime) -> Made:
    """The token of an administrator who has never had one, so that a new server installation
    can be entered at all. Whoever calls this holds the database's own log-in.

    Raises Wrong for anybody else, and the second time.
    """
    if not person.has_role("administrator"):
        raise Wrong(
            f"{person.display_name} is not an administrator; set GALLEY_TOKEN to an "
            "administrator's token to make one for somebody else"
        )
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if person.tokens.exists():
            raise Wrong(
                f"{person.display_name} has had a token already; set GALLEY_TOKEN to it to make "
                "another"
            )
        return make(active(person), person.username, None, label, at)


def make(person: Person, maker: str, acting: str | None, label: str, at: datetime) -> Made:
    plain_name(label, "the label of a token")
    text = new_token()
    with transaction.atomic():
        token = Token.objects.create(
            person=person, digest=digest(text), label=label, created=at, made_by=maker
        )
        append(
            "token-made",
            person=maker,
            acting=acting,
            subject=person.username,
            detail={"token": token.pk, "label": label},
            at=at,
        )
    return Made(text, token.pk)


def list_tokens(who: Who) -> list[Token]:
    """One's own tokens, for administrators everybody's, oldest first. Never the tokens
    themselves: those are nowhere."""
    wanted = Token.objects.select_related("person").order_by("pk")
    everybody = who.person.has_role("administrator")
    return list(wanted if everybody else wanted.filter(person=who.person))


def revoke_token(who: Who, number: int, *, at: datetime) -> Token:
    """Revokes a token: one's own, or as an administrator anybody's.

    Raises NotPermitted, and Wrong for a number that is none or revoked already.
    """
    owned = Token.objects.filter(pk=number, person=who.person).exists()
    if not owned and not who.person.has_role("administrator"):
        # The same answer whether it exists, so that numbers tell nothing.
        deny(
            who.person,
            f"revoke token {number}",
            f"{who.person.display_name} has no token {number}; only administrators revoke those "
            "of others",
            at=at,
            acting=who.acting,
        )
    with transaction.atomic():
        token: Token | None = (
            Token.objects.select_for_update(of=("self",))
            .select_related("person")
            .filter(pk=number)
            .first()
        )
        if token is None:
            raise Wrong(f"there is no token {number}; `galley token list` shows them")
        if token.revoked_at is not None:
            raise Wrong(f"token {number} was revoked already, on {token.revoked_at:%Y-%m-%d}")
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        append(
            "token-revoked",
            person=who.name,
            acting=who.acting_name,
            subject=token.person.username,
            detail={"token": number},
            at=at,
        )
    return token
