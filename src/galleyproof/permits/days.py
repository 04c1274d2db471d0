"""Days, in the institution's time zone (GALLEY_TIME_ZONE)."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone


def day_of(at: datetime) -> date:
    """The day that a moment falls on."""
    local: datetime = timezone.localtime(at)
    return local.date()


def start_of_day(day: date) -> datetime:
    """The first moment of a day."""
    first: datetime = timezone.make_aware(datetime.combine(day, time.min))
    return first


def end_of_day(day: date) -> datetime:
    """The last moment of a day, to the microsecond."""
    last: datetime = timezone.make_aware(datetime.combine(day, time.max))
    return last
