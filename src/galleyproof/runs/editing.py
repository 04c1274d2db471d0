"""Editing one record: a hold while it is open, then a run of the job `edit-record`."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from galleyproof.catalog.kinds import environment_named, kind_named
from galleyproof.catalog.links import link_faults
from galleyproof.catalog.looking import Found, look_up
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.marc.files import UNREADABLE, text_of_file
from galleyproof.marc.files import opened as opened_file
from galleyproof.marc.mrk import to_text
from galleyproof.marc.reading import Loaded, Refused, read
from galleyproof.people.identity import Who
from galleyproof.permits.deciding import require
from galleyproof.runs.models import Run
from galleyproof.runs.requesting import Request, request
from galleyproof.structures.structure import decode
from galleyproof.structures.table import STRUCTURES
from galleyproof.structures.text import from_text
from galleyproof.structures.text import to_text as lines_of

HOLD = timedelta(minutes=60)
"""How long a record stays held for the person who has it open."""


class Opened(NamedTuple):
    kind: str
    id: int
    environment: str
    version: int
    text: str
    person: str

    @property
    def extension(self) -> str:
        """What a file of such a text is called, for an editor."""
        return ".txt" if self.kind in STRUCTURES else ".mrk"


def open_record(who: Who, kind: str, id: int, environment: str, *, at: datetime) -> Opened:
    """Holds a record for one person and gives it as text: .mrk, or a field a line. Wrong says who
    has it, if somebody."""
    kind_named(kind)
    environment_named(environment)
    require(who.person, "edit-record", environment=environment, records=1, at=at, acting=who.acting)
    found = look_up(kind, str(id), environment)
    with connect(environment) as connection:
        row = connection.execute(
            "INSERT INTO editing AS e (kind, id, person, since, until)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (kind, id) DO UPDATE"
            " SET person = excluded.person, since = excluded.since, until = excluded.until"
            " WHERE e.person = excluded.person OR e.until < excluded.since RETURNING person",
            (kind, found.id, who.person.username, at, at + HOLD),
        ).fetchone()
        if row is None:
            other = connection.execute(
                "SELECT person, until FROM editing WHERE kind = %s AND id = %s", (kind, found.id)
            ).fetchone()
            said = f"by {other[0]} until {other[1]:%H:%M}" if other else "by somebody else"
            raise Wrong(f"{kind} {found.id} is open {said}; try again then")
    text = opened_text(kind, found) if kind in STRUCTURES else to_text(found.body)
    return Opened(kind, found.id, environment, found.version, text, who.person.username)


def opened_text(kind: str, found: Found) -> str:
    """A structure to be edited: every field of its kind, those that hold nothing too."""
    return (
        f"# {kind} {found.id}, version {found.version}. A field a line; # begins a remark.\n"
        "# Links are numbers of the catalogue; several values have a semicolon between them.\n"
        + lines_of(decode(STRUCTURES[kind], found.body), empty=True)
    )


def close_record(opened: Opened) -> None:
    release(opened.kind, opened.id, opened.environment, opened.person)


def release(kind: str, id: int, environment: str, person: str) -> None:
    with connect(environment) as connection:
        connection.execute(
            "DELETE FROM editing WHERE kind = %s AND id = %s AND person = %s", (kind, id, person)
        )


def edit_opened(who: Who, opened: Opened, text: str, *, note: str, at: datetime) -> Run:
    """The run that makes an opened record as the text says; refused if it changed meanwhile."""
    if opened.kind in STRUCTURES:
        body = structure_from(opened.kind, text, "what was edited")
    else:
        body = one_record(io.BytesIO(text.encode()), "what was edited", "mrk")
    return ask(who, opened.kind, opened.id, opened.environment, body, opened.version, note, at)


def edit_from_file(
    who: Who, kind: str, id: int, environment: str, path: Path, *, note: str, at: datetime
) -> Run:
    kind_named(kind)
    if not path.is_file():
        raise Wrong(f"there is no file {path}")
    if kind in STRUCTURES:
        body = structure_from(kind, text_of_file(path, "a record as lines or JSON"), path.name)
    else:
        try:
            with opened_file(path) as stream:
                body = one_record(stream, path.name)
        except UNREADABLE as error:
            raise Wrong(f"{path.name} cannot be read: {error}") from None
    return ask(who, kind, id, environment, body, None, note, at)


def structure_from(kind: str, text: str, name: str) -> bytes:
    """The body of a structure given as lines or as JSON."""
    try:
        return from_text(STRUCTURES[kind], text).body
    except Wrong as wrong:
        said = "\n".join(f"{name}: {line}" for line in str(wrong).splitlines())
        raise Wrong(said) from None


def one_record(stream: BinaryIO, name: str, form: str | None = None) -> bytes:
    """The body of the one record in a stream; Wrong says what is the matter otherwise."""
    try:
        found = list(islice(read(stream, form), 2))
    except Wrong as wrong:
        raise Wrong(f"{name} {wrong}") from None
    refused = next((one for one in found if isinstance(one, Refused)), None)
    if refused is not None:
        raise Wrong(f"{name}: {refused.fault.sentence}")
    if len(found) != 1:
        raise Wrong(f"{name} holds more than one record; expected exactly one")
    one = found[0]
    assert isinstance(one, Loaded)
    return one.body


def ask(
    who: Who,
    kind: str,
    id: int,
    environment: str,
    body: bytes,
    version: int | None,
    note: str,
    at: datetime,
) -> Run:
    found = look_up(kind, str(id), environment)
    if kind in STRUCTURES:
        check_links(kind, found, body, environment)
    return request(
        who,
        Request(
            job="edit-record",
            environment=environment,
            kind=kind,
            ids=(found.id,),
            parameters={"body": body.decode(), "opened_at": version},
            note=note,
        ),
        at,
    )


def check_links(kind: str, found: Found, body: bytes, environment: str) -> None:
    structure = STRUCTURES[kind]
    with connect(environment) as connection, connection.cursor() as cursor:
        faults = link_faults(
            cursor, decode(structure, found.body), decode(structure, body), found.root
        )
    if faults:
        raise Wrong("\n".join(faults))
