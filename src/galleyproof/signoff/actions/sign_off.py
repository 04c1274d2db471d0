"""Signing off: the decision, with its conditions, and the permit that follows from it."""

from __future__ import annotations

from datetime import date, datetime

from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.permits.actions.grant import grant_from_ticket
from galleyproof.permits.days import day_of
from galleyproof.permits.elsewhere import known
from galleyproof.permits.envelope import Envelope
from galleyproof.signoff.actions.role_form import open_form
from galleyproof.signoff.models import Ticket
from galleyproof.signoff.moving import moving
from galleyproof.signoff.readings import unread
from galleyproof.signoff.review import Review, review, to_dry_run


def sign_off(
    who: Who,
    number: int,
    *,
    conditions: Envelope | None = None,
    any_shape: bool = False,
    ends: date | None = None,
    comment: str = "",
    at: datetime,
) -> Ticket:
    """Signs a ticket off. conditions: the envelope; the limits that were asked for where it is
    left out. Shapes are those that the proofs showed, unless the conditions name others or
    any_shape is given. ends: the last day, one year from now by default.

    Where the account lacks the library role that the job declares, the permit waits for it and a
    role form is opened. Raises NotPermitted for anybody but a systems librarian who may sign
    this one, and Wrong, with everything that is missing.
    """
    with moving(who, number, "sign-off", at) as hand:
        ticket = hand.ticket
        seen = review(ticket, who.person)
        missing = faults(ticket, seen)
        if missing:
            raise Wrong("\n".join(missing))
        envelope = conditions or Envelope.model_validate(ticket.asked)
        if envelope.shapes is None and not any_shape:
            proven = [one.shape for one in seen.shapes if one.in_sandbox]
            envelope = envelope.model_copy(update={"shapes": tuple(proven)})
        lacking = lacking_roles(ticket.person, ticket.job)
        ticket.permit = grant_from_ticket(
            who,
            person=ticket.person,
            job=ticket.job,
            binding=ticket.binding,
            environment=ticket.environment,
            envelope=envelope,
            ends=ends,
            ticket=ticket.pk,
            waits_for_role=bool(lacking),
            at=at,
        )
        ticket.decision = envelope.stored()
        ticket.decided_by, ticket.decided_at = who.person, at
        if lacking:
            open_form(ticket, lacking, at)
        hand.told = [
            f"Permit {ticket.permit.pk}: {envelope.sentence()}; until {day_of(ticket.permit.ends)}."
        ]
        hand.comment = comment.strip()
        hand.detail = {
            "permit": ticket.permit.pk,
            "conditions": envelope.stored(),
            "ends": ticket.permit.ends.isoformat(),
            "waits_for_role": lacking,
            "proofs": [proof.run_id for proof in seen.proofs],
            "production_dry_run": seen.dry_run.pk if seen.dry_run else None,
        }
    return ticket


def faults(ticket: Ticket, seen: Review) -> list[str]:
    """What must be there and is not."""
    found = []
    if seen.dry_run is None:
        found.append(
            "there is no dry run of it in production to compare the proof with; you may make "
            f"one while the ticket is in review: {to_dry_run(ticket)}"
        )
    if seen.unopened:
        numbers = ", ".join(str(one.number) for one in seen.unopened[:20])
        found.append(
            f"{len(seen.unopened)} of {len(seen.shapes)} shapes of change are not opened by you "
            f"yet ({numbers}): galley ticket open-shape {ticket.pk}"
        )
    for one in unread(ticket.person, ticket.job):
        found.append(
            f"{ticket.person.display_name} has not acknowledged {one.about}, which has changed "
            f"since; send the ticket back to reading"
        )
    return found


def lacking_roles(person: Person, job: str) -> tuple[str, ...]:
    """The library roles of which the account must carry one and carries none; empty if it does,
    for the institution or for some library, or if the job needs none."""
    wanted = known(job)
    if wanted is None or not wanted.library_roles:
        return ()
    carried = set(person.library_roles.values_list("role", flat=True))
    return () if carried & set(wanted.library_roles) else wanted.library_roles
