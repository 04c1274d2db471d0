"""Opening a shape of change: looking at records that show it, which is noted."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.people.identity import Who
from galleyproof.signoff.examples import Example
from galleyproof.signoff.models import ShapeOpened
from galleyproof.signoff.moving import actor_fault
from galleyproof.signoff.review import ShapeSeen, examples_of, review, shape_asked
from galleyproof.signoff.tickets import ticket_numbered


class Opened(NamedTuple):
    """examples: by where they are from. left: how many shapes this person has not opened yet.
    counted: whether it is noted, which it is of reviewers while the ticket is on its way."""

    shape: ShapeSeen
    examples: dict[str, list[Example]]
    left: int
    counted: bool


def open_shapes(who: Who, number: int, asked: list[str], *, at: datetime) -> list[Opened]:
    """Shows examples of shapes (by number or text; none named: all that are not opened yet).

    Anybody may look. Of who may review the ticket it is noted, once, in the log. Raises Wrong
    for a shape that is not there.
    """
    ticket = ticket_numbered(number)
    seen = review(ticket, who.person)
    wanted = [shape_asked(seen, one) for one in asked] if asked else seen.unopened
    found = [(one, examples_of(seen, one.shape)) for one in wanted]
    counted = ticket.state in ("testing", "in-review") and not actor_fault(who, ticket, "reviewer")
    if counted:
        note(who, ticket.pk, ticket.turn, [one.shape for one in wanted if not one.opened], at)
    opened = {one.shape for one in wanted} if counted else set()
    left = sum(one.shape not in opened for one in seen.unopened)
    return [Opened(one, some, left, counted) for one, some in found]


def note(who: Who, ticket: int, turn: int, shapes: list[str], at: datetime) -> None:
    if not shapes:
        return
    with transaction.atomic():
        ShapeOpened.objects.bulk_create(
            [
                ShapeOpened(ticket_id=ticket, person=who.person, turn=turn, shape=shape, at=at)
                for shape in shapes
            ],
            ignore_conflicts=True,
        )
        append(
            "shapes-opened",
            person=who.name,
            acting=who.acting_name,
            subject=f"ticket {ticket}",
            detail={"shapes": shapes},
            at=at,
        )
