"""What is used of a permit on a day. Runs reserve their size at the start and give back the
rest at their end."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from galleyproof.marc.errors import Wrong
from galleyproof.people.models import Person
from galleyproof.people.rights import deny
from galleyproof.permits.days import day_of
from galleyproof.permits.limits import day_is_full
from galleyproof.permits.models import Permit, PermitDay

# One statement: the row's lock makes those that come at once judge one after the other.
RESERVE = """
    INSERT INTO governing.permit_day AS used (permit_id, day, reserved)
    SELECT id, %(day)s, %(records)s FROM governing.permit
    WHERE id = %(permit)s
      AND %(records)s <= least(coalesce(max_per_day, 9223372036854775807), %(most)s)
    ON CONFLICT (permit_id, day) DO UPDATE SET reserved = used.reserved + excluded.reserved
    WHERE used.reserved + excluded.reserved
          <= least(coalesce((SELECT max_per_day FROM governing.permit WHERE id = %(permit)s),
                            9223372036854775807), %(most)s)
    RETURNING reserved
"""

GIVE_BACK = """
    UPDATE governing.permit_day SET reserved = greatest(0, reserved - %(records)s)
    WHERE permit_id = %(permit)s AND day = %(day)s
"""


def reserve(
    permit_id: int,
    records: int,
    at: datetime,
    *,
    person: Person | None = None,
    acting: Person | None = None,
    most: int | None = None,
) -> date:
    """Reserves records on the permit's day and returns that day.

    person: for whom, where it is a group's permit. most: a smaller limit of the day than the
    permit's own. Raises NotPermitted, logged, where the day has not so many left; then nothing is
    reserved.
    """
    if records < 0:
        raise ValueError("a reservation is of no fewer than 0 records")
    day = day_of(at)
    with connection.cursor() as cursor:
        limit = 2**63 - 1 if most is None else most
        cursor.execute(
            RESERVE, {"permit": permit_id, "day": day, "records": records, "most": limit}
        )
        if cursor.fetchone() is not None:
            return day
    permit = Permit.objects.select_related("person", "issued_by").filter(pk=permit_id).first()
    if permit is None:
        raise Wrong(f"there is no permit {permit_id}")
    full = min(one for one in (permit.max_per_day, most) if one is not None)
    deny(
        person or permit.person or permit.issued_by,
        f"{permit.job} in {permit.environment}",
        day_is_full(
            f"permit {permit_id}", full, used_on(permit_id, day), records, timezone.localtime(at)
        ),
        at=at,
        acting=acting,
        permit_id=permit_id,
    )


def give_back(permit_id: int, records: int, day: date) -> None:
    """Gives back what a run reserved and did not use, to the day it was reserved on."""
    if records <= 0:
        return
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, {"permit": permit_id, "day": day, "records": records})


def used_on(permit_id: int, day: date) -> int:
    """How many records of the permit are reserved on that day."""
    found = PermitDay.objects.filter(permit_id=permit_id, day=day).first()
    return found.reserved if found else 0
