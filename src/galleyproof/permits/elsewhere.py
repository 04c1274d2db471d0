"""What permits must know and others keep: jobs (the catalogue), open tickets and readings
(signoff).

Packages above tell it here when Django starts (their AppConfig's ready), since nothing below may
import them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from galleyproof.jobs.catalogue import JOBS
from galleyproof.people.models import Person


class Known(NamedTuple):
    """What permits must know of a job: its revision, the library roles of which a person's
    account must carry one to run it in production (none: no role is needed), the records a run that
    a permit allows where it says nothing else (None: no such limit), and the names of its
    parameters and of the columns that it takes."""

    revision: int
    library_roles: tuple[str, ...]
    most_records: int | None = None
    parameters: frozenset[str] | None = None


class OpenTicket(NamedTuple):
    """A ticket that lets its requester or reviewer make dry runs; state as people read it."""

    number: int
    state: str


TicketLookUp = Callable[[Person, str, str, str], OpenTicket | None]

ReadingLookUp = Callable[[Person, str], list[str]]

look_up_ticket: TicketLookUp = lambda person, job, binding, environment: None  # noqa: E731


def tickets_are_known_by(look_up: TicketLookUp) -> None:
    """look_up(person, job, binding, environment): a ticket in testing or review of which the
    person is requester or reviewer, None if there is none."""
    global look_up_ticket
    look_up_ticket = look_up


def known(code: str) -> Known | None:
    """What is known of the job with a code; None for one that is not built. Library roles are
    written with “or” between them."""
    job = JOBS.get(code)
    if job is None:
        return None
    names = {name.replace("-", "_") for name in (*job.parameters.model_fields, *job.columns)}
    return Known(job.revision, roles_in(job.library_role), job.most_records, frozenset(names))


@cache
def roles_in(text: str) -> tuple[str, ...]:
    return tuple(role for role in text.split(" or ") if role)


def most_records(job: str) -> int | None:
    """The limit that a job brings along, where a permit sets none."""
    found = known(job)
    return found.most_records if found else None


def revision_of(job: str) -> int:
    """A job's revision; 1 for one that is not known."""
    found = known(job)
    return found.revision if found else 1


def parameters_of(job: str) -> frozenset[str] | None:
    """The names that limits of its permits may speak of; None where the job is not known."""
    found = known(job)
    return found.parameters if found else None


def open_ticket(person: Person, job: str, binding: str, environment: str) -> OpenTicket | None:
    return look_up_ticket(person, job, binding, environment)


look_up_unread: ReadingLookUp = lambda person, job: []  # noqa: E731


def readings_are_known_by(look_up: ReadingLookUp) -> None:
    """look_up(person, job): a sentence for each required reading that the person has not
    acknowledged as it is now."""
    global look_up_unread
    look_up_unread = look_up


def unread(person: Person, job: str) -> list[str]:
    return look_up_unread(person, job)
