"""A table of tampering: every table and column that is evidence, changed, deleted, put in and moved
between rows. `galley audit verify --runs` must notice each. One story, one database; every
tampering is tried in a transaction and rolled back.
"""

from __future__ import annotations

import psycopg
import pytest
from stories import JOB, NOW, marc

OTHER = {
    "bool": "NOT {c}",
    "int2": "coalesce({c}, 0) + 1",
    "int4": "coalesce({c}, 0) + 1",
    "int8": "coalesce({c}, 0) + 1000",
    "text": "CASE WHEN {c} LIKE 'x%' THEN 'y' ELSE 'x' END || coalesce(substr({c}, 2), '')",
    "varchar": "CASE WHEN {c} LIKE 'x%' THEN 'y' ELSE 'x' END || coalesce(substr({c}, 2), '')",
    "jsonb": "'[\"x\"]'::jsonb",
    "timestamptz": "coalesce({c}, now()) + interval '1 second'",
    "date": "coalesce({c}, current_date) + 1",
    "bytea": "coalesce({c}, ''::bytea) || 'x'::bytea",
    "_int8": "coalesce({c}, '{{}}') || 7::bigint",
    "_int4": "coalesce({c}, '{{}}') || 7",
    "_varchar": "coalesce({c}, '{{}}') || 'administrator'::varchar",
}
"""Type -> another value of it."""

COLUMNS = """
    SELECT c.relname, a.attname, t.typname
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
    JOIN pg_type AS t ON t.oid = a.atttypid
    WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped
    ORDER BY c.relname, a.attnum
"""


@pytest.fixture
def town(office, small_chunks):
    """The office's library with rows in every table that is evidence: loads, a plan, runs, an
    undo, an edit, a refresh, rules, groups, a denial, a ticket signed off, rows of a list, tokens,
    schedules, a reading. The log tells of everything."""
    from galleyproof.people.actions.groups import add_group, join_group
    from galleyproof.people.actions.library_roles import give_library_role
    from galleyproof.people.actions.tokens import add_token
    from galleyproof.permits.actions.refuse import refuse
    from galleyproof.runs.changing_settings import change_setting
    from galleyproof.runs.refreshing import refresh
    from galleyproof.runs.schedules import add_schedule
    from galleyproof.signoff.actions.write_reading import write_reading
    from galleyproof.signoff.matrix.importing import import_list
    from galleyproof.signoff.policy import set_policy

    tell_of_the_people()
    small_chunks(5)
    library, amy, dan = office.library, office.amy, office.dan
    library.permit(scheduling=True)
    plan = library.run(dry_run=True)
    run = library.run(plan=plan.pk, set_name="", exclude=(2,))
    library.permit(job="edit-record")
    library.bob = amy  # who edits by hand
    library.edit(3, marc(3, ("830", " 0$aOther")))
    library.undo(run.pk)
    library.bob = office.bob
    ticket = office.ticket_in("signed-off")
    office.form(ticket, "start", amy)
    for name in ("catalogers", "holders"):
        join_group(office.bob, add_group(office.ada, name, at=NOW), dan.person, at=NOW)
    for role in ("catalog manager", "cataloger extended"):
        give_library_role(office.sue, dan.person, role, at=NOW)
        add_token(amy, label=role, at=NOW)
    for policy, value in (("three-people", "yes"), ("stale-after", "30")):
        set_policy(office.ada, policy, value, at=NOW)
    change_setting(office.ada, "sandbox", "number-in-use", "say", at=NOW)
    for name in ("local", "notes"):
        write_reading(office.bob, name, f"# {name}\n\nRead.", title=name, job="delete-bibs", at=NOW)
        library.rules(name, 'rule "a" when TRUE then removeField "9**" end')
    path = library.folder / "office.csv"
    path.write_text(
        "scope,job,binding,who,unit,note\n"
        "Items,Change physical items,,Dan,HKS,\nItems,Batch item withdrawals,,Zoe,ITS,\n"
    )
    import_list(office.bob, path, at=NOW)
    for person in (dan, amy):
        refuse(office.bob, person=person.person, job="delete-bibs", reason="not yet", at=NOW)
    for cron in ("0 6 * * 1", "0 7 * * 1"):
        add_schedule(
            amy, JOB, cron=cron, environment="sandbox", set_name="all", parameters={}, at=NOW
        )
    refresh(office.ada, "sandbox", at=NOW)
    return office


def tell_of_the_people():
    """The fixtures make accounts and units without the log; here it tells of them."""
    from galleyproof.audit.log import append
    from galleyproof.database import server

    with psycopg.connect(**server.superuser_login()) as root:
        rows = root.execute("DELETE FROM governing.row_changed RETURNING name, key").fetchall()
    # As `galley init` does of what it has made.
    rows += [("environment", "sandbox"), ("environment", "production")]
    append("initialised", person="ada", subject="the people", at=NOW, rows=rows)


def table_of(what: str) -> str:
    """The table of a tampering: `governing.run` of `governing.run.note changed`."""
    return ".".join(what.split(":")[0].split(" ")[0].split(".")[:2])


def noticed(root, what: str) -> bool:
    """Whether verifying finds something in this transaction. The part that must is asked first."""
    from galleyproof.audit.rows import faults_of_rows
    from galleyproof.runs.proving.verifying import faults_of_ledgers
    from galleyproof.runs.proving.versions import faults_of_versions

    schema, table = table_of(what).split(".")
    if schema == "governing":
        found = faults_of_rows(root)
    elif table in ("version", "record"):
        found = faults_of_versions(root, schema, lambda some: None)
    else:
        found = faults_of_ledgers(root, lambda some: None)
    return next(found, None) is not None


def tamperings(root):
    """(what, statement) of each: derived from the schema."""
    from galleyproof.audit import evidence

    root.execute("SET search_path = pg_catalog")
    for schema in ("governing", "sandbox", "production"):
        tables: dict[str, list[tuple[str, str]]] = {}
        for table, column, sort in root.execute(COLUMNS, (schema,)).fetchall():
            tables.setdefault(table, []).append((column, sort))
        for table, columns in tables.items():
            if schema == "governing":
                chosen = [one for one in columns if one[0] not in evidence.left_out(table)]
                if not evidence.is_evidence(table):
                    continue
            else:
                chosen = columns
                if table == "record":
                    chosen = [one for one in columns if one[0] in evidence.RECORD_HELD]
                elif table not in evidence.IN_ENVIRONMENT:
                    assert table in evidence.NOT_IN_ENVIRONMENT, f"is {table} evidence?"
                    continue
            name = f"{schema}.{table}"
            one = f"ctid = (SELECT ctid FROM {name} ORDER BY ctid LIMIT 1)"
            last = f"ctid = (SELECT ctid FROM {name} ORDER BY ctid DESC LIMIT 1)"
            yield f"{name}: a row deleted", f"DELETE FROM {name} WHERE {one}"
            yield f"{name}: the last row deleted", f"DELETE FROM {name} WHERE {last}"
            for column, sort in chosen:
                other = OTHER[sort].format(c=f'"{column}"')
                yield (
                    f"{name}.{column} changed",
                    f'UPDATE {name} SET "{column}" = {other} WHERE {one}',
                )
                yield (
                    f"{name}.{column} moved",
                    f'UPDATE {name} AS t SET "{column}" = o."{column}" FROM {name} AS o'
                    f' WHERE t.{one} AND o."{column}" IS DISTINCT FROM t."{column}"',
                )
            names = ", ".join(f'"{column}"' for column, _ in columns)
            yield f"{name}: a row doubled", f"INSERT INTO {name} SELECT {names} FROM {name} LIMIT 1"
            keys = [c for c, sort in columns if sort in ("int8", "int4")]
            if keys:
                new = ", ".join(f'"{c}" + 5000' if c == keys[0] else f'"{c}"' for c, _ in columns)
                yield (
                    f"{name}: a row put in",
                    f"INSERT INTO {name} SELECT {new} FROM {name} LIMIT 1",
                )


def test_whatever_is_changed_deleted_put_in_or_moved_is_noticed(town):
    from galleyproof.database import server
    from galleyproof.runs.proving.verifying import everything

    unnoticed = []
    tried: set[str] = set()
    every: set[str] = set()
    with psycopg.connect(**server.superuser_login()) as root:
        # Triggers, foreign keys and unique rows are no obstacle to whoever owns the server.
        assert list(everything(root, 0, 0, lambda *some: None)) == []
        root.execute("SET session_replication_role = replica")
        more = ("sandbox.given: a row put in", "INSERT INTO sandbox.given VALUES (1, 1, '{}')")
        for what, statement in (*tamperings(root), more):
            every.add(table_of(what))
            root.execute("SAVEPOINT before")
            try:
                done = root.execute(statement).rowcount
            except psycopg.errors.IntegrityError:
                done = 0
            if done > 0:
                tried.add(table_of(what))
                if not noticed(root, what):
                    unnoticed.append(what)
            root.execute("ROLLBACK TO SAVEPOINT before")
        root.rollback()
    assert unnoticed == []
    # A table without a row here would say nothing of its columns.
    assert every - tried <= {"production.given", "production.outcome"}
