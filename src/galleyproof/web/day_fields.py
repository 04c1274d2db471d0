"""The first and the last day of a list, as its filter asks for them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.utils.translation import gettext as _


def days_between(asked: Any, zone: tzinfo) -> tuple[dict[str, Any], list[str]]:
    """The moments `since` (from then on) and `until` (before then) of a query, and a sentence for
    each that is no day. zone: whose days they are."""
    moments: dict[str, Any] = {"since": None, "until": None}
    errors = []
    for name in moments:
        if given := asked.get(name, "").strip():
            try:
                moments[name] = moment(date.fromisoformat(given), name, zone)
            except (ValueError, OverflowError):
                errors.append(_("“%(day)s” is not a day, like 2026-11-25") % {"day": given[:60]})
    return moments, errors


def moment(day: date, name: str, zone: tzinfo) -> datetime | None:
    """The beginning of a day, or its end; None where that is beyond all times: no limit."""
    if day.year <= date.min.year or day.year >= date.max.year:
        return None
    return datetime.combine(day + timedelta(days=name == "until"), time.min, zone)
