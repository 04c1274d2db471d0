"""The codes of an environment as people look at them, and saying what one means to the jobs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from difflib import get_close_matches
from typing import NamedTuple

from galleyproof.catalog.kinds import environment_named
from galleyproof.catalog.looking import look_up
from galleyproof.catalog.reading import bodies
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.permits.deciding import require
from galleyproof.runs import editing
from galleyproof.runs.models import Run
from galleyproof.structures.meanings import QUESTIONS, in_words, meaning_fault
from galleyproof.structures.places import Code
from galleyproof.structures.structure import decode


class CodeShown(NamedTuple):
    """One code of a table. id: its number in the catalogue. missing: what its table wants to know
    of it and it does not say, a sentence; "" for nothing."""

    id: int
    table: str
    code: str
    name: str
    meaning: tuple[str, ...]
    libraries: tuple[str, ...]
    active: bool
    missing: str

    @property
    def mapped(self) -> bool:
        """Whether jobs go by what it means."""
        return self.table in QUESTIONS


def codes_shown(environment: str, table: str = "") -> list[CodeShown]:
    """The codes of an environment, or of one of its tables, those that have a meaning first; then
    by table and code. Raises Wrong where there is no such table."""
    environment_named(environment)
    found = sorted(
        each_code(environment), key=lambda one: (not one.mapped, one.table, one.code.casefold())
    )
    tables = list(dict.fromkeys([*QUESTIONS, *(one.table for one in found)]))
    if table and table not in tables:
        near = get_close_matches(table, tables, n=2, cutoff=0.4) or tables
        raise Wrong(f"there is no table “{table}” in {environment}; there are {', '.join(near)}")
    return [one for one in found if table in ("", one.table)]


def each_code(environment: str) -> Iterator[CodeShown]:
    with connect(environment) as connection:
        for id, body in bodies(connection, "code"):
            one = decode(Code, bytes(body))
            yield CodeShown(
                id,
                one.table,
                one.code,
                one.name,
                one.meaning,
                one.libraries,
                one.active,
                meaning_fault(one.table, one.code, one.meaning),
            )


def map_code(
    who: Who, environment: str, table: str, code: str, words: str, *, note: str, at: datetime
) -> Run:
    """The run that says anew what a code means: an edit of its record, under that permit. words:
    with semicolons between them, `continuous; physical`.

    Raises Wrong where there is no such code, or the words are none of its table's.
    """
    environment_named(environment)
    require(who.person, "edit-record", environment=environment, records=1, at=at, acting=who.acting)
    meaning = in_words(words.split(";"))
    fault = meaning_fault(table, code, meaning)
    if fault:
        raise Wrong(f"{table} {code}: {fault}")
    own = {one.code: one.id for one in codes_shown(environment, table)}
    if code not in own:
        near = get_close_matches(code, own, n=2, cutoff=0.4)
        offer = f"; did you mean {' or '.join(near)}?" if near else ""
        raise Wrong(
            f"{table} has no code “{code}”{offer} New codes come with `galley import-items FILE "
            "--kind code`"
        )
    found = look_up("code", str(own[code]), environment)
    after = decode(Code, found.body).changed(meaning=meaning)
    return editing.ask(who, "code", found.id, environment, after.body, found.version, note, at)
