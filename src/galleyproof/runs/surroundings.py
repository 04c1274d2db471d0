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
from galleyproof.jobs.bound_with import called, hosts_by_itself
from galleyproof.jobs.job import Held
from galleyproof.runs.assignment import Assignment


def read_around(
    cursor: psycopg.Cursor[Any],
    assignment: Assignment,
    relatives: Mapping[int, Sequence[Held]],
) -> Around:
    around = tables(cursor, assignment)
    if not assignment.job.looks_for_hosts:
        return around
    bibs = [held for some in relatives.values() for held in some if held.kind == "bib"]
    return replace(around, bound_with=bound_with(cursor, around, bibs))


def around_now(environment: str, today: date) -> Around:
    """An environment as it is now, for judging parameters."""
    settings = Environment.objects.get(pk=environment).settings
    with connect(environment, autocommit=True) as connection, connection.cursor() as cursor:
        return Around(today, *tables_of(cursor), settings=settings)


def tables(cursor: psycopg.Cursor[Any], assignment: Assignment) -> Around:
    """Libraries, locations and codes of the environment."""
    return Around(
        assignment.today,
        *tables_of(cursor),
        settings=assignment.settings,
        also=frozenset(assignment.also),
    )


def bound_with(cursor: psycopg.Cursor[Any], around: Around, bibs: Sequence[Held]) -> dict[int, str]:
    """The bibs among these that are bound with others: by what they say themselves, or because
    another record names them."""
    found: dict[int, str] = {}
    names: dict[str, list[int]] = {}
    for held in bibs:
        said = hosts_by_itself(held.record, around)
        if said:
            found[held.id] = said
        for value in called(held.record):
            names.setdefault(value, []).append(held.id)
    schemes = [f"bound-{tag}" for tag in around.setting("bound-with") or DEFAULT]
    cursor.execute(
        "SELECT k.kind, k.scheme, k.value, k.id FROM key AS k"
        " WHERE k.kind IN ('bib', 'holding') AND k.scheme = ANY(%s) AND k.value = ANY(%s)",
        (schemes, list(names)),
    )
    for kind, scheme, value, id in cursor:
        for bib in names[value]:
            if not (kind == "bib" and id == bib):
                found.setdefault(bib, f"{kind} {id} names it in its {scheme[6:]}")
    return found


DEFAULT = ("774",)


def read_given(
    cursor: psycopg.Cursor[Any], assignment: Assignment, ids: Sequence[int]
) -> dict[int, dict[str, str]]:
    """What the lines of the input file say of these records."""
    cursor.execute(
        "SELECT id, columns FROM given WHERE run = %s AND id = ANY(%s::bigint[])",
        (assignment.given_to, array_of(ids)),
    )
    return dict(cursor.fetchall())
