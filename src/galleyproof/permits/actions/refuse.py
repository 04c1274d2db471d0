"""Denials: an explicit no, which beats every permit, and lifting one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Group, Person
from galleyproof.people.rights import deny, require_role
from galleyproof.people.sameness import is_among, is_one_of
from galleyproof.permits.actions.making import ENVIRONMENTS
from galleyproof.permits.days import day_of
from galleyproof.permits.models import Denial

RIGHT = ("systems-librarian", "administrator")


def refuse(
    who: Who,
    *,
    person: Person | None = None,
    group: Group | None = None,
    job: str = "",
    binding: str = "",
    environment: str = "",
    reason: str,
    at: datetime,
) -> Denial:
    """Denies a person or a group a job (""; any), with a binding (""; any), in an environment
    (""; both). It beats every permit, and runs under them stop at their next chunk.

    Raises NotPermitted unless who asks is a systems librarian or an administrator, and Wrong for
    what makes no sense.
    """
    named = group.name if group is not None else person.display_name if person is not None else "?"
    require_role(who, RIGHT, f"deny {named} {job or 'every job'}", at)
    findings = []
    if (person is None) == (group is None):
        findings.append("a denial is for a person or for a group: say exactly one of the two")
    if not reason.strip():
        findings.append("a denial needs a reason; whoever is refused will read it")
    if binding and not job:
        findings.append(f"a denial of “{binding}” needs its job")
    if environment and environment not in ENVIRONMENTS:
        findings.append(f"“{environment}” is not an environment; there are sandbox and production")
    if findings:
        raise Wrong("\n".join(findings))
    with transaction.atomic():
        denial: Denial = Denial.objects.create(
            person=person,
            group=group,
            job=job,
            binding=binding,
            environment=environment,
            reason=reason.strip(),
            denied_by=who.person,
            denied_at=at,
        )
        append(
            "permission-denied",
            person=who.name,
            acting=who.acting_name,
            subject=f"denial {denial.pk}",
            reason=denial.reason,
            detail={
                "person": named,
                "job": job or "every job",
                "binding": binding,
                "environment": environment or "both environments",
            },
            at=at,
        )
    return denial


def lift(who: Who, number: int, *, reason: str = "", at: datetime) -> Denial:
    """Lifts a denial: permits count again. Never one's own, or one of a group that one is in.

    Raises NotPermitted, and Wrong for a denial that is not there or lifted already.
    """
    subject = f"lift denial {number}"
    require_role(who, RIGHT, subject, at)
    wanted = Denial.objects.select_related("person", "group", "lifted_by")
    denial: Denial | None = wanted.filter(pk=number).first()
    if denial is None:
        raise Wrong(f"there is no denial {number}; `galley permit denials` shows them")
    own = is_one_of(who, denial.person) if denial.person else is_among(who, denial.group)
    if own:
        deny(
            who.person,
            subject,
            "nobody lifts a denial of their own, administrators included; ask another systems "
            "librarian",
            at=at,
            acting=who.acting,
        )
    with transaction.atomic():
        denial = wanted.select_for_update(of=("self",)).get(pk=number)
        if denial.lifted_at is not None:
            by = denial.lifted_by.display_name if denial.lifted_by else "somebody"
            raise Wrong(f"denial {number} was lifted on {day_of(denial.lifted_at)} by {by}")
        denial.lifted_by, denial.lifted_at = who.person, at
        denial.save(update_fields=["lifted_by", "lifted_at"])
        append(
            "denial-lifted",
            person=who.name,
            acting=who.acting_name,
            subject=f"denial {number}",
            reason=reason,
            detail={"person": denial.holder},
            at=at,
        )
    return denial
