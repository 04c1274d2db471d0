"""Generations: what an environment holds from one refresh to the next, and how to read what an
earlier one held. No version is ever taken away, so an earlier generation is the newest version
of each record before the refresh that ended it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg

from galleyproof.catalog.kinds import ENVIRONMENTS, KINDS, environment_named
from galleyproof.catalog.models import Environment, Generation, RecordSet
from galleyproof.database.connect import connect
from galleyproof.jobs.job import Held
from galleyproof.marc.errors import Wrong


def standing(environment: str) -> Environment:
    """The settings of an environment that may be worked in; Wrong while it is being refreshed."""
    settings = Environment.objects.get(pk=environment_named(environment))
    refuse_while_refreshing(settings)
    return settings


def refuse_while_refreshing(settings: Environment) -> None:
    if settings.refreshing is not None:
        raise Wrong(
            f"the {settings.name} is being refreshed by run {settings.refreshing}; wait until it "
            "is through. If that was interrupted, `galley environment refresh "
            f"{settings.name}` goes on with it"
        )


def refuse_stale(record_set: RecordSet) -> None:
    """An itemized set is a list of numbers: after a refresh they may be other records'."""
    if is_stale(record_set):
        raise Wrong(
            f"the set “{record_set.name}” was made before the {record_set.environment_id} was "
            f"refreshed (in generation {record_set.generation}), so its numbers may be other "
            "records' today; make it again"
        )


def is_stale(record_set: RecordSet) -> bool:
    if record_set.logical:
        return False
    current = Environment.objects.get(pk=record_set.environment_id).generation
    return bool(record_set.generation != current)


def ended_by(environment: str, generation: int) -> int | None:
    """The run that ended a generation, or None while that lasts."""
    found = Generation.objects.filter(environment_id=environment, number=generation + 1).first()
    return found.run if found else None


def begun_by(environment: str) -> list[tuple[int, int]]:
    """(run, generation) of every refresh, oldest first."""
    return list(
        Generation.objects.filter(environment_id=environment)
        .order_by("number")
        .values_list("run", "number")
    )


def generation_of(run: int, begun: Sequence[tuple[int, int]]) -> int:
    """The generation that a run's versions belong to."""
    return max((number for first, number in begun if run >= first), default=1)


AS_OF = """
    SELECT m.kind, m.id, v.version, r.parent, r.root, v.status, coalesce(v.body, b.body)
    FROM unnest(%s::text[], %s::bigint[]) AS m (kind, id)
    CROSS JOIN LATERAL (SELECT * FROM version AS o WHERE o.kind = m.kind AND o.id = m.id
                        AND o.run < %s ORDER BY o.version DESC LIMIT 1) AS v
    LEFT JOIN version AS b ON b.kind = m.kind AND b.id = m.id AND b.version = v.same_as
    LEFT JOIN record AS r ON r.kind = m.kind AND r.id = m.id
"""


def held_before(cursor: psycopg.Cursor[Any], kind: str, ids: Sequence[int], run: int) -> list[Held]:
    """The records of these numbers as they stood before a run wrote anything."""
    cursor.execute(AS_OF, ([kind] * len(ids), list(ids), run), binary=True)
    return [Held(*row) for row in cursor]


class Count(NamedTuple):
    """How many records of one kind an environment has."""

    kind: str
    active: int
    suppressed: int
    deleted: int


class Account(NamedTuple):
    """An environment at a glance."""

    settings: Environment
    counts: list[Count]
    generations: list[Generation]
    sets: int
    stale_sets: int


def counts(name: str) -> list[Count]:
    """How many records of each kind an environment has. Reads every record's head."""
    with connect(name, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT kind, count(*) FILTER (WHERE status = 'active'),"
            " count(*) FILTER (WHERE status = 'suppressed'),"
            " count(*) FILTER (WHERE status = 'deleted') FROM record GROUP BY kind"
        ).fetchall()
    known = {kind: Count(kind, *some) for kind, *some in rows}
    return [known.get(kind, Count(kind, 0, 0, 0)) for kind in KINDS]


def account(name: str, *, counting: bool = True) -> Account:
    """What an environment holds, kind by kind (unless not counting), and how it came to be."""
    settings = Environment.objects.get(pk=environment_named(name))
    sets = RecordSet.objects.filter(environment_id=name)
    return Account(
        settings,
        counts(name) if counting else [],
        list(Generation.objects.filter(environment_id=name).order_by("number")),
        sets.count(),
        sets.filter(query="").exclude(generation=settings.generation).count(),
    )


def accounts() -> list[Account]:
    return [account(name) for name in ENVIRONMENTS]
