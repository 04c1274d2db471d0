"""Walking the chain, and telling the first entry that does not fit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg

from galleyproof.audit import head as kept
from galleyproof.audit.guards import faults_of_guards
from galleyproof.audit.hashing import GENESIS, entry_hash
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong

MOST_FAULTS = 100
PAGE = 2_000

ENTRIES = """
    SELECT number,
           to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
           person, acting, action, subject, reason, detail::text, previous, hash
    FROM governing.audit_entry ORDER BY number
"""


class Fault(NamedTuple):
    """The entry that does not fit (0 where it is none in particular), and how."""

    number: int
    sentence: str


class Verdict(NamedTuple):
    """entries: how many there are. head: hash of the last, "" without one. faults: in the
    chain's order, at most 100. notes: what could not be checked."""

    entries: int
    head: str
    faults: list[Fault]
    notes: list[str]

    @property
    def holds(self) -> bool:
        return not self.faults


def verify() -> Verdict:
    """Walks the whole log in one snapshot, in constant memory.

    Finds an entry changed, removed, added or moved anywhere, and a tail cut off or rewritten
    as far as the head file reaches.
    """
    faults: list[Fault] = []
    notes: list[str] = []
    # The file is read first: the log can only be ahead of it.
    head = head_to_fit(faults, notes)
    entries, last, at_head = 0, "", ""
    with connect("governing", application="galley audit verify") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with connection.cursor() as cursor:
            faults += [Fault(0, said) for said in faults_of_guards(cursor)]
        for number, digest, fault in walk(connection):
            entries += 1
            last = digest
            if head is not None and number == head.entries:
                at_head = digest
            if fault and len(faults) < MOST_FAULTS:
                faults.append(Fault(number, fault))
    if head is not None:
        compare(head, entries, at_head, faults, notes)
    return Verdict(entries, last, faults, notes)


def walk(connection: psycopg.Connection[Any]) -> Iterator[tuple[int, str, str]]:
    """(number, stored hash, what does not fit or "") of each entry, in order."""
    expected, before = 1, GENESIS
    with connection.cursor(name="audit") as cursor:
        cursor.itersize = PAGE
        cursor.execute(ENTRIES)
        for row in cursor:
            number, stored = row[0], row[9]
            yield number, stored, misfit(row, expected, before)
            expected, before = number + 1, stored


def misfit(row: tuple[Any, ...], expected: int, before: str) -> str:
    number, at, person, acting, action, subject, reason, detail, previous, stored = row
    said = []
    if number < expected:
        said.append(f"entry {number} was added before the first")
    elif number == expected + 1:
        said.append(f"entry {expected} is missing")
    elif number > expected:
        said.append(f"entries {expected} to {number - 1} are missing")
    elif previous != before:
        said.append(
            f"entry {number} does not follow entry {number - 1}"
            if number > 1
            else "entry 1 is not the beginning of a chain"
        )
    try:
        computed = entry_hash(
            number=number,
            at=at,
            person=person,
            acting=acting,
            action=action,
            subject=subject,
            reason=reason,
            detail=json.loads(detail),
            previous=previous,
        )
    except (ValueError, RecursionError):  # a number or a depth that we never write
        computed = ""
    if computed != stored:
        said.append(f"entry {number} is not as it was written: its hash does not fit it")
    return "; ".join(said)


def head_to_fit(faults: list[Fault], notes: list[str]) -> kept.Head | None:
    file = kept.path()
    try:
        head = kept.read(file)
    except Wrong as wrong:
        faults.append(Fault(0, str(wrong)))
        return None
    if head is None:
        notes.append(f"there is no {file}: a cut tail would not show")
    return head


def compare(
    head: kept.Head, entries: int, at_head: str, faults: list[Fault], notes: list[str]
) -> None:
    file = kept.path()
    if not at_head:
        faults.append(
            Fault(
                head.entries,
                f"the log's tail was cut: {file} knows {head.entries:,} entries, "
                f"the log has {entries:,}",
            )
        )
    elif at_head != head.hash:
        faults.append(
            Fault(
                head.entries,
                f"the log was rewritten: entry {head.entries} is not the one that {file} knows",
            )
        )
    elif entries > head.entries:
        notes.append(
            f"{file} reaches to entry {head.entries:,}; the {entries - head.entries:,} after it "
            "were written from elsewhere, or just now"
        )
