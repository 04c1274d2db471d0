"""The whole way on a server installation: first administrator, tokens, a permit, the log."""

import os
import subprocess
import sys

STORY = """
import os, sys
from datetime import UTC, datetime
from galleyproof.database.setup import initialise, ready
initialise(); ready()
from galleyproof.audit.chain import verify
from galleyproof.audit.head import path
from galleyproof.people.actions.add_person import add_person
from galleyproof.people.actions.first_administrator import first_administrator
from galleyproof.people.actions.tokens import add_first_token, add_token
from galleyproof.people.identity import who
from galleyproof.permits import NotPermitted
from galleyproof.permits.actions.issue import issue
from galleyproof.permits.deciding import require
from galleyproof.permits.quota import reserve
from galleyproof.permits.standing import permit_still_good_sql
from galleyproof.database.connect import connect

# Other tests may have used this server.
with connect("owner") as owner:
    tables = owner.execute(
        "SELECT tablename FROM pg_tables"
        " WHERE schemaname = 'governing' AND tableowner = current_user"
    ).fetchall()
    for (table,) in tables:
        owner.execute(f"ALTER TABLE governing.{table} DISABLE TRIGGER USER")
    owner.execute("TRUNCATE governing.audit_entry, governing.person RESTART IDENTITY CASCADE")
    for (table,) in tables:
        owner.execute(f"ALTER TABLE governing.{table} ENABLE TRIGGER USER")

at = datetime.now(UTC)
amy = first_administrator("amy", at=at)
assert first_administrator("amy", at=at) is None

def asking(text):
    return who({**os.environ, "GALLEY_TOKEN": text})

amy = asking(add_first_token(amy, at=at).text)
bob = add_person(amy, "bob", roles=["systems-librarian"], at=at)
dan = add_person(amy, "dan", at=at)
bob = asking(add_token(amy, "bob", at=at).text)
permit = issue(bob, dan, "edit-record", max_per_day=1, at=at)
reserve(permit.pk, 1, at)
with connect("sandbox") as connection:
    asked = {"permit": permit.pk, "person": dan.pk}
    assert connection.execute(permit_still_good_sql(), asked).fetchone()
try:
    require(dan, "edit-record", environment="production", at=at)
except NotPermitted as refusal:
    print(refusal)
verdict = verify()
assert verdict.entries == 7 and verdict.holds and not verdict.notes, verdict
assert path().exists() and path().name != "audit-head.json"
"""


def test_from_the_first_administrator_to_a_denied_attempt(server_url, tmp_path):
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GALLEY_") and name != "DJANGO_SETTINGS_MODULE"
    }
    done = subprocess.run(
        [sys.executable, "-c", STORY],
        env={**environ, "DATABASE_URL": server_url, "GALLEY_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == (
        "no permit: dan has none for edit-record in production; "
        "they have edit-record in sandbox (permit 1)"
    )
