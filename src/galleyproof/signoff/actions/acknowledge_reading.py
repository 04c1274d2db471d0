"""Acknowledging a reading: anybody, for themselves, at its current version."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.permits.actions.acknowledge import acknowledge as acknowledge_permit
from galleyproof.permits.models import Permit
from galleyproof.signoff.models import Acknowledgement, Ticket
from galleyproof.signoff.readings import Reading, reading_named, unread


class Acknowledged(NamedTuple):
    """permits: those that rested for a reading and wait for a systems librarian now. tickets:
    one's own for which everything is read."""

    reading: Reading
    permits: list[int]
    tickets: list[int]
    again: bool


def acknowledge_reading(
    who: Who, name: str, *, version: int | None = None, at: datetime
) -> Acknowledged:
    """Signs that one has read a reading. version: the one that was read, where it matters.

    Raises Wrong for a reading that is not there, and where another version is current.
    """
    reading = reading_named(name)
    if version is not None and version != reading.version:
        raise Wrong(
            f"{name} is at version {reading.version} now, not {version}; read it again: galley "
            f"reading show {name}"
        )
    with transaction.atomic():
        _, made = Acknowledgement.objects.get_or_create(
            person=who.person,
            reading=reading.name,
            version=reading.version,
            digest=reading.digest,
            defaults={"at": at, "acting": who.acting_name or ""},
        )
        if made:
            append(
                "reading-acknowledged",
                person=who.name,
                acting=who.acting_name,
                subject=f"reading {reading.name}",
                detail={"version": reading.version, "digest": reading.digest},
                at=at,
            )
    permits = [one.pk for one in resting(who) if not unread(who.person, one.job)]
    for number in permits:
        acknowledge_permit(who, number, at=at)
    tickets = [
        one.pk
        for one in Ticket.objects.filter(person=who.person, state="reading").order_by("pk")
        if not unread(who.person, one.job)
    ]
    return Acknowledged(reading, permits, tickets, not made)


def resting(who: Who) -> list[Permit]:
    """The permits of oneself, or of a group that one is in, that rest for readings alone and that
    nobody has acknowledged. Where something else changed too, it is acknowledged for itself."""
    found = Permit.objects.filter(
        Q(person=who.person) | Q(group__people=who.person),
        suspended_at__isnull=False,
        acknowledged_at=None,
        revoked_at=None,
    )
    return [
        one for one in found.order_by("pk") if all(why.code == "reading" for why in one.suspensions)
    ]
