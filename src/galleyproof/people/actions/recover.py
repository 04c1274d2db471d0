"""The way back in for an administrator who has lost their token: by whoever owns the database."""

from __future__ import annotations

import socket
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.database.owning import owning
from galleyproof.marc.errors import Wrong
from galleyproof.people.actions.tokens import Made, make
from galleyproof.people.finding import person_named
from galleyproof.people.identity import active, os_user
from galleyproof.people.models import Person

RECOVERED = "recovered"
"""The label of a token that was made so."""


class Recovered(NamedTuple):
    """revoked: the numbers of the tokens that the administrator had; others: further
    administrators, who could have made one too."""

    token: Made
    revoked: list[int]
    others: list[str]


def recover(name: str, *, elsewhere: bool = False, at: datetime) -> Recovered:
    """Makes a token for an administrator and revokes those they had, since one that is lost may be
    found. Nobody is signed in for this: who owns the database may do it, at the database's own
    machine, or with elsewhere over the network. The log says who, as far as the machine knows.

    Raises Wrong for anybody but an administrator, and where the database is not theirs, or not
    here.
    """
    person = active(person_named(name))
    if not person.has_role("administrator"):
        raise Wrong(
            f"{person.display_name} is not an administrator; an administrator makes their token: "
            f"galley token add {person.username}"
        )
    owner = owning()
    if not owner.owns:
        raise Wrong(
            f"the account {owner.account} does not own the database {owner.database}; set "
            "DATABASE_URL to its owner's log-in"
        )
    if not (owner.here or elsewhere):
        raise Wrong(
            f"the database {owner.database} is on another machine: type this there, or say "
            "--elsewhere where it has no machine of yours; the log says so"
        )
    others = Person.objects.filter(roles__contains=["administrator"], is_active=True)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        lost = person.tokens.filter(revoked_at=None).order_by("pk")
        revoked = list(lost.values_list("pk", flat=True))
        lost.update(revoked_at=at)
        append(
            "administrator-recovered",
            person=person.username,
            subject=person.username,
            detail={
                "account": owner.account,
                "os_user": os_user(),
                "host": socket.gethostname(),
                "elsewhere": not owner.here,
                "revoked": revoked,
            },
            at=at,
        )
        token = make(person, person.username, None, RECOVERED, at)
    names = others.exclude(pk=person.pk).order_by("pk").values_list("username", flat=True)
    return Recovered(token, revoked, list(names))
