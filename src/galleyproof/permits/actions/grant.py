"""Granting what was signed off: by the end of a ticket, or by an imported list. The only two ways
to a production permit."""

from __future__ import annotations

from datetime import date, datetime

from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Group, Person
from galleyproof.people.rights import require_role
from galleyproof.permits.actions.making import Holder, Terms, make, not_ones_own
from galleyproof.permits.envelope import Envelope
from galleyproof.permits.models import Permit


def grant_from_ticket(
    who: Who,
    *,
    person: Person | None = None,
    group: Group | None = None,
    job: str,
    binding: str = "",
    environment: str,
    envelope: Envelope | None = None,
    starts: date | datetime | None = None,
    ends: date | datetime | None = None,
    ticket: int,
    waits_for_role: bool = False,
    at: datetime,
) -> Permit:
    """The permit that a ticket was signed off with. who: the systems librarian who signed.

    Raises NotPermitted for anybody else, and where who signs is the holder (the same account or
    e-mail address, or a member of the group); Wrong for terms that make no sense.
    """
    holder = one_of(person, group)
    check(who, holder, at)
    terms = Terms(job, binding, environment, envelope, starts=starts, ends=ends)
    return make(who, holder, terms, at, ticket=ticket, waits_for_role=waits_for_role)


def grant_from_list(
    who: Who,
    *,
    person: Person | None = None,
    group: Group | None = None,
    job: str,
    binding: str = "",
    environment: str = "production",
    envelope: Envelope | None = None,
    listed_in: str,
    ends: date | datetime | None = None,
    at: datetime,
) -> Permit:
    """The permit of a row of an imported list: grandfathered, without a proof until the next
    review. A list means production; who may run a job there may run it in the sandbox too, by a
    permit of its own. who: the systems librarian who imports. Raises as grant_from_ticket."""
    holder = one_of(person, group)
    check(who, holder, at)
    if not listed_in.strip():
        raise Wrong("a permit from a list keeps the list's name; say which list it is")
    terms = Terms(job, binding, environment, envelope, ends=ends)
    return make(who, holder, terms, at, listed_in=listed_in, grandfathered=True)


def one_of(person: Person | None, group: Group | None) -> Holder:
    holder = person or group
    if holder is None or (person is not None and group is not None):
        raise Wrong("a permit is for a person or for a group: say exactly one of the two")
    return holder


def check(who: Who, holder: Holder, at: datetime) -> None:
    name = holder.name if isinstance(holder, Group) else holder.display_name
    subject = f"issue a permit to {name}"
    require_role(who, ("systems-librarian",), subject, at)
    not_ones_own(who, holder, subject, at)
