"""Approving the sandbox: the permit is issued, with an end, and the training material sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from galleyproof.people.identity import Who
from galleyproof.permits.actions.grant import grant_from_ticket
from galleyproof.permits.days import day_of
from galleyproof.permits.envelope import Envelope
from galleyproof.permits.standing import standing
from galleyproof.signoff.mail.writing import write_mail
from galleyproof.signoff.models import Ticket
from galleyproof.signoff.moving import moving
from galleyproof.signoff.next_step import how, titled
from galleyproof.signoff.policy import policy
from galleyproof.signoff.readings import current, practice_of, required
from galleyproof.signoff.tickets import ticket_numbered


def approve_sandbox(
    who: Who,
    number: int,
    *,
    max_records: int | None = None,
    ends: date | None = None,
    comment: str = "",
    at: datetime,
) -> Ticket:
    """Issues the sandbox permit of a ticket; a good one from an earlier turn is kept.

    Where the ticket asks for the sandbox alone, that is its end. ends: the last day, by default
    as many days from now as the policy sandbox-days says. Raises NotPermitted for anybody but a
    systems librarian who is somebody else than who asked.
    """
    alone = ticket_numbered(number).environment == "sandbox"
    after = "signed-off" if alone else "in-sandbox"
    with moving(who, number, "approve-sandbox", at, after=after) as hand:
        ticket = hand.ticket
        there = ticket.sandbox_permit
        if there is None or standing(there, at) != "active" or ends or max_records:
            last = ends or day_of(at) + timedelta(days=policy("sandbox-days"))
            ticket.sandbox_permit = grant_from_ticket(
                who,
                person=ticket.person,
                job=ticket.job,
                binding=ticket.binding,
                environment="sandbox",
                envelope=Envelope(max_records=max_records),
                ends=last,
                ticket=ticket.pk,
                at=at,
            )
        permit = ticket.sandbox_permit
        hand.comment = comment.strip()
        hand.detail = {"permit": permit.pk, "ends": permit.ends.isoformat()}
        if alone:
            ticket.permit, ticket.decided_by, ticket.decided_at = permit, who.person, at
            ticket.decision = permit.envelope
        send_material(ticket, at)
    return ticket


def send_material(ticket: Ticket, at: datetime) -> None:
    """The training material, in one mail: the practice sheet, and where the readings are, which
    have been read already."""
    readings = current()
    sheet = practice_of(ticket.job, readings)
    said = [
        f"{one.title}{how(f'/readings/{one.name}', f'galley reading show {one.name}')}"
        for one in required(ticket.job, readings)
    ]
    practice = (
        []
        if sheet is None
        else [
            "For your test in the sandbox: which records to take, and what should come out."
            + how(f"/readings/{sheet.name}", f"galley reading show {sheet.name}"),
            sheet.body.strip(),
        ]
    )
    write_mail(
        [ticket.person],
        f"ticket {ticket.pk}: a practice set for {titled(ticket)}",
        [*practice, "What you have read, to look up while you test:", *said],
        at=at,
    )
