"""The members of a run, a page at a time: by outcome, by code, by kind of change. Paged by place
in the run (a chunk's start, a place within it), never by counting what comes before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from copy import copy
from itertools import islice
from typing import Any, NamedTuple

from galleyproof.database.connect import connect
from galleyproof.jobs.outcome import Said
from galleyproof.marc.errors import Wrong
from galleyproof.marc.shapes import Shape
from galleyproof.runs.before_after import Difference, differences_of, literal_of
from galleyproof.runs.judging import CHANGED, places_of
from galleyproof.runs.models import Run
from galleyproof.runs.reports.applying import applying
from galleyproof.runs.reports.loaded import showing_loaded
from galleyproof.runs.reports.members import BEGINNING, At, Member, each_member, said_of
from galleyproof.runs.reports.naming import NOT_NAMED, Named, named
from galleyproof.runs.states import OWN_COMMAND
from galleyproof.runs.tally import NOT_REACHED, OUTCOMES, PENDING, ledger_of, loads


class Shown(NamedTuple):
    """One record as a list shows it. said: what the report says about it."""

    at: At
    kind: str
    id: int
    named: Named
    outcome: str
    said: list[Said]
    difference: Difference | None

    @property
    def number(self) -> str:
        return self.named.number

    @property
    def title(self) -> str:
        return self.named.title


class Page(NamedTuple):
    """next: the place to go on after, None at the end."""

    records: list[Shown]
    next: At | None


Chosen = tuple[Member, Difference | None]


def page(
    run: Run,
    outcome: str,
    *,
    after: At = BEGINNING,
    limit: int = 20,
    shape: str = "",
    code: str = "",
    part: int | None = None,
) -> Page:
    """Some of the records with this outcome: those about which a code was said; of the changed
    ones those of a kind of change (`shape`, as the run lists it), or those in which a part of the
    job had a hand (as its coverage counts it)."""
    check_outcome(outcome)
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        with connection.cursor() as cursor:
            chosen = list(islice(choose(cursor, run, outcome, shape, code, part, after), limit + 1))
            following = chosen[limit - 1][0].at if len(chosen) > limit else None
            return Page(shown(cursor, run, chosen[:limit]), following)


def check_outcome(outcome: str) -> None:
    if outcome not in (*OUTCOMES, PENDING):
        raise Wrong(
            f"“{outcome}” is not an outcome; there are {', '.join(OUTCOMES)}, and {PENDING} for "
            "what a run has not come to yet"
        )


def choose(
    cursor: Any,
    run: Run,
    outcome: str,
    shape: str = "",
    code: str = "",
    part: int | None = None,
    after: At = BEGINNING,
) -> Iterator[Chosen]:
    """The members that are meant, in the run's order."""
    if part is not None:
        yield from ((one, None) for one in applying(cursor, run, part, after))
    elif shape:
        yield from showing(cursor, run, shape, after)
    elif code in (NOT_REACHED, PENDING):
        members = each_member(cursor, run, outcome, after)
        yield from ((one, None) for one in members if not one.reached)
    elif code:
        yield from ((one, None) for one in members_said(cursor, run, outcome, code, after))
    else:
        yield from ((one, None) for one in each_member(cursor, run, outcome, after))


def changes_in(
    cursor: Any, run: Run, chosen: Sequence[Chosen]
) -> dict[tuple[str, int], Difference]:
    """(kind, number) -> what changes in it, of the changed ones among these members."""
    found = {(one.kind, one.id): difference for one, difference in chosen if difference}
    for kind in {one.kind for one, _ in chosen}:
        unknown = [
            one
            for one, _ in chosen
            if one.kind == kind and one.outcome == "changed" and (kind, one.id) not in found
        ]
        if unknown:
            places = located(cursor, run, unknown)
            view = copy(run)
            view.kind = kind
            starts = sorted({start for start, _ in places.values()})
            pairs = [(one.id, places[one.id][1]) for one in unknown]
            found |= {(kind, one.id): one for one in differences_of(cursor, view, starts, pairs)}
    return found


def differences_chosen(
    run: Run, shape: str = "", code: str = "", part: int | None = None
) -> Iterator[Difference]:
    """What changes in the changed members that are meant, in the run's order."""
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        with connection.cursor() as cursor:
            chosen = choose(cursor, run, "changed", shape, code, part)
            while some := list(islice(chosen, AT_ONCE)):
                found = changes_in(cursor, run, some)
                yield from (found[one.kind, one.id] for one, _ in some)


def shown(cursor: Any, run: Run, chosen: Sequence[Chosen]) -> list[Shown]:
    """Members with their names, what was said of them, and what changes in them."""
    some = [one for one, _ in chosen]
    found = changes_in(cursor, run, chosen)
    names = named(cursor, run, [(one.kind, one.id, one.version) for one in some])
    said = said_of(cursor, run, some)
    return [
        Shown(
            one.at,
            one.kind,
            one.id,
            names.get((one.kind, one.id), NOT_NAMED),
            one.outcome,
            said[one.kind, one.id],
            found.get((one.kind, one.id)),
        )
        for one in some
    ]


def located(cursor: Any, run: Run, some: Sequence[Member]) -> dict[int, tuple[int, int]]:
    """Number -> (start of its chunk, version judged at); members found by what was said of them
    do not know theirs."""
    known = {one.id: (one.at[0], one.version) for one in some if one.version >= 0}
    ids = [one.id for one in some if one.version < 0]
    if ids:
        cursor.execute(
            "SELECT c.start, m.id, m.version FROM chunk AS c"
            " CROSS JOIN LATERAL unnest(c.ids, c.versions) AS m (id, version)"
            " WHERE c.run = %s AND c.state = 'done' AND c.ids && %s::bigint[] AND m.id = ANY(%s)",
            (ledger_of(run).run, ids, ids),
        )
        known |= {id: (start, version) for start, id, version in cursor.fetchall()}
    return known


def showing(
    cursor: Any, run: Run, shape: str, after: At = BEGINNING
) -> Iterator[tuple[Member, Difference]]:
    """The changed members that show a kind of change, with what changes in them. Only chunks
    whose own count has it are looked into."""
    if run.job in OWN_COMMAND:
        yield from showing_oddity(cursor, run, shape, after)
        return
    literal = literal_of(run)
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
            Member((begins, at), run.kind, ids[at], versions[at], "changed")
            for at in places_of(CHANGED, marks)
            if at > floor
        ]
        pairs = [(one.id, one.version) for one in some]
        found = differences_of(cursor, run, [begins], pairs)
        for one, difference in zip(some, found, strict=True):
            if shape in difference.shapes(literal):
                yield one, difference


def showing_oddity(
    cursor: Any, run: Run, shape: str, after: At
) -> Iterator[tuple[Member, Difference]]:
    """The same of a first filling or a refresh, which count otherwise than jobs."""
    (meant, *_) = shapes_called(cursor, run, shape)
    members = showing_loaded(cursor, run, meant, after)
    while some := list(islice(members, AT_ONCE)):
        found = changes_in(cursor, run, [(one, None) for one in some])
        yield from ((one, found[one.kind, one.id]) for one in some)


def shapes_called(cursor: Any, run: Run, shape: str) -> list[Shape]:
    """The shapes that a run lists by this text. Raises Wrong where there is none."""
    cursor.execute(
        "SELECT DISTINCT e -> 0 FROM chunk AS c, jsonb_array_elements(c.shapes) AS e"
        " WHERE c.run = %s AND c.state = 'done'",
        (run.id,),
    )
    found = [Shape(*loads(parts)) for (parts,) in cursor.fetchall()]
    meant = [one for one in found if str(one) == shape]
    if not meant:
        raise Wrong(f"run {run.id} shows no change “{shape}”")
    return meant


def chunks_showing(cursor: Any, run: Run, shape: str, start: int) -> list[int]:
    meant = shapes_called(cursor, run, shape)
    cursor.execute(
        "SELECT DISTINCT c.start FROM chunk AS c, jsonb_array_elements(c.shapes) AS e"
        " WHERE c.run = %s AND c.state = 'done' AND c.start >= %s AND e -> 0 = ANY(%s::jsonb[])"
        " ORDER BY c.start",
        (run.id, start, [json.dumps(list(parts)) for parts in meant]),
    )
    return [found for (found,) in cursor.fetchall()]


def ids_showing(run: Run, shape: str) -> list[int]:
    """The numbers of all changed members that show a kind of change."""
    return ids_chosen(run, "changed", shape=shape)


def ids_chosen(
    run: Run, outcome: str, *, shape: str = "", code: str = "", part: int | None = None
) -> list[int]:
    """The numbers of all members that are meant; below zero: lines not found."""
    check_outcome(outcome)
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        with connection.cursor() as cursor:
            return [one.id for one, _ in choose(cursor, run, outcome, shape, code, part)]


SAID = """
    SELECT start, place, kind, id FROM (
        SELECT start, place, kind, id,
               row_number() OVER (PARTITION BY kind, id ORDER BY start, place) AS which
        FROM outcome WHERE run = %s AND outcome = %s AND code = %s AND id IS NOT NULL) AS s
    WHERE which = 1 AND (start, place) > (%s, %s) ORDER BY start, place LIMIT %s
"""
AT_ONCE = 1000
"""Lines of the report that are read together."""


def members_said(cursor: Any, run: Run, outcome: str, code: str, after: At) -> Iterator[Member]:
    """Members by what was said of them, each once; their places are those of the report's lines."""
    ledger = ledger_of(run)
    while True:
        cursor.execute(SAID, (ledger.run, outcome, code, *after, AT_ONCE))
        rows = cursor.fetchall()
        for start, place, kind, id in rows:
            yield Member((start, place), kind, id, -1, outcome)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1][:2]
