"""Changing an account: name, mail, roles, whether it is active. A right of administrators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.marc.plain_text import name_fault
from galleyproof.people.actions.add_person import role_fault
from galleyproof.people.identity import Who
from galleyproof.people.models import ROLES, Person
from galleyproof.people.rights import require_role


def change_person(
    who: Who,
    person: Person,
    *,
    display_name: str | None = None,
    email: str | None = None,
    roles: Sequence[str] | None = None,
    active: bool | None = None,
    at: datetime,
) -> Person:
    """Changes what is not None. roles: all that they have from then on.

    Raises NotPermitted unless who asks is an administrator, and Wrong, with everything that is
    wrong at once; also where the last administrator would go.
    """
    require_role(who, ("administrator",), f"change {person.display_name}", at)
    wanted: dict[str, Any] = {
        "display_name": None if display_name is None else " ".join(display_name.split()),
        "email": None if email is None else email.strip(),
        "roles": None if roles is None else [role for role in ROLES if role in roles],
        "is_active": active,
    }
    findings = [role_fault(role) for role in roles or () if role not in ROLES]
    if wanted["display_name"] == "":
        findings.append("an account needs a name that people read")
    if hidden := name_fault(wanted["display_name"] or "", "the name of a person"):
        findings.append(hidden)
    if wanted["email"] and not re.fullmatch(r"[^@\s]+@[^@\s]+", wanted["email"]):
        findings.append(f"“{email}” is not an e-mail address")
    if findings:
        raise Wrong("\n".join(findings))
    with transaction.atomic():
        # Administrators one at a time: two must not both take the other's role away.
        administrators = list(
            Person.objects.select_for_update()
            .filter(roles__contains=["administrator"], is_active=True)
            .order_by("pk")
        )
        person = Person.objects.select_for_update().get(pk=person.pk)
        changed = {
            name: value
            for name, value in wanted.items()
            if value is not None and value != getattr(person, name)
        }
        if not changed:
            raise Wrong(f"nothing to change: {person.display_name} is so already")
        goes = changed.get("is_active") is False or (
            "roles" in changed and "administrator" not in changed["roles"]
        )
        if goes and [one.pk for one in administrators] == [person.pk]:
            raise Wrong(f"{person.display_name} is the last administrator; make another first")
        before = {name: getattr(person, name) for name in changed}
        for name, value in changed.items():
            setattr(person, name, value)
        person.save(update_fields=list(changed))
        append(
            "person-changed",
            person=who.name,
            acting=who.acting_name,
            subject=person.username,
            detail={
                "what": ", ".join(name.replace("_", " ") for name in changed),
                "before": before,
                "after": changed,
            },
            at=at,
        )
    return person
