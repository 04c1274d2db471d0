"""Issuing a permit: by a systems librarian, to somebody else."""

from __future__ import annotations

import re
from datetime import date, datetime
from difflib import get_close_matches

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.people.rights import deny, require_role
from galleyproof.permits.days import day_of, end_of_day, start_of_day
from galleyproof.permits.models import Permit

ENVIRONMENTS = ("sandbox", "production")
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def issue(
    who: Who,
    person: Person,
    job: str,
    *,
    environment: str,
    binding: str = "",
    max_records: int | None = None,
    max_per_day: int | None = None,
    starts: date | datetime | None = None,
    ends: date | datetime | None = None,
    at: datetime,
) -> Permit:
    """Issues a permit, good from `starts` (default: at once) to `ends` (default: one year).

    A date is the whole day in the institution's time zone, the last one included; a datetime is
    a moment. Raises NotPermitted unless who asks is a systems librarian and somebody else than
    the person (the same e-mail address is the same person), and Wrong for limits and dates that
    make no sense.
    """
    check_right(who, person, f"issue a permit to {person.display_name}", at)
    begins = at if starts is None else first_moment(starts)
    end = one_year_after(begins) if ends is None else last_moment(ends)
    findings = faults(job, environment, max_records, max_per_day, begins, end, at)
    if findings:
        raise Wrong("\n".join(findings))
    with transaction.atomic():
        permit: Permit = Permit.objects.create(
            person=person,
            job=job,
            binding=binding,
            environment=environment,
            max_records=max_records,
            max_per_day=max_per_day,
            starts=begins,
            ends=end,
            issued_by=who.person,
            issued_at=at,
        )
        append(
            "permit-issued",
            person=who.name,
            acting=who.acting_name,
            subject=f"permit {permit.pk}",
            detail={
                "person": person.username,
                "job": job,
                "binding": binding,
                "environment": environment,
                "max_records": max_records,
                "max_per_day": max_per_day,
                "starts": begins,
                "ends": end,
            },
            at=at,
        )
    return permit


def check_right(who: Who, person: Person, subject: str, at: datetime) -> None:
    require_role(who, ("systems-librarian",), subject, at)
    if same_person(who.person, person):
        deny(
            who.person,
            subject,
            "nobody issues a permit to themselves, administrators included; ask another systems "
            "librarian",
            at=at,
            acting=who.acting,
        )


def same_person(one: Person, other: Person) -> bool:
    """Two accounts with one e-mail address are one person."""
    mail = one.email.strip().casefold()
    return bool(one.pk == other.pk) or (mail != "" and mail == other.email.strip().casefold())


def first_moment(day: date | datetime) -> datetime:
    return day if isinstance(day, datetime) else start_of_day(day)


def last_moment(day: date | datetime) -> datetime:
    return day if isinstance(day, datetime) else end_of_day(day)


def one_year_after(moment: datetime) -> datetime:
    try:
        return moment.replace(year=moment.year + 1)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + 1, day=28)


def faults(
    job: str,
    environment: str,
    max_records: int | None,
    max_per_day: int | None,
    starts: datetime,
    ends: datetime,
    at: datetime,
) -> list[str]:
    found = []
    if not CODE.fullmatch(job):
        found.append(f"“{job}” is not the code of a job; `galley job list` shows them")
    if environment not in ENVIRONMENTS:
        close = get_close_matches(environment, ENVIRONMENTS, n=1)
        offer = f"did you mean {close[0]}?" if close else "there are sandbox and production"
        found.append(f"“{environment}” is not an environment; {offer}")
    for what, limit in (("a run", max_records), ("a day", max_per_day)):
        if limit is not None and limit < 1:
            found.append(f"a permit for {limit} records {what} permits nothing; give 1 or more")
    last = day_of(ends)
    if ends <= at:
        found.append(f"the permit would end on {last}, which is past; today is {day_of(at)}")
    elif ends <= starts:
        found.append(f"the permit would end on {last}, before it starts on {day_of(starts)}")
    return found
