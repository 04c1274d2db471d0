"""Listing people."""

from __future__ import annotations

from django.db.models import Q

from galleyproof.people.models import Person


def listing(*, name: str = "", after: str = "", limit: int | None = None) -> list[Person]:
    """People by user name, with their units read. name: a part of a name. after: only those
    whose user name comes after it."""
    wanted = Person.objects.prefetch_related("units").order_by("username")
    if name:
        wanted = wanted.filter(Q(username__icontains=name) | Q(display_name__icontains=name))
    if after:
        wanted = wanted.filter(username__gt=after)
    return list(wanted[:limit])
