"""The answer to "may they?" in full: with the limits that hold, an account that cannot sign in, and
the rows of lists that wait. Whether they may is asked of the one function that everybody asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from galleyproof.people.denial import Answer
from galleyproof.people.models import Person
from galleyproof.permits.days import day_of
from galleyproof.permits.deciding import may
from galleyproof.permits.limits import Limits
from galleyproof.permits.models import Permit
from galleyproof.permits.quota import used_on
from galleyproof.signoff.matrix.pending import pending_for, row_as_dict
from galleyproof.signoff.models import ListedRow


class FullAnswer(NamedTuple):
    """limits: those that hold, each with whose it is; of a permit that is not good, what it would
    allow. remarks: what else the asker should know, as sentences."""

    answer: Answer
    limits: list[Limits]
    used_today: int | None
    active: bool
    pending: list[ListedRow]
    remarks: list[str]

    @property
    def sentences(self) -> list[str]:
        """The limits, as people read them."""
        return [f"{one.said}: {one.envelope.sentence()}" for one in self.limits]

    @property
    def as_dict(self) -> dict[str, Any]:
        return {
            "allowed": self.answer.allowed,
            "reason": self.answer.reason,
            "permit": self.answer.permit_id,
            "ticket": self.answer.ticket,
            "limits": [
                {"of": one.said, "limits": one.envelope.sentence(), **one.envelope.stored()}
                for one in self.limits
            ],
            "used_today": self.used_today,
            "account_active": self.active,
            "pending": [row_as_dict(one) for one in self.pending],
            "remarks": self.remarks,
        }


def may_in_full(person: Person, job: str, *, at: datetime, **asked: Any) -> FullAnswer:
    """As `may`, whose keywords it takes."""
    answer = may(person, job, at=at, **asked)
    limits = list(answer.limits)
    permit = Permit.objects.filter(pk=answer.permit_id).first() if answer.permit_id else None
    if not limits and permit is not None:
        limits = [Limits(f"permit {permit.pk}", permit.limits)]
    used = None
    if permit is not None and permit.max_per_day is not None:
        used = used_on(permit.pk, day_of(at))
    rows = pending_for(person, job)
    return FullAnswer(
        answer, limits, used, person.is_active, rows, remarks(person, permit, used, rows)
    )


def remarks(
    person: Person, permit: Permit | None, used: int | None, rows: list[ListedRow]
) -> list[str]:
    found = []
    if permit is not None and used:
        found.append(f"{used:,} of permit {permit.pk}'s {permit.max_per_day:,} of today are used")
    if not person.is_active:
        found.append(
            f"the account {person.username} is not active: {person.display_name} cannot sign in "
            f"until an administrator says galley user change {person.username} --active"
        )
    for row in rows:
        found.append(
            f"row {row.pk} of the list {row.list_name} is pending: {row.doubt}; a systems "
            f"librarian accepts it (galley matrix accept {row.pk}) or settles it"
        )
    return found
