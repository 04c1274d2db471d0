"""Making a move: the permission, the change, the log entry and the mail, in that order, the same
for every action of a ticket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.audit.models import Entry
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.rights import deny
from galleyproof.people.sameness import is_one_of, same_person
from galleyproof.signoff.mail.writing import write_mail
from galleyproof.signoff.models import RoleForm, Step, Ticket
from galleyproof.signoff.next_step import form_to_do, titled, to_do
from galleyproof.signoff.office import Office
from galleyproof.signoff.policy import policy
from galleyproof.signoff.states import Move, actor_of, form_actor_of, form_move_of, move_of
from galleyproof.signoff.tickets import form_of, ticket_numbered

PAST = {
    "ask": "asked",
    "request": "sent the request",
    "approve-sandbox": "approved the sandbox",
    "prove": "gave a proof",
    "submit": "submitted for review",
    "sign-off": "signed off",
    "send-back": "sent back",
    "decline": "declined",
    "withdraw": "withdrew",
    "go-stale": "ended as stale",
    "open": "opened the role form",
    "start": "started the role form",
    "confirm": "confirmed the role form",
    "apply": "applied the role form",
    "close": "closed the role form",
}


def check_actor(who: Who, ticket: Ticket, verb: str, at: datetime) -> None:
    """Denies, logged, everybody whose part the move is not, whatever state the ticket is in;
    under --as neither of the two people may be the wrong one."""
    fault = actor_fault(who, ticket, actor_of(verb))
    if fault:
        deny(
            who.person,
            f"{verb} ticket {ticket.pk}",
            f"{who.person.display_name} may not {verb} ticket {ticket.pk}: {fault}",
            at=at,
            acting=who.acting,
        )


def actor_fault(who: Who, ticket: Ticket, actor: str) -> str:
    """Why who asks is not the actor, as the end of a sentence; "" if they are."""
    asker = ticket.person
    if actor == "requester":
        if who.person.pk == asker.pk:
            return ""
        return f"it is {asker.display_name}'s; only they may"
    if actor in ("reviewer", "signer"):
        if is_one_of(who, asker):
            return (
                f"it is for {asker.display_name}, and nobody decides about their own, "
                "administrators included; ask another systems librarian"
            )
        if not who.person.has_role("systems-librarian"):
            return "that needs the role systems-librarian"
        issued = ticket.sandbox_permit
        if actor == "signer" and policy("three-people") and issued is not None:
            if is_one_of(who, issued.issued_by):
                return (
                    f"{issued.issued_by.display_name} issued its sandbox permit, and with the "
                    "policy three-people a third person signs off"
                )
        return ""
    raise ValueError(f"{actor} is nobody's part in a ticket")


def form_actor_fault(who: Who, form: RoleForm, actor: str) -> str:
    if actor == "holder":
        return (
            ""
            if who.person.pk == form.person_id
            else (f"it is about {form.person.display_name}; only they may")
        )
    if is_one_of(who, form.person):
        return "it is your own, and nobody confirms or applies their own, administrators included"
    if actor == "liaison":
        if who.person.has_role("liaison") and any(
            one.pk == who.person.pk for one in Office().liaisons(form.person)
        ):
            return ""
        units = ", ".join(unit.code for unit in form.person.units.all()) or "no unit"
        return f"that needs a liaison of one of their units ({form.person.display_name}: {units})"
    if actor == "support":
        if form.confirmed_by is not None and is_one_of(who, form.confirmed_by):
            return "you confirmed it, so somebody else of support applies it"
        return "" if who.person.has_role("support") else "that needs the role support"
    raise ValueError(f"{actor} is nobody's part in a role form")


def said(comment: str, wanted: str) -> str:
    """A comment that must be there. Raises Wrong with what is wanted."""
    text = comment.strip()
    if not text:
        raise Wrong(wanted)
    return text


class Hand:
    """A ticket taken in hand for one move: change it, then it is written, logged and told."""

    def __init__(self, ticket: Ticket, move: Move, who: Who | None, at: datetime):
        self.ticket = ticket
        self.move = move
        self.who = who
        self.at = at
        self.form: RoleForm | None = None
        self.comment = ""
        self.detail: dict[str, Any] = {}
        self.told: list[str] = []
        """Further paragraphs of the mail."""


@contextmanager
def moving(who: Who, number: int, verb: str, at: datetime, *, after: str = "") -> Iterator[Hand]:
    """Permission, then the move checked on the locked ticket, then (by the caller) the change,
    then step, log entry and mail. All of it is one transaction.

    Raises NotPermitted (logged) and Wrong.
    """
    check_actor(who, ticket_numbered(number), verb, at)
    with transaction.atomic():
        locked = ticket_numbered(number, lock=True)
        # Two that move it at once: the second judges it as the first left it.
        hand = Hand(locked, move_of(verb, locked.state, after), who, at)
        yield hand
        finish(hand)


def finish(hand: Hand) -> Step:
    """Writes the move down: ticket, step, log entry, mail."""
    ticket, move = hand.ticket, hand.move
    ticket.state, ticket.moved_at = move.after, hand.at
    ticket.save()
    return tell(hand, f"ticket-{move.verb}", ticket.state)


@contextmanager
def moving_form(who: Who, number: int, verb: str, at: datetime) -> Iterator[Hand]:
    """The same for the role form of a ticket."""
    form = form_of(number)
    fault = form_actor_fault(who, form, form_actor_of(verb, form.state))
    if fault:
        deny(
            who.person,
            f"{verb} the role form of ticket {number}",
            f"{who.person.display_name} may not {verb} the role form of ticket {number}: {fault}",
            at=at,
            acting=who.acting,
        )
    with transaction.atomic():
        ticket = ticket_numbered(number, lock=True)
        locked = form_of(number, lock=True)
        hand = Hand(ticket, form_move_of(verb, locked.state), who, at)
        hand.form = locked
        yield hand
        locked.state = hand.move.after
        locked.save()
        tell(hand, f"role-form-{hand.move.verb}", locked.state)


def tell(hand: Hand, action: str, state: str) -> Step:
    ticket, move = hand.ticket, hand.move
    by = hand.who
    step: Step = Step.objects.create(
        ticket=ticket,
        form=hand.form,
        verb=move.verb,
        before=move.before,
        after=move.after,
        person=by.person if by else None,
        acting=(by.acting_name or "") if by else "",
        comment=hand.comment,
        detail=hand.detail,
        at=hand.at,
    )
    entry = append(
        action,
        person=by.name if by else "",
        acting=by.acting_name if by else None,
        subject=f"ticket {ticket.pk}",
        reason=hand.comment,
        detail=logged(hand, state),
        at=hand.at,
    )
    mail_of(hand, step, entry)
    return step


def logged(hand: Hand, state: str) -> Mapping[str, Any]:
    ticket = hand.ticket
    return {
        "job": ticket.job,
        "binding": ticket.binding,
        "environment": ticket.environment,
        "person": ticket.person.username,
        "state": state,
        **hand.detail,
    }


def mail_of(hand: Hand, step: Step, entry: Entry) -> None:
    """One message to whoever acts next. Where nobody does, to the person who asked, so that
    they know how it ended; never to the one who made the step."""
    ticket = hand.ticket
    next_step = form_to_do(hand.form) if hand.form is not None else to_do(ticket)
    people = next_step.people or [ticket.person]
    by = hand.who.person if hand.who else None
    others = [one for one in people if by is None or not same_person(one, by)]
    what = f"{step.by} {PAST[step.verb]}"
    write_mail(
        others,
        f"ticket {ticket.pk}, {titled(ticket)}: {step.name} {PAST[step.verb]}",
        [
            f"Ticket {ticket.pk}: {ticket.person.display_name} asks to run {titled(ticket)} in "
            f"{ticket.environment}.",
            f"{what}" + (f": {hand.comment}" if hand.comment else "."),
            *hand.told,
            f"What is next: {next_step.sentence}{next_step.how}",
        ],
        entry=entry,
        at=hand.at,
    )
