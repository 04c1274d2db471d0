"""Links of structures: the numbers by which people know what they name, and whether it is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from galleyproof.catalog.kinds import KINDS
from galleyproof.catalog.writing import array_of
from galleyproof.database.connect import connect
from galleyproof.structures.structure import LINK, Structure, fields_of

Numbers = Mapping[tuple[str, int], str]
"""(kind, number in the catalogue) -> the number that people know it by."""


def links_of(one: Structure) -> list[tuple[str, str, int]]:
    """(attribute, kind, number) of every record that a structure names."""
    found = []
    for name, field in fields_of(type(one)).items():
        if field.sort == LINK:
            value = getattr(one, name)
            for id in value if field.several else (value,):
                if id:
                    found.append((name, field.to, id))
    return found


def numbers_of(cursor: psycopg.Cursor[Any], some: Sequence[Structure]) -> Numbers:
    """The own numbers of all that these structures name; a query for each kind named."""
    wanted: dict[str, set[int]] = {}
    for one in some:
        for _, kind, id in links_of(one):
            wanted.setdefault(kind, set()).add(id)
    found: dict[tuple[str, int], str] = {}
    for kind, ids in wanted.items():
        cursor.execute(
            "SELECT id, min(value) FROM key WHERE kind = %s AND scheme = %s"
            " AND id = ANY(%s::bigint[]) GROUP BY id",
            (kind, KINDS[kind].scheme, array_of(ids)),
        )
        found |= {(kind, id): value for id, value in cursor}
    return found


def named_links(environment: str, one: Structure) -> dict[str, list[str]]:
    """Field -> the own numbers of what it names, for people to read."""
    with connect(environment) as connection, connection.cursor() as cursor:
        numbers = numbers_of(cursor, [one])
    found: dict[str, list[str]] = {}
    for name, kind, id in links_of(one):
        if (kind, id) in numbers:
            found.setdefault(name.replace("_", "-"), []).append(numbers[kind, id])
    return found


def link_faults(
    cursor: psycopg.Cursor[Any], before: Structure, after: Structure, root: int
) -> list[str]:
    """What is wrong with the links that an edit sets, a sentence each. root: the bib above."""
    new = [one for one in links_of(after) if one not in set(links_of(before))]
    roots: dict[tuple[str, int], int] = {}
    for kind in {kind for _, kind, _ in new}:
        cursor.execute(
            "SELECT id, root FROM record WHERE kind = %s AND id = ANY(%s::bigint[])"
            " AND status <> 'deleted'",
            (kind, array_of(id for _, linked, id in new if linked == kind)),
        )
        roots |= {(kind, id): its for id, its in cursor}
    faults = []
    for name, kind, id in new:
        shown = name.replace("_", "-")
        if (kind, id) not in roots:
            faults.append(f"{shown}: there is no {kind} {id} (its number in the catalogue)")
        elif name == after.above and roots[kind, id] != root:
            faults.append(
                f"{shown}: {kind} {id} is of another bib; an edit leaves a record under its own"
            )
    if before.parent and not after.parent:
        faults.append(f"{after.above.replace('_', '-')} is empty; an edit leaves nothing orphaned")
    return faults
