"""What followed, or would follow, on other records: line by line, with the record as people know
it and what changes in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from galleyproof.catalog.kinds import KINDS
from galleyproof.catalog.links import Numbers, numbers_of
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.runs.before_after import Difference
from galleyproof.runs.models import Run
from galleyproof.runs.reports.members import BEGINNING, At
from galleyproof.runs.reports.naming import NOT_NAMED, Key, Named, bib_titles, named
from galleyproof.runs.reports.side_writes import Side, side_differences
from galleyproof.structures.forms import form_of
from galleyproof.structures.structure import LINK, fields_of
from galleyproof.structures.table import STRUCTURES

TOGETHER = 500
"""Lines that are read together."""


class Consequence(NamedTuple):
    """One line. id: below zero for a record that a run of the plan would make. difference: None
    where the record stays as it is. before, after: what changes, each side in a line."""

    at: At
    kind: str
    id: int
    named: Named
    code: str
    sentence: str
    difference: Difference | None
    before: str
    after: str


LINES = """
    SELECT start, place, kind, id, code, sentence FROM outcome
    WHERE run = %(run)s AND outcome = 'consequence' AND (start, place) > (%(start)s, %(place)s)
    AND (%(kind)s = '' OR kind = %(kind)s) AND (%(all)s OR code = ANY(%(codes)s))
    ORDER BY start, place LIMIT %(limit)s
"""


def consequences(
    run: Run,
    *,
    kind: str = "",
    codes: Sequence[str] = (),
    after: At = BEGINNING,
    limit: int | None = None,
) -> Iterator[Consequence]:
    """The lines after a place, in the run's order; of one kind of record and of some codes, where
    they are named."""
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        with connection.cursor() as cursor:
            left = limit
            while left is None or left > 0:
                size = TOGETHER if left is None else min(left, TOGETHER)
                some = some_lines(cursor, run, kind, codes, after, size)
                yield from some
                if len(some) < size:
                    return
                after = some[-1].at
                left = None if left is None else left - size


def some_lines(
    cursor: Any, run: Run, kind: str, codes: Sequence[str], after: At, limit: int
) -> list[Consequence]:
    cursor.execute(
        LINES,
        {
            "run": run.id,
            "start": after[0],
            "place": after[1],
            "kind": kind,
            "all": not codes,
            "codes": list(codes),
            "limit": limit,
        },
    )
    rows = cursor.fetchall()
    keys: list[Key] = [(what, id) for _, _, what, id, *_ in rows]
    sides = side_differences(cursor, run, list(zip((row[0] for row in rows), keys, strict=True)))
    known = named(cursor, run, [(*key, 0) for key in keys if key[1] > 0])
    known |= made_named(cursor, run, {key: side for key, side in sides.items() if side.root})
    differences = {key: side.difference for key, side in sides.items()}
    numbers = numbers_named(cursor, differences.values())
    found = []
    for (start, place, *_, code, sentence), key in zip(rows, keys, strict=True):
        difference = differences.get(key)
        found.append(
            Consequence(
                (start, place),
                *key,
                known.get(key, NOT_NAMED),
                code,
                sentence,
                difference,
                *sides_of(difference, numbers),
            )
        )
    return found


def numbers_named(cursor: Any, some: Iterable[Difference]) -> Numbers:
    """The own numbers of the records that structures name, before and after."""
    bodies = [
        (one.kind, body)
        for one in some
        if one.kind in STRUCTURES
        for body in (one.before, one.after)
        if body
    ]
    return numbers_of(cursor, [form_of(kind).read(body) for kind, body in bodies])


def sides_of(one: Difference | None, numbers: Numbers) -> tuple[str, str]:
    """Before and after of what changes, each in a line; records that it names by their own
    numbers."""
    if one is None or one.unshown:
        return ("", one.unshown if one else "")
    before = [text_of(one.kind, each.tag, each.before, numbers) for each in one.changes]
    after = [text_of(one.kind, each.tag, each.after, numbers) for each in one.changes]
    if one.status[0] != one.status[1]:
        before += [f"status: {one.status[0]}"] if one.status[0] else []
        after.append(f"status: {one.status[1]}")
    return " · ".join(filter(None, before)), " · ".join(filter(None, after))


def text_of(kind: str, tag: bytes, data: bytes | None, numbers: Numbers) -> str:
    if data is None:
        return ""
    field = fields_of(STRUCTURES[kind]).get(tag.decode()) if kind in STRUCTURES else None
    if field is None or field.sort != LINK:
        return form_of(kind).text(tag, data)
    value = json.loads(data)
    ids = value if field.several else [value]
    return f"{field.name}: {'; '.join(numbers.get((field.to, id), str(id)) for id in ids)}"


def made_named(cursor: Any, run: Run, some: Mapping[Key, Side]) -> dict[Key, Named]:
    """How records are called that a run of the plan would make: they have no number yet."""
    titles = bib_titles(cursor, run, {side.root for side in some.values()})
    found = {}
    for (kind, id), side in some.items():
        form = form_of(kind)
        record = form.read(side.difference.after)
        title, oclc = titles.get(side.root, ("", ()))
        found[kind, id] = Named("", title, oclc, form.title(record), form.told(record))
    return found


class Counted(NamedTuple):
    """A kind of consequence, with the number of its lines."""

    kind: str
    code: str
    lines: int


def counted(run: Run) -> list[Counted]:
    """The kinds and codes of a run's consequences, most frequent first."""
    with connect("governing", autocommit=True) as connection:
        rows = connection.execute(
            f"SELECT kind, code, count(*) FROM {run.environment_id}.outcome"
            " WHERE run = %s AND outcome = 'consequence' GROUP BY kind, code"
            " ORDER BY 3 DESC, 1, 2",
            (run.id,),
        ).fetchall()
    return [Counted(*row) for row in rows]


def check_chosen(run: Run, kind: str, codes: Sequence[str]) -> None:
    """Refuses kinds and codes that the run has no consequence of, naming those it has."""
    known = counted(run)
    if kind and kind not in {one.kind for one in known}:
        raise Wrong(f"run {run.id} has no consequence on {kind} records; {offer(known, 'kind')}")
    for code in codes:
        if code not in {one.code for one in known}:
            raise Wrong(f"run {run.id} has no consequence “{code}”; {offer(known, 'code')}")


def offer(known: Sequence[Counted], what: str) -> str:
    names = list(dict.fromkeys(getattr(one, what) for one in known))
    return f"there are {', '.join(names)}" if names else "nothing followed on other records"


def ids_of(run: Run, kind: str, codes: Sequence[str]) -> tuple[str, list[int]]:
    """(kind, numbers) of the records with such consequences, each once, in order of number. A set
    is of one kind: where none is named, they must all be of one. Left out are those that only a
    run of the plan would make."""
    check_chosen(run, kind, codes)
    wanted = {one.kind for one in counted(run) if not codes or one.code in codes}
    if not kind and len(wanted) > 1:
        raise Wrong(
            f"these are {', '.join(KINDS[one].plural for one in sorted(wanted))}, and a set is of "
            "one kind: say which"
        )
    kind = kind or "".join(wanted)
    with connect("governing", autocommit=True) as connection:
        rows = connection.execute(
            f"SELECT DISTINCT id FROM {run.environment_id}.outcome"
            " WHERE run = %s AND outcome = 'consequence' AND kind = %s AND id > 0"
            " AND (%s OR code = ANY(%s)) ORDER BY id",
            (run.id, kind, not codes, list(codes)),
        ).fetchall()
    return kind, [id for (id,) in rows]
