"""What a chunk's job may know beside the records of its groups: a query or two a chunk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import psycopg

from galleyproof.catalog.code_tables import tables_of
from galleyproof.catalog.models import Environment
from galleyproof.catalog.writing import array_of
from galleyproof.database.connect import connect
from galleyproof.jobs.around import Around
from galleyproof.jobs.job import Held, Job
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.linked_titles import TITLES, bound_with, related
from galleyproof.runs.models import Run


def read_around(
    cursor: psycopg.Cursor[Any],
    assignment: Assignment,
    relatives: Mapping[int, Sequence[Held]],
) -> Around:
    """What the assignment's job asks for. The day, the settings and the permitted jobs are there
    for every job, without a query."""
    job = assignment.job
    around = Around(
        assignment.today,
        settings=assignment.settings,
        also=frozenset(assignment.also),
        columns=assignment.columns,
    )
    if job.looks_around_for(assignment.parameters):
        libraries, locations, codes = tables_of(cursor)
        around = replace(around, libraries=libraries, locations=locations, codes=codes)
    if job.looks_for_hosts or job.looks_for_relations:
        titles = [one for some in relatives.values() for one in some if one.kind in TITLES]
        if job.looks_for_hosts:
            bound, elsewhere = bound_with(cursor, around, titles)
            around = replace(around, bound_with=bound, bound_elsewhere=elsewhere)
        if job.looks_for_relations:
            bibs = [one for one in titles if one.kind == "bib"]
            around = replace(around, related=related(cursor, bibs))
    return around


def with_numbers(
    cursor: psycopg.Cursor[Any],
    job: Job,
    parameters: Any,
    around: Around,
    lines: Iterable[Mapping[str, str]] = (),
) -> Around:
    """With the other records that parameters or lines of the input file name, as far as they are
    there; a query where some do."""
    wanted = sorted(set(job.looks_up(parameters, lines)))
    if not wanted:
        return around
    kinds, schemes, values = zip(*wanted, strict=True)
    cursor.execute(
        "SELECT DISTINCT k.kind, k.scheme, k.value"
        " FROM unnest(%s::text[], %s::text[], %s::text[]) AS w (kind, scheme, value)"
        " JOIN key AS k ON k.kind = w.kind AND k.scheme = w.scheme AND k.value = w.value"
        " JOIN record AS r ON r.kind = k.kind AND r.id = k.id AND r.status <> 'deleted'",
        (list(kinds), list(schemes), list(values)),
    )
    found = frozenset((kind, scheme, value) for kind, scheme, value in cursor)
    return replace(around, there=found)


def around_now(
    environment: str,
    today: date,
    job: Job,
    parameters: Any,
    columns: Iterable[str] = (),
    lines: Iterable[Mapping[str, str]] = (),
) -> Around:
    """An environment as it is now, for judging parameters. columns: those of the file that are to
    be used; lines: what they say."""
    settings = Environment.objects.get(pk=environment).settings
    with connect(environment, autocommit=True) as connection, connection.cursor() as cursor:
        around = Around(today, *tables_of(cursor), settings=settings, columns=frozenset(columns))
        return with_numbers(cursor, job, parameters, around, lines)


def read_given(
    cursor: psycopg.Cursor[Any], assignment: Assignment, ids: Sequence[int]
) -> dict[int, dict[str, str]]:
    """What the lines of the input file say of these records."""
    cursor.execute(
        "SELECT id, columns FROM given WHERE run = %s AND id = ANY(%s::bigint[])",
        (assignment.given_to, array_of(ids)),
    )
    return dict(cursor.fetchall())


def column_values(run: Run) -> dict[str, list[str]]:
    """The columns of the file that a run, or its plan, was made from, with the values that stand
    in each."""
    columns = tuple(run.source.get("columns", ()))
    if not columns:
        return {}
    return {
        name: list(some)
        for name, some in kept_values(run.environment_id, run.plan_id or run.id, columns).items()
    }


@lru_cache(64)
def kept_values(
    environment: str, run: int, columns: tuple[str, ...]
) -> Mapping[str, tuple[str, ...]]:
    """What is kept with a run never changes, and a worker asks again with every chunk."""
    found: dict[str, list[str]] = {name: [] for name in columns}
    with connect(environment, autocommit=True) as connection:
        cursor = connection.execute(
            "SELECT DISTINCT c.key, c.value FROM given CROSS JOIN jsonb_each_text(columns) AS c"
            " WHERE run = %s ORDER BY 1, 2",
            (run,),
        )
        for name, value in cursor:
            found[name].append(value)
    return {name: tuple(some) for name, some in found.items()}
