"""Permits that end soon: which holders are to be reminded, and that they have been."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from galleyproof.audit.log import append
from galleyproof.permits.days import day_of
from galleyproof.permits.models import Permit

DAYS_BEFORE = (7, 30)


class Reminder(NamedTuple):
    """A reminder that is due: how many days before the end it is for, 7 or 30."""

    permit: Permit
    days: int

    @property
    def sentence(self) -> str:
        return (
            f"permit {self.permit.pk} of {self.permit.holder} for {self.permit.job} in "
            f"{self.permit.environment} ends on {day_of(self.permit.ends)}"
        )


def due_reminders(at: datetime) -> list[Reminder]:
    """Reminders that are due and have not gone out, in the order of the ends; one a permit.

    A permit that is revoked, has ended, or was issued for less than the days is not spoken of
    (a permit for a week needs no reminder 30 days before).
    """
    soon = (
        Permit.objects.filter(
            revoked_at=None, ends__gte=at, ends__lte=at + timedelta(days=max(DAYS_BEFORE))
        )
        .filter(Q(reminded=None) | Q(reminded__gt=min(DAYS_BEFORE)))
        .select_related("person", "group", "issued_by")
        .order_by("ends", "pk")
    )
    found = []
    for permit in soon:
        for days in DAYS_BEFORE:
            within = permit.ends - at <= timedelta(days=days)
            sent = permit.reminded is not None and permit.reminded <= days
            whole = permit.ends - permit.starts > timedelta(days=days)
            if within and whole and not sent:
                found.append(Reminder(permit, days))
                break
            if within and sent:
                break
    return found


def reminded(reminders: Sequence[Reminder], at: datetime) -> None:
    """Notes that these reminders went out, so that none goes out twice."""
    if not reminders:
        return
    with transaction.atomic():
        for days in DAYS_BEFORE:
            numbers = [one.permit.pk for one in reminders if one.days == days]
            Permit.objects.filter(pk__in=numbers).update(reminded=days)
        append(
            "reminded",
            person="",
            subject=", ".join(f"permit {one.permit.pk}" for one in reminders[:20]),
            detail={
                "days": " or ".join(sorted({str(one.days) for one in reminders})),
                "permits": [one.permit.pk for one in reminders],
            },
            at=at,
        )
