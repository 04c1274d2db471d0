"""Writing a new version of a reading: systems librarians. Permits that it is required for rest
until their holders have read it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.jobs.office_names import job_named
from galleyproof.marc.errors import Wrong
from galleyproof.marc.plain_text import name_fault
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.people.rights import require_role
from galleyproof.permits.actions.suspend import suspend_for_reading
from galleyproof.permits.models import Permit
from galleyproof.permits.suspensions import reading_changed
from galleyproof.signoff.mail.writing import write_mail
from galleyproof.signoff.models import ReadingText
from galleyproof.signoff.next_step import how
from galleyproof.signoff.readings import Reading, current, digest_of, reading_named

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Written(NamedTuple):
    """suspended: the permits that rest until the reading has been acknowledged."""

    reading: Reading
    suspended: list[int]


def write_reading(
    who: Who,
    name: str,
    body: str,
    *,
    title: str = "",
    job: str = "",
    minor: bool = False,
    at: datetime,
) -> Written:
    """Adds a reading, or a new version of one. job: the job that a new one is for; empty for all.

    minor: a correction that changes nothing people must know: acknowledgements stand and no
    permit rests. Raises NotPermitted, and Wrong for an empty or unchanged text.
    """
    require_role(who, ("systems-librarian",), f"write the reading {name}", at)
    before = current().get(name)
    check(name, body, title, job, minor, before)
    with transaction.atomic():
        # One at a time, so that two new versions never have one number.
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("LOCK TABLE governing.reading_text IN SHARE ROW EXCLUSIVE MODE")
        before = current().get(name)
        version = before.version + 1 if before else 1
        ReadingText.objects.create(
            name=name,
            version=version,
            title=title.strip() or (before.title if before else name),
            job=before.job if before else job,
            body=body,
            digest=digest_of(body),
            minor=minor,
            written_by=who.person,
            written_at=at,
        )
        reading = reading_named(name)
        suspended: list[int] = []
        if not minor and reading.required:
            suspended = suspend_for_reading(
                reading_changed(reading.name, reading.title, reading.version),
                job=reading.job or None,
                by=who.name,
                acting=who.acting_name,
                at=at,
            )
            tell_holders(suspended, reading, at)
        append(
            "reading-written",
            person=who.name,
            acting=who.acting_name,
            subject=f"reading {name}",
            detail={
                "version": version,
                "digest": reading.digest,
                "minor": minor,
                "permits": suspended,
            },
            at=at,
        )
    return Written(reading, suspended)


def check(name: str, body: str, title: str, job: str, minor: bool, before: Reading | None) -> None:
    findings = []
    if not NAME.fullmatch(name) or len(name) > 80:
        findings.append(f"“{name}” is not a name: small letters, digits and hyphens, like off-site")
    if len(title.strip()) > 200:
        findings.append(f"the title of a reading has at most 200 characters, not {len(title):,}")
    if hidden := name_fault(title, "the title of a reading"):
        findings.append(hidden)
    if not body.strip():
        findings.append("the text is empty")
    if before is None:
        if not title.strip():
            findings.append("a new reading needs a title")
        if minor:
            findings.append("a new reading is not a minor correction")
        if job:
            job_named(job)
    else:
        if job and job != before.job:
            findings.append(
                f"{name} is for {before.job or 'every job'}, and that stays; give another name "
                "for another job"
            )
        if body == before.body and (not title.strip() or title.strip() == before.title):
            findings.append(f"nothing is different from version {before.version} of {name}")
    if findings:
        raise Wrong("\n".join(findings))


def tell_holders(numbers: list[int], reading: Reading, at: datetime) -> None:
    """One mail to everybody whose permits rest; their addresses are not shown to each other."""
    permits = Permit.objects.filter(pk__in=numbers)
    own = Person.objects.filter(is_active=True, permits__in=permits)
    of_groups = Person.objects.filter(is_active=True, groups__permits__in=permits)
    for person in own.union(of_groups).order_by("pk"):
        write_mail(
            [person],
            f"{reading.title} has changed",
            [
                f"The reading {reading.about} is new or has changed, and a permit of yours rests "
                "until you have read it and a systems librarian has confirmed.",
                "What is next: read and acknowledge it."
                + how(
                    f"/readings/{reading.name}",
                    f"galley reading show {reading.name}; galley reading acknowledge "
                    f"{reading.name}",
                ),
            ],
            at=at,
        )
