"""An evidence bundle: one file that stands alone and tells a run whole, with what is needed to
check it on a machine that has neither the database nor this program (audit/verify_bundle.py)."""

from __future__ import annotations

import json
import os
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from galleyproof.audit import verify_bundle
from galleyproof.audit.guards import row_text
from galleyproof.audit.hashing import plain
from galleyproof.audit.log import append
from galleyproof.audit.models import Entry
from galleyproof.audit.verify_bundle import FORMAT
from galleyproof.catalog.images import entries
from galleyproof.database.connect import connect
from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.changes import Change
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.people.rights import require_role
from galleyproof.permits.models import Permit
from galleyproof.runs.before_after import Difference, differences_of
from galleyproof.runs.control import run_numbered
from galleyproof.runs.judging import CHANGED, OUTCOMES
from galleyproof.runs.models import Run
from galleyproof.runs.past import stored
from galleyproof.runs.reporting import iso, own_number, summary
from galleyproof.runs.states import ENDED
from galleyproof.signoff.account import ticket_account
from galleyproof.signoff.models import Ticket
from galleyproof.structures.forms import form_of

RIGHT = ("auditor", "systems-librarian", "administrator")
SIDE = 24
"""Bytes of the ledger's hash of one consequence, the number of its root before it."""

CHUNKS = """
    SELECT start, ids, versions, marks, hashes, side, images FROM {environment}.chunk
    WHERE run = %s AND state = 'done' ORDER BY start
"""

ROWS = """
    SELECT start, place, kind, id, outcome, code, sentence, planned, encode(raw, 'base64')
    FROM {environment}.outcome WHERE run = %s ORDER BY start, place
"""
GIVEN = "SELECT id, columns FROM {environment}.given WHERE run = %s ORDER BY id"


class Made(NamedTuple):
    """digest: the SHA-256 of the bundle itself. changes: records with before and after."""

    path: Path
    digest: str
    changes: int
    entries: int


def make_bundle(who: Who, number: int, path: Path, *, at: datetime) -> Made:
    """Writes the bundle of a run or plan that has ended: a right of auditors, systems librarians
    and administrators. Memory stays flat, however large the run is.

    Raises NotPermitted, and Wrong for a run that is on its way and for a file that is there.
    """
    require_role(who, RIGHT, f"make an evidence bundle of run {number}", at)
    run = run_numbered(number)
    if run.state not in ENDED:
        raise Wrong(f"run {number} is {run.state}; a bundle is made of a run that has ended")
    if run.job not in JOBS:
        raise Wrong(f"run {number} is a {run.job}; a bundle tells what a job has done")
    if path.exists():
        raise Wrong(f"{path} is there already; give another name")
    about = account(run, who, at)
    part = path.with_name(path.name + ".part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            writing = Writing(archive)
            changed = writing.lines("changes.jsonl", changed_lines(run))
            writing.lines("records.jsonl", record_lines(run))
            writing.lines("sides.jsonl", side_lines(run))
            writing.lines("images.jsonl", image_lines(run))
            writing.lines("said.jsonl", stored_rows(run, ROWS))
            writing.lines("given.jsonl", stored_rows(run, GIVEN))
            entries = writing.lines("log.jsonl", log_lines(about))
            writing.whole("about.json", about)
            writing.whole("manifest.json", {"format": FORMAT, "files": dict(writing.digests)})
        os.replace(part, path)
    except OSError as error:
        raise Wrong(f"{path} cannot be written: {error}") from None
    finally:
        part.unlink(missing_ok=True)
    digest = digest_of(path)
    append(
        "bundle-made",
        person=who.name,
        acting=who.acting_name,
        subject=f"run {number}",
        detail={"sha256": digest, "head": about["log_head"]},
        at=at,
    )
    return Made(path, digest, changed, entries)


def verifier() -> str:
    """The program that verifies bundles anywhere, as text."""
    return Path(verify_bundle.__file__).read_text("utf-8")


def digest_of(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


class Writing:
    """Writes the files of a bundle one after the other, with the SHA-256 of each."""

    def __init__(self, archive: zipfile.ZipFile):
        self.archive = archive
        self.digests: dict[str, str] = {}

    def lines(self, name: str, rows: Iterable[Any]) -> int:
        digest, count = sha256(), 0
        with self.archive.open(name, "w", force_zip64=True) as stream:
            for row in rows:
                line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                digest.update(line)
                stream.write(line)
                count += 1
        self.digests[name] = digest.hexdigest()
        return count

    def whole(self, name: str, value: Any) -> None:
        text = json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
        self.archive.writestr(name, text)
        self.digests[name] = sha256(text).hexdigest()


# ---- what it tells


def account(run: Run, who: Who, at: datetime) -> dict[str, Any]:
    """Who, why, permit and ticket, the set, parameters, versions; all but records and log."""
    permit = run.permit
    ticket = Ticket.objects.filter(pk=permit.ticket).first() if permit and permit.ticket else None
    subjects = [f"run {run.pk}"]
    subjects += [f"run {number}" for number in (run.plan_id, run.undoes_id) if number]
    if permit is not None:
        subjects.append(f"permit {permit.pk}")
    if ticket is not None:
        subjects.append(f"ticket {ticket.pk}")
    head = Entry.objects.order_by("-number").first()
    if head is None:
        raise Wrong("the log is empty, so nothing vouches for this run")
    told: dict[str, Any] = plain(
        {
            "format": FORMAT,
            "made_at": iso(at),
            "made_by": who.name,
            "program": version("galleyproof"),
            "run": summary(run),
            "requested_by": person_account(run.person),
            "typed_by": run.acting or None,
            "confirmed_by": run.confirmed_by.username if run.confirmed_by else None,
            "kind": run.kind,
            "parameters": run.parameters,
            "job_revision": run.job_revision,
            "rule_or_profile": run.binding or None,
            "generation": run.generation,
            "plan": summary(run.plan) if run.plan else None,
            "permit": permit_account(permit) if permit else None,
            "ticket": ticket_account(ticket) if ticket else None,
            "subjects": subjects,
            "rows": rows_of(run, permit, ticket),
            "log_head": {"entries": head.number, "head": head.hash},
        }
    )
    return told


def rows_of(run: Run, permit: Permit | None, ticket: Ticket | None) -> dict[str, str]:
    """The rows themselves as the log's entries vouch for them: their SHA-256 stands there."""
    tables = [("run", run.pk)]
    tables += [("permit", permit.pk)] if permit is not None else []
    tables += [("ticket", ticket.pk)] if ticket is not None else []
    with connect("governing") as reading, reading.cursor() as cursor:
        return {f"{table} {key}": row_text(cursor, table, "id", str(key)) for table, key in tables}


def person_account(person: Person) -> dict[str, Any]:
    return {
        "person": person.username,
        "name": person.display_name,
        "units": [unit.code for unit in person.units.all()],
    }


def permit_account(permit: Permit) -> dict[str, Any]:
    return {
        "permit": permit.pk,
        "person": permit.person.username if permit.person else None,
        "group": permit.group.name if permit.group else None,
        "job": permit.job,
        "binding": permit.binding or None,
        "environment": permit.environment,
        "envelope": permit.envelope,
        "limits": permit.limits.sentence(),
        "starts": iso(permit.starts),
        "ends": iso(permit.ends),
        "issued_by": permit.issued_by.username,
        "issued_at": iso(permit.issued_at),
        "ticket": permit.ticket,
        "list": permit.listed_in or None,
        "grandfathered": permit.grandfathered,
    }


def log_lines(about: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An unbroken piece of the log: from the first entry about any of it to the head, so that
    every link can be followed and heads kept elsewhere compared."""
    concerned = Entry.objects.filter(subject__in=about["subjects"]).order_by("number")
    first = concerned.values_list("number", flat=True).first() or about["log_head"]["entries"]
    piece = Entry.objects.filter(number__gte=first, number__lte=about["log_head"]["entries"])
    for entry in piece.order_by("number").iterator(chunk_size=2000):
        yield entry.as_dict()


# ---- records


class Chunk(NamedTuple):
    """A chunk of the ledger. versions: judged at; hashes: of the changes; side: of the
    consequences; images: catalog/images.py."""

    start: int
    ids: list[int]
    versions: list[int]
    marks: bytes
    hashes: bytes
    side: bytes
    images: bytes


def chunks(run: Run) -> Iterator[Chunk]:
    with connect("governing") as reading, reading.cursor(name="bundle", binary=True) as cursor:
        cursor.itersize = 20
        cursor.execute(CHUNKS.format(environment=run.environment_id), (run.pk,))
        for start, ids, versions, *blobs in cursor:
            yield Chunk(start, ids, versions, *(bytes(blob or b"") for blob in blobs))


def stored_rows(run: Run, query: str) -> Iterator[list[Any]]:
    """Rows of the ledger's other tables, in the order in which the log's digest has them."""
    with connect("governing") as reading, reading.cursor(name="rows") as cursor:
        for row in cursor.execute(query.format(environment=run.environment_id), (run.pk,)):
            yield list(row)


def record_lines(run: Run) -> Iterator[list[Any]]:
    """[number, version judged at, outcome, hash of the change] of every record of the set."""
    for chunk in chunks(run):
        at = 0
        for place, mark in enumerate(chunk.marks):
            change = None
            if mark == CHANGED:
                change = chunk.hashes[at : at + 16].hex()
                at += 16
            yield [chunk.ids[place], chunk.versions[place], OUTCOMES[mark], change]


def side_lines(run: Run) -> Iterator[str]:
    """The ledger's hash of every consequence."""
    for chunk in chunks(run):
        for at in range(0, len(chunk.side), SIDE):
            yield chunk.side[at : at + SIDE].hex()


def image_lines(run: Run) -> Iterator[list[Any]]:
    """[kind, number, version, status, rekeyed, same as, SHA-256 before, SHA-256 after] of every
    version that the run wrote, or of what a plan looked at (version: the one it would write)."""
    for chunk in chunks(run):
        for one in entries(chunk.images):
            yield [
                one.kind_name,
                one.id,
                one.version,
                chr(one.status),
                one.rekeyed,
                one.same_as,
                one.before.hex(),
                one.after.hex(),
            ]


def changed_lines(run: Run) -> Iterator[dict[str, Any]]:
    """Before and after of every changed record, and of what followed on others; chunk by chunk."""
    with connect("governing", autocommit=True) as beside:
        beside.execute(f"SET search_path = {run.environment_id}, governing")
        with beside.cursor() as cursor:
            for chunk in chunks(run):
                places = [place for place, mark in enumerate(chunk.marks) if mark == CHANGED]
                some = [(chunk.ids[place], chunk.versions[place]) for place in places]
                judged = dict(some)
                for one in differences_of(cursor, run, [chunk.start], some):
                    yield changed_line(run, one, judged[one.id] + 1)
                if not run.dry_run:
                    members = {(run.kind, id, version + 1) for id, version in some}
                    yield from aside_lines(cursor, run, chunk, members)


def changed_line(run: Run, one: Difference, written: int) -> dict[str, Any]:
    old, status = one.status
    told = None if one.unshown else told_of(one.changes)
    after = None if one.unshown else one.after
    return line_of(run.kind, one.id, written, one.before, after, old, status, told, False)


def aside_lines(
    cursor: psycopg.Cursor[Any], run: Run, chunk: Chunk, members: set[tuple[str, int, int]]
) -> Iterator[dict[str, Any]]:
    """What the run wrote in a chunk beside its changed members, as the images name it."""
    named = [(one.kind_name, one.id, one.version) for one in entries(chunk.images)]
    aside = sorted({one for one in named if one not in members})
    found = stored(cursor, [(kind, id, at - back) for kind, id, at in aside for back in (0, 1)])
    for kind, id, written in aside:
        was, now = found.get((kind, id, written - 1)), found.get((kind, id, written))
        told = None
        if was is not None and now is not None:
            form = form_of(kind)
            told = told_of(form.changes(form.read(was.body), form.read(now.body)))
        yield line_of(
            kind,
            id,
            written,
            was.body if was else None,
            now.body if now else None,
            was.status if was else "",
            now.status if now else "",
            told,
            True,
        )


def told_of(found: Sequence[Change]) -> list[list[Any]]:
    return [
        [
            one.tag.decode("utf-8", "replace"),
            text(one.before),
            text(one.after),
            one.before_at,
            one.after_at,
        ]
        for one in found
    ]


def line_of(
    kind: str,
    id: int,
    written: int,
    before: bytes | None,
    after: bytes | None,
    old_status: str,
    status: str,
    told: list[list[Any]] | None,
    consequence: bool,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": id,
        "number": own_number(kind, before or after),
        "version": written,
        "old_status": old_status,
        "status": status,
        "before": text(before),
        "after": text(after),
        "change": told,
        "consequence": consequence,
    }


def text(body: bytes | None) -> str | None:
    return None if body is None else b64encode(bytes(body)).decode("ascii")
