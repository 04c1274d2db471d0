"""Submitting a ticket for review."""

from __future__ import annotations

from datetime import datetime

from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.signoff.models import Ticket
from galleyproof.signoff.moving import moving
from galleyproof.signoff.proofs import standing_proofs


def submit(who: Who, number: int, *, comment: str = "", at: datetime) -> Ticket:
    """Moves a ticket into review. Raises NotPermitted for anybody but who asked, and Wrong where
    no proof counts."""
    with moving(who, number, "submit", at) as hand:
        proofs = standing_proofs(hand.ticket)
        if not proofs:
            raise Wrong(
                f"ticket {number} has no proof since it was sent back; test again, then "
                f'galley ticket prove {number} --run RUN --note "what I checked"'
            )
        hand.comment = comment.strip()
        hand.detail = {"proofs": [proof.run_id for proof in proofs]}
    return hand.ticket
