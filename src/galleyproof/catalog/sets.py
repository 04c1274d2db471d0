"""Sets: made from a file or a query, combined, frozen, looked at; always of one kind."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from django.db import IntegrityError, transaction
from django.db.models import Q

from galleyproof.catalog.file_lines import SetLine, line_of
from galleyproof.catalog.finding import members_of
from galleyproof.catalog.generations import ended_by, held_before, refuse_stale, standing
from galleyproof.catalog.id_lines import Asked
from galleyproof.catalog.kinds import environment_named, kind_named
from galleyproof.catalog.members import Members, listed, of_pages
from galleyproof.catalog.models import RecordSet
from galleyproof.catalog.reading import held_with_ids
from galleyproof.catalog.set_files import Matched, match_file
from galleyproof.database.connect import connect
from galleyproof.jobs.job import Held
from galleyproof.marc.errors import Wrong
from galleyproof.marc.plain_text import plain_name, visible
from galleyproof.rules.query import Named, Query, RulesNamed, no_rules, parse_query
from galleyproof.structures.forms import form_of

PAGE = 10_000
"""Members a page of an itemized set."""


class Chosen(NamedTuple):
    """What a run is to work on, found and counted before anything is written.

    source says in the run where it came from: {"set": name}, {"file": name} or {"ids": count}.
    """

    kind: str
    size: int
    source: dict[str, Any]
    frozen: Members | None
    file: Matched | None = None

    def members(self) -> Members:
        assert self.frozen is not None
        return self.frozen

    @classmethod
    def of_ids(cls, kind: str, ids: Sequence[int]) -> Chosen:
        once = list(dict.fromkeys(ids))
        return cls(kind, len(once), {"ids": len(once)}, listed(once))


def set_named(name: str, environment: str) -> RecordSet:
    """The set of this name in an environment; Wrong offers the nearest."""
    found = RecordSet.objects.filter(name=name, environment_id=environment).first()
    if found is not None:
        return found
    known = list(
        RecordSet.objects.filter(environment_id=environment).values_list("name", flat=True)
    )
    near = get_close_matches(name, known, n=3, cutoff=0.4)
    if near:
        offer = "; did you mean " + " or ".join(f"“{one}”" for one in near) + "?"
    else:
        offer = "; see `galley set list`"
    raise Wrong(f"there is no set “{name}” in {environment}{offer}")


def set_name_of(said: str, environment: str) -> str:
    """The name of a set that a file names by its name or by its number. Raises Wrong."""
    if said.isascii() and said.isdigit() and len(said) < 18:
        by_number = RecordSet.objects.filter(pk=int(said), environment_id=environment).first()
        if by_number is not None:
            name: str = by_number.name
            return name
    return str(set_named(said, environment).name)


def members(connection: psycopg.Connection, record_set: RecordSet) -> Members:
    if record_set.logical:
        return members_of(connection, record_set.kind, query_of(record_set))
    return of_pages(record_set.pk)


def query_of(record_set: RecordSet) -> Query:
    """A logical set's query, with the rules that it named when it was made."""
    kept = record_set.rules
    return parse_query(
        record_set.query, lambda binding: Named(binding, kept[binding]), record_set.kind
    )


def count(connection: psycopg.Connection, some: Members) -> int:
    if "ids" in some.values:
        return len(some.values["ids"])
    cursor = connection.execute(f"SELECT count(*) FROM ({some.sql}) AS m (id)", some.values)
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def numbers(connection: psycopg.Connection, some: Members) -> Generator[int, None, None]:
    """The members' numbers, in the set's order for an itemized set, else by number."""
    if "ids" in some.values:
        yield from some.values["ids"]
        return
    with connection.transaction(), connection.cursor(name="members", binary=True) as cursor:
        cursor.itersize = 10_000
        cursor.execute(some.sql, some.values)
        for (id,) in cursor:
            yield id


# ---- for a run


def choose_set(name: str, environment: str) -> Chosen:
    environment_named(environment)
    record_set = set_named(name, environment)
    refuse_stale(record_set)
    with connect(environment, autocommit=True) as connection:
        some = members(connection, record_set)
        size = count(connection, some)
    return Chosen(record_set.kind, size, {"set": name}, some)


def choose_file(path: Path, environment: str, asked: Asked, *, gone: bool = False) -> Chosen:
    """gone: the job is for what is deleted or withdrawn."""
    environment_named(environment)
    with connect(environment, autocommit=True) as connection:
        matched = match_file(connection, path, asked, gone=gone)
    source = {"file": path.name, **matched.told()}
    return Chosen(matched.kind, len(matched.ids), source, listed(matched.ids), matched)


# ---- making


def make_from_query(
    name: str,
    kind: str,
    environment: str,
    query: str,
    by: str,
    at: datetime,
    rules: RulesNamed = no_rules,
) -> tuple[RecordSet, int]:
    """A logical set: a saved query, evaluated when used. Returns it and its size now.

    rules: how rule sets that the query names are found; the set keeps the versions found now.
    """
    kind_named(kind)
    environment_named(environment)
    asked = parse_query(query, rules, kind)
    with connect(environment, autocommit=True) as connection:
        size = count(connection, members_of(connection, kind, asked))
        record_set = save(
            name,
            kind,
            environment,
            by,
            at,
            query=asked.text,
            rules=dict(asked.rules),
            origin="query",
        )
    return record_set, size


def make_from_file(
    name: str, kind: str, environment: str, path: Path, by: str, at: datetime
) -> tuple[RecordSet, Matched]:
    """An itemized set from a file with a typed header."""
    kind_named(kind)
    environment_named(environment)
    with connect(environment) as connection:
        matched = match_file(connection, path, Asked([kind]))
        with transaction.atomic():
            record_set = save(
                name,
                kind,
                environment,
                by,
                at,
                origin=path.name,
                size=len(matched.ids),
                not_found=matched.count("not-found"),
                refused_lines=matched.unusable,
            )
            write_pages(connection, record_set.pk, matched.ids)
            write_lines(connection, record_set.pk, matched.said)
            connection.commit()  # the set is there only once its members are
    return record_set, matched


def make_from_ids(
    name: str, kind: str, environment: str, ids: list[int], by: str, at: datetime, origin: str
) -> RecordSet:
    with connect(environment) as connection, transaction.atomic():
        record_set = save(name, kind, environment, by, at, origin=origin, size=len(ids))
        write_pages(connection, record_set.pk, ids)
        connection.commit()
    return record_set


def freeze_set(name: str, environment: str, new_name: str, by: str, at: datetime) -> RecordSet:
    """An itemized set of what a logical one holds now."""
    record_set = set_named(name, environment)
    refuse_stale(record_set)
    with connect(environment, autocommit=True) as connection:
        ids = list(numbers(connection, members(connection, record_set)))
    return make_from_ids(new_name, record_set.kind, environment, ids, by, at, f"frozen from {name}")


def combine(
    new_name: str, environment: str, left: str, how: str, right: str, by: str, at: datetime
) -> RecordSet:
    """An itemized set of two: `and`, `or`, `not` (in the left one, not in the right one)."""
    if how not in ("and", "or", "not"):
        raise Wrong(f"sets are combined by and, or, not; “{how}” is none of them")
    one, other = set_named(left, environment), set_named(right, environment)
    refuse_stale(one)
    refuse_stale(other)
    if one.kind != other.kind:
        raise Wrong(
            f"“{left}” is a set of {one.kind} records and “{right}” of {other.kind} records; "
            "a set is of one kind"
        )
    with connect(environment, autocommit=True) as connection:
        lefts = list(numbers(connection, members(connection, one)))
        rights = list(numbers(connection, members(connection, other)))
    inside = set(rights)
    if how == "and":
        ids = [id for id in lefts if id in inside]
    elif how == "not":
        ids = [id for id in lefts if id not in inside]
    else:
        ids = list(dict.fromkeys([*lefts, *rights]))
    ids = [id for id in ids if id > 0]
    return make_from_ids(new_name, one.kind, environment, ids, by, at, f"{left} {how} {right}")


class Drift(NamedTuple):
    """What became of a set since a run froze it."""

    added: list[int]
    gone: list[int]


def drift(environment: str, then: Sequence[int], name: str) -> Drift:
    record_set = set_named(name, environment)
    refuse_stale(record_set)
    with connect(environment, autocommit=True) as connection:
        now = set(numbers(connection, members(connection, record_set)))
    before = set(then)
    return Drift(sorted(now - before), sorted(before - now))


def keep_file(
    connection: psycopg.Connection, environment: str, chosen: Chosen, by: str, at: datetime
) -> dict[str, Any]:
    """Keeps the lines of a run's own file, so that its report can name those not found."""
    assert chosen.file is not None
    name = f"{visible(str(chosen.source['file']))[:160]} {at:%Y-%m-%d %H:%M:%S.%f}"
    with transaction.atomic():
        record_set = save(
            name,
            chosen.kind,
            environment,
            by,
            at,
            origin=chosen.source["file"],
            size=chosen.size,
            not_found=chosen.file.count("not-found"),
            refused_lines=chosen.file.unusable,
        )
        write_pages(connection, record_set.pk, chosen.file.ids)
        write_lines(connection, record_set.pk, chosen.file.said)
        connection.commit()
    return {**chosen.source, "set": name}


MOST_OF_NAME = 200


def save(name: str, kind: str, environment: str, by: str, at: datetime, **values: Any) -> RecordSet:
    if not name.strip():
        raise Wrong("a set needs a name")
    plain_name(name, "the name of a set")
    if len(name) > MOST_OF_NAME:
        raise Wrong(f"the name of a set has at most {MOST_OF_NAME} characters, not {len(name):,}")
    try:
        with transaction.atomic():
            return RecordSet.objects.create(
                name=name,
                kind=kind,
                environment_id=environment,
                generation=standing(environment).generation,
                made_by=by,
                made=at,
                **values,
            )
    except IntegrityError:
        raise Wrong(
            f"there is a set “{name}” in {environment} already; take another name"
        ) from None


def write_pages(connection: psycopg.Connection, record_set: int, ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO set_page (record_set, page, ids) VALUES (%s, %s, %s)",
            [
                (record_set, number, list(ids[at : at + PAGE]))
                for number, at in enumerate(range(0, len(ids), PAGE))
            ],
        )


def write_lines(connection: psycopg.Connection, record_set: int, lines: Sequence[SetLine]) -> None:
    with connection.cursor().copy(
        "COPY set_line (record_set, line, value, problem, id) FROM STDIN"
    ) as copy:
        for line in lines:
            copy.write_row((record_set, *line))


def lines_for(
    cursor: psycopg.Cursor[Any], record_set: int, ids: Sequence[int]
) -> dict[int, SetLine]:
    """The lines of a set's file that these of its members, numbers below zero, stand in for."""
    left_out = [id for id in ids if id < 0]
    if not left_out:
        return {}
    cursor.execute(
        "SELECT line, value, problem, id FROM set_line"
        " WHERE record_set = %s AND id = ANY(%s::bigint[])",
        (record_set, left_out),
    )
    return {line.id: line for row in cursor if (line := SetLine._make(row)).id is not None}


def lines_of(connection: psycopg.Connection, record_set: int) -> list[SetLine]:
    cursor = connection.execute(
        "SELECT line, value, problem, id FROM set_line WHERE record_set = %s ORDER BY line, value",
        (record_set,),
    )
    return [SetLine._make(row) for row in cursor]


def listing(
    environment: str | None = None,
    *,
    kind: str = "",
    name: str = "",
    before: int | None = None,
    limit: int | None = None,
) -> list[RecordSet]:
    """Sets by environment and name; with a limit the newest first, those numbered below `before`.
    name: a part of it."""
    chosen = Q() if environment is None else Q(environment_id=environment)
    if kind:
        chosen &= Q(kind=kind)
    if name:
        chosen &= Q(name__icontains=name)
    if before is not None:
        chosen &= Q(pk__lt=before)
    found = RecordSet.objects.filter(chosen)
    if limit is None:
        return list(found.order_by("environment_id", "name"))
    return list(found.order_by("-pk")[:limit])


def set_numbered(number: int) -> RecordSet:
    found = RecordSet.objects.filter(pk=number).first()
    if found is None:
        raise Wrong(f"there is no set {number}")
    return found


class Member(NamedTuple):
    """One member as a person knows it: its number here, its own, its title (245, or heading)."""

    id: int
    number: str
    title: str


def look(record_set: RecordSet) -> tuple[int, list[SetLine]]:
    """The size of a set now, and the lines of its file that there is something to say about."""
    with connect(record_set.environment_id, autocommit=True) as connection:
        size = count(connection, members(connection, record_set))
        return size, lines_of(connection, record_set.pk)


def file_lines(record_set: RecordSet) -> list[SetLine]:
    """The lines of its file that there is something to say about."""
    with connect(record_set.environment_id, autocommit=True) as connection:
        return lines_of(connection, record_set.pk)


def first_members(name: str, environment: str, limit: int) -> tuple[list[Member], int]:
    record_set = set_named(name, environment)
    with connect(environment, autocommit=True) as connection:
        some = members(connection, record_set)
        ids = list(islice(numbers(connection, some), limit))
        size = count(connection, some)
        with connection.cursor() as cursor:
            ended = None if record_set.logical else ended_by(environment, record_set.generation)
            found = (
                held_with_ids(cursor, record_set.kind, ids)
                if ended is None
                else held_before(cursor, record_set.kind, ids, ended)
            )
            held = {one.id: one for one in found}
            lines = lines_for(cursor, record_set.pk, ids)
    return [member(id, held.get(id), lines.get(id)) for id in ids], size


def member(id: int, held: Held | None, line: SetLine | None = None) -> Member:
    if line is not None:
        return Member(id, "", line.sentence)
    if held is None:
        return Member(id, "", f"line {line_of(id)} of the file" if id < 0 else "not found")
    form, record = form_of(held.kind), held.record
    return Member(id, form.own_number(record), form.title(record))
