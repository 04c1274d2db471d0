"""Finding tickets and role forms."""

from __future__ import annotations

from django.db.models import Q

from galleyproof.marc.errors import Wrong
from galleyproof.people.finding import person_named
from galleyproof.signoff.models import RoleForm, Ticket
from galleyproof.signoff.states import OPEN, STATES

TICKETS = Ticket.objects.select_related("person", "permit")


def ticket_numbered(number: int, *, lock: bool = False) -> Ticket:
    """The ticket with this number; lock: until the transaction ends. Raises Wrong for none."""
    wanted = TICKETS.select_for_update(of=("self",)) if lock else TICKETS
    try:
        ticket: Ticket = wanted.get(pk=number)
    except Ticket.DoesNotExist:
        raise Wrong(f"there is no ticket {number}; `galley ticket list` shows them") from None
    return ticket


def form_of(number: int, *, lock: bool = False) -> RoleForm:
    """The role form of a ticket. Raises Wrong where it has none."""
    wanted = RoleForm.objects.select_related("person", "confirmed_by")
    if lock:
        wanted = wanted.select_for_update(of=("self",))
    form: RoleForm | None = wanted.filter(ticket=number).order_by("-pk").first()
    if form is None:
        ticket = ticket_numbered(number)
        raise Wrong(
            f"ticket {number} has no role form: "
            + (
                "the account has the library role that the job needs"
                if ticket.state == "signed-off"
                else f"it is {ticket.state}, and a form is opened at sign-off where one is needed"
            )
        )
    return form


def listing(
    *, state: str = "", person: str = "", job: str = "", before: int | None = None, limit: int = 200
) -> list[Ticket]:
    """Tickets, newest first. state: one of STATES, or "open" for all that are on their way.
    before: only those numbered below."""
    wanted = Q()
    if state == "open":
        wanted &= Q(state__in=OPEN)
    elif state:
        if state not in STATES:
            raise Wrong(f"“{state}” is not a state of a ticket; there are {', '.join(STATES)}")
        wanted &= Q(state=state)
    if person:
        wanted &= Q(person=person_named(person))
    if job:
        wanted &= Q(job=job)
    if before is not None:
        wanted &= Q(pk__lt=before)
    found = (
        TICKETS.filter(wanted)
        .select_related("sandbox_permit__issued_by")
        .prefetch_related("person__units", "role_forms__person__units", "role_forms__confirmed_by")
    )
    return list(found.order_by("-pk")[:limit])
