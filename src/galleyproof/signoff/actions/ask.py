"""Asking to run a job: anybody, for themselves."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.permits.envelope import Envelope
from galleyproof.runs.binding import for_permit
from galleyproof.signoff.models import Ticket
from galleyproof.signoff.moving import Hand, finish, said
from galleyproof.signoff.states import OPEN, move_of

ENVIRONMENTS = ("sandbox", "production")


def ask(
    who: Who,
    job: str,
    *,
    binding: str = "",
    environment: str = "production",
    why: str,
    limits: Envelope | None = None,
    at: datetime,
) -> Ticket:
    """Opens a ticket for a permit. binding: a rule set by name means its newest version. limits:
    those that are asked for; the decision may be others.

    Raises Wrong for a job that is not offered, a binding that is missing or too much, and where
    a ticket for the same is open already.
    """
    findings = []
    whole = binding.strip()
    try:
        job, whole = for_permit(job, whole, who.person, environment)
    except Wrong as wrong:
        findings.append(str(wrong))
    if environment not in ENVIRONMENTS:
        findings.append(f"“{environment}” is not an environment; there are sandbox and production")
    if not why.strip():
        findings.append("say why you want to run it; the reviewers read it")
    if findings:
        raise Wrong("\n".join(findings))
    with transaction.atomic():
        person = who.person
        # One at a time for a person, so that asking twice at once does not open two.
        type(person).objects.select_for_update().get(pk=person.pk)
        there = Ticket.objects.filter(
            person=person,
            job=job,
            binding=whole,
            environment=environment,
            state__in=OPEN,
        ).first()
        if there is not None:
            raise Wrong(
                f"ticket {there.pk} asks for the same and is {there.state}; `galley ticket show "
                f"{there.pk}` says what is next"
            )
        ticket = Ticket(
            person=person,
            job=job,
            binding=whole,
            environment=environment,
            why=said(why, ""),
            asked=(limits or Envelope()).stored(),
            opened_at=at,
        )
        hand = Hand(ticket, move_of("ask", ""), who, at)
        hand.comment = ticket.why
        hand.detail = {"asked": ticket.asked}
        finish(hand)
    return ticket
