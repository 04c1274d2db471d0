"""What an open ticket allows: dry runs by its requester and its reviewers."""

from __future__ import annotations

from galleyproof.people.models import Person
from galleyproof.people.sameness import same_person
from galleyproof.permits.elsewhere import OpenTicket
from galleyproof.signoff.models import Ticket
from galleyproof.signoff.states import DRY_RUN_ALLOWED

AS_READ = {"testing": "being tested", "in-review": "in review"}


def open_ticket(person: Person, job: str, binding: str, environment: str) -> OpenTicket | None:
    """A ticket in testing or review, for production, of which the person is the requester, or may
    be the reviewer: a systems librarian who is somebody else."""
    if environment != "production":
        return None
    tickets = (
        Ticket.objects.filter(
            job=job, binding=binding, environment="production", state__in=DRY_RUN_ALLOWED
        )
        .select_related("person")
        .order_by("pk")
    )
    for ticket in tickets:
        own = ticket.person_id == person.pk
        reviews = person.has_role("systems-librarian") and not same_person(person, ticket.person)
        if own or reviews:
            return OpenTicket(ticket.pk, AS_READ[ticket.state])
    return None
