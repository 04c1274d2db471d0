"""First filling of a kind: a run too, by a right of administrators, one chunk after another.

Allowed while the kind is empty in the environment, or to go on with that same load. Every
record terminator of the files is in exactly one of loaded and refused; what is refused is kept
byte for byte in the outcomes.
"""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import psycopg
from django.db import transaction

from galleyproof.audit.log import append
from galleyproof.catalog.filling import NewRecord, fill, is_empty
from galleyproof.catalog.generations import refuse_while_refreshing
from galleyproof.catalog.images import of_new
from galleyproof.catalog.kinds import KINDS, environment_named, kind_named
from galleyproof.catalog.models import Environment
from galleyproof.database.connect import connect
from galleyproof.database.locks import Lock, try_lock
from galleyproof.marc.errors import Wrong
from galleyproof.marc.files import UNREADABLE, opened
from galleyproof.marc.keys import keys
from galleyproof.marc.malformed import malformed_places
from galleyproof.marc.reading import Loaded, Refused, place_of, read
from galleyproof.marc.record import Record
from galleyproof.marc.shapes import Shape
from galleyproof.marc.tags import tag_list
from galleyproof.people.identity import Who
from galleyproof.permits.days import day_of
from galleyproof.permits.deciding import deny
from galleyproof.runs.faults import point
from galleyproof.runs.judging import CHANGED, REFUSED, Line
from galleyproof.runs.ledger import sign_in, write_lines
from galleyproof.runs.loading_remarks import Prepared, in_file, repeated, say_odd
from galleyproof.runs.models import Run
from galleyproof.runs.settling import settle
from galleyproof.runs.working import expect_chunks, now

CHUNK = 2000
ENCODINGS = ("as-stated", "utf-8", "marc-8")

Piece = Loaded | Refused


class Source(Protocol):
    """What a load reads its records from."""

    def pieces(self) -> Iterator[Any]:
        """Everything in the files, the same each time; each piece is loaded or refused."""

    def prepare(self, pieces: Sequence[Any], start: int, next_id: int) -> Prepared:
        """Pieces as records, numbered from `next_id` on. start: how many pieces went before."""

    def look(self, cursor: psycopg.Cursor[Any], prepared: Prepared) -> None:
        """Adds what is to be said of the records beside those there already, in the transaction
        that writes them."""

    def orphan(self, record: NewRecord) -> Line:
        """The line on a record whose record above is not there."""


@dataclass(frozen=True, slots=True)
class MarcFiles:
    """Files of MARC records, as a source."""

    kind: str
    files: Sequence[Path]
    encoding: str

    def pieces(self) -> Iterator[tuple[str, Piece]]:
        return all_pieces(self.files, self.encoding)

    def prepare(self, pieces: Sequence[tuple[str, Piece]], start: int, next_id: int) -> Prepared:
        return prepare(self.kind, pieces, start, next_id)

    def look(self, cursor: psycopg.Cursor[Any], prepared: Prepared) -> None:
        repeated(cursor, self.kind, prepared)

    def orphan(self, record: NewRecord) -> Line:
        return orphan_line(self.kind, record)


def load(
    who: Who,
    files: Sequence[Path],
    *,
    kind: str,
    environment: str,
    encoding: str = "as-stated",
    at: datetime,
    after_chunk: Callable[[int], None] = lambda members: None,
) -> Run:
    """Loads files of MARC records; returns the finished run.

    Raises Wrong where the input cannot be used, before anything is written.
    """
    environment_named(environment)
    kind_named(kind)
    if encoding not in ENCODINGS:
        raise Wrong(f"“{encoding}” is not an encoding; there are {', '.join(ENCODINGS)}")
    only_administrators(who, environment, at)
    check_files(files)
    source = {"files": [described(path) for path in files], "encoding": encoding}
    run = begin_or_go_on(who, kind, environment, source, at)
    return carry_out(run, MarcFiles(kind, files, encoding), after_chunk)


def carry_out(run: Run, source: Source, after_chunk: Callable[[int], None]) -> Run:
    """Works a load to its end."""
    work(run, source, after_chunk)
    settle(run.id, now(), own=True)
    run.refresh_from_db()
    return run


# ---- before anything is written


def only_administrators(who: Who, environment: str, at: datetime) -> None:
    if not who.person.has_role("administrator"):
        deny(
            who.person,
            f"load {environment}",
            f"loading is a right of administrators, which {who.person.display_name} is not",
            at=at,
            acting=who.acting,
        )


LOOK = 50
"""Pieces of a file that are looked at before it is believed to be MARC."""
NO_RECORD = ("bad-leader", "no-terminator", "too-short", "not-a-record", "breaks-off", "too-large")


def check_files(files: Sequence[Path]) -> None:
    findings = []
    for path in files:
        if path.is_dir():
            findings.append(f"{path} is a folder; say which files of it to load")
            continue
        if not path.is_file():
            findings.append(f"there is no file {path}")
            continue
        try:
            with opened(path) as stream:
                first = list(itertools.islice(read(stream), LOOK))
                while isinstance(stream, gzip.GzipFile) and stream.read(1 << 20):
                    pass  # a packed file may be cut off anywhere
            refused = [one for one in first if isinstance(one, Refused)]
            if len(refused) == len(first) and all(one.fault.code in NO_RECORD for one in refused):
                findings.append(
                    f"{path.name} holds no record that can be read; {place_of(refused[0])}: "
                    f"{refused[0].fault.sentence}"
                )
        except Wrong as wrong:
            findings.append(f"{path.name} {wrong}")
        except UNREADABLE as error:
            findings.append(f"{path.name} cannot be read to its end: {error}; nothing was loaded")
    if not files:
        findings.append("say which files to load")
    if findings:
        raise Wrong("\n".join(findings))


def described(path: Path) -> dict[str, Any]:
    digest = sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def begin_or_go_on(
    who: Who,
    kind: str,
    environment: str,
    source: dict[str, Any],
    at: datetime,
    *,
    growing: bool = False,
) -> Run:
    """The run of a load: a new one, or the same one that was interrupted. growing: more may be
    loaded where some of the kind is there already."""
    unfinished = Run.objects.filter(
        job="load", environment_id=environment, kind=kind, state__in=("running", "queued")
    ).first()
    if unfinished is not None:
        if unfinished.source == source:
            return unfinished
        names = ", ".join(one["name"] for one in unfinished.source["files"])
        raise Wrong(
            f"run {unfinished.id}, a load of {names}, is not through; give the same files with "
            "the same encoding to go on with it"
        )
    with connect(environment) as connection, connection.cursor() as cursor:
        if not (growing or is_empty(cursor, kind)):
            raise Wrong(
                f"there are {KINDS[kind].plural} in {environment} already; loading is for the "
                "first filling only"
            )
    with transaction.atomic():
        settings = Environment.objects.select_for_update().get(pk=environment)
        refuse_while_refreshing(settings)
        run = Run.objects.create(
            job="load",
            job_revision=1,
            environment=settings,
            generation=settings.generation,
            person=who.person,
            acting=who.acting.username if who.acting else "",
            kind=kind,
            source=source,
            state="running",
            requested=at,
            day=day_of(at),
        )
        append(
            "load-started",
            person=who.person.username,
            acting=who.acting.username if who.acting else None,
            subject=f"run {run.id}",
            detail={"kind": kind, "environment": environment, **source},
            at=at,
        )
    return run


# ---- the work


def work(run: Run, source: Source, after_chunk: Callable[[int], None]) -> None:
    """Reads the next chunk while the one before is committed. Chunks already done are read over."""
    expect_chunks()
    with connect(run.environment_id, autocommit=True) as connection:
        worker = alone(connection, run)
        done, next_id = so_far(connection, run)
        after_chunk(done)
        pieces = itertools.islice(source.pieces(), done, None)
        thread = ThreadPoolExecutor(1, thread_name_prefix="load")
        in_hand: Future[None] | None = None
        try:
            while some := list(itertools.islice(pieces, CHUNK)):
                prepared = source.prepare(some, done, next_id)
                point("chunk-decided")
                if in_hand is not None:
                    in_hand.result()
                in_hand = thread.submit(
                    write_chunk, connection, run, worker, done, prepared, source
                )
                done += len(some)
                next_id += len(prepared.records)
                after_chunk(len(some))
            if in_hand is not None:
                in_hand.result()
            connection.execute("SELECT take_statistics()")
        finally:
            thread.shutdown(wait=True)


def alone(connection: psycopg.Connection[Any], run: Run) -> int:
    """Two commands must not go on with one load at once."""
    if not try_lock(connection, Lock.LOADING, run.id):
        raise Wrong(f"run {run.id} is being loaded by another process just now")
    return sign_in(connection)


def so_far(connection: psycopg.Connection[Any], run: Run) -> tuple[int, int]:
    """How many records of the files are accounted for, and the next free number."""
    row = connection.execute(
        "SELECT (SELECT coalesce(sum(members), 0) FROM chunk WHERE run = %s),"
        " (SELECT coalesce(max(id), 0) + 1 FROM record WHERE kind = %s)",
        (run.id, run.kind),
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def all_pieces(files: Sequence[Path], encoding: str) -> Iterator[tuple[str, Piece]]:
    """(name of its file where there are several, record) of every record."""
    for path in files:
        name = path.name if len(files) > 1 else ""
        with opened(path) as stream:
            for piece in read(stream, encoding=encoding):
                yield name, piece


def prepare(kind: str, pieces: Sequence[tuple[str, Piece]], start: int, next_id: int) -> Prepared:
    prepared = Prepared()
    hangs = bool(KINDS[kind].above)
    own = KINDS[kind].scheme
    for place, (name, piece) in enumerate(pieces, start=start + 1):
        if isinstance(piece, Loaded):
            record = Record(piece.body)
            above = record.first(b"004") if hangs else None
            found = keys(record, kind)
            prepared.records.append(
                NewRecord(
                    next_id,
                    piece.body,
                    tag_list(record),
                    found,
                    original=piece.original,
                    above=above.decode().strip() if above is not None else None,
                )
            )
            prepared.ids.append(next_id)
            prepared.marks.append(CHANGED)
            malformed = malformed_places(record)
            # Its own number is the first of its keys, nearly always.
            if malformed or piece.remarks or not found or found[0][0] != own or not found[0][1]:
                say_odd(prepared, kind, next_id, record, piece, name, malformed)
            next_id += 1
        else:
            prepared.ids.append(-place)
            prepared.marks.append(REFUSED)
            prepared.lines.append(
                Line(
                    kind,
                    -place,
                    "refused",
                    piece.fault.code,
                    f"{in_file(name, piece)}: {piece.fault.sentence}",
                    False,
                    piece.raw,
                )
            )
    return prepared


def write_chunk(
    connection: psycopg.Connection[Any],
    run: Run,
    worker: int,
    start: int,
    prepared: Prepared,
    source: Source,
) -> None:
    records, ids, lines = prepared.records, prepared.ids, prepared.lines
    with connection.transaction(), connection.cursor() as cursor:
        point("commit-begun")
        if records:
            source.look(cursor, prepared)
            for orphan in fill(cursor, run.kind, records, run.id, run.requested):
                lines.append(source.orphan(orphan))
                prepared.shapes[Shape(run.kind, KINDS[run.kind].above, "", ORPHAN)] += 1
        point("versions-written")
        if lines:
            write_lines(cursor, run.id, start, lines)
        point("outcomes-written")
        versions = [0 if id < 0 else 1 for id in ids]
        cursor.execute(
            "INSERT INTO chunk (run, start, members, state, ids, versions, marks, hashes,"
            " images, changed, refused, shapes, worker, finished)"
            " VALUES (%s, %s, %s, 'done', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                run.id,
                start,
                len(ids),
                ids,
                versions,
                bytes(prepared.marks),
                b"\x00" * 16 * len(records),
                of_new(run.kind, records),
                len(records),
                len(ids) - len(records),
                json.dumps([[list(shape), count] for shape, count in prepared.shapes.items()]),
                worker,
                now(),
            ),
        )
        point("chunk-closed")
    point("committed")


ORPHAN = "not there: loaded as orphans"


def orphan_line(kind: str, orphan: NewRecord) -> Line:
    above = KINDS[kind].above
    if orphan.above:
        said = f"its 004 names {above} {orphan.above}, which is not there, or not alone"
    else:
        said = f"it has no 004 to name its {above}"
    return Line(kind, orphan.id, "changed", "orphan", f"loaded without a {above}: {said}")
