"""What is due by the clock alone: mail that is kept, reminders of permits that end, tickets that
went stale, role forms that stand for nothing any more. Any number may do it at once, and again."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.db import connection, transaction

from galleyproof.database.locks import Lock
from galleyproof.people.models import Person
from galleyproof.permits.days import day_of
from galleyproof.permits.reminders import Reminder, due_reminders, reminded
from galleyproof.permits.standing import standing, why_not
from galleyproof.signoff.actions.ending import go_stale
from galleyproof.signoff.mail.sending import send_kept
from galleyproof.signoff.mail.writing import write_mail
from galleyproof.signoff.models import RoleForm
from galleyproof.signoff.moving import Hand, tell
from galleyproof.signoff.next_step import how
from galleyproof.signoff.states import form_move_of
from galleyproof.signoff.tickets import form_of, ticket_numbered


class Kept(NamedTuple):
    """What was done: mails sent and still kept, permits reminded of, tickets and forms closed."""

    sent: int
    unsent: int
    reminded: list[int]
    stale: list[int]
    forms_closed: list[int]


def keep_up(at: datetime) -> Kept:
    """Does everything that is due. Where somebody else is at it, only the mail is looked at."""
    numbers: list[int] = []
    stale: list[int] = []
    forms: list[int] = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, 0)", (Lock.UPKEEP,))
            mine = cursor.fetchone()[0]
        if mine:
            numbers = remind(at)
            stale = go_stale(at)
            forms = close_forms(at)
    sent, unsent = send_kept(at)
    return Kept(sent, unsent, numbers, stale, forms)


def remind(at: datetime) -> list[int]:
    """Writes to the holders of permits that end soon: 30 and 7 days before."""
    due = due_reminders(at)
    for one in due:
        anew = how(page_to_ask(one), to_ask(one))
        write_mail(
            holders(one),
            f"permit {one.permit.pk} ends on {day_of(one.permit.ends)}",
            [
                f"{one.sentence[:1].upper()}{one.sentence[1:]}.",
                f"What is next: if you still need it, ask anew.{anew}",
            ],
            at=at,
        )
    reminded(due, at)
    return [one.permit.pk for one in due]


def holders(one: Reminder) -> list[Person]:
    permit = one.permit
    people = [permit.person] if permit.person else list(permit.group.people.all())
    return [person for person in people if person.is_active]


def page_to_ask(one: Reminder) -> str:
    permit = one.permit
    asked = {"job": permit.job, "binding": permit.binding, "environment": permit.environment}
    return f"/tickets/new?{urlencode({name: said for name, said in asked.items() if said})}"


def to_ask(one: Reminder) -> str:
    permit = one.permit
    bound = f' --binding "{permit.binding}"' if permit.binding else ""
    return f'galley ticket ask {permit.job}{bound} --environment {permit.environment} --why "…"'


def close_forms(at: datetime) -> list[int]:
    """Closes the role forms whose permit has been revoked or has ended; their tickets."""
    closed = []
    waiting = RoleForm.objects.exclude(state__in=("applied", "closed")).select_related(
        "permit", "permit__person", "permit__revoked_by"
    )
    for one in waiting.order_by("pk"):
        if standing(one.permit, at) not in ("revoked", "expired"):
            continue
        ticket, form = ticket_numbered(one.ticket_id, lock=True), form_of(one.ticket_id, lock=True)
        hand = Hand(ticket, form_move_of("close", form.state), None, at)
        hand.form, hand.comment = form, why_not(one.permit, at)
        form.state = hand.move.after
        form.save(update_fields=["state"])
        tell(hand, "role-form-close", form.state)
        closed.append(ticket.pk)
    return closed
