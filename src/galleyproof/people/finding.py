"""Finding people by the name that somebody typed."""

from __future__ import annotations

from difflib import get_close_matches

from galleyproof.marc.errors import Wrong
from galleyproof.people.models import Person


def person_named(name: str) -> Person:
    """The person with this user name, or else with exactly this display name.

    Raises Wrong for nobody, naming the nearest, and for a display name that several have.
    """
    by_username: Person | None = Person.objects.filter(username__iexact=name).first()
    if by_username is not None:
        return by_username
    several: list[Person] = list(Person.objects.filter(display_name=name).order_by("username")[:10])
    if len(several) == 1:
        return several[0]
    if several:
        usernames = ", ".join(person.username for person in several)
        raise Wrong(f"“{name}” is the name of several people; say which by user name: {usernames}")
    raise Wrong(f"there is nobody named “{name}”{nearest(name)}")


def nearest(name: str) -> str:
    """What somebody who typed this may have meant, as the end of a sentence."""
    known: dict[str, str] = {}
    for username, display in Person.objects.values_list("username", "display_name"):
        known[username.casefold()] = username
        known.setdefault(display.casefold(), display)
    if not known:
        return "; there are no accounts yet: `galley init` makes the first"
    close = get_close_matches(name.casefold(), known, n=3, cutoff=0.6)
    if close:
        return "; did you mean " + " or ".join(f"“{known[one]}”" for one in close) + "?"
    if len(known) <= 10:
        return "; there are " + ", ".join(sorted(Person.objects.values_list("username", flat=True)))
    return "; names are user names, or display names written exactly"
