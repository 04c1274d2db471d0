"""Times of a schedule: five fields of cron, in the institution's time zone. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from croniter import CroniterBadCronError, croniter

from galleyproof.marc.errors import Wrong


def checked(cron: str) -> str:
    """The expression with single blanks; Wrong says what is the matter with it."""
    fields = cron.split()
    if len(fields) != 5:
        raise Wrong(
            f"“{cron}” has {len(fields)} fields; a time is written in five: minute, hour, day of "
            "the month, month, day of the week; 0 2 * * 1 is every Monday at two in the morning"
        )
    text = " ".join(fields)
    try:
        times = croniter(text, datetime(2026, 1, 1))
        times.get_next(datetime)
    except (CroniterBadCronError, ValueError, KeyError) as error:
        raise Wrong(f"“{cron}” is no time of cron: {error}") from None
    return text


def next_after(cron: str, after: datetime, zone: tzinfo) -> datetime:
    """The first time after a moment, in UTC.

    Clocks: a time that the clock leaves out comes when the clock has moved on (02:30 becomes
    03:30), and one that comes twice comes the first time only.
    """
    times = croniter(cron, after.astimezone(zone).replace(tzinfo=None))
    while True:
        # fold=0 is the first of two; a time left out keeps the offset from before the change.
        found: datetime = times.get_next(datetime).replace(tzinfo=zone, fold=0)
        moment = found.astimezone(UTC)
        if moment > after:
            return moment
