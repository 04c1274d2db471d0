"""Making records inside a chunk's transaction: numbers, heads, versions and keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg

from galleyproof.catalog.filling import NewRecord, fill
from galleyproof.catalog.images import of_new
from galleyproof.catalog.kinds import KINDS
from galleyproof.database.locks import Lock
from galleyproof.marc.record import Record
from galleyproof.structures.forms import Body, form_of


@dataclass(slots=True)
class Creation:
    """A record to be made under a root. stands_in: the number below zero by which others name it
    until then; parent may be another one's."""

    kind: str
    stands_in: int
    parent: int
    root: int
    body: Body

    def renumber(self, numbers: Mapping[int, int]) -> None:
        self.stands_in = numbers[self.stands_in]
        self.parent = numbers.get(self.parent, self.parent)
        self.body = form_of(self.kind).linked(self.body, numbers)


def own_number(kind: str, id: int) -> str:
    """What a record made here is called, where libraries give numbers of their own: GP, and the
    catalogue's number."""
    return f"GP{KINDS[kind].code[0].upper()}{id:09d}"


def dated(body: Body, stamp: bytes | None) -> Body:
    """A record with the time of its making in a 005 (MARC 21), behind its 001; as it is where it
    is not MARC, has a 005, or the environment writes none."""
    if stamp is None or not isinstance(body, Record) or b"005" in body.tags:
        return body
    at = next((at for at, tag in enumerate(body.tags) if tag > b"005"), len(body.tags))
    return body.with_inserted(at, b"005", stamp)


def make(
    cursor: psycopg.Cursor,
    creations: Sequence[Creation],
    run: int,
    at: datetime,
    stamp: bytes | None = None,
) -> tuple[dict[int, int], bytes]:
    """Makes the records; gives the number of each by what stood in for it, and their images.
    stamp: for their 005, None for none.

    Numbers follow on the highest there is, under a lock until the transaction ends, so that a
    chunk begun again after a kill gives the same ones.
    """
    numbers: dict[int, int] = {}
    images = b""
    # The kinds above first, as KINDS has them, so that a parent has its number.
    for place, kind in enumerate(KINDS):
        some = [creation for creation in creations if creation.kind == kind]
        if not some:
            continue
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (Lock.NUMBERING, place))
        cursor.execute("SELECT coalesce(max(id), 0) FROM record WHERE kind = %s", (kind,))
        row = cursor.fetchone()
        first = (row[0] if row else 0) + 1
        form = form_of(kind)
        records = []
        for id, creation in enumerate(some, start=first):
            numbers[creation.stands_in] = id
        for creation in some:
            id = numbers[creation.stands_in]
            body = form.numbered(form.linked(creation.body, numbers), own_number(kind, id))
            body = dated(body, stamp)
            records.append(
                NewRecord(
                    id,
                    body.body,
                    form.tags(body),
                    form.keys(body),
                    parent=numbers.get(creation.parent, creation.parent),
                    root=creation.root,
                )
            )
        fill(cursor, kind, records, run, at)
        images += of_new(kind, records)
    return numbers, images
