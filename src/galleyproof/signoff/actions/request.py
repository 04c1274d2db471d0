"""Sending the request, when everything that must be read is read."""

from __future__ import annotations

from datetime import datetime

from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.permits.envelope import Envelope
from galleyproof.signoff.models import Ticket
from galleyproof.signoff.moving import moving
from galleyproof.signoff.readings import required, unread_sentences


def request(
    who: Who,
    number: int,
    *,
    why: str = "",
    limits: Envelope | None = None,
    comment: str = "",
    at: datetime,
) -> Ticket:
    """Moves a ticket from reading to requested. why, limits: in place of what was asked before.

    Raises NotPermitted for anybody but who asked, and Wrong, naming what is not read yet.
    """
    with moving(who, number, "request", at) as hand:
        ticket = hand.ticket
        missing = unread_sentences(ticket.person, ticket.job)
        if missing:
            raise Wrong("\n".join(missing))
        if why.strip():
            ticket.why = why.strip()
        if limits is not None:
            ticket.asked = limits.stored()
        hand.comment = comment.strip() or ticket.why
        hand.detail = {
            "asked": ticket.asked,
            "read": {one.name: one.version for one in required(ticket.job)},
        }
    return ticket
