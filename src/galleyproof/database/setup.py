"""Making Django ready, and making or upgrading the database."""

from __future__ import annotations

import io
import os
import re

import django
from django.apps import apps
from django.core.management import call_command

from galleyproof.database import roles
from galleyproof.database.connect import connect
from galleyproof.database.locks import Lock


def ready() -> None:
    """Django, set up once in this process."""
    if apps.ready:
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = "galleyproof.database.settings"
    django.setup()


def initialise() -> list[str]:
    """Makes or upgrades the database; a sentence for each thing done, none the second time."""
    said = roles.prepare()
    ready()
    with connect("owner", autocommit=True) as alone:
        # Two that set up at once come one after the other.
        alone.execute("SELECT pg_advisory_lock(%s, 2)", (Lock.INSTALLING,))
        out = io.StringIO()
        call_command("migrate", database="owner", interactive=False, verbosity=1, stdout=out)
        applied = re.findall(r"Applying (\S+)\.\.\. OK", out.getvalue())
        if applied:
            said.append(f"brought the tables up to date ({len(applied)} steps)")
    return said
