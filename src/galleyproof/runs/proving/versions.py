"""Holding every version of every record against the ledgers of the runs.

Both sides are read once, in order, and added up run by run: the same entries in any order have the
same sum. Only where two sums differ are the entries of that run compared one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

import psycopg

from galleyproof.catalog.images import ENTRY, KIND_NUMBERS, NOTHING, Image

STEP = 5_000
"""Rows between two notes of how far it is."""
MODULUS = 2**256

VERSIONS = """
    SELECT v.kind, v.id, v.version, v.run, v.status, v.rekeyed, v.same_as, sha256(v.body),
           r.version, r.body_version, r.status
    FROM {environment}.version AS v
    LEFT JOIN {environment}.record AS r ON r.kind = v.kind AND r.id = v.id
    ORDER BY v.kind, v.id, v.version
"""
IMAGES = """
    SELECT c.run, c.images FROM {environment}.chunk AS c
    JOIN governing.run AS r ON r.id = c.run AND NOT r.dry_run
    WHERE c.state = 'done' AND c.images <> '' {chosen}
"""
HEADLESS = """
    SELECT kind, id FROM {environment}.record AS r WHERE NOT EXISTS (
        SELECT FROM {environment}.version AS v WHERE v.kind = r.kind AND v.id = r.id)
    LIMIT 100
"""


class Row(NamedTuple):
    kind: str
    id: int
    version: int
    run: int
    status: str
    rekeyed: bool
    same_as: int | None
    digest: bytes | None
    head: int | None
    head_body: int | None
    head_status: str | None

    @property
    def name(self) -> str:
        return f"{self.kind} {self.id}"


def faults_of_versions(
    connection: psycopg.Connection[Any], environment: str, progress: Callable[[int], None]
) -> Iterator[str]:
    """A sentence for each version or head that is not as a run wrote it. connection: of the
    governing role, in one transaction. progress is told of every few thousand versions."""
    sums: dict[int, int] = defaultdict(int)
    for run, blob in images(connection, environment):
        for at in range(0, len(blob) - len(blob) % ENTRY.size, ENTRY.size):
            sums[run] += weight(blob[at : at + ENTRY.size])
        if len(blob) % ENTRY.size:
            yield f"the ledger of run {run} has images that are no whole entries"
    for run, entry, said in walk(connection, environment, progress):
        if entry:
            sums[run] -= weight(entry)
        if said:
            yield said
    with connection.cursor() as cursor:
        cursor.execute(HEADLESS.format(environment=environment))
        for kind, id in cursor.fetchall():
            yield f"{environment}: {kind} {id} has no version"
    differ = sorted(run for run, rest in sums.items() if rest % MODULUS)
    if differ:
        yield from compared(connection, environment, differ)


def weight(entry: bytes) -> int:
    return int.from_bytes(blake2b(entry, digest_size=32).digest(), "big")


def images(
    connection: psycopg.Connection[Any], environment: str, runs: list[int] | None = None
) -> Iterator[tuple[int, bytes]]:
    chosen = "" if runs is None else "AND c.run = ANY(%(runs)s)"
    with connection.cursor(name="images", binary=True) as cursor:
        cursor.itersize = 20
        cursor.execute(IMAGES.format(environment=environment, chosen=chosen), {"runs": runs})
        yield from cursor


def walk(
    connection: psycopg.Connection[Any], environment: str, progress: Callable[[int], None]
) -> Iterator[tuple[int, bytes, str]]:
    """(run, the entry that its ledger must have, what is wrong by itself or "") of every version,
    in order. The digests are the database's own, so no body is carried."""
    record: tuple[str, int] = ("", 0)
    known: dict[int, bytes] = {}
    before, expected = NOTHING, 1
    row_before: Row | None = None
    with connection.cursor(name="versions", binary=True) as cursor:
        cursor.itersize = STEP
        cursor.execute(VERSIONS.format(environment=environment))
        for count, values in enumerate(cursor, start=1):
            row = Row._make(values)
            if (row.kind, row.id) != record:
                if row_before is not None and (said := ahead(environment, row_before)):
                    yield row_before.run, b"", said
                record, known, before, expected = (row.kind, row.id), {}, NOTHING, 1
            said = ""
            if row.version != expected:
                said = f"{environment}: {row.name} has no version {expected}"
            after = known.get(row.same_as or 0, NOTHING) if row.digest is None else row.digest
            if row.digest is not None:
                known[row.version] = after
            elif after is NOTHING:
                said = (
                    f"{environment}: {row.name}, version {row.version} has the body of version "
                    f"{row.same_as}, which is not there"
                )
            if row.kind not in KIND_NUMBERS:
                said = f"{environment}: {row.name} is of no kind that there is"
                yield row.run, b"", said
                continue
            entry = ENTRY.pack(
                KIND_NUMBERS[row.kind],
                row.id,
                row.version,
                ord(row.status[0]) if row.status else 0,
                row.rekeyed,
                row.same_as or 0,
                before,
                after,
            )
            if row.head is None:
                said = said or f"{environment}: {row.name} is gone, and its versions are there"
            elif row.head < row.version:
                said = said or f"{environment}: {row.name} has versions later than it is at"
            elif row.head == row.version and (
                (row.head_body, row.head_status) != (row.same_as or row.version, row.status)
            ):
                said = said or f"{environment}: {row.name} does not stand as its last version says"
            yield row.run, entry, said
            before, expected, row_before = after, row.version + 1, row
            if count % STEP == 0:
                progress(STEP)
        if row_before is not None and (said := ahead(environment, row_before)):
            yield row_before.run, b"", said
        progress(cursor.rownumber % STEP if cursor.rownumber else 0)


def ahead(environment: str, last: Row) -> str:
    """Whether a record says that it is at a version later than its last one."""
    if last.head is None or last.head <= last.version:
        return ""
    return (
        f"{environment}: {last.name} says that it is at version {last.head}, and version "
        f"{last.version} is the last that there is"
    )


def compared(
    connection: psycopg.Connection[Any], environment: str, runs: list[int]
) -> Iterator[str]:
    """The entries of these runs one by one, in the ledger and as the versions are."""
    ledger: dict[tuple[int, int, int, int], Image] = {}
    for run, blob in images(connection, environment, runs):
        for at in range(0, len(blob) - len(blob) % ENTRY.size, ENTRY.size):
            one = Image._make(ENTRY.unpack_from(blob, at))
            ledger[run, one.kind, one.id, one.version] = one
    chosen = set(runs)
    for run, entry, _ in walk(connection, environment, lambda some: None):
        if run not in chosen or not entry:
            continue
        found = Image._make(ENTRY.unpack(entry))
        name = f"{environment}: {found.kind_name} {found.id}, version {found.version}"
        stands = ledger.pop((run, found.kind, found.id, found.version), None)
        if stands is None:
            yield f"{name} is not in the ledger of run {run}"
        elif stands.after != found.after:
            yield f"{name} is not the record that run {run} wrote: its SHA-256 is another"
        elif stands.before != found.before:
            yield f"{name}: the version before it is not the record that run {run} found"
        elif stands != found:
            yield f"{name} is not as the ledger of run {run} has it"
    for run, kind, id, version in sorted(ledger):
        name = Image(kind, id, version, 0, 0, 0, b"", b"").kind_name
        yield f"{environment}: {name} {id}, version {version} of run {run} is gone"
