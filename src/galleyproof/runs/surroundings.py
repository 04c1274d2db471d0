"""What a chunk's job may know beside the records of its groups: a query or two a chunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg

from galleyproof.catalog.code_tables import tables_of
from galleyproof.catalog.models import Environment
from galleyproof.catalog.writing import array_of
from galleyproof.database.connect import connect
from galleyproof.jobs.around import Around
from galleyproof.jobs.job import Held
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.linked_titles import TITLES, bound_with, related


def read_around(
    cursor: psycopg.Cursor[Any],
    assignment: Assignment,
    relatives: Mapping[int, Sequence[Held]],
) -> Around:
    """What the assignment's job asks for. The day, the settings and the permitted jobs are there
    for every job, without a query."""
    job = assignment.job
    around = Around(assignment.today, settings=assignment.settings, also=frozenset(assignment.also))
    if job.looks_around_for(assignment.parameters):
        libraries, locations, codes = tables_of(cursor)
        around = replace(around, libraries=libraries, locations=locations, codes=codes)
    if job.looks_for_hosts or job.looks_for_relations:
        titles = [one for some in relatives.values() for one in some if one.kind in TITLES]
        if job.looks_for_hosts:
            bound, elsewhere = bound_with(cursor, around, titles)
            around = replace(around, bound_with=bound, hosts_elsewhere=elsewhere)
        if job.looks_for_relations:
            bibs = [one for one in titles if one.kind == "bib"]
            around = replace(around, related=related(cursor, bibs))
    return around


def around_now(environment: str, today: date) -> Around:
    """An environment as it is now, for judging parameters."""
    settings = Environment.objects.get(pk=environment).settings
    with connect(environment, autocommit=True) as connection, connection.cursor() as cursor:
        return Around(today, *tables_of(cursor), settings=settings)


def read_given(
    cursor: psycopg.Cursor[Any], assignment: Assignment, ids: Sequence[int]
) -> dict[int, dict[str, str]]:
    """What the lines of the input file say of these records."""
    cursor.execute(
        "SELECT id, columns FROM given WHERE run = %s AND id = ANY(%s::bigint[])",
        (assignment.given_to, array_of(ids)),
    )
    return dict(cursor.fetchall())
