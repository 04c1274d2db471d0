"""The other ends of a ticket: declined, withdrawn, stale."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from galleyproof.people.identity import Who
from galleyproof.signoff.models import Ticket
from galleyproof.signoff.moving import Hand, finish, moving, said
from galleyproof.signoff.policy import policy
from galleyproof.signoff.states import OPEN, move_of
from galleyproof.signoff.tickets import ticket_numbered


def decline(who: Who, number: int, *, reason: str, at: datetime) -> Ticket:
    """Declines a ticket, with the reason. A sandbox permit that it has stays until its end.

    Raises NotPermitted for anybody but a systems librarian who is somebody else than who asked.
    """
    with moving(who, number, "decline", at) as hand:
        hand.comment = said(reason, "say why it is declined; the person will read it")
    return hand.ticket


def withdraw(who: Who, number: int, *, comment: str = "", at: datetime) -> Ticket:
    """Withdraws one's own ticket. Raises NotPermitted for anybody else."""
    with moving(who, number, "withdraw", at) as hand:
        hand.comment = comment.strip()
    return hand.ticket


def go_stale(at: datetime) -> list[int]:
    """Ends the tickets that nobody has moved for as many days as the policy stale-after says;
    their numbers. For the upkeep."""
    days = policy("stale-after")
    limit = at - timedelta(days=days)
    numbers = list(
        Ticket.objects.filter(state__in=OPEN, moved_at__lt=limit)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    ended = []
    for number in numbers:
        with transaction.atomic():
            ticket = ticket_numbered(number, lock=True)
            if ticket.state not in OPEN or ticket.moved_at >= limit:
                continue
            hand = Hand(ticket, move_of("go-stale", ticket.state), None, at)
            hand.comment = f"{days} days without a move; ask anew if it is still wanted"
            finish(hand)
            ended.append(number)
    return ended
