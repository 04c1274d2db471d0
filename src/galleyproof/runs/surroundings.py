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
from galleyproof.jobs.bound_with import BOUND_WITH, called, hosts_by_itself
from galleyproof.jobs.job import Held, Job
from galleyproof.jobs.related import names
from galleyproof.runs.assignment import Assignment
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
    if job.looks_around:
        libraries, locations, codes = tables_of(cursor)
        around = replace(around, libraries=libraries, locations=locations, codes=codes)
    if job.looks_for_hosts or job.looks_for_relations:
        bibs = [held for some in relatives.values() for held in some if held.kind == "bib"]
        if job.looks_for_hosts:
            around = replace(around, bound_with=bound_with(cursor, around, bibs))
        if job.looks_for_relations:
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
    environment: str, today: date, job: Job, parameters: Any, columns: Iterable[str] = ()
) -> Around:
    """An environment as it is now, for judging parameters. columns: those of the file that are to
    be used."""
    settings = Environment.objects.get(pk=environment).settings
    with connect(environment, autocommit=True) as connection, connection.cursor() as cursor:
        return Around(today, *tables_of(cursor), settings=settings, columns=frozenset(columns))


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
    schemes = [f"bound-{tag}" for tag in around.setting(BOUND_WITH)]
    cursor.execute(
        "SELECT k.kind, k.scheme, k.value, k.id FROM key AS k"
        " JOIN record AS r ON r.kind = k.kind AND r.id = k.id AND r.status <> 'deleted'"
        " WHERE k.kind IN ('bib', 'holding') AND k.scheme = ANY(%s) AND k.value = ANY(%s)",
        (schemes, list(names)),
    )
    for kind, scheme, value, id in cursor:
        for bib in names[value]:
            if not (kind == "bib" and id == bib):
                found.setdefault(bib, f"{kind} {id} names it in its {scheme[6:]}")
    return found


NAMED = """
    SELECT k.scheme, k.value, k.id FROM key AS k
    JOIN record AS r ON r.kind = 'bib' AND r.id = k.id AND r.status <> 'deleted'
    WHERE k.kind = 'bib' AND k.scheme = ANY(%s) AND k.value = ANY(%s)
"""


def related(cursor: psycopg.Cursor[Any], bibs: Sequence[Held]) -> dict[int, str]:
    """The bibs among these whose linking entries name another bib of the catalogue, or are named
    by one, each with a word on which."""
    found: dict[int, str] = {}
    names_of: dict[str, list[tuple[int, str]]] = {}
    called_so: dict[str, list[int]] = {}
    for held in bibs:
        record = held.record
        for value, tag in names(record).items():
            names_of.setdefault(value, []).append((held.id, tag))
        for value in called(record):
            called_so.setdefault(value, []).append(held.id)
    # An OCLC number is named with its prefix and kept as a key without.
    keyed = [value.removeprefix("(OCoLC)") for value in names_of]
    cursor.execute(NAMED, (["mms", "035", "oclc"], keyed))
    for scheme, value, id in cursor:
        for bib, tag in names_of.get(f"(OCoLC){value}" if scheme == "oclc" else value, ()):
            if bib != id:
                found.setdefault(bib, f"its {tag} $w names bib {id}")
    cursor.execute(NAMED, (["related"], list(called_so)))
    for _, value, id in cursor:
        for bib in called_so[value]:
            if bib != id:
                found.setdefault(bib, f"a linking entry of bib {id} names it")
    return found


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
