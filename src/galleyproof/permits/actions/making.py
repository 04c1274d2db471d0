"""What every way to a permit shares: its terms checked, the row and the log entry made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Group, Person
from galleyproof.people.rights import deny
from galleyproof.people.sameness import is_among, is_one_of
from galleyproof.permits.days import day_of, end_of_day, start_of_day
from galleyproof.permits.elsewhere import most_records, parameters_of, revision_of
from galleyproof.permits.envelope import Envelope
from galleyproof.permits.models import Permit

ENVIRONMENTS = ("sandbox", "production")
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Holder = Person | Group


@dataclass(frozen=True, slots=True)
class Terms:
    """What a permit is to be. max_records and max_per_day fill what the envelope leaves open."""

    job: str
    binding: str
    environment: str
    envelope: Envelope | None = None
    max_records: int | None = None
    max_per_day: int | None = None
    starts: date | datetime | None = None
    ends: date | datetime | None = None


def not_ones_own(who: Who, holder: Holder, subject: str, at: datetime) -> None:
    """Nobody issues a permit to themselves, to a second account of theirs, or to a group that
    they are in; under --as neither of the two people may."""
    own = is_among(who, holder) if isinstance(holder, Group) else is_one_of(who, holder)
    if own:
        deny(
            who.person,
            subject,
            "nobody issues a permit to themselves, administrators included; ask another systems "
            "librarian",
            at=at,
            acting=who.acting,
        )


def make(who: Who, holder: Holder, terms: Terms, at: datetime, **origin: Any) -> Permit:
    """Makes the permit and its log entry. origin: further columns, that say where it comes from.

    Raises Wrong, with everything that is wrong at once, for terms that make no sense.
    """
    begins = at if terms.starts is None else first_moment(terms.starts)
    end = one_year_after(begins) if terms.ends is None else last_moment(terms.ends)
    findings = faults(terms, begins, end, at)
    if findings:
        raise Wrong("\n".join(findings))
    envelope = terms.envelope or Envelope()
    limits = {"max_records": terms.max_records, "max_per_day": terms.max_per_day}
    envelope = envelope.model_copy(
        update={name: limit for name, limit in limits.items() if limit is not None}
    )
    if envelope.max_records is None:
        envelope = envelope.model_copy(update={"max_records": most_records(terms.job)})
    group = holder if isinstance(holder, Group) else None
    with transaction.atomic():
        permit: Permit = Permit.objects.create(
            person=None if isinstance(holder, Group) else holder,
            group=group,
            job=terms.job,
            binding=terms.binding,
            environment=terms.environment,
            envelope=envelope.stored(),
            max_records=envelope.max_records,
            max_per_day=envelope.max_per_day,
            job_revision=revision_of(terms.job),
            starts=begins,
            ends=end,
            issued_by=who.person,
            issued_at=at,
            **origin,
        )
        append(
            "permit-issued",
            person=who.name,
            acting=who.acting_name,
            subject=f"permit {permit.pk}",
            detail={
                "person": group.name if group else holder.username,
                "group": group is not None,
                "job": terms.job,
                "binding": terms.binding,
                "environment": terms.environment,
                "envelope": envelope.stored(),
                "starts": begins,
                "ends": end,
                **origin,
            },
            at=at,
        )
    return permit


def first_moment(day: date | datetime) -> datetime:
    return day if isinstance(day, datetime) else start_of_day(day)


def last_moment(day: date | datetime) -> datetime:
    return day if isinstance(day, datetime) else end_of_day(day)


def one_year_after(moment: datetime) -> datetime:
    try:
        return moment.replace(year=moment.year + 1)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + 1, day=28)


def faults(terms: Terms, starts: datetime, ends: datetime, at: datetime) -> list[str]:
    found = []
    if not CODE.fullmatch(terms.job):
        found.append(f"“{terms.job}” is not the code of a job; `galley job list` shows them")
    if terms.environment not in ENVIRONMENTS:
        close = get_close_matches(terms.environment, ENVIRONMENTS, n=1)
        offer = f"did you mean {close[0]}?" if close else "there are sandbox and production"
        found.append(f"“{terms.environment}” is not an environment; {offer}")
    for what, limit in (("a run", terms.max_records), ("a day", terms.max_per_day)):
        if limit is not None and limit < 1:
            found.append(f"a permit for {limit} records {what} permits nothing; give 1 or more")
    if terms.envelope is not None:
        found += unknown_parameters(terms.job, terms.envelope)
    if terms.job == "undo" and terms.envelope is not None:
        found += undo_faults(terms.envelope)
    last = day_of(ends)
    if ends <= at:
        found.append(f"the permit would end on {last}, which is past; today is {day_of(at)}")
    elif ends <= starts:
        found.append(f"the permit would end on {last}, before it starts on {day_of(starts)}")
    return found


def unknown_parameters(job: str, envelope: Envelope) -> list[str]:
    """A limit on a parameter that the job has not would never be met, or never broken."""
    names = parameters_of(job)
    if names is None or job == "undo":
        return []
    limited = [*envelope.parameters, *(envelope.only_parameters or ())]
    found = []
    for name in dict.fromkeys(one.partition(".")[0] for one in limited):
        if name not in names:
            close = get_close_matches(name, names, n=2, cutoff=0.5)
            offer = "did you mean " + " or ".join(close) + "?" if close else ""
            offer = offer or ("there are " + ", ".join(sorted(names)[:12]) if names else "none")
            said = f"{job} has no parameter “{name}”; {offer}"
            found.append(said.replace("_", "-"))
    return found


def undo_faults(envelope: Envelope) -> list[str]:
    """An undo has no parameters, and its shapes are those of the run that it takes back."""
    return [
        f"a permit to undo cannot be limited by {name.replace('_', ' ')}"
        for name in ("parameters", "only_parameters", "shapes", "first_run", "ask_above")
        if getattr(envelope, name)
    ]
