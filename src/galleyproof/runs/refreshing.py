"""Refreshing the sandbox: production is copied over it, and a new generation begins.

A run by right of administrators. The command works it to the end itself; asked for on a page it is
left to the workers. Either way it goes on where it was when it is asked for again; until it is
through, nothing else may begin in the sandbox. The copying itself is catalog/refreshing.py, under a
role that reads production and writes the sandbox and is used for nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection as governing
from django.db import transaction
from psycopg import IsolationLevel

from galleyproof.audit.log import append
from galleyproof.catalog.images import KIND_NUMBERS
from galleyproof.catalog.kinds import KINDS, environment_named
from galleyproof.catalog.models import Environment, Generation
from galleyproof.catalog.refreshing import Copying, copy_keys, copy_records, let_go_of_holds
from galleyproof.database.connect import connect
from galleyproof.database.locks import Lock, holders, try_lock
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.permits.days import day_of
from galleyproof.permits.deciding import deny
from galleyproof.runs.beginning import end_dead_drafts
from galleyproof.runs.faults import point
from galleyproof.runs.models import Run
from galleyproof.runs.settling import ended_as, finish
from galleyproof.runs.states import ENDED
from galleyproof.runs.tally import tally
from galleyproof.runs.working import now

JOB = "refresh"
SOURCE = "production"
BY_WORKERS = "by-workers"
"""What the source of a run says that workers are to carry through."""
TELL_EVERY = 1.0
"""Seconds between two notes of how far a worker is."""


def refresh(
    who: Who,
    environment: str,
    *,
    at: datetime,
    after_window: Callable[[int, int], None] = lambda seen, of: None,
) -> Run:
    """Copies production over the sandbox, or goes on with a copy that was interrupted; returns
    the finished run.

    Raises Wrong where there is nothing to copy or a run of the sandbox is not through.
    """
    check_right(who, environment, at)
    with connect("refresh", autocommit=True, application="galley refresh") as connection:
        run = begin_or_go_on(connection, who, environment, at)
        return work(connection, run, after_window)


def ask_refresh(who: Who, environment: str, *, at: datetime) -> Run:
    """Begins a refresh, or takes up one that was interrupted, for the workers to carry through;
    returns its run, which is on its way. Raises as `refresh` does."""
    check_right(who, environment, at)
    with connect("refresh", autocommit=True, application="galley refresh") as connection:
        run = begin_or_go_on(connection, who, environment, at)
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run.pk)
        run.source |= {BY_WORKERS: True}
        run.error = ""
        run.save(update_fields=["source", "error"])
    return run


def check_right(who: Who, environment: str, at: datetime) -> None:
    if environment_named(environment) == SOURCE:
        raise Wrong("production is what the sandbox is refreshed from; only the sandbox is")
    if not who.person.has_role("administrator"):
        deny(
            who.person,
            f"refresh {environment}",
            f"refreshing is a right of administrators, which {who.person.display_name} is not",
            at=at,
            acting=who.acting,
        )


def work(
    connection: psycopg.Connection[Any], run: Run, after_window: Callable[[int, int], None]
) -> Run:
    """Does what is left of a refresh. Raises Wrong where another process is at it."""
    if not try_lock(connection, Lock.REFRESHING, run.id):
        where = run.environment_id
        raise Wrong(f"run {run.id} is refreshing the {where} in another process just now")
    run.refresh_from_db()
    if run.state in ENDED:
        return run
    if not tally(run.environment_id, run.id).size:
        copy(connection, run, after_window)
        write_ledger(connection, run.id)
    point("refresh-accounted")
    end(run.id, now())
    run.refresh_from_db()
    return run


# ---- by the workers


class Interrupted(Exception):
    """The worker was told to end; another goes on where it was."""


def left_to_workers() -> int | None:
    """The run of a refresh that workers are to carry through and nobody is at; None if none is."""
    number = (
        Environment.objects.filter(refreshing__isnull=False)
        .values_list("refreshing", flat=True)
        .first()
    )
    if number is None or at_it(number):
        return None
    waits = Run.objects.filter(pk=number, source__has_key=BY_WORKERS, error="")
    return number if waits.exists() else None


def at_it(number: int) -> bool:
    """Whether a process is carrying this refresh through just now."""
    with governing.cursor() as cursor:
        cursor.execute(f"SELECT {holders(Lock.REFRESHING, '%s')}", (number,))
        return bool(cursor.fetchone()[0])


def carry_through(number: int, stop: Callable[[], bool]) -> None:
    """A worker's part: all that is left of the refresh, with how far it is written down for
    whoever looks. What goes wrong stands on the run, and it waits until somebody asks again."""
    seen = 0
    told = time.monotonic()

    def after_window(some: int, of: int) -> None:
        nonlocal seen, told
        seen += some
        if stop():
            raise Interrupted
        if time.monotonic() - told > TELL_EVERY or not some:
            told = time.monotonic()
            Run.objects.filter(pk=number).update(counts={"set": of, "looked-at": seen})

    run = Run.objects.get(pk=number)
    try:
        with connect("refresh", autocommit=True, application="galley refresh") as connection:
            work(connection, run, after_window)
    except (Interrupted, Wrong):
        return
    except Exception as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        Run.objects.filter(pk=number, finished=None).update(
            error=f"it broke off: {said}. What is copied is kept; asked for again, it goes on"
        )
        raise


# ---- beginning


def begin_or_go_on(
    connection: psycopg.Connection[Any], who: Who, environment: str, at: datetime
) -> Run:
    row = connection.execute("SELECT EXISTS (SELECT 1 FROM production.record)").fetchone()
    with transaction.atomic():
        settings = Environment.objects.select_for_update().get(pk=environment)
        if settings.refreshing is not None:
            return Run.objects.get(pk=settings.refreshing)
        if not (row and row[0]):
            raise Wrong(f"production is empty: there is nothing to copy over the {environment}")
        end_dead_drafts(at)
        refuse_live_runs(environment)
        run = Run.objects.create(
            job=JOB,
            job_revision=1,
            environment=settings,
            generation=settings.generation + 1,
            person=who.person,
            acting=who.acting.username if who.acting else "",
            kind="",
            source={"copy": SOURCE, "generation": settings.generation + 1},
            state="running",
            requested=at,
            day=day_of(at),
        )
        settings.refreshing = run.id
        settings.save()
        append(
            "run-requested",
            person=who.person.username,
            acting=who.acting.username if who.acting else None,
            subject=f"run {run.id}",
            detail={"job": JOB, "environment": environment, **run.source},
            at=at,
        )
    return run


def refuse_live_runs(environment: str) -> None:
    live = Run.objects.filter(environment_id=environment).exclude(state__in=ENDED).order_by("id")
    count = live.count()
    if not count:
        return
    shown = ", ".join(f"run {run.id} ({run.job}) is {run.state}" for run in live[:5])
    more = f", and {count - 5} more" if count > 5 else ""
    raise Wrong(
        f"the {environment} cannot be refreshed while runs of it are not through: {shown}{more}; "
        "wait for their end or cancel them"
    )


# ---- the work


def copy(
    connection: psycopg.Connection[Any], run: Run, after_window: Callable[[int, int], None]
) -> None:
    """Records, then keys, all as of one moment of production."""
    copying = Copying(SOURCE, run.id, run.requested)
    with one_moment() as (snapshot, size):
        after_window(0, size)
        for kind in KINDS:
            for copied in copy_records(connection, snapshot, copying, kind):
                after_window(copied.seen, size)
                point("refresh-window")
        for kind in KINDS:
            for _ in copy_keys(connection, snapshot, copying, kind):
                point("refresh-keys")
    let_go_of_holds(connection)
    connection.execute("SELECT take_statistics()")


@contextmanager
def one_moment() -> Iterator[tuple[str, int]]:
    """(snapshot, records of production), for as long as the copying takes."""
    with connect("refresh", application="galley refresh, its moment") as holder:
        holder.isolation_level = IsolationLevel.REPEATABLE_READ
        row = holder.execute(
            "SELECT pg_export_snapshot(), (SELECT count(*) FROM production.record)"
        ).fetchone()
        assert row is not None
        yield row[0], int(row[1])
        holder.rollback()


LEDGER = """
    WITH member AS (
        SELECT r.id, r.version, v.run = %(run)s AS mine, r.status,
               v.same_as, row_number() OVER (ORDER BY r.id) - 1 AS place
        FROM record AS r
        JOIN version AS v ON v.kind = r.kind AND v.id = r.id AND v.version = r.version
        WHERE r.kind = %(kind)s AND (r.status <> 'deleted' OR v.run = %(run)s)),
    judged AS (
        SELECT m.*, CASE WHEN NOT mine THEN NULL WHEN status = 'deleted' THEN 'gone'
                         WHEN version = 1 THEN 'new' ELSE 'changed' END AS what,
               CASE WHEN mine THEN (
                   SELECT substr(sha256(b.body || convert_to(m.status, 'UTF8')), 1, 16)
                   FROM version AS b WHERE b.kind = %(kind)s AND b.id = m.id
                   AND b.version = coalesce(m.same_as, m.version)) END AS hash,
               CASE WHEN mine THEN (
                   SELECT string_agg(
                       %(number)s::bytea || int8send(o.id) || int4send(o.version)
                       || substr(convert_to(o.status, 'UTF8'), 1, 1)
                       || decode(CASE WHEN o.rekeyed THEN '01' ELSE '00' END, 'hex')
                       || int4send(coalesce(o.same_as, 0))
                       || coalesce(sha256(coalesce(w.body, x.body)),
                                   decode(repeat('00', 32), 'hex'))
                       || sha256(coalesce(o.body, s.body)), ''::bytea ORDER BY o.version)
                   FROM version AS o
                   LEFT JOIN version AS s
                     ON s.kind = o.kind AND s.id = o.id AND s.version = o.same_as
                   LEFT JOIN version AS w
                     ON w.kind = o.kind AND w.id = o.id AND w.version = o.version - 1
                   LEFT JOIN version AS x
                     ON x.kind = w.kind AND x.id = w.id AND x.version = w.same_as
                   WHERE o.kind = %(kind)s AND o.id = m.id AND o.run = %(run)s) END AS images
        FROM member AS m)
    INSERT INTO chunk (run, start, members, kind, state, ids, versions, marks, hashes, images,
                       changed, unchanged, shapes, finished)
    SELECT %(run)s, %(start)s + min(place), count(*), %(kind)s, 'done',
           array_agg(id ORDER BY place), array_agg(version - mine::integer ORDER BY place),
           convert_to(string_agg(CASE WHEN mine THEN 'c' ELSE 'u' END, '' ORDER BY place), 'UTF8'),
           coalesce(string_agg(hash, ''::bytea ORDER BY place), ''::bytea),
           coalesce(string_agg(images, ''::bytea ORDER BY place), ''::bytea),
           count(*) FILTER (WHERE mine), count(*) FILTER (WHERE NOT mine),
           (SELECT coalesce(jsonb_agg(jsonb_build_array(
                       jsonb_build_array(%(kind)s, %(kind)s, '', w.what, '', ''), w.count)), '[]')
            FROM (VALUES ('new', count(*) FILTER (WHERE what = 'new')),
                         ('changed', count(*) FILTER (WHERE what = 'changed')),
                         ('gone', count(*) FILTER (WHERE what = 'gone'))) AS w (what, count)
            WHERE w.count > 0),
           %(at)s
    FROM judged GROUP BY place / 2000
"""


def write_ledger(connection: psycopg.Connection[Any], run: int) -> None:
    """Accounts for every record of the sandbox: it was changed by this run, or was so already."""
    start = 0
    with connection.transaction(), connection.cursor() as cursor:
        for kind in KINDS:
            values = {"run": run, "kind": kind, "start": start, "at": now()}
            cursor.execute(LEDGER, values | {"number": bytes([KIND_NUMBERS[kind]])})
            cursor.execute("SELECT coalesce(sum(members), 0) FROM chunk WHERE run = %s", (run,))
            row = cursor.fetchone()
            start = int(row[0]) if row else 0
        point("refresh-ledger")


def end(number: int, at: datetime) -> None:
    """The new generation begins, and the run has ended: together."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=number)
        settings = Environment.objects.select_for_update().get(pk=run.environment_id)
        if run.state in ENDED:
            return
        settings.generation = run.generation
        settings.refreshed = at
        settings.refreshing = None
        settings.save()
        Generation.objects.create(
            environment=settings, number=run.generation, run=run.id, began=run.requested
        )
        append(
            "environment-refreshed",
            person=run.person.username,
            acting=run.acting or None,
            subject=settings.name,
            detail={"run": run.id, "generation": run.generation},
            at=at,
        )
        so_far = tally(settings.name, run.id)
        finish(run, ended_as(so_far.counts), at)
