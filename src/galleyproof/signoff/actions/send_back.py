"""Sending a ticket back to an earlier step, with what is missing."""

from __future__ import annotations

from datetime import datetime

from galleyproof.people.identity import Who
from galleyproof.signoff.models import Ticket
from galleyproof.signoff.moving import moving, said

NEW_PROOFS = ("reading", "in-sandbox")
"""Sent back to one of these, a ticket needs new proofs."""


def send_back(who: Who, number: int, *, to: str = "", missing: str, at: datetime) -> Ticket:
    """Sends a ticket back; to: which step, by default the nearest. Proofs stand where it goes
    back to testing; where it goes further, new ones are wanted.

    Raises NotPermitted for anybody but a systems librarian who is somebody else than who asked,
    and Wrong for a step that it cannot go back to.
    """
    with moving(who, number, "send-back", at, after=to) as hand:
        hand.comment = said(missing, "say what is missing; the person will read it")
        if hand.move.after in NEW_PROOFS and hand.ticket.state in ("testing", "in-review"):
            hand.ticket.turn += 1
    return hand.ticket
