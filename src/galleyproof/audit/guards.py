"""Guards: triggers that refuse what must not happen to evidence, and one that notices which rows a
transaction changes, so that its entry in the log vouches for them.

All are declared here, put on by the migrations and compared with the database by `audit verify`:
the table, when they fire, what their functions do, and that they are switched on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from psycopg import sql

from galleyproof.audit.evidence import is_evidence, left_out

ENVIRONMENTS = ("sandbox", "production")

FUNCTIONS = {
    "evidence_stays": """
BEGIN
    RAISE EXCEPTION '%.% is evidence and stays as it is: % is refused',
        TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
""",
    "chunk_done_stays": """
BEGIN
    IF OLD.state = 'done' THEN
        RAISE EXCEPTION 'chunk % of run % is done and stays as it is: % is refused',
            OLD.start, OLD.run, TG_OP USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
""",
    "run_ended_stays": """
BEGIN
    IF OLD.finished IS NOT NULL THEN
        RAISE EXCEPTION 'run % has ended and stays as it is: % is refused', OLD.id, TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
""",
    "rule_set_stays": """
BEGIN
    IF NEW.shared AND (NEW.id, NEW.name, NEW.kind, NEW.owner_id, NEW.made)
                    = (OLD.id, OLD.name, OLD.kind, OLD.owner_id, OLD.made) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what is in the library of rule sets stays as it is: % of % is refused',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
""",
    "permit_stays_as_signed": """
BEGIN
    IF (OLD.person_id, OLD.group_id, OLD.job, OLD.binding, OLD.environment, OLD.envelope,
        OLD.max_records, OLD.max_per_day, OLD.starts, OLD.ends, OLD.issued_by_id, OLD.issued_at,
        OLD.ticket, OLD.listed_in, OLD.grandfathered)
       IS DISTINCT FROM
       (NEW.person_id, NEW.group_id, NEW.job, NEW.binding, NEW.environment, NEW.envelope,
        NEW.max_records, NEW.max_per_day, NEW.starts, NEW.ends, NEW.issued_by_id, NEW.issued_at,
        NEW.ticket, NEW.listed_in, NEW.grandfathered)
       OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) THEN
        RAISE EXCEPTION 'permit % stays as it was signed; issue another', OLD.id;
    END IF;
    RETURN NEW;
END
""",
    "row_noticed": """
DECLARE
    old_row jsonb; new_row jsonb;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        old_row := to_jsonb(OLD) - string_to_array(TG_ARGV[1], ',');
    END IF;
    IF TG_OP <> 'DELETE' THEN
        new_row := to_jsonb(NEW) - string_to_array(TG_ARGV[1], ',');
    END IF;
    -- A run's row is vouched for by the entry that ends it.
    IF TG_TABLE_NAME = 'run' AND (new_row ->> 'finished') IS NULL THEN
        RETURN NULL;
    END IF;
    IF old_row IS NOT NULL AND old_row ->> TG_ARGV[0] IS DISTINCT FROM new_row ->> TG_ARGV[0] THEN
        INSERT INTO governing.row_changed (xact, name, key)
        VALUES (pg_current_xact_id(), TG_TABLE_NAME, old_row ->> TG_ARGV[0]);
    END IF;
    IF new_row IS NOT NULL AND old_row IS DISTINCT FROM new_row THEN
        INSERT INTO governing.row_changed (xact, name, key)
        VALUES (pg_current_xact_id(), TG_TABLE_NAME, new_row ->> TG_ARGV[0]);
    END IF;
    RETURN NULL;
END
""",
}
DEFINER = ("row_noticed",)
"""Functions with the owner's rights: who changes a row need not be let into what notices it."""

ROW_TEXT = """
CREATE FUNCTION governing.row_text(anyelement, text[]) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC'
AS $$ SELECT (to_jsonb($1) - $2)::text $$;
CREATE TABLE governing.row_changed (
    xact xid8 NOT NULL,
    name text COLLATE "C" NOT NULL,
    key  text COLLATE "C" NOT NULL
);
CREATE INDEX row_changed_by_transaction ON governing.row_changed (xact);
"""


class Guard(NamedTuple):
    """A trigger. events: in PostgreSQL's order, DELETE, UPDATE, TRUNCATE (INSERT first)."""

    schema: str
    table: str
    name: str
    when: str
    events: str
    each: str
    function: str
    arguments: tuple[str, ...] = ()

    def definition(self) -> str:
        """As pg_get_triggerdef gives it."""
        said = ", ".join(f"'{one}'" for one in self.arguments)
        return (
            f"CREATE TRIGGER {self.name} {self.when} {self.events} ON {self.schema}.{self.table} "
            f"FOR EACH {self.each} EXECUTE FUNCTION governing.{self.function}({said})"
        )


WRITTEN_ONCE = (
    "audit_entry",
    "ticket_step",
    "proof",
    "acknowledgement",
    "reading_text",
    "shape_opened",
    "rule_set_version",
    "generation",
)
"""Tables of the governing schema of which no row is changed or taken away."""
NEVER_REMOVED = (
    "ticket",
    "role_form",
    "listed_row",
    "permit",
    "denial",
    "run",
    "rule_set",
    "token",
)
"""Those of which no row is taken away."""


def guards(tables: dict[str, str]) -> Iterator[Guard]:
    """Every guard that must be on. tables: of the governing schema, with their primary keys."""
    for table in (*WRITTEN_ONCE, *NEVER_REMOVED):
        events = "DELETE OR UPDATE" if table in WRITTEN_ONCE else "DELETE"
        yield from stays("governing", table, events)
    yield Guard("governing", "run", "run_ended_stays", "BEFORE", "UPDATE", "ROW", "run_ended_stays")
    yield Guard(
        "governing", "permit", "permit_as_signed", "BEFORE", "UPDATE", "ROW",
        "permit_stays_as_signed",
    )  # fmt: skip
    yield Guard(
        "governing", "rule_set", "rule_set_kept", "BEFORE", "UPDATE", "ROW", "rule_set_stays"
    )
    for table, key in sorted(tables.items()):
        if is_evidence(table):
            yield Guard(
                "governing",
                table,
                f"{table}_noticed",
                "AFTER",
                "INSERT OR DELETE OR UPDATE",
                "ROW",
                "row_noticed",
                (key, ",".join(left_out(table))),
            )
    for schema in ENVIRONMENTS:
        for table in ("version", "outcome", "given"):
            yield from stays(schema, table, "DELETE OR UPDATE")
        yield Guard(
            schema, "chunk", "chunk_stays", "BEFORE", "DELETE OR UPDATE", "ROW", "chunk_done_stays"
        )
        yield Guard(
            schema, "chunk", "chunk_stays_whole", "BEFORE", "TRUNCATE", "STATEMENT",
            "evidence_stays",
        )  # fmt: skip


def stays(schema: str, table: str, events: str) -> Iterator[Guard]:
    yield Guard(schema, table, f"{table}_stays", "BEFORE", events, "ROW", "evidence_stays")
    yield Guard(
        schema, table, f"{table}_stays_whole", "BEFORE", "TRUNCATE", "STATEMENT", "evidence_stays"
    )


# ---- putting them on


TABLES = """
    SELECT c.relname, a.attname FROM pg_class AS c
    JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
    WHERE c.relnamespace = 'governing'::regnamespace AND c.relkind = 'r'
"""


def tables_of(cursor: Any) -> dict[str, str]:
    """The tables of the governing schema that have a primary key, with its (first) column."""
    cursor.execute(TABLES)
    return dict(cursor.fetchall())


def put_first(cursor: Any) -> None:
    """For the log's own migration: the functions, and what notices rows."""
    cursor.execute(ROW_TEXT)
    for name, body in FUNCTIONS.items():
        definer = (
            " SECURITY DEFINER SET search_path = pg_catalog, pg_temp" if name in DEFINER else ""
        )
        cursor.execute(
            f"CREATE FUNCTION governing.{name}() RETURNS trigger LANGUAGE plpgsql{definer}"
            f" AS $guard${body}$guard$"
        )


def put(cursor: Any) -> None:
    """For the last migration: every guard."""
    for guard in guards(tables_of(cursor)):
        cursor.execute(guard.definition())


# ---- looking at them

ON = """
    SELECT n.nspname || '.' || c.relname || ' ' || t.tgname, pg_get_triggerdef(t.oid), t.tgenabled
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND n.nspname IN ('governing', 'sandbox', 'production')
"""
DOES = """
    SELECT p.proname, p.prosrc, p.prosecdef, l.lanname FROM pg_proc AS p
    JOIN pg_language AS l ON l.oid = p.prolang
    WHERE p.pronamespace = 'governing'::regnamespace AND p.proname = ANY(%s)
"""
RULES = """
    SELECT n.nspname || '.' || c.relname, r.rulename FROM pg_rewrite AS r
    JOIN pg_class AS c ON c.oid = r.ev_class JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('governing', 'sandbox', 'production') AND c.relkind <> 'v'
"""


def faults_of_guards(cursor: Any) -> list[str]:
    """What is not as declared, a sentence each: guards that are off, gone, or do something else,
    and triggers or rules that nobody declared. In a transaction: names are spelt out in it."""
    cursor.execute("SET LOCAL search_path = pg_catalog")
    cursor.execute(ON)
    there = {name: (definition, enabled) for name, definition, enabled in cursor.fetchall()}
    said = []
    evidence = set()
    for guard in guards(tables_of(cursor)):
        table = f"{guard.schema}.{guard.table}"
        evidence.add(table)
        definition, enabled = there.pop(f"{table} {guard.name}", ("", ""))
        if not definition:
            said.append(f"{table} has lost its guard {guard.name}")
        elif enabled not in ("O", "A"):
            said.append(f"the guard {guard.name} of {table} is switched off")
        elif definition != guard.definition():
            said.append(f"the guard {guard.name} of {table} is another: {definition}")
    for name, (definition, _) in sorted(there.items()):
        if name.split(" ")[0] in evidence:
            said.append(f"a trigger that is not of this program: {definition}")
    cursor.execute(DOES, (list(FUNCTIONS),))
    does = {name: rest for name, *rest in cursor.fetchall()}
    for name, body in FUNCTIONS.items():
        if does.get(name) != [body, name in DEFINER, "plpgsql"]:
            said.append(f"the guards' function {name} does not do what it should")
    cursor.execute(RULES)
    for table, rule in cursor.fetchall():
        if table in evidence:
            said.append(f"{table} has the rule {rule}, which is not of this program")
    return said


def seals(cursor: Any, table: str, key: str, keys: list[str] | None) -> Iterator[tuple[str, str]]:
    """(key, SHA-256) of rows of a table of the governing schema, without what is no evidence.
    keys: of these rows; None for all."""
    query = sql.SQL(
        "SELECT {key}::text,"
        " encode(sha256(convert_to(governing.row_text(r, {left}::text[]), 'UTF8')), 'hex')"
        " FROM governing.{table} AS r{where}"
    ).format(
        key=sql.Identifier("r", key),
        left=sql.Literal(left_out(table)),
        table=sql.Identifier(table),
        where=sql.SQL("")
        if keys is None
        else sql.SQL(" WHERE {} IN ({})").format(
            sql.Identifier("r", key), sql.SQL(", ").join(map(sql.Literal, keys))
        ),
    )
    cursor.execute(query.as_string(None))
    yield from cursor.fetchall()


def row_text(cursor: Any, table: str, key: str, value: str) -> str:
    """The text of one row whose SHA-256 the log has."""
    query = sql.SQL(
        "SELECT governing.row_text(r, {left}::text[]) FROM governing.{table} AS r"
        " WHERE {key} = {value}"
    ).format(
        left=sql.Literal(left_out(table)),
        table=sql.Identifier(table),
        key=sql.Identifier("r", key),
        value=sql.Literal(value),
    )
    cursor.execute(query.as_string(None))
    row = cursor.fetchone()
    return str(row[0]) if row else ""
