"""Rights that follow from a role, and the one way to refuse: logged, then told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NoReturn

from galleyproof.audit.log import append_apart
from galleyproof.people.denial import Answer, NotPermitted
from galleyproof.people.models import Person

if TYPE_CHECKING:
    from galleyproof.people.identity import Who


def deny(
    person: Person,
    subject: str,
    sentence: str,
    *,
    at: datetime,
    acting: Person | None = None,
    permit_id: int | None = None,
) -> NoReturn:
    """Logs the denied attempt in a transaction of its own and raises NotPermitted.

    To be called before the caller has appended to the log: until then nobody waits for it.
    """
    append_apart(
        "denied",
        person=person.username,
        acting=acting.username if acting else None,
        subject=subject,
        reason=sentence,
        detail={"permit": permit_id},
        at=at,
    )
    raise NotPermitted(Answer(False, sentence, permit_id))


def require_role(who: Who, roles: tuple[str, ...], subject: str, at: datetime) -> None:
    """Passes who has one of the roles; denies everybody else `subject`, like "add a person"."""
    if who.person.has_role(*roles):
        return
    deny(
        who.person,
        subject,
        f"{who.person.display_name} may not {subject}: that needs the role {' or '.join(roles)}",
        at=at,
        acting=who.acting,
    )
