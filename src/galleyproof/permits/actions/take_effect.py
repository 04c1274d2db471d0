"""A permit that waited for its library role takes effect."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.rights import deny, require_role
from galleyproof.permits.actions.one import is_holder, permit_numbered
from galleyproof.permits.holding import carries_role, lacking
from galleyproof.permits.models import Permit


def take_effect(permit_id: int, who: Who, at: datetime) -> Permit:
    """Lets a permit take effect whose role form has been applied. who: support, or an
    administrator, who gave the account the library role.

    Raises NotPermitted for anybody else and for the holder, and Wrong for a permit that does not
    wait, or whose holder's account does not carry the role yet.
    """
    subject = f"let permit {permit_id} take effect"
    require_role(who, ("support", "administrator"), subject, at)
    permit = permit_numbered(permit_id)
    if is_holder(who, permit):
        deny(
            who.person,
            subject,
            f"permit {permit_id} is your own; somebody else of support lets it take effect",
            at=at,
            acting=who.acting,
        )
    with transaction.atomic():
        permit = permit_numbered(permit_id, lock=True)
        if not permit.waits_for_role:
            raise Wrong(f"permit {permit_id} does not wait for a library role")
        if permit.person is not None:
            roles = [(one.role, one.library) for one in permit.person.library_roles.all()]
            if not carries_role(permit, roles):
                raise Wrong(
                    f"{lacking(permit, permit.person)}; give it first: galley user give-role"
                )
        note_effect(who, permit, at)
    return permit


def note_effect(who: Who, permit: Permit, at: datetime, reason: str = "") -> None:
    """The permit waits for no library role any more, and the log says so; in the caller's
    transaction."""
    permit.waits_for_role = permit.role_taken = False
    permit.save(update_fields=["waits_for_role", "role_taken"])
    append(
        "permit-took-effect",
        person=who.name,
        acting=who.acting_name,
        subject=f"permit {permit.pk}",
        reason=reason,
        detail={"person": permit.holder, "job": permit.job},
        at=at,
    )
