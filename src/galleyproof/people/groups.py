"""Groups, by name."""

from __future__ import annotations

from difflib import get_close_matches

from galleyproof.marc.errors import Wrong
from galleyproof.people.models import Group


def group_named(name: str) -> Group:
    """The group with this name, upper and lower case alike; Wrong offers the nearest."""
    name = " ".join(name.split())
    found: Group | None = Group.objects.filter(name__iexact=name).first()
    if found is not None:
        return found
    known = list(Group.objects.values_list("name", flat=True))
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    if close:
        offer = "did you mean " + " or ".join(f"“{one}”" for one in close) + "?"
    else:
        offer = "`galley group list` shows them" if known else "there are none yet"
    raise Wrong(f"there is no group “{name}”; {offer}")
