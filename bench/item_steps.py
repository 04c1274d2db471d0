"""Changing items: the job, and the script that does the same with psycopg, on one server.

python -m bench.item_steps COUNT     prints one JSON object

The script updates the rows of a table one by one, in batches of 1,000 a transaction, with a row of
history for each: what a careful systems librarian would write.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from typing import Any

JOB = "change-physical-items"
BATCH = 1000
CHANGES = {
    "item_policy": "REFERENCE",
    "item_policy.condition": "if-empty",
    "public_note": "Inventory 2026",
    "public_note.mode": "append",
    "public_note.condition": "if-not-empty",
}


def item(n: int) -> dict[str, str]:
    """Every second one without a policy, every third one with a note."""
    return {
        "number": f"23{n:013d}",
        "barcode": f"3{n:013d}",
        "library": "MAIN",
        "location": "STACKS",
        "material_type": "BOOK",
        "item_policy": "" if n % 2 else "BOOK",
        "public_note": "" if n % 3 else "Gift of the town",
        "call_number": f"Z{n % 900}",
    }


def main() -> None:
    home = tempfile.mkdtemp(prefix="galley-bench-")
    os.environ["GALLEY_HOME"] = home
    os.environ.pop("DATABASE_URL", None)
    from galleyproof.database import server
    from galleyproof.database.setup import initialise

    try:
        initialise()
        count = int(sys.argv[1])
        print(json.dumps({"script": by_script(count), "job": by_job(count)}))
    finally:
        from django.db import connections

        connections.close_all()
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def by_script(count: int) -> dict[str, Any]:
    import psycopg

    from galleyproof.database import server

    with psycopg.connect(**server.superuser_login()) as connection:
        connection.execute("CREATE SCHEMA script; SET search_path = script")
        connection.execute(
            "CREATE TABLE item (id bigint PRIMARY KEY, item_policy text, public_note text,"
            " rest jsonb);"
            "CREATE TABLE history (id bigint, at timestamptz, item_policy text, public_note text)"
        )
        with connection.cursor().copy("COPY item FROM STDIN") as copy:
            for n in range(count):
                fields = item(n)
                policy, note = fields.pop("item_policy"), fields.pop("public_note")
                copy.write_row((n + 1, policy, note, json.dumps(fields)))
        connection.commit()
        connection.execute("SET search_path = script")
        cursor = connection.cursor()
        started = time.perf_counter()
        for first in range(1, count + 1, BATCH):
            rows = cursor.execute(
                "SELECT id, item_policy, public_note FROM item WHERE id >= %s AND id < %s",
                (first, first + BATCH),
            ).fetchall()
            for id, policy, note in rows:
                new_policy = policy or CHANGES["item_policy"]
                new_note = f"{note} {CHANGES['public_note']}" if note else note
                if (new_policy, new_note) == (policy, note):
                    continue
                cursor.execute("INSERT INTO history VALUES (%s, now(), %s, %s)", (id, policy, note))
                cursor.execute(
                    "UPDATE item SET item_policy = %s, public_note = %s WHERE id = %s",
                    (new_policy, new_note, id),
                )
            connection.commit()
        seconds = time.perf_counter() - started
        connection.execute("DROP SCHEMA script CASCADE")
    return {"records": count, "seconds": seconds}


def by_job(count: int) -> dict[str, Any]:
    from galleyproof.catalog.filling import NewRecord, fill
    from galleyproof.catalog.sets import make_from_query
    from galleyproof.database.connect import connect
    from galleyproof.people.identity import Who
    from galleyproof.people.models import Person
    from galleyproof.permits.actions.issue import issue
    from galleyproof.runs.requesting import Request, request
    from galleyproof.runs.waiting import wait_for
    from galleyproof.structures.forms import form_of
    from galleyproof.structures.item import Item

    now = datetime.now(UTC)
    amy = Who(Person.objects.create(username="amy", display_name="Amy", roles=["staff"]))
    bob = Who(
        Person.objects.create(username="bob", display_name="Bob", roles=["systems-librarian"])
    )
    issue(bob, amy.person, JOB, environment="sandbox", at=now)
    form = form_of("item")
    with connect("sandbox") as connection, connection.cursor() as cursor:
        for first in range(0, count, 5000):
            some = [Item(**item(n)) for n in range(first, min(first + 5000, count))]
            records = [
                NewRecord(first + at + 1, one.body, form.tags(one), form.keys(one))
                for at, one in enumerate(some)
            ]
            fill(cursor, "item", records, 0, now)
        cursor.execute("SELECT take_statistics()")
    make_from_query("all", "item", "sandbox", "status = active", "amy", now)
    started = time.perf_counter()
    run = wait_for(
        request(
            amy,
            Request(job=JOB, environment="sandbox", set_name="all", parameters=CHANGES),
            datetime.now(UTC),
        ).id
    )
    return {
        "records": run.counts["set"],
        "changed": run.counts["changed"],
        "seconds": time.perf_counter() - started,
    }


if __name__ == "__main__":
    main()
