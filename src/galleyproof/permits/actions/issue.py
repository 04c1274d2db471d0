"""Issuing a sandbox permit by hand: by a systems librarian, to somebody else."""

from __future__ import annotations

from datetime import date, datetime

from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.people.rights import deny, require_role
from galleyproof.permits.actions.making import Terms, make, not_ones_own
from galleyproof.permits.envelope import Envelope
from galleyproof.permits.models import Permit

FROM_WHERE = (
    "production permits come from a ticket (galley ticket) or from an imported list (galley matrix "
    "import), and from nowhere else; by hand only sandbox permits are issued"
)


def issue(
    who: Who,
    person: Person,
    job: str,
    *,
    environment: str = "sandbox",
    binding: str = "",
    max_records: int | None = None,
    max_per_day: int | None = None,
    envelope: Envelope | None = None,
    starts: date | datetime | None = None,
    ends: date | datetime | None = None,
    at: datetime,
) -> Permit:
    """Issues a permit, good from `starts` (default: at once) to `ends` (default: one year).

    A date is the whole day in the institution's time zone, the last one included; a datetime is
    a moment. envelope: all limits; max_records and max_per_day are for those who need no others.
    Raises NotPermitted unless who asks is a systems librarian and somebody else than the person
    (the same e-mail address is the same person), and for production, and Wrong for limits and
    dates that make no sense.
    """
    subject = f"issue a permit to {person.display_name}"
    require_role(who, ("systems-librarian",), subject, at)
    not_ones_own(who, person, subject, at)
    if environment == "production":
        deny(who.person, subject, FROM_WHERE, at=at, acting=who.acting)
    terms = Terms(job, binding, environment, envelope, max_records, max_per_day, starts, ends)
    return make(who, person, terms, at)
