"""The numbers and titles by which people know the records of a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from galleyproof.catalog.generations import held_before
from galleyproof.catalog.kinds import KINDS
from galleyproof.catalog.models import RecordSet
from galleyproof.catalog.writing import array_of
from galleyproof.marc.keys import keys
from galleyproof.runs.models import Run
from galleyproof.runs.past import stored
from galleyproof.runs.states import OWN_COMMAND
from galleyproof.structures.forms import form_of


class Named(NamedTuple):
    """A record as people know it. number: its own, or what a line of the file says that was not
    found. title: its bib's, or an authority's heading. oclc: the OCLC numbers of its bib. glance:
    what shows which record it is, where it is no bib: place and call number of a holding. told: who
    is to be told of what becomes of it: a requester's code, an order line's library."""

    number: str = ""
    title: str = ""
    oclc: tuple[str, ...] = ()
    glance: str = ""
    told: str = ""


NOT_NAMED = Named()
Key = tuple[str, int]
"""(kind, number in the catalogue)"""


def named(cursor: Any, run: Run, some: Iterable[tuple[str, int, int]]) -> dict[Key, Named]:
    """How these (kind, number, version) are called; version 0: as the run saw or left it. A
    handful of queries, however many they are."""
    wanted = list(some)
    bodies = {
        (kind, id): one.body
        for (kind, id, _), one in stored(cursor, [one for one in wanted if one[2] > 0]).items()
    }
    by_kind: dict[str, list[int]] = {}
    for kind, id, _ in wanted:
        if id > 0 and (kind, id) not in bodies:
            by_kind.setdefault(kind, []).append(id)
    for kind, ids in by_kind.items():
        bodies |= {(kind, one.id): one.body for one in held_before(cursor, kind, ids, run.id + 1)}
    roots = roots_of(cursor, [key for key in bodies if KINDS[key[0]].above])
    titles = bib_titles(cursor, run, set(roots.values()))
    found = {}
    for (kind, id), body in bodies.items():
        form = form_of(kind)
        record = form.read(bytes(body))
        if kind == "bib":
            title, oclc = bib_title(bytes(body))
        elif KINDS[kind].above:
            title, oclc = titles.get(roots.get((kind, id), 0), ("", ()))
        else:
            title, oclc = form.title(record), ()
        glance = form.title(record) if kind != "bib" else ""
        found[kind, id] = Named(form.own_number(record), title, oclc, glance, form.told(record))
    lines = {id: (kind, id) for kind, id, _ in wanted if id < 0}
    for line, value in lines_not_found(cursor, run, list(lines)).items():
        found[lines[-line]] = Named(value)
    return found


def bib_title(body: bytes) -> tuple[str, tuple[str, ...]]:
    """(title, OCLC numbers) of a bib."""
    form = form_of("bib")
    record = form.read(body)
    return form.title(record), tuple(
        value for scheme, value in keys(record, "bib") if scheme == "oclc"
    )


def bib_titles(cursor: Any, run: Run, ids: Iterable[int]) -> dict[int, tuple[str, tuple[str, ...]]]:
    """The same of several bibs, as the run saw or left them."""
    bibs = held_before(cursor, "bib", sorted(id for id in ids if id > 0), run.id + 1)
    return {one.id: bib_title(bytes(one.body)) for one in bibs}


def roots_of(cursor: Any, some: Sequence[Key]) -> dict[Key, int]:
    """The number of the bib above each record."""
    found: dict[Key, int] = {}
    for kind in {kind for kind, _ in some}:
        cursor.execute(
            "SELECT id, root FROM record WHERE kind = %s AND id = ANY(%s::bigint[])",
            (kind, array_of([id for other, id in some if other == kind])),
        )
        found |= {(kind, id): root for id, root in cursor}
    return found


def lines_not_found(cursor: Any, run: Run, ids: Sequence[int]) -> dict[int, str]:
    """Line of the run's file -> what it names that is not there. ids: minus the lines."""
    name = run.source.get("set")
    if not ids or not name or run.job in OWN_COMMAND:
        return {}
    record_set = RecordSet.objects.filter(name=name, environment_id=run.environment_id).first()
    if record_set is None:
        return {}
    cursor.execute(
        "SELECT line, value FROM set_line WHERE record_set = %s AND problem = 'not-found'"
        " AND line = ANY(%s)",
        (record_set.pk, [-id for id in ids]),
    )
    return dict(cursor.fetchall())
