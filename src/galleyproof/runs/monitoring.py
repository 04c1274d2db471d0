"""Looking at runs together: what waits for a person, what was changed on which day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from django.db.models import BigIntegerField, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncDate

from galleyproof.people.models import Person
from galleyproof.runs.models import Run
from galleyproof.runs.states import SETTLING, WORKED

RECENT = timedelta(days=14)
"""How long a plan that nothing was made of is worth a reminder."""


def of_person(person: Person, limit: int) -> list[Run]:
    """Somebody's own runs, newest first."""
    return list(Run.objects.filter(person=person).select_related("person").order_by("-id")[:limit])


def of_permit(permit: int, limit: int) -> list[Run]:
    """The runs under a permit, newest first."""
    runs = Run.objects.filter(permit=permit).select_related("person")
    return list(runs.order_by("-id")[:limit])


def numbered(numbers: Iterable[int]) -> dict[int, Run]:
    """The runs with these numbers, by number."""
    found: dict[int, Run] = Run.objects.select_related("person").in_bulk(list(numbers))
    return found


def last_of(person: Person, job: str) -> Run | None:
    """The last run or dry run of a job that somebody asked for."""
    found: Run | None = Run.objects.filter(person=person, job=job).order_by("-id").first()
    return found


class Needs(NamedTuple):
    """What waits for a person. plans: their dry runs of the last days that nothing was made of;
    waiting: their runs that wait for somebody else."""

    to_confirm: list[Run]
    plans: list[Run]
    paused: list[Run]
    waiting: list[Run]
    going: list[Run]


def needing(person: Person, at: datetime, limit: int = 10) -> Needs:
    runs = Run.objects.select_related("person").order_by("-id")
    mine = runs.filter(person=person)
    others = runs.filter(state="waiting").exclude(person=person)
    return Needs(
        list(others[:limit]) if person.has_role("systems-librarian") else [],
        list(
            mine.filter(
                state="planned",
                dry_run=True,
                undoes=None,
                used_by=None,
                requested__gt=at - RECENT,
                counts__changed__gt=0,
            )[:limit]
        ),
        list(mine.filter(state="paused")[:limit]),
        list(mine.filter(state="waiting")[:limit]),
        list(mine.filter(state__in=(WORKED | SETTLING))[:limit]),
    )


def changed_per_day(days: int, at: datetime, zone: tzinfo) -> list[tuple[date, dict[str, int]]]:
    """How many records runs changed on each of the last days, by environment; days in `zone`."""
    last = at.astimezone(zone).date()
    first = last - timedelta(days=days - 1)
    found = {first + timedelta(days=n): {"sandbox": 0, "production": 0} for n in range(days)}
    rows = (
        Run.objects.filter(finished__gte=datetime.combine(first, time.min, zone), dry_run=False)
        .exclude(job="load")
        .annotate(ended=TruncDate("finished", tzinfo=zone))
        .values("ended", "environment_id")
        .annotate(changed=Sum(Cast(KeyTextTransform("changed", "counts"), BigIntegerField())))
    )
    for row in rows:
        if row["ended"] in found:
            found[row["ended"]][row["environment_id"]] = row["changed"] or 0
    return list(found.items())
