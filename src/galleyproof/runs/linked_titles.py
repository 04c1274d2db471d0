"""Which bibs of a chunk are bound with others of the catalogue, or linked with them: two queries a
question, whatever the size of the chunk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from galleyproof.jobs.around import Around
from galleyproof.jobs.bound_with import bound_fields, called, named_by, names_not_here
from galleyproof.jobs.job import Held
from galleyproof.jobs.related import names

TITLES = ("bib", "holding")
"""Kinds of records that say which titles are bound together."""

NAMED = """
    SELECT k.scheme, k.value, k.id FROM key AS k
    JOIN record AS r ON r.kind = 'bib' AND r.id = k.id AND r.status <> 'deleted'
    WHERE k.kind = 'bib' AND k.scheme = ANY(%s) AND k.value = ANY(%s)
"""


def bibs_called(cursor: psycopg.Cursor[Any], values: Iterable[str]) -> dict[str, list[int]]:
    """Which bibs of the catalogue these names are of: by 001, 035 or OCLC number."""
    # An OCLC number is named with its prefix and kept as a key without.
    keyed = [value.removeprefix("(OCoLC)") for value in values]
    found: dict[str, list[int]] = {}
    if keyed:
        wanted = set(values)
        cursor.execute(NAMED, (["mms", "035", "oclc"], keyed))
        for scheme, value, id in cursor:
            name = f"(OCoLC){value}" if scheme == "oclc" else value
            if name in wanted:
                found.setdefault(name, []).append(id)
    return found


NAMERS = """
    SELECT k.kind, k.scheme, k.value, k.id, r.root FROM key AS k
    JOIN record AS r ON r.kind = k.kind AND r.id = k.id AND r.status <> 'deleted'
    WHERE k.kind IN ('bib', 'holding') AND k.scheme = ANY(%s) AND k.value = ANY(%s)
"""


def bound_with(
    cursor: psycopg.Cursor[Any], around: Around, titles: Sequence[Held]
) -> tuple[dict[int, str], dict[int, tuple[str, ...]]]:
    """The bibs among these records that are bound with others, each with a word on how; and those
    that say so of titles which are not in the catalogue, with sentences on them."""
    found: dict[int, str] = {}
    elsewhere: dict[int, tuple[str, ...]] = {}
    tags = bound_fields(around)
    here = bibs_called(cursor, {name for held in titles for name in named_by(held, tags)})
    names: dict[str, list[int]] = {}
    for held in titles:
        own = "its" if held.kind == "bib" else f"its holding {held.id}'s"
        away: dict[str, list[str]] = {}
        for name, tag in named_by(held, tags).items():
            others = [id for id in here.get(name, ()) if id != held.root]
            if others:
                found.setdefault(held.root, f"{own} {tag} names bib {others[0]}")
            elif name not in here:
                away.setdefault(tag, []).append(name)
        said = tuple(names_not_here(held, tag, some) for tag, some in away.items())
        if said:
            elsewhere[held.root] = (*elsewhere.get(held.root, ()), *said)
        if held.kind != "bib":
            continue
        for value in called(held.record):
            names.setdefault(value, []).append(held.id)
    cursor.execute(NAMERS, ([f"bound-{tag}" for tag in tags], list(names)))
    for kind, scheme, value, id, root in cursor:
        for bib in names[value]:
            if root != bib:
                found.setdefault(bib, f"{kind} {id} names it in its {scheme[6:]}")
    return found, elsewhere


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
    for value, ids in bibs_called(cursor, names_of).items():
        for bib, tag in names_of[value]:
            for id in ids:
                if bib != id:
                    found.setdefault(bib, f"its {tag} $w names bib {id}")
    cursor.execute(NAMED, (["related"], list(called_so)))
    for _, value, id in cursor:
        for bib in called_so[value]:
            if bib != id:
                found.setdefault(bib, f"a linking entry of bib {id} names it")
    return found
