"""The first administrator: made by `galley init`, by whoever holds the database."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.actions.add_person import faults, names
from galleyproof.people.models import Person


def first_administrator(name: str, *, os_user: str | None = None, at: datetime) -> Person | None:
    """Makes the first administrator; None where this one is an administrator already.

    os_user: the operating system's name for them, on an embedded installation. An administrator
    still needs a permit to run a job, like everybody. Raises Wrong where there is another
    administrator: they add people.
    """
    username, display_name = names(name, "")
    with transaction.atomic():
        # One at a time: two that begin at once must not both be the first.
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("LOCK TABLE governing.person IN SHARE ROW EXCLUSIVE MODE")
        there = Person.objects.filter(roles__contains=["administrator"]).order_by("pk")
        if any(username.casefold() == one.username.casefold() for one in there):
            return None
        if there:
            raise Wrong(
                f"there is an administrator already, {there[0].display_name}; administrators add "
                f"people: galley user add {username} --role administrator"
            )
        findings = faults(name, username, display_name, "", (), "")
        if findings:
            raise Wrong("\n".join(findings))
        person = Person(
            username=username,
            display_name=display_name,
            os_user=os_user,
            roles=["administrator"],
        )
        person.set_unusable_password()
        person.save()
        append("administrator-made", person=username, subject=username, at=at)
    return person
