"""Taking one permit in hand, locked, with the people in it."""

from __future__ import annotations

from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.sameness import is_among, is_one_of
from galleyproof.permits.models import Permit


def permit_numbered(number: int, *, lock: bool = False) -> Permit:
    """The permit with this number; lock: until the transaction ends. Raises Wrong for none."""
    wanted = Permit.objects.select_related("person", "group", "issued_by", "revoked_by")
    if lock:
        wanted = wanted.select_for_update(of=("self",))
    permit: Permit | None = wanted.filter(pk=number).first()
    if permit is None:
        raise Wrong(f"there is no permit {number}; `galley permit list` shows them")
    return permit


def is_holder(who: Who, permit: Permit) -> bool:
    """Whether who asks (or really types) is the holder, or a member of the group that is."""
    if permit.person is not None:
        return is_one_of(who, permit.person)
    return is_among(who, permit.group)
