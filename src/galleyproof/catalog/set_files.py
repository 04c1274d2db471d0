"""Sets from files of ids: what the lines come to in the catalogue.

A line that names no record, or not one alone, is never acted on: it stays in the set as missing or
refused, and is listed. Files with ids of another kind, or with ids that a spreadsheet has spoilt,
are refused before anything starts, with counts and examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from galleyproof.catalog.file_lines import UNUSABLE, SetLine, counted_problems, stand_in
from galleyproof.catalog.id_lines import Asked, IdCell, IdFile, IdLine, read_id_file
from galleyproof.catalog.kinds import KINDS, IdType
from galleyproof.catalog.tables import Example, counted, examples
from galleyproof.marc.errors import Wrong
from galleyproof.marc.keys import normal
from galleyproof.rules.query_fields import ENDS


@dataclass(slots=True)
class Matched:
    """What a file of ids comes to in one environment.

    ids: numbers found, each once, in the order of the file; for a line that names no record, or
    not one alone, what stands in for it (file_lines).
    """

    kind: str
    id_type: IdType
    lines: int = 0
    ids: list[int] = field(default_factory=list)
    said: list[SetLine] = field(default_factory=list)
    given: dict[int, dict[str, str]] = field(default_factory=dict)
    """Number of a record -> what further columns of its line say, by the columns' names."""
    given_in: dict[int, int] = field(default_factory=dict)
    """Number of a record -> the line of the file that says it."""
    columns: tuple[str, ...] = ()
    """Further columns whose values go to single records."""
    offered: list[str] = field(default_factory=list)
    """Further columns that the job could take, and that were not asked for."""
    ignored: list[str] = field(default_factory=list)
    """Further columns of the file that nothing is made of."""
    assumed: tuple[str, ...] = ()
    """What the file does not say of itself."""
    contradicting: list[tuple[int, str]] = field(default_factory=list)
    """Lines that say of a record something else than a line before them."""

    def count(self, problem: str) -> int:
        return sum(1 for line in self.said if line.problem == problem)

    @property
    def found(self) -> int:
        return sum(1 for id in self.ids if id > 0)

    @property
    def unusable(self) -> int:
        """Lines that are refused."""
        return sum(map(self.count, UNUSABLE))

    def told(self) -> dict[str, object]:
        """What there is to say of the file, for the run or the set made of it."""
        problems = counted_problems(self.said)
        return {
            "lines": self.lines,
            "not_found": problems.get("not-found", 0),
            "found_twice": problems.get("found-twice", 0),
            "duplicates": problems.get("duplicate", 0),
            "refused_lines": {code: n for code, n in problems.items() if code in UNUSABLE},
            "columns": list(self.columns),
            "offered_columns": self.offered,
            "ignored_columns": self.ignored,
            "assumed": list(self.assumed),
        }


def match_file(
    connection: psycopg.Connection,
    path: Path,
    asked: Asked,
    *,
    gone: bool = False,
) -> Matched:
    """Reads a file of ids and finds their records.

    gone: the job is for what is deleted or withdrawn; where a number names such a record and
    another one, that is meant, and the other one by other jobs. Raises Wrong where the file cannot
    be used, before anything of the catalogue is read.
    """
    read = read_id_file(path, asked)
    matched = match(connection, read, gone=gone)
    matched.columns = tuple(asked.columns)
    refuse_other_kinds(connection, path, matched)
    return matched


# ---- matching


AWAY = ("", "withdrawn", "deleted")
Key = tuple[str, str]
"""(scheme, value as the key is kept)"""


def keys_of(cell: IdCell) -> Iterator[Key]:
    scheme = cell.id_type.scheme
    for value in (*(cell.wholes if cell.one else ()), *cell.parts):
        yield scheme, normal(scheme, value)


def find(
    connection: psycopg.Connection,
    kind: str,
    scheme: str,
    values: Sequence[str],
    *,
    gone: bool = False,
) -> dict[str, list[int]]:
    """The records that have these numbers. Of several with one number those in use go before those
    that are withdrawn, and these before deleted ones; the other way about for what is gone."""
    cursor = connection.execute(
        "SELECT k.value, array_agg(k.id ORDER BY k.id), array_agg(r.status ORDER BY k.id)"
        " FROM key AS k JOIN record AS r ON r.kind = k.kind AND r.id = k.id"
        " WHERE k.kind = %s AND k.scheme = %s AND k.value = ANY(%s) GROUP BY k.value",
        (kind, scheme, list(values)),
    )
    found = {}
    for value, ids, statuses in cursor:
        ranks = [(AWAY.index(one) if one in AWAY else 0) for one in statuses]
        meant = min(ranks) if not gone else min(filter(None, ranks), default=0)
        found[value] = [id for id, rank in zip(ids, ranks, strict=True) if rank == meant]
    return found


def match(connection: psycopg.Connection, read: IdFile, *, gone: bool = False) -> Matched:
    matched = Matched(read.kind, read.id_types[0], len(read.lines))
    matched.offered, matched.ignored, matched.assumed = read.offered, read.ignored, read.assumed
    wanted: dict[str, set[str]] = {}
    for line in read.lines:
        for cell in line.cells:
            for scheme, value in keys_of(cell):
                wanted.setdefault(scheme, set()).add(value)
    found = {
        (scheme, value): ids
        for scheme, values in wanted.items()
        for value, ids in find(connection, read.by, scheme, sorted(values), gone=gone).items()
    }
    below = None
    if read.by != read.kind:
        below = open_below(connection, read.kind, {id for ids in found.values() for id in ids})
    seen: set[int] = set()
    for line in read.lines:
        take_line(matched, line, found, below, seen)
    if matched.contradicting:
        said = examples([Example(number, value) for number, value in matched.contradicting])
        raise Wrong(
            f"{counted(len(matched.contradicting), 'line says', 'lines say')} of a record "
            f"something else than a line before ({said}); nothing was done"
        )
    return matched


def open_below(
    connection: psycopg.Connection, kind: str, above: Iterable[int]
) -> dict[int, list[int]]:
    """Number of a record -> what of a kind is under it and not over yet."""
    cursor = connection.execute(
        "SELECT parent, id FROM record WHERE kind = %s AND status <> 'deleted'"
        " AND parent = ANY(%s) AND ' ' || tags || ' ' NOT LIKE %s ORDER BY id",
        (kind, sorted(above), f"% {ENDS[kind]} %"),
    )
    found: dict[int, list[int]] = {}
    for parent, id in cursor:
        found.setdefault(parent, []).append(id)
    return found


def take_line(
    matched: Matched,
    line: IdLine,
    found: Mapping[Key, list[int]],
    below: Mapping[int, list[int]] | None,
    seen: set[int],
) -> None:
    """Adds what a line names to the members, or what stands in for it. below: what is meant where
    a line names the record above."""
    if line.problem:
        leave_out(matched, line, line.shown, line.problem)
        return
    named = [named_by(cell, found) for cell in line.cells]
    first = named[0]
    others = [some for cell in named[1:] if (some := [id for _, ids in cell for id in ids])]
    if len(first) == 1 and others:
        value, ids = first[0]
        agreed = [id for id in ids if all(id in one for one in others)]
        if not agreed:
            leave_out(matched, line, line.shown, "contradictory")
            return
        first = [(value, agreed)]
    for part, (value, ids) in enumerate(first):
        problem = "found-twice" if ids else "not-found"
        if len(ids) == 1 and below is not None:
            problem = "nothing-open" if not below.get(ids[0]) else "found-twice"
            ids = below.get(ids[0], [])
        if len(ids) != 1:
            leave_out(matched, line, value, problem, part)
            continue
        id = ids[0]
        if line.given:
            keep_given(matched, id, dict(line.given), line.number)
        if id in seen:
            matched.said.append(SetLine(line.number, value, "duplicate", id))
        else:
            seen.add(id)
            matched.ids.append(id)


def named_by(cell: IdCell, found: Mapping[Key, list[int]]) -> list[tuple[str, list[int]]]:
    """(id as it is written, its records) of each record that a cell names."""
    scheme = cell.id_type.scheme
    for value in cell.wholes if cell.one else ():
        if ids := found.get((scheme, normal(scheme, value))):
            return [(value, ids)]
    if not cell.parts:
        return [(cell.wholes[-1], [])]
    return [(part, found.get((scheme, normal(scheme, part)), [])) for part in cell.parts]


def leave_out(matched: Matched, line: IdLine, value: str, problem: str, part: int = 0) -> None:
    id = stand_in(line.number, part)
    matched.ids.append(id)
    matched.said.append(SetLine(line.number, value, problem, id))


def keep_given(matched: Matched, id: int, given: dict[str, str], number: int) -> None:
    """Keeps what a line says of a record; two lines that say different things are told."""
    before = matched.given.setdefault(id, given)
    matched.given_in.setdefault(id, number)
    if before != given:
        matched.contradicting.append((number, "; ".join(given.values())))


def refuse_other_kinds(connection: psycopg.Connection, path: Path, matched: Matched) -> None:
    """An id is of the wrong kind when it is found only among the numbers of another kind, or
    among the barcodes."""
    lost: dict[str, list[Example]] = {}
    for line in matched.said:
        if line.problem == "not-found":
            lost.setdefault(line.value.strip(), []).append(Example(line.number, line.value))
    if not lost:
        return
    cursor = connection.execute(
        "SELECT DISTINCT k.kind, k.scheme, k.value FROM key AS k"
        " WHERE k.scheme = ANY(%s) AND k.value = ANY(%s)",
        ([*(kind.scheme for kind in KINDS.values()), "barcode"], list(lost)),
    )
    stray: dict[tuple[str, str], list[Example]] = {}
    for kind, scheme, value in cursor:
        if (kind, scheme) != (matched.id_type.kind or matched.kind, matched.id_type.scheme):
            stray.setdefault((kind, scheme), []).extend(lost[value])
    if not stray:
        return
    count = len({example for some in stray.values() for example in some})
    said = "; ".join(
        f"{of(kind, scheme, len(some))} ({examples(sorted(some))})"
        for (kind, scheme), some in sorted(stray.items())
    )
    all_of_them = "" if count == matched.lines else f" of {matched.lines:,}"
    header = matched.id_type.header
    raise Wrong(
        f"{path.name}: {count:,}{all_of_them} ids are not {header}s: {said}; nothing was done"
    )


def of(kind: str, scheme: str, number: int) -> str:
    if scheme == KINDS[kind].scheme:
        return f"{counted(number, 'number')} of {KINDS[kind].plural}"
    return f"{counted(number, 'barcode')} of items"
