"""The records of a run, a page at a time: by outcome, by code, by kind of change. Paged by place
in the run (a chunk's start, a place within it), never by counting what comes before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from galleyproof.catalog.reading import held_with_ids
from galleyproof.catalog.sets import member
from galleyproof.database.connect import connect
from galleyproof.jobs.catalogue import JOBS
from galleyproof.jobs.outcome import Said
from galleyproof.marc.errors import Wrong
from galleyproof.marc.shapes import Shape
from galleyproof.runs.before_after import Difference, differences_of
from galleyproof.runs.models import Run
from galleyproof.runs.reporting import BY_NAME
from galleyproof.runs.tally import loads
from galleyproof.structures.forms import form_of

At = tuple[int, int]
"""A place in a run: (start of the chunk, place within it)."""
BEGINNING: At = (-1, -1)


class Member(NamedTuple):
    """One record of a run. version: the one it was judged at, 0 if missing."""

    at: At
    id: int
    version: int


class Shown(NamedTuple):
    """One record as a page shows it. number: its 001; said: what the report says about it."""

    at: At
    kind: str
    id: int
    number: str
    title: str
    said: list[Said]
    difference: Difference | None


class Page(NamedTuple):
    """next: the place to go on after, None at the end."""

    records: list[Shown]
    next: At | None


def page(
    run: Run,
    outcome: str,
    *,
    after: At = BEGINNING,
    limit: int = 20,
    shape: str = "",
    code: str = "",
) -> Page:
    """Some of the records with this outcome; of the changed ones those of a kind of change
    (`shape`, as the run lists it), of the others those about which a code was said."""
    if outcome not in BY_NAME:
        raise Wrong(f"“{outcome}” is not an outcome; there are {', '.join(BY_NAME)}")
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        with connection.cursor() as cursor:
            if shape:
                found = list(islice(showing(cursor, run, shape, after), limit + 1))
                differences = {pair[0].id: pair[1] for pair in found}
                some = [pair[0] for pair in found]
            elif code:
                some = members_said(cursor, run, outcome, code, after, limit + 1)
                differences = {}
            else:
                some = list(islice(members(cursor, run, outcome, after), limit + 1))
                differences = {}
            some, following = some[:limit], some[limit - 1].at if len(some) > limit else None
            if outcome == "changed" and not shape:
                pairs = [(one.id, one.version) for one in some]
                differences = {one.id: one for one in differences_of(cursor, run, pairs)}
            held = {
                one.id: one for one in held_with_ids(cursor, run.kind, [one.id for one in some])
            }
            said = said_of(cursor, run, [one.id for one in some])
            shown = [
                Shown(
                    one.at,
                    run.kind,
                    one.id,
                    *member(one.id, held.get(one.id))[1:3],
                    said.get(one.id, []),
                    differences.get(one.id),
                )
                for one in some
            ]
    return Page(shown, following)


CHUNKS = """
    SELECT start, ids, versions, marks FROM chunk
    WHERE run = %s AND state = 'done' AND start >= %s AND {outcome} > 0
"""


def members(cursor: Any, run: Run, outcome: str, after: At = BEGINNING) -> Iterator[Member]:
    """The members with one outcome after a place, reading one chunk at a time."""
    mark = BY_NAME[outcome]
    start, place = after
    while True:
        cursor.execute(
            CHUNKS.format(outcome=outcome) + " ORDER BY start LIMIT 1", (run.id, start), binary=True
        )
        row = cursor.fetchone()
        if row is None:
            return
        begins, ids, versions, marks = row
        floor = place if begins == after[0] else -1
        for at, found in enumerate(marks):
            if found == mark and at > floor:
                yield Member((begins, at), ids[at], versions[at])
        start = begins + 1


def showing(
    cursor: Any, run: Run, shape: str, after: At = BEGINNING
) -> Iterator[tuple[Member, Difference]]:
    """The changed members that show a kind of change, with what changes in them. Only chunks
    whose own count has it are looked into."""
    mark = BY_NAME["changed"]
    literal = JOBS[run.job].literal if run.job in JOBS else frozenset()
    form = form_of(run.kind)
    start = after[0]
    for begins in chunks_showing(cursor, run, shape, start):
        cursor.execute(
            "SELECT ids, versions, marks FROM chunk WHERE run = %s AND start = %s",
            (run.id, begins),
            binary=True,
        )
        ids, versions, marks = cursor.fetchone()
        floor = after[1] if begins == after[0] else -1
        some = [
            Member((begins, at), ids[at], versions[at])
            for at, found in enumerate(marks)
            if found == mark and at > floor
        ]
        pairs = [(one.id, one.version) for one in some]
        for one, difference in zip(some, differences_of(cursor, run, pairs), strict=True):
            if shape in map(str, form.shapes(difference.changes, literal)):
                yield one, difference


def chunks_showing(cursor: Any, run: Run, shape: str, start: int) -> list[int]:
    cursor.execute(
        "SELECT DISTINCT e -> 0 FROM chunk AS c, jsonb_array_elements(c.shapes) AS e"
        " WHERE c.run = %s AND c.state = 'done'",
        (run.id,),
    )
    meant = [parts for (parts,) in cursor.fetchall() if str(Shape(*loads(parts))) == shape]
    if not meant:
        raise Wrong(f"run {run.id} shows no change “{shape}”")
    cursor.execute(
        "SELECT DISTINCT c.start FROM chunk AS c, jsonb_array_elements(c.shapes) AS e"
        " WHERE c.run = %s AND c.state = 'done' AND c.start >= %s AND e -> 0 = ANY(%s::jsonb[])"
        " ORDER BY c.start",
        (run.id, start, [json.dumps(loads(parts)) for parts in meant]),
    )
    return [found for (found,) in cursor.fetchall()]


def ids_showing(run: Run, shape: str) -> list[int]:
    """The numbers of all changed members that show a kind of change."""
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        with connection.cursor() as cursor:
            return [one.id for one, _ in showing(cursor, run, shape)]


def ids_said(run: Run, outcome: str, code: str) -> list[int]:
    """The numbers of the records about which a code was said; below zero: lines not found."""
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        with connection.cursor() as cursor:
            if not code:
                return [one.id for one in members(cursor, run, outcome)]
            cursor.execute(
                "SELECT DISTINCT id FROM outcome WHERE run = %s AND outcome = %s AND code = %s"
                " AND kind = %s AND id IS NOT NULL ORDER BY id",
                (run.id, outcome, code, run.kind),
            )
            return [id for (id,) in cursor.fetchall()]


def members_said(
    cursor: Any, run: Run, outcome: str, code: str, after: At, limit: int
) -> list[Member]:
    """Members by what was said of them; their places are those of the report's lines."""
    cursor.execute(
        "SELECT start, place, id FROM outcome WHERE run = %s AND (start, place) > (%s, %s)"
        " AND outcome = %s AND code = %s AND id IS NOT NULL ORDER BY start, place LIMIT %s",
        (run.id, *after, outcome, code, limit),
    )
    return [Member((start, place), id, 0) for start, place, id in cursor.fetchall()]


def said_of(cursor: Any, run: Run, ids: Sequence[int]) -> dict[int, list[Said]]:
    cursor.execute(
        "SELECT id, code, sentence FROM outcome WHERE run = %s AND id = ANY(%s) AND kind = %s"
        " AND outcome <> 'consequence' ORDER BY start, place",
        (run.id, list(ids), run.kind),
    )
    found: dict[int, list[Said]] = {}
    for id, code, sentence in cursor.fetchall():
        found.setdefault(id, []).append(Said(code, sentence))
    return found


class Spoken(NamedTuple):
    """A line of the report that stands for itself: a consequence, a record not loaded."""

    at: At
    kind: str
    id: int | None
    code: str
    sentence: str


def lines(run: Run, outcome: str, *, after: At = BEGINNING, limit: int = 50) -> list[Spoken]:
    """Lines of the report by outcome (`consequence` too), in its order."""
    with connect("governing", autocommit=True) as connection:
        cursor = connection.execute(
            f"SELECT start, place, kind, id, code, sentence FROM {run.environment_id}.outcome"
            " WHERE run = %s AND outcome = %s AND (start, place) > (%s, %s)"
            " ORDER BY start, place LIMIT %s",
            (run.id, outcome, *after, limit),
        )
        return [Spoken((row[0], row[1]), *row[2:]) for row in cursor.fetchall()]
