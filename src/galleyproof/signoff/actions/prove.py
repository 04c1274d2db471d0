"""Offering a sandbox run as proof."""

from __future__ import annotations

from datetime import datetime

from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.runs.control import run_numbered
from galleyproof.signoff.models import Proof, Ticket
from galleyproof.signoff.moving import moving, said
from galleyproof.signoff.proofs import faults, keep


def prove(who: Who, number: int, run: int, *, note: str, at: datetime) -> Ticket:
    """Adds a run to a ticket as proof, with what was checked in it; its outcome is kept.

    Raises NotPermitted for anybody but who asked, and Wrong, with every reason, for a run that
    is no proof.
    """
    with moving(who, number, "prove", at) as hand:
        ticket = hand.ticket
        found = run_numbered(run)
        findings = faults(ticket, found)
        if findings:
            raise Wrong("\n".join(findings))
        hand.comment = said(
            note, "say what you checked with --note: which records, where, and what was odd"
        )
        kept = keep(found)
        Proof.objects.create(
            ticket=ticket, run=found, turn=ticket.turn, note=hand.comment, kept=kept, at=at
        )
        hand.detail = {"run": found.pk, "digest": found.digest, "counts": found.counts}
    return ticket
