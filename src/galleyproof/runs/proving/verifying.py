"""`galley audit verify --runs`: everything that is stored of runs, held against the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from galleyproof.audit.chain import MOST_FAULTS
from galleyproof.audit.rows import faults_of_rows
from galleyproof.catalog.kinds import ENVIRONMENTS
from galleyproof.database.connect import connect
from galleyproof.people.identity import Who
from galleyproof.people.rights import require_role
from galleyproof.runs.proving.ledger import DIGESTS, digest
from galleyproof.runs.proving.versions import faults_of_versions

Progress = Callable[[str, int, int], None]
"""What is being looked at, how many more have been, and how many there are in all."""


class Held(NamedTuple):
    """faults: at most 100, a sentence each; more: how many others. runs: that have ended.
    versions: of records, in both environments."""

    runs: int
    versions: int
    faults: list[str]
    more: int

    @property
    def holds(self) -> bool:
        return not self.faults


RIGHT = ("auditor", "systems-librarian", "administrator")


def verify_runs(
    who: Who, *, at: datetime, progress: Progress = lambda what, some, of: None
) -> Held:
    """Walks rows, ledgers and versions once each, in one snapshot, in flat memory: a right of
    auditors, systems librarians and administrators, for it reads everything there is.

    Finds whatever was changed, removed, added or moved in them since the log told of it. Whether
    the log itself holds is for audit.chain.
    """
    require_role(who, RIGHT, "verify all runs", at)
    faults: list[str] = []
    more = 0
    with connect("governing", application="galley audit verify --runs") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SET LOCAL search_path = pg_catalog")
        runs, versions = sizes(connection)
        for said in everything(connection, runs, versions, progress):
            if len(faults) < MOST_FAULTS:
                faults.append(said)
            else:
                more += 1
    return Held(runs, versions, faults, more)


def sizes(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    row = connection.execute(
        "SELECT (SELECT count(*) FROM governing.run WHERE finished IS NOT NULL),"
        " (SELECT count(*) FROM sandbox.version) + (SELECT count(*) FROM production.version)"
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def everything(
    connection: psycopg.Connection[Any], runs: int, versions: int, progress: Progress
) -> Iterator[str]:
    yield from faults_of_rows(connection)
    yield from faults_of_requests(connection)
    yield from faults_of_ledgers(connection, lambda some: progress("runs", some, runs))
    for environment in ENVIRONMENTS:
        yield from faults_of_versions(
            connection, environment, lambda some: progress("versions", some, versions)
        )


ENDS = """
    SELECT r.id, r.environment_id, e.number, e.detail FROM governing.run AS r
    LEFT JOIN LATERAL (SELECT number, detail FROM governing.audit_entry
        WHERE subject = 'run ' || r.id AND action = 'run-finished'
        ORDER BY number LIMIT 1) AS e ON true
    WHERE r.finished IS NOT NULL ORDER BY r.id
"""
WHAT = {
    "chunks": "its ledger is not the one",
    "images": "the images of its records are not those",
    "said": "what its report says of records is not what was said at the end",
    "given": "what its file said of records is not what was said at the end",
}


def faults_of_ledgers(
    connection: psycopg.Connection[Any], progress: Callable[[int], None]
) -> Iterator[str]:
    """Every ended run's ledger against the digests in the entry that ended it."""
    with connection.cursor() as cursor:
        cursor.execute(ENDS)
        for run, environment, number, detail in cursor.fetchall():
            if number is None:
                yield f"run {run} has ended, and no entry of the log tells of it"
            if environment not in ENVIRONMENTS:
                yield f"run {run} is of “{environment}”, which is no environment"
                continue
            for name in DIGESTS if number is not None else ():
                if digest(cursor, name, environment, run) != detail.get(name):
                    yield f"run {run}: {WHAT[name]} that entry {number} of the log knows"
            progress(1)
        for environment in ENVIRONMENTS:
            for table in ("chunk", "outcome", "given"):
                cursor.execute(
                    f"SELECT DISTINCT run FROM {environment}.{table} AS c"
                    " WHERE NOT EXISTS (SELECT FROM governing.run WHERE id = c.run"
                    " AND environment_id = %s)",
                    (environment,),
                )
                for (run,) in cursor.fetchall():
                    yield f"{environment}.{table} has rows of run {run}, which is not there"


ASKED = """
    SELECT r.id, p.username, r.note, r.job, r.binding, r.environment_id, r.permit_id, r.dry_run,
           r.plan_id, r.undoes_id, e.number, e.person, e.reason, e.detail
    FROM governing.run AS r JOIN governing.person AS p ON p.id = r.person_id
    LEFT JOIN LATERAL (SELECT number, person, reason, detail FROM governing.audit_entry
        WHERE subject = 'run ' || r.id AND action IN ('run-requested', 'load-started')
        ORDER BY number LIMIT 1) AS e ON true
    WHERE r.finished IS NULL ORDER BY r.id
"""


def faults_of_requests(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Runs on their way against the entry that asked for them; of those that have ended the whole
    row is vouched for."""
    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        for run, person, note, *stands, number, by, reason, detail in cursor.fetchall():
            if number is None:
                yield f"run {run} is there, and no entry of the log asked for it"
                continue
            names = ("job", "binding", "environment", "permit", "dry_run", "plan", "undoes")
            told = [("person", by, person), ("note", reason, note)]
            told += [
                (name, detail[name], value)
                for name, value in zip(names, stands, strict=True)
                if name in detail
            ]
            for name, logged, value in told:
                if logged != value:
                    yield (
                        f"run {run}: {name} is {value!r}, and entry {number} of the log says "
                        f"{logged!r}"
                    )
