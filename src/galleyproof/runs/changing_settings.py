"""Changing a setting of an environment: by administrators, logged with what it was before."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.catalog.kinds import environment_named
from galleyproof.catalog.models import Environment
from galleyproof.people.identity import Who
from galleyproof.people.rights import require_role
from galleyproof.runs.settings import put, setting_named, value_now


def change_setting(
    who: Who, environment: str, name: str, value: str | None, *, at: datetime
) -> tuple[str | None, str | None]:
    """Sets one setting (None: as usual); (what was set before, what is set now).

    Runs that are asked for from now on go by it. Raises Wrong or NotPermitted.
    """
    environment_named(environment)
    setting = setting_named(name)
    require_role(who, ("administrator",), f"change the settings of {environment}", at)
    with transaction.atomic():
        found = Environment.objects.select_for_update().get(pk=environment)
        before = value_now(found, setting)
        put(found, setting, value)
        after = value_now(found, setting)
        if after != before:
            found.save()
            append(
                "setting-changed",
                person=who.person.username,
                acting=who.acting.username if who.acting else None,
                subject=f"{name} of {environment}",
                reason=f"{before or 'as usual'} → {after or 'as usual'}",
                detail={"before": before, "after": after},
                at=at,
            )
    return before, after
